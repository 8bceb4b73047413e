"""Graphs of the past on one area, looked at by keys: span, page, cursor, markers. Draws only what differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tuivm.core.pictures import Marks, Picture, PictureReader, Wish
from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.graphs import View
from tuivm.model.timeline import Frame
from tuivm.ui.board import (
    GUTTER,
    Grid,
    Scene,
    Tops,
    arrange,
    compose,
    cursor_cells,
    pages,
    reading,
    tops,
)
from tuivm.ui.board_ink import Painted, mark, paint_of
from tuivm.ui.roles import roles_of
from tuivm.ui.widgets.board_keys import MOVES, BoardKeys

_PATIENCE = 0.5
"""Seconds after which it is said that a first picture is read."""
_RESTING = 30.0
"""Seconds at most after which a picture is read anew though no step ended."""


class Subject(tuple[tuple[DomainKey, str, bool], ...]):
    """Whose graphs: key, name (hostile) and whether it is active, of each domain."""

    __slots__ = ()


class GraphBoard(BoardKeys, can_focus=True):
    """The graphs of one domain, or of several compared."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(keys, f"{action}({given})", action, show=False) for keys, action, given in MOVES),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
    ]

    class Looked(Message):
        """Another span, view or moment is shown."""

        def __init__(self, board: GraphBoard) -> None:
            super().__init__()
            self.board = board
            """The board."""

        @property
        def control(self) -> GraphBoard:
            """The board."""
            return self.board

    class Taken(Message, bubble=False):
        """A picture was read."""

        def __init__(self, picture: Picture) -> None:
            super().__init__()
            self.picture = picture
            """The picture."""

    def __init__(
        self,
        past: Past,
        marks: Marks,
        news: Callable[[Sequence[DomainKey]], object] = lambda _: None,
        *,
        clock: Callable[[], float],
        least: float,
        at_once: bool = False,
        ascii_only: bool = False,
        tight: bool = False,
    ) -> None:
        """``least`` is seconds between two readings, ``clock`` gives Unix seconds.

        ``news`` tells by another answer that there may be other ``marks`` of domains.
        ``at_once`` is for a past that is all in memory: it is read without a thread of its own.
        ``tight`` leaves more of a small area to the graphs: the first line is shown for the past alone.
        """
        super().__init__(clock)
        self._reader = PictureReader(past, marks, self._fit, self._read, at_once=at_once)
        self._least = least
        self._news = news
        self._ascii = ascii_only
        self._tight = tight
        self._notes: Mapping[str, str] = {}
        self.view = View.TOTALS
        """What of it."""
        self.apart = ascii_only
        """Whether curves that could share a graph each have their own."""
        self._subject = Subject()
        self._wished: tuple[object, ...] = ()
        self._wished_at = self._since = 0.0
        self._waiting = False
        self._tops: Tops = {}
        self._scale_of: tuple[object, ...] = ()
        self._drawn: Painted | None = None

    # What is shown

    def show(
        self, subject: Sequence[tuple[DomainKey, str, bool]], notes: Mapping[str, str] | None = None
    ) -> None:
        """Show the graphs of these domains: key, name and whether it is active.

        ``notes`` are words for the titles of graphs, by their labels.
        """
        self._notes = notes or {}
        keys = [key for key, _, _ in self._subject]
        self._subject = Subject(subject)
        if keys != [key for key, _, _ in subject]:
            self.picture, self.page, self._since = None, 0, self._clock()
        if self.picture is None:
            self._redraw()
        self.renew()

    def choose(self, view: View) -> None:
        """Show another part of what is known."""
        self.view, self.page = view, 0
        self._moved()

    def separate(self, apart: bool) -> None:
        """Give each curve a graph of its own, or let them share."""
        self.apart, self.page = apart, 0
        self._moved()

    def renew(self) -> None:
        """Read what is new; called at every tick. What is not over is read again after a while."""
        if not self._subject or not self.size or not self.is_mounted or self._is_covered:
            return
        wish = self._wish()
        frame = self._fit(wish, len(self.picture.drawings) if self.picture is not None else 1)
        self.look = self.look.settle(frame)
        wished = _key(wish, frame)
        pace = min(max(self._least * 0.9, frame.step / 10), _RESTING)
        # Where reading is slow, what is asked for already is not asked for again.
        due = wish.now - self._wished_at >= pace and not self._waiting
        if due or wished != self._wished:
            self._wished, self._wished_at, self._waiting = wished, wish.now, True
            self._reader.ask(replace(wish, look=self.look))

    @property
    def _is_covered(self) -> bool:
        """Whether another screen lies over all of it."""
        return not self.screen.is_current and not self.app.screen.is_modal

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what was asked for last."""
        if self.picture is None:
            return False
        return self._wished == _key(self.picture.wish, self.picture.frame)

    def _wish(self) -> Wish:
        keys, names, running = zip(*self._subject, strict=True)
        size, now, news = self._room, self._clock(), self._news(keys)
        return Wish(keys, names, running, self.view, self.apart, self.look, size, self._least, now, news)

    @property
    def _room(self) -> tuple[int, int]:
        """Cells and lines of the graphs."""
        return self.size.width, self.size.height - self._head

    @property
    def _head(self) -> int:
        """Lines above the graphs: what is read, or what the signs mean."""
        return int(not self._tight or self.look.cursor is not None or not self.look.follows)

    def _fit(self, wish: Wish, count: int) -> Frame:
        """The frame that ``count`` graphs have room for; called on the reading thread too."""
        cells = arrange(count, *wish.size, tight=self._tight).cells()
        return wish.look.frame(wish.now, cells * (1 if self._ascii else 2), wish.least)

    def _read(self, picture: Picture) -> None:
        """Called on the reading thread: post, never touch."""
        # The loop may be closed by then: nobody looks any more.
        with suppress(RuntimeError):
            self.post_message(self.Taken(picture))

    def on_graph_board_taken(self, event: Taken) -> None:
        """Show a picture, unless it is of something else than is wished by now."""
        wish = event.picture.wish
        self._waiting = False
        if not self._subject or wish.subject != self._wish().subject:
            return
        scale_of = (*wish.subject, wish.look.span)
        self._tops = tops(event.picture.drawings, self._tops if scale_of == self._scale_of else {})
        self._scale_of = scale_of
        self.picture = event.picture
        if (wish.look.span, wish.look.end, wish.size) == (self.look.span, self.look.end, self._room):
            # How many graphs there are was not known when it was wished, nor how much time they show.
            self._wished = _key(wish, event.picture.frame)
        self.page = min(self.page, self._last_page)
        self._redraw()
        self.post_message(self.Looked(self))

    def _moved(self) -> None:
        self.renew()
        self._redraw()
        self.post_message(self.Looked(self))

    def on_resize(self) -> None:
        """Read and lay out for the new size."""
        self.renew()

    def on_unmount(self) -> None:
        """Read nothing more."""
        self._reader.stop()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there."""
        frame, grid = self._frame, self._grid
        left = event.x % (grid.width + GUTTER) - (grid.width - grid.cells())
        if frame is None or event.y < self._head or not 0 <= left < grid.cells():
            return
        per_cell = 1 if self._ascii else 2
        ahead = (grid.cells() - left) * per_cell
        index = frame.count - -(-ahead // frame.columns)
        if index >= 0:
            self.look = replace(self.look, cursor=min(frame.time(index), self._clock()))
            self._moved()

    # Drawing

    @property
    def _grid(self) -> Grid:
        count = len(self.picture.drawings) if self.picture is not None else 1
        return arrange(count, *self._room, tight=self._tight)

    @property
    def _last_page(self) -> int:
        return pages(len(self.picture.drawings), self._grid) - 1 if self.picture is not None else 0

    def _redraw(self) -> None:
        """Draw the rows that now differ."""
        before, self._drawn = self._drawn, None
        if before is None or not self.is_attached or not self.size:
            self.refresh()
            return
        now = self._painted()
        if len(before.rows) != len(now.rows) or before.key != now.key:
            self.refresh()
        elif changed := [y for y in range(len(now.rows)) if before.rows[y] != now.rows[y]]:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def notify_style_update(self) -> None:
        """The theme, or the ground, may be another one."""
        super().notify_style_update()
        self._drawn = None

    def _painted(self) -> Painted:
        """What is drawn now, worked out where something changed."""
        if self._drawn is None or self._drawn.size != self.size:
            self._drawn = self._paint()
        return self._drawn

    def _paint(self) -> Painted:
        roles, base = roles_of(self.app), self.rich_style
        if self.picture is None:
            late = self._subject and self._clock() - self._since >= _PATIENCE
            return Painted(self.size, base, roles, [[(" Reading…" if late else "", roles.muted)]])
        background = roles.background
        if base.bgcolor is not None and base.bgcolor.triplet is not None:
            background = base.bgcolor.triplet.hex
        paint = paint_of(roles, background, ascii_only=self._ascii)
        look = self.look
        scene = Scene(self.picture, self._grid, self.page, look.cursor, look.follows, self._tops, self._notes)
        head = [reading(scene, paint, self.size.width)] if self._head else []
        rows = [*head, *compose(scene, paint)]
        return Painted(self.size, base, roles, rows, tuple(cursor_cells(scene, paint)))

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        painted = self._painted()
        strip = painted.strip(y)
        if not painted.cursors or y < self._head or not self._grid.is_read(y - self._head):
            return strip
        roles = painted.roles
        ground = Style(reverse=True) if roles.monochrome else Style(bgcolor=roles.panel)
        return mark(strip, painted.cursors, ground, "|" if self._ascii else "│")


def _key(wish: Wish, frame: Frame) -> tuple[object, ...]:
    """What tells whether a picture is what is wished."""
    return (*wish.subject, wish.running, wish.look.span, wish.size, wish.news, frame)
