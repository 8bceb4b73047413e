"""What stands over another screen, which is seen through it and not drawn anew each time."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual._context import visible_screen_stack
from textual.color import Color
from textual.geometry import Region, Size
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen
from textual.strip import Strip

from tuivm.ui.laid_out import LaidOut

Answer = TypeVar("Answer")


class Over(LaidOut[Answer], ModalScreen[Answer]):
    """A modal screen that keeps the lines of the screen below, and how they look through its background.

    Textual draws the whole screen below again for every part of a dialog that changes, which takes most of
    the time of opening one. Here it is asked for its lines when it told of a change, and those that are as
    they were keep their tint, and are not drawn again.
    """

    LAID_OUT_ONCE: ClassVar[bool] = True
    """Whether the first layout is the last. What it tells by its widths can call for another one."""

    def __init__(self) -> None:
        super().__init__()
        self._lines_below: list[Strip] = []
        self._lines_seen: list[Strip] = []
        self._glass: _Glass | None = None
        self._seen_now: tuple[Screen[Any], _Glass, Size] | None = None

    def refresh(self, *regions: Region, **how: Any) -> Any:
        """As textual's; the screen below tells of what changed there by regions, often of too much."""
        if not regions:
            return super().refresh(**how)
        before, seen, self._seen_now = self._lines_seen, self._seen_now, None
        if seen is not None and self.is_current and seen[0] is self._screen_below():
            self._see(*seen)
            if len(self._lines_seen) == len(before):
                self._seen_now = seen
                pairs = enumerate(zip(before, self._lines_seen, strict=True))
                regions = tuple(Region(0, y, self.size.width, 1) for y, (old, new) in pairs if old is not new)
        return super().refresh(*regions, **how) if regions else self

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """While something stood over this one, nobody told it; at first its styles were found just now."""
        self._seen_now = None
        if not self._compositor.size:
            event.refresh_styles = False

    def _screen_resized(self, size: Size) -> None:
        """Lay out for a new size; the event of the first size comes when that was done."""
        if self._compositor.size != size or not self.LAID_OUT_ONCE:
            super()._screen_resized(size)

    def on_unmount(self) -> None:
        """Keep nothing of it."""
        self._lines_below, self._lines_seen, self._seen_now = [], [], None

    def render_line(self, y: int) -> Strip:
        """A line of the screen below, seen through the background."""
        below, tint = self._screen_below(), self.styles.background
        if below is None or tint.a == 1:
            return super().render_line(y)
        self._dirty_regions.clear()
        base = self.visual_style.rich_style
        seen = below, _Glass(tint, base), self.size
        if self._seen_now != seen:
            self._see(*seen)
            self._seen_now = seen
        return self._lines_seen[y] if y < len(self._lines_seen) else Strip.blank(self.size.width, base)

    def _screen_below(self) -> Screen[Any] | None:
        stack = self.app.screen_stack
        at = stack.index(self) if self in stack else 0
        return stack[at - 1] if at else None

    def _see(self, below: Screen[Any], glass: _Glass, size: Size) -> None:
        """Take the lines of the screen below as they are now."""
        stack = self.app.screen_stack
        # That screen may be seen through, too: textual hands over what lies below it in this way.
        visible_screen_stack.set(stack[: stack.index(below)])
        lines = below._compositor.render_strips(size)  # noqa: SLF001 - nothing else gives its lines
        before = list(zip(self._lines_below, self._lines_seen, strict=True)) if self._glass == glass else []
        self._lines_seen = [
            before[y][1] if y < len(before) and before[y][0] == line else glass.through(line)
            for y, line in enumerate(lines)
        ]
        self._lines_below, self._glass = lines, glass


class _Glass(NamedTuple):
    """What another screen is seen through."""

    tint: Color
    """The colour, translucent."""
    base: Style
    """What stands where that screen says nothing."""

    def through(self, strip: Strip) -> Strip:
        """A strip as it is seen."""
        return Strip(
            [
                segment if segment.control else Segment(segment.text, _seen_through(segment.style, self))
                for segment in strip
            ],
            strip.cell_length,
        )


@lru_cache(maxsize=4096)
def _seen_through(style: Style | None, glass: _Glass) -> Style:
    """A style as it is seen: textual's own arithmetic."""
    seen = next(iter(BackgroundScreen.process_segments([Segment("", style)], glass.tint)))
    return glass.base + seen.style
