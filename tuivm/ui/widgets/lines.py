"""A list of one-line contents that scrolls; with a cursor where asked. Draws only what is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LinesView(ScrollView, can_focus=True):
    """Lines of content. ``cursor`` is -1 where lines are only read."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor", "lines--cursor-blurred"}
    """
    | Class | Description |
    | :- | :- |
    | `lines--cursor` | The line under the cursor, when the list has the focus. |
    | `lines--cursor-blurred` | The same without the focus. |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "up", show=False),
        Binding("down,j", "step(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown,space", "page(1)", "page down", show=False),
        Binding("home,g", "edge(False)", "first", show=False),
        Binding("end,G", "edge(True)", "last", show=False),
    ]

    cursor: reactive[int] = reactive(-1, repaint=False)
    """Index of the line under the cursor; -1 for none."""

    class Moved(Message):
        """The cursor went to another line."""

        def __init__(self, lines: LinesView, index: int) -> None:
            super().__init__()
            self.lines = lines
            """The list."""
            self.index = index
            """Where the cursor is now."""

        @property
        def control(self) -> LinesView:
            """The list."""
            return self.lines

    def __init__(self, *, cursor: bool = False, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._lines: Sequence[Content] = []
        self._has_cursor = cursor

    def show(self, lines: Sequence[Content], *, follow: bool = False, width: int | None = None) -> None:
        """Replace the lines; with ``follow`` stay at the end if the end was on the screen.

        With a ``width`` in cells the lines are looked at when they are drawn only, however many they are.
        """
        at_end = self.scroll_offset.y >= self.max_scroll_y
        self._lines = list(lines) if width is None else lines
        if width is None:
            width = max((line.cell_length for line in self._lines), default=0)
        self.virtual_size = Size(width, len(self._lines))
        if self._has_cursor:
            last = len(self._lines) - 1
            self.cursor = max(0, min(self.cursor, last)) if last >= 0 else -1
        self.refresh()
        if follow and at_end:
            self.call_after_refresh(self.scroll_end, animate=False)

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        scroll_x, scroll_y = self.scroll_offset
        index = scroll_y + y
        width = self.size.width
        base = self.visual_style
        if index >= len(self._lines):
            return Strip.blank(width, base.rich_style)
        line = self._lines[index]
        if index == self.cursor:
            base = self.get_visual_style("lines--cursor" if self.has_focus else "lines--cursor-blurred")
        pieces = line.render(base, end="", parse_style=self.app.stylesheet.parse_style)
        strip = Strip([Segment(text, (base + style).rich_style) for text, style in pieces], line.cell_length)
        return strip.crop_extend(scroll_x, scroll_x + width, base.rich_style)

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw two lines, keep the cursor on the screen, tell."""
        for index in (old, new):
            if index >= 0:
                self.refresh_line(index)
        if new >= 0:
            self.scroll_to_region(Region(0, new, 1, 1), animate=False, force=True, immediate=True)
        self.post_message(self.Moved(self, new))

    def refresh_line(self, index: int) -> None:
        """Redraw one line if it is on the screen."""
        self.refresh(Region(0, index - self.scroll_offset.y, self.size.width, 1))

    def action_step(self, step: int) -> None:
        """Move by lines."""
        if self.cursor < 0:
            self.scroll_relative(y=step, animate=False)
        else:
            self.cursor = max(0, min(self.cursor + step, len(self._lines) - 1))

    def action_page(self, step: int) -> None:
        """Move by pages."""
        self.action_step(step * max(1, self.scrollable_content_region.height - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the first or last line."""
        if self.cursor >= 0:
            self.cursor = len(self._lines) - 1 if last else 0
        elif last:
            self.scroll_end(animate=False)
        else:
            self.scroll_home(animate=False)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the line clicked."""
        index = self.scroll_offset.y + event.y
        if self.cursor >= 0 and index < len(self._lines):
            self.cursor = index

    def on_focus(self) -> None:
        """The cursor looks different with the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """And without."""
        self.refresh()
