"""A list of lines of which some stand for a machine: the cursor goes from one of these to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple, overload

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message

from tuivm.model.domain import DomainKey
from tuivm.ui.widgets.lines import LinesView


class Pick(NamedTuple):
    """One line."""

    make: Callable[[], Content]
    """Makes what it shows, once it is on the screen."""
    key: DomainKey | None = None
    """The machine it stands for; None for a line that is only read."""


class _Made(Sequence[Content]):
    """Lines that are made when they are drawn, and kept: there may be thousands that nobody sees."""

    def __init__(self, picks: Sequence[Pick]) -> None:
        self._picks = picks
        self._known: dict[int, Content] = {}

    def __len__(self) -> int:
        return len(self._picks)

    @overload
    def __getitem__(self, index: int) -> Content: ...

    @overload
    def __getitem__(self, index: slice) -> list[Content]: ...

    def __getitem__(self, index: int | slice) -> Content | list[Content]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        if index not in self._known:
            self._known[index] = self._picks[index].make()
        return self._known[index]


def fixed(line: Content, key: DomainKey | None = None) -> Pick:
    """A line that is made already."""
    return Pick(lambda: line, key)


class PicksView(LinesView):
    """Keeps the cursor on its machine when the lines are others, and scrolls over lines without one."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "pick", "pick", show=False)]

    class Picked(Message):
        """Enter on a machine, or a second click."""

        def __init__(self, picks: PicksView, key: DomainKey) -> None:
            super().__init__()
            self.picks = picks
            """The list."""
            self.key = key
            """The machine."""

        @property
        def control(self) -> PicksView:
            """The list."""
            return self.picks

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as it is
        super().__init__(cursor=True, id=id, classes=classes)
        self._picks: tuple[Pick, ...] = ()

    @property
    def key(self) -> DomainKey | None:
        """The machine under the cursor; None for none."""
        return self._picks[self.cursor].key if 0 <= self.cursor < len(self._picks) else None

    def show_picks(self, picks: Sequence[Pick]) -> None:
        """Replace the lines; the cursor stays on its machine, or goes to the first one."""
        key, before = self.key, self.cursor
        self._picks = tuple(picks)
        self._lines = _Made(self._picks)
        self.virtual_size = Size(0, len(self._picks))
        self.set_reactive(PicksView.cursor, self._find(key))
        self.refresh()
        if self.key != key:
            self.post_message(self.Moved(self, self.cursor))
        elif key is not None and self.cursor != before:
            self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, force=True, immediate=True)

    def _find(self, key: DomainKey | None) -> int:
        """Line of the machine, else of the first one; -1 where no line stands for one."""
        standing = [index for index, pick in enumerate(self._picks) if pick.key is not None]
        here = next((index for index in standing if self._picks[index].key == key), None)
        if here is not None and key is not None:
            return here
        return standing[0] if standing else -1

    def action_step(self, step: int) -> None:
        """Go to the machine so many lines on, or to the next there is; at the ends scroll to the rest."""
        if self.cursor < 0:
            super().action_step(step)
            return
        way = 1 if step > 0 else -1
        standing = [index for index, pick in enumerate(self._picks) if pick.key is not None]
        ahead = [index for index in standing if (index - self.cursor) * way > 0]
        near = [index for index in ahead if (index - self.cursor) * way <= abs(step)]
        if near:
            self.cursor = near[-1] if way > 0 else near[0]
        elif ahead:
            self.cursor = ahead[0] if way > 0 else ahead[-1]
        if self.cursor in (standing[0], standing[-1]) and not (near or ahead):
            self.scroll_relative(y=step, animate=False)

    def action_edge(self, last: bool) -> None:
        """Go to the first or last machine, and show what stands beyond."""
        standing = [index for index, pick in enumerate(self._picks) if pick.key is not None]
        if standing:
            self.cursor = standing[-1 if last else 0]
        (self.scroll_end if last else self.scroll_home)(animate=False)

    def action_pick(self) -> None:
        """Tell which machine."""
        if self.key is not None:
            self.post_message(self.Picked(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the machine clicked; a second click picks it."""
        event.prevent_default()
        index = self.scroll_offset.y + event.y
        if not 0 <= index < len(self._picks) or self._picks[index].key is None:
            return
        if self.cursor == index and event.chain > 1:
            self.action_pick()
        self.cursor = index
