"""XML as lines of content with its parts coloured. Never parsed: wrong XML is shown as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual.content import Content

from tuivm.ui.text import plain_lines

_PART = re.compile(
    r"""(?P<comment><!--.*?(?:-->|$))
      | (?P<tag></?[\w:.-]+|/?>|<\?[\w:.-]+|\?>)
      | (?P<attribute>[\w:.-]+)(?==)
      | (?P<value>"[^"]*"|'[^']*')""",
    re.VERBOSE,
)
_STYLES = {"comment": "$muted", "tag": "$primary", "attribute": "$secondary", "value": "$success"}
_LINES_MAX = 5000


def highlight(xml: str, indent: str = "") -> list[Content]:
    """The lines of ``xml``, each as content that is never read as markup."""
    return [_line(indent + line) for line in plain_lines(xml)[:_LINES_MAX]]


def parts(text: str) -> Iterator[tuple[str, int, int]]:
    """What is to be coloured in one line: ``comment``, ``tag``, ``attribute`` or ``value``, from, to."""
    inside = 0
    for match in _PART.finditer(text):
        kind = match.lastgroup or ""
        # Text between tags may hold quotes and words before "=": only a tag's inside is coloured.
        inside += match.group().startswith("<") if kind == "tag" else 0
        if kind in ("comment", "tag") or inside:
            yield kind, match.start(), match.end()
        if kind == "tag" and match.group().endswith(">"):
            inside = 0


def _line(text: str) -> Content:
    line = Content(text)
    for kind, start, end in parts(text):
        line = line.stylize(_STYLES[kind], start, end)
    return line
