"""Looks of cells as SGR sequences, and the shortest way from one to the next.

A pen is one character: its number among the looks seen so far, so that the looks of a line are a string
that compares and slices as fast as its text does. Sequences are those of ECMA-48 8.3.117 and xterm.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

PLAIN = "\x00"
"""The pen of a terminal that was reset."""
MOST = 20_000
"""Looks above which all are forgotten: a guest may invent ever new colours."""
_FOREGROUND = frozenset([*map(str, range(30, 40)), *map(str, range(90, 98))])
_BACKGROUND = frozenset([*map(str, range(40, 50)), *map(str, range(100, 108))])
_LONG = {"5": 3, "2": 5}
"""Parameters of ``38;5;n`` and ``38;2;r;g;b``."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look, by its parts."""

    attributes: tuple[str, ...] = ()
    """SGR parameters of bold, italic and so on."""
    foreground: str = ""
    """SGR parameters of the colour; empty for the terminal's own."""
    background: str = ""
    """As above."""

    @property
    def parameters(self) -> list[str]:
        """All of them, for a terminal that was reset."""
        return [*self.attributes, *filter(None, (self.foreground, self.background))]


def look_of(parameters: str) -> Look:
    """Take SGR parameters apart (``1;38;2;255;0;0``)."""
    attributes: list[str] = []
    foreground = background = ""
    codes = parameters.split(";") if parameters else []
    at = 0
    while at < len(codes):
        length = 1
        if codes[at] in ("38", "48") and at + 1 < len(codes):
            length = _LONG.get(codes[at + 1], 1)
        code = ";".join(codes[at : at + length])
        if codes[at] in _FOREGROUND:
            foreground = "" if code == "39" else code
        elif codes[at] in _BACKGROUND:
            background = "" if code == "49" else code
        else:
            attributes.append(code)
        at += length
    return Look(tuple(attributes), foreground, background)


class Pens:
    """Numbers looks, and knows how to change from one to another."""

    def __init__(self, colours: ColorSystem) -> None:
        self.colours = colours
        """How many colours the terminal is sent."""
        self._by_style: dict[Style | None, str] = {None: PLAIN}
        self._by_parameters: dict[str, str] = {"": PLAIN}
        self._looks: list[Look] = [Look()]
        self._changes: dict[tuple[str, str], str] = {}

    @property
    def is_full(self) -> bool:
        """Whether there are too many: whoever keeps pens must begin anew with new ones."""
        return len(self._by_style) > MOST or len(self._changes) > MOST

    def pen(self, style: Style | None) -> str:
        """The pen that draws in this style."""
        found = self._by_style.get(style)
        if found is None:
            found = self._by_style[style] = self._add(style)
        return found

    def _add(self, style: Style | None) -> str:
        parameters = Strip.render_ansi(style, self.colours) if style is not None else ""
        pen = self._by_parameters.get(parameters)
        if pen is None:
            pen = self._by_parameters[parameters] = chr(len(self._looks))
            self._looks.append(look_of(parameters))
        return pen

    def change(self, before: str, after: str) -> str:
        """The sequence that makes ``after`` of ``before``; empty when nothing is to be changed."""
        if before == after:
            return ""
        known = self._changes.get((before, after))
        if known is None:
            known = self._changes[before, after] = _change(self._looks[ord(before)], self._looks[ord(after)])
        return known


def _change(before: Look, after: Look) -> str:
    """The shorter of: only what differs, or all of it anew."""
    anew = after.parameters
    ways = ["\x1b[0;" + ";".join(anew) + "m" if anew else "\x1b[m"]
    if set(before.attributes) <= set(after.attributes):
        some = [one for one in after.attributes if one not in before.attributes]
        if before.foreground != after.foreground:
            some.append(after.foreground or "39")
        if before.background != after.background:
            some.append(after.background or "49")
        ways.append("\x1b[" + ";".join(some) + "m" if some else "")
    return min(ways, key=len)
