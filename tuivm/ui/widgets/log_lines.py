"""Entries of the log as lines with a cursor, which stays on its entry, or at the end while it is there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from tuivm.model.event import Event
from tuivm.ui.log import Columns, Drawn, begins_before_today
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content

_by_time = attrgetter("time")


class LogLines(LinesView):
    """Ten thousand entries, of which only those on the screen are drawn. ``named``: with the domain."""

    def __init__(self, *, named: bool, empty: str) -> None:
        super().__init__(cursor=True)
        self._named = named
        self._empty = empty
        self._events: Sequence[Event] = ()
        self._now = 0.0

    @property
    def chosen(self) -> Event | None:
        """The entry under the cursor."""
        return self._events[self.cursor] if 0 <= self.cursor < len(self._events) else None

    @property
    def follows(self) -> bool:
        """Whether the cursor is at the end, and stays there when more comes."""
        return self.cursor >= len(self._events) - 1

    @property
    def columns(self) -> Columns:
        """Where the parts of a line stand now."""
        dated = begins_before_today(self._events, self._now)
        return Columns(self.scrollable_content_region.width or self.size.width, dated, self._named)

    def show_events(self, events: Sequence[Event], now: float, *, empty: str = "") -> None:
        """Show these entries, oldest first, at ``now`` in Unix seconds; ``empty`` says that there is none."""
        follows, before = self.follows, self.chosen
        self._events, self._now = events, now
        if not events:
            self.cursor = -1
            self.show([content(empty or self._empty, "$muted")])
            self.cursor = -1
            return
        self._draw()
        self.cursor = len(events) - 1 if follows or before is None else self._place(before)

    def on_resize(self) -> None:
        """The columns are others now."""
        if self._events:
            self._draw()

    def _draw(self) -> None:
        columns = self.columns
        self.show(Drawn(self._events, columns), width=columns.width)

    def _place(self, event: Event) -> int:
        """Where an entry stands that was shown before; that of its time if it is shown no more."""
        events = self._events
        first = bisect_left(events, event.time, key=_by_time)
        index = first
        while index < len(events) and events[index].time == event.time:
            if events[index] is event:
                return index
            index += 1
        return min(first, len(events) - 1)
