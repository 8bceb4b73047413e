"""The figures of graphs, read from the past on a thread of their own: the newest wish, and little twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuivm.core.lane import Lane
from tuivm.core.ports_history import Past
from tuivm.model.domain import DomainKey
from tuivm.model.graphs import Panel, View, compared, panels
from tuivm.model.look import Look
from tuivm.model.markers import Marker
from tuivm.model.series import Metric, Series, Window
from tuivm.model.timeline import DAY, Frame
from tuivm.model.windows import carry, missing, splice

Slot = tuple[DomainKey, Series]
"""One series of one domain."""
Marks = Callable[[Sequence[DomainKey], float, float], Sequence[Marker]]
"""Gives what happened to these domains between two Unix seconds; called on the reading thread."""
_LOOK_AGAIN = 10.0
"""Seconds after which it is asked anew which series there are, and what happened."""
_LOOKED_FOR = 900.0
"""Seconds at least in which it is looked for the series that there are."""
_READ_AGAIN = 60.0
"""Seconds after which everything shown is read anew: a file may hold by then what a ring did not."""
_TAKEN_BACK = 15.0
"""Seconds of a step up to which memory is read anew each time: what the host held for a guest is taken back
when the guest tells how much it uses."""
_FAR = 8 * DAY
"""Seconds before the frame from which markers are told too, for those who jump to the one before."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be shown."""

    keys: tuple[DomainKey, ...]
    """The domains; more than one are compared."""
    names: tuple[str, ...]
    """Their names, hostile data."""
    running: tuple[bool, ...]
    """Which of them are active."""
    view: View
    """What of them."""
    apart: bool
    """Whether each curve has a graph of its own."""
    look: Look
    """When."""
    size: tuple[int, int]
    """Cells and lines there are for the graphs."""
    least: float
    """Seconds between two readings."""
    now: float
    """Unix seconds of the wish."""
    news: object = None
    """Differs when more has happened to the domains."""

    @property
    def subject(self) -> tuple[object, ...]:
        """What tells whether another picture shows the same, if at another time."""
        return self.keys, self.names, self.view, self.apart


@dataclass(frozen=True, slots=True)
class Drawing:
    """One graph with its figures."""

    panel: Panel
    """What it shows."""
    windows: tuple[Window, ...]
    """The figures of each curve."""
    ceiling: Window | None
    """The figures of the panel's ceiling; None without one."""
    reason: str
    """Why there is nothing to be seen; empty where there is something."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All graphs of a wish."""

    wish: Wish
    """What was asked."""
    frame: Frame
    """The time that all graphs show."""
    drawings: tuple[Drawing, ...]
    """At least one."""
    markers: tuple[Marker, ...]
    """What happened, within the frame and around it, oldest first."""


class PictureReader:
    """Reads what is wished on a thread of its own, which begins with the first wish.

    While it reads, only the newest of the wishes that come is kept.
    """

    def __init__(
        self,
        past: Past,
        marks: Marks,
        fit: Callable[[Wish, int], Frame],
        tell: Callable[[Picture], object],
        *,
        at_once: bool = False,
    ) -> None:
        """``fit`` gives the frame that so many graphs have room for.

        ``tell`` gets every picture, on the reading thread, and must not block. ``at_once`` reads on
        the thread that asks: for a past that is all in memory, so that no picture comes late.
        """
        self._past = past
        self._marks = marks
        self._fit = fit
        self._at_once = at_once
        self._tell = tell
        self._wish: Wish | None = None
        self._lane: Lane | None = None
        self._looked_at: tuple[object, ...] = ()
        self._shown: tuple[object, ...] = ()
        self._windows: dict[Slot, Window] = {}
        self._known: tuple[tuple[Series, ...], ...] = ()
        self._markers: tuple[Marker, ...] = ()
        self._known_at = self._read_at = 0.0

    def ask(self, wish: Wish) -> None:
        """Read this next. Does not wait for it, unless all is in memory."""
        self._wish = wish
        if self._at_once:
            self._step()
            return
        if self._lane is None:
            self._lane = Lane("tuivm-graphs", self._step)
            self._lane.start()
        self._lane.poke()

    def stop(self) -> None:
        """Read nothing more. Returns at once."""
        self._wish = None
        if self._lane is not None:
            self._lane.stop()

    def _step(self) -> None:
        wish = self._wish
        if wish is not None:
            picture = self.read(wish)
            if self._wish is not None:
                self._tell(picture)

    def read(self, wish: Wish) -> Picture:
        """Read it, on the calling thread. One thread at a time."""
        clock = time.monotonic()
        looked_at = (*wish.subject, wish.look.span, wish.look.end, wish.news)
        if looked_at != self._looked_at or clock - self._known_at > _LOOK_AGAIN:
            self._look(wish)
            self._looked_at, self._known_at = looked_at, clock
        if len(wish.keys) > 1:
            made = compared(wish.view, self._known, wish.names, apart=wish.apart)
        else:
            made = panels(wish.view, frozenset(self._known[0]), apart=wish.apart)
        frame = self._fit(wish, len(made))
        shown = (*wish.subject, frame.step)
        if shown != self._shown or clock - self._read_at > _READ_AGAIN:
            self._windows.clear()
            self._shown, self._read_at = shown, clock
        drawings = tuple(self._draw(wish, frame, panel) for panel in made)
        return Picture(wish, frame, drawings, self._markers)

    def _look(self, wish: Wish) -> None:
        """Find out which series there are in the frame, and what happened."""
        end = wish.now if wish.look.end is None else wish.look.end
        start = end - max(wish.look.span, _LOOKED_FOR)
        self._known = tuple(self._past.series_of(key, start, end) for key in wish.keys)
        found = self._marks(wish.keys, start - _FAR, wish.now)
        self._markers = tuple(sorted(found, key=lambda one: one.time))

    def _draw(self, wish: Wish, frame: Frame, panel: Panel) -> Drawing:
        def window(of: int, series: Series) -> Window:
            read = self._window((wish.keys[of], series), frame)
            return carry(read, wish.least) if frame.holds(wish.now) else read

        windows = tuple(window(curve.of, curve.series) for curve in panel.curves)
        ceiling = window(panel.curves[0].of, panel.ceiling) if panel.ceiling is not None else None
        reason = ""
        if all(each.is_empty for each in windows):
            reason = self._reason(wish, frame, panel.curves[0].of)
        return Drawing(panel, windows, ceiling, reason)

    def _window(self, slot: Slot, frame: Frame) -> Window:
        """Read what is not known of it yet."""
        changes = slot[1].metric is Metric.MEMORY and frame.step <= _TAKEN_BACK
        old = None if changes else self._windows.get(slot)
        part = missing(old, frame)
        fresh = self._past.window(*slot, part.start, part.step, part.count)
        whole = self._windows[slot] = splice(old, fresh, frame)
        return whole

    def _reason(self, wish: Wish, frame: Frame, of: int) -> str:
        """Say why nothing is known of a domain's curve within the frame."""
        key = wish.keys[of]
        if self._known[of]:
            return "no figures of this: the guest or its driver gives none"
        is_past = wish.look.end is not None
        if is_past and not self._past.series_of(key, 0.0, frame.start):
            return "nothing is kept from then: it was not recorded yet"
        if is_past:
            return "no figures: it was off, or nobody recorded"
        return "no figures yet" if wish.running[of] else "it is off"
