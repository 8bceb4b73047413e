"""Strings from outside made safe to show: no control, no bidirectional trick, a known width in cells.

Domain names, guest output, libvirt's errors and file contents are hostile data. :func:`plain` is the
only way they reach the screen, always as text and never as markup.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.style import Style
from rich.text import Text

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"
_SAFE = re.compile(r"[ -~]*")
_MAX_MARKS = 2
"""Combining marks kept on one character: enough for every script, too few to climb over other lines."""
_UNSAFE_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def plain(value: str, *, limit: int = 2000) -> str:
    """Make ``value`` one line without anything that acts on the terminal.

    White space of every kind becomes a space, any other control, format (bidirectional overrides,
    zero-width characters), surrogate or unassigned character a replacement character; variation
    selectors and a pile of combining marks are dropped. At most ``limit`` characters are kept.
    """
    if len(value) > limit:
        value = value[:limit] + ELLIPSIS
    if _SAFE.fullmatch(value):
        return value
    kept: list[str] = []
    marks = 0
    for character in value:
        if " " <= character <= "~":
            kept.append(character)
            marks = 0
            continue
        category = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif category in _UNSAFE_CATEGORIES:
            kept.append(REPLACEMENT)
        elif category in ("Mn", "Me"):
            marks += 1
            if marks <= _MAX_MARKS and kept and not _is_selector(character):
                kept.append(character)
            continue
        else:
            kept.append(character)
        marks = 0
    return "".join(kept)


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def plain_lines(value: str, *, limit: int = 200_000) -> list[str]:
    """Split ``value`` at its line ends, each made :func:`plain`, tabs widened to 8 columns."""
    return [plain(line.expandtabs(8)) for line in value[:limit].splitlines()]


def safe_text(value: str, style: str | Style = "") -> Text:
    """:func:`plain` as a rich Text: never read as markup."""
    return Text(plain(value), style=style, end="")


def width_of(value: str) -> int:
    """Count the cells that ``value``, already plain, takes."""
    return len(value) if value.isascii() else cell_len(value)


def truncate(value: str, width: int, *, ellipsis: str = ELLIPSIS) -> str:
    """Cut ``value``, already plain, to at most ``width`` cells, with an ellipsis where it was cut."""
    if width <= 0:
        return ""
    if width_of(value) <= width:
        return value
    room = width - len(ellipsis)
    if room <= 0:
        return ellipsis[:width]
    return (value[:room] if value.isascii() else _chop(value, room)) + ellipsis


def _chop(value: str, width: int) -> str:
    pieces = chop_cells(value, width)
    first = pieces[0] if pieces else ""
    return first if cell_len(first) <= width else ""


def fit(
    value: str,
    width: int,
    *,
    align: Literal["left", "right", "center"] = "left",
    ellipsis: str = ELLIPSIS,
) -> str:
    """Bring ``value``, already plain, to ``width`` cells: cut with an ellipsis or filled with spaces."""
    if width <= 0:
        return ""
    cut = truncate(value, width, ellipsis=ellipsis)
    space = width - width_of(cut)
    if space < 0:
        return set_cell_size(cut, width)
    if align == "right":
        return " " * space + cut
    if align == "center":
        return " " * (space // 2) + cut + " " * (space - space // 2)
    return cut + " " * space
