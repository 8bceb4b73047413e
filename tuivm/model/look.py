"""Where a graph is looked at: span, end, cursor; moved by keys, and left alone by time. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tuivm.model.timeline import SPANS, Frame, frame

_SURE = 0.9
"""Part of a span that is shown whatever the width."""
_LENGTHS = tuple(seconds for seconds, _ in SPANS)


@dataclass(frozen=True, slots=True)
class Look:
    """What part of the past is shown. Every move gives a new one."""

    span: float = _LENGTHS[1]
    """Seconds shown at least; 0 for one reading a column."""
    end: float | None = None
    """Unix seconds of the right edge; None follows the present."""
    cursor: float | None = None
    """Unix seconds in the step that is read; None for no cursor."""

    @property
    def follows(self) -> bool:
        """Whether the right edge is the present."""
        return self.end is None

    def frame(self, now: float, columns: int, least: float) -> Frame:
        """The frame at that moment; ``columns`` and ``least`` as in :func:`~tuivm.model.timeline.frame`."""
        return frame(now if self.end is None else min(self.end, now), self.span, columns, least)

    def settle(self, shown: Frame) -> Look:
        """Bring the cursor into ``shown``, what would be seen now: time has passed, or steps are coarse."""
        if self.cursor is None:
            return self
        at = shown.index(self.cursor)
        if at < 0:
            return replace(self, end=self.cursor + shown.step * (shown.count - 1))
        return replace(self, end=self.cursor) if at >= shown.count else self

    def choose(self, span: float, now: float) -> Look:
        """Show another span; a cursor stays in sight, in the same part of the picture."""
        if self.cursor is None or (self.end is None and self.cursor > now - span * _SURE):
            return replace(self, span=span)
        before = self.span or span
        share = min(max(((self.end or now) - self.cursor) / before, 0.0), 0.9)
        return replace(self, span=span).until(self.cursor + share * span, now)

    def longer(self, steps: int, now: float) -> Look:
        """Show the span so many further in :data:`~tuivm.model.timeline.SPANS`."""
        at = min(range(len(_LENGTHS)), key=lambda index: abs(_LENGTHS[index] - self.span))
        return self.choose(_LENGTHS[max(0, min(at + steps, len(_LENGTHS) - 1))], now)

    def pan(self, shown: Frame, parts: float, now: float) -> Look:
        """Move by ``parts`` of what is shown, back where negative; the cursor comes along."""
        steps = round(shown.count * parts) or (1 if parts > 0 else -1)
        end = shown.end - shown.step / 2 + steps * shown.step
        moved = self.until(now if shown.index(end) >= shown.index(now) else end, now)
        if self.cursor is None:
            return moved
        return replace(moved, cursor=min(self.cursor + steps * shown.step, _last(shown, now)))

    def move(self, shown: Frame, steps: int, now: float) -> Look:
        """Move the cursor by steps; the first time it appears at the right edge. The frame comes along."""
        last = _last(shown, now)
        if self.cursor is None:
            return replace(self, cursor=min(shown.time(shown.count - 1), last))
        at = shown.index(self.cursor) + steps
        cursor = min(shown.time(at), last)
        moved = replace(self, cursor=cursor)
        if at < 0:
            return moved.until(cursor + shown.step * (shown.count * 3 // 4), now)
        if at >= shown.count and self.end is not None:
            return moved.until(cursor + shown.step * (shown.count // 4), now)
        return moved

    def edge(self, shown: Frame, now: float, *, last: bool) -> Look:
        """Put the cursor on the first or last step that is shown; at the last one already, on the present."""
        target = min(shown.time(shown.count - 1), _last(shown, now)) if last else shown.start
        if last and self.cursor == target and self.end is not None:
            return replace(self, end=None, cursor=_last(shown, now))
        return replace(self, cursor=target)

    def jump(self, when: float, now: float) -> Look:
        """Put the cursor on a moment, wherever it lies; the frame moves only if it must."""
        when = min(when, now)
        moved = replace(self, cursor=when)
        end = now if self.end is None else self.end
        if end - self.span * _SURE <= when <= end:
            return moved
        return moved.until(when + self.span / 2, now)

    def now(self) -> Look:
        """Follow the present, without a cursor."""
        return replace(self, end=None, cursor=None)

    def until(self, end: float, now: float) -> Look:
        """Let the right edge be there; what reaches the present follows it."""
        return replace(self, end=None if end >= now else end)


def _last(shown: Frame, now: float) -> float:
    """The beginning of the present step."""
    return shown.time(shown.index(now))
