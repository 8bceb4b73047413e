"""The cursor: where it stands, and what DECSC keeps of it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from pyte.screens import Cursor

from tuivm.terminal.charsets import GRAPHICS, Charset
from tuivm.terminal.pen import PLAIN, Cell, Pen


class Saved(NamedTuple):
    """What DECSC keeps."""

    x: int = 0
    """Column, from 0."""
    y: int = 0
    """Row, from 0."""
    pen: Pen = PLAIN
    """The pen."""
    charsets: tuple[Charset, ...] = (None, GRAPHICS, None, None)
    """G0 to G3."""
    shift: int = 0
    """Which of them is in use."""
    origin: bool = False
    """DECOM."""
    wrap_pending: bool = False
    """Whether the next character wraps."""


class Holder(Protocol):
    """Who holds the pen that the cursor draws with: the screen."""

    pen: Pen


class ScreenCursor(Cursor):
    """A pyte cursor whose ``attrs`` is a blank of the pen."""

    __slots__ = ("_holder",)

    def __init__(self, holder: Holder) -> None:
        self.x = 0
        self.y = 0
        self.hidden = False
        self._holder = holder

    @property
    def attrs(self) -> Cell:  # type: ignore[override]
        """A space as it would be drawn."""
        return self._holder.pen.blank
