"""Pens: how a character looks. A cell is a pyte ``Char`` that knows its pen.

Rows hold characters and pens; cells are made for those who look, one for each character of a pen. Two cells
look alike when their pens are the same object.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple, Self

from pyte.screens import Char

CACHED_CELLS = 1024
"""Cells that one pen remembers before it starts anew."""
CACHED_PENS = 2048
"""Pens of one kind that are remembered before they start anew; true colour pictures make thousands."""
CACHED_FAMILIES = 2048
"""Kinds of pens that are remembered: combinations of all that is neither foreground nor background."""
CACHED_CHANGES = 4096
"""Changes from pen to pen that are remembered."""


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


class _Family(dict[tuple[str, str], "Pen"]):
    """The pens that differ in foreground and background alone, by these two."""

    __slots__ = ("rest",)

    def __init__(self, rest: tuple[Any, ...]) -> None:
        self.rest = rest
        """The other fields of their style."""

    def __missing__(self, colours: tuple[str, str]) -> Pen:
        if len(self) >= CACHED_PENS:
            self.clear()
            if PLAIN.family is self:
                self[PLAIN.colours] = PLAIN
        pen = self[colours] = Pen(colours, self)
        return pen


_NOTHING: dict[str, Pen] = {}
"""What a pen that learned nothing yet comes after; never changed."""


class Pen:
    """One style, with the cells drawn in it. Made by :meth:`of`, so that equal ones are mostly the same.

    Pens are forgotten when a guest uses thousands; those in use stay valid.
    """

    __slots__ = ("after", "blank", "cells", "colours", "eraser", "family", "style")

    style: Style
    """All of its look."""
    blank: Cell
    """A space in this pen."""
    cells: _Cells
    """Cells by character."""
    eraser: Pen
    """What erasing leaves blanks of: this background alone (back colour erase)."""

    _known: ClassVar[dict[tuple[Any, ...], _Family]] = {}
    _learned: ClassVar[list[dict[str, Pen]]] = []
    _facts: ClassVar[int] = 0

    def __init__(self, colours: tuple[str, str], family: _Family) -> None:
        self.colours = colours
        """Foreground and background."""
        self.family = family
        """Pens with other colours and all else the same."""
        self.after = _NOTHING
        """The pen that the parameters of an SGR make of this one, as far as it is remembered."""

    def __getattr__(self, name: str) -> Any:
        """Make what few pens are asked for when it is first needed."""
        made: object
        if name == "style":
            made = tuple.__new__(Style, self.colours + self.family.rest)
        elif name == "cells":
            made = _Cells(self)
        elif name == "blank":
            made = Cell.of(" ", self)
        elif name == "eraser":
            made = PLAIN.family["default", self.colours[1]]
        else:
            raise AttributeError(name)
        setattr(self, name, made)
        return made

    def __repr__(self) -> str:
        return f"Pen({self.style!r})"

    @classmethod
    def of(cls, style: Style) -> Pen:
        """Return the pen of a style."""
        rest = style[2:]
        family = cls._known.get(rest)
        if family is None:
            if len(cls._known) >= CACHED_FAMILIES:
                cls._known.clear()
                cls._known[PLAIN.style[2:]] = PLAIN.family
            family = cls._known[rest] = _Family(rest)
        pen = family[style[:2]]
        pen.style = style
        return pen

    def learn(self, values: str, pen: Pen) -> None:
        """Remember which pen an SGR makes of this one."""
        if Pen._facts >= CACHED_CHANGES:
            for known in Pen._learned:
                known.clear()
            Pen._learned.clear()
            Pen._facts = 0
        if not self.after:
            self.after = {}
            Pen._learned.append(self.after)
        self.after[values] = pen
        Pen._facts += 1


PLAIN = Pen.of(Style())
"""Default colours, no attribute."""
BLANK = PLAIN.blank
"""An empty cell."""
