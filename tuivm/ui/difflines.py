"""A difference as lines of content: the sign tells what the colour does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content

from tuivm.core.editing.difference import Difference, Mark
from tuivm.ui.words import content

_STYLES: Mapping[Mark, str] = {
    Mark.PLACE: "$accent",
    Mark.SAME: "$muted",
    Mark.LESS: "$error",
    Mark.MORE: "$success",
}
_LINES_MAX = 5000
_NARROWEST = 12
"""Columns below which a line is cut and not folded."""


def difference_lines(found: Difference) -> list[Content]:
    """The lines of a unified difference, coloured, never read as markup."""
    lines = []
    for line in found.lines[:_LINES_MAX]:
        sign = "" if line.mark is Mark.PLACE else line.mark.value
        lines.append(content(sign + line.text.expandtabs(8), _STYLES[line.mark]))
    if len(found.lines) > _LINES_MAX:
        lines.append(content(f"... and {len(found.lines) - _LINES_MAX} lines more", "$muted"))
    return lines


def folded(lines: Iterable[Content], width: int, indent: int = 2) -> list[Content]:
    """``lines`` broken to ``width`` cells, what follows set in by ``indent``."""
    if width < _NARROWEST:
        return list(lines)
    done: list[Content] = []
    for line in lines:
        if line.cell_length <= width:
            done.append(line)
            continue
        first, rest = line.divide([_cut(line, width)])[:2]
        done.append(first)
        room = width - indent
        while rest.cell_length > room:
            piece, rest = rest.divide([_cut(rest, room)])[:2]
            done.append(Content(" " * indent) + piece)
        done.append(Content(" " * indent) + rest)
    return done


def _cut(line: Content, width: int) -> int:
    """How many characters of ``line`` fit; behind a blank where one is in its last third. At least one."""
    plain = line.plain
    fits = min(len(plain), width)
    while fits > 1 and line[:fits].cell_length > width:
        fits -= 1
    blank = plain.rfind(" ", 0, fits) + 1
    return blank if blank > fits * 2 // 3 else max(1, fits)
