"""Pens: how a character looks. A cell is a pyte ``Char`` that knows its pen.

Rows hold characters and pens; cells are made for those who look, one for each character of a pen. Two cells
look alike when their pens are the same object.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Self

from pyte.screens import Char

CACHED_CELLS = 1024
"""Cells that one pen remembers before it starts anew."""
CACHED_PENS = 2048
"""Pens that are remembered before they start anew; true colour pictures make thousands."""


class Style(NamedTuple):
    """What SGR and DECSCA set. Colours are ``default``, pyte's names for 0 to 15, or ``rrggbb``."""

    fg: str = "default"
    """Foreground."""
    bg: str = "default"
    """Background."""
    bold: bool = False
    """SGR 1."""
    italics: bool = False
    """SGR 3."""
    underscore: bool = False
    """SGR 4, any style of underline."""
    strikethrough: bool = False
    """SGR 9."""
    reverse: bool = False
    """SGR 7."""
    blink: bool = False
    """SGR 5 and 6."""
    dim: bool = False
    """SGR 2."""
    conceal: bool = False
    """SGR 8."""
    overline: bool = False
    """SGR 53."""
    underline: int = 0
    """Style of the underline: 0 none, 1 single, 2 double, 3 curly, 4 dotted, 5 dashed (SGR ``4:n``)."""
    underline_color: str = "default"
    """SGR 58."""
    protected: bool = False
    """DECSCA: selective erase leaves it."""


class Cell(Char):
    """A pyte ``Char`` with its pen. The right half of a wide character has empty ``data``."""

    pen: Pen
    """Everything about its look, also what ``Char`` has no field for."""

    @classmethod
    def of(cls, data: str, pen: Pen) -> Self:
        """Return the cell showing ``data`` with ``pen``."""
        cell = tuple.__new__(cls, (data, *pen.style[:8]))
        cell.pen = pen
        return cell


class _Cells(dict[str, Cell]):
    """The cells of one pen by their character, made when first asked for."""

    __slots__ = ("pen",)

    def __init__(self, pen: Pen) -> None:
        self.pen = pen

    def __missing__(self, data: str) -> Cell:
        if len(self) >= CACHED_CELLS:
            self.clear()
        cell = self[data] = self.pen.blank if data == " " else Cell.of(data, self.pen)
        return cell


class Pen:
    """One style, with the cells drawn in it. Made by :meth:`of` alone, so that equal ones are the same."""

    __slots__ = ("_blank", "_eraser", "cells", "style")

    _known: ClassVar[dict[Style, Pen]] = {}

    def __init__(self, style: Style) -> None:
        self.style = style
        self.cells: _Cells = _Cells(self)
        """Cells by character."""
        self._blank: Cell | None = None
        self._eraser: Pen | None = None

    @property
    def blank(self) -> Cell:
        """A space in this pen."""
        if self._blank is None:
            self._blank = Cell.of(" ", self)
        return self._blank

    @property
    def eraser(self) -> Pen:
        """What erasing leaves blanks of: this background alone (back colour erase)."""
        if self._eraser is None:
            self._eraser = Pen.of(Style(bg=self.style.bg))
        return self._eraser

    def __repr__(self) -> str:
        return f"Pen({self.style!r})"

    @classmethod
    def of(cls, style: Style) -> Pen:
        """Return the pen of a style."""
        pen = cls._known.get(style)
        if pen is None:
            if len(cls._known) >= CACHED_PENS:
                cls._forget()
            pen = cls._known[style] = cls(style)
        return pen

    @classmethod
    def _forget(cls) -> None:
        """Drop every remembered pen but the plain one; those still in use elsewhere become light."""
        for pen in cls._known.values():
            pen.cells.clear()
        cls._known.clear()
        cls._known[PLAIN.style] = PLAIN


PLAIN = Pen.of(Style())
"""Default colours, no attribute."""
BLANK = PLAIN.blank
"""An empty cell."""
