"""One of several, and switches: as words on a line, or on as many lines as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tuivm.ui.text import plain, truncate, width_of

_GAP = 2
"""Cells between two words."""


@dataclass(frozen=True, slots=True)
class Option:
    """One word: one of several that can be chosen, or a switch."""

    value: str
    """What the choice is then, or what is on."""
    label: str
    """What is shown; may be hostile."""
    why_not: str = ""
    """Why it cannot be used now; empty when it can."""


@dataclass(frozen=True, slots=True)
class Toggle(Option):
    """A switch."""

    on: bool = False
    """Whether it begins on."""
    fixed: bool = False
    """Whether one that cannot be used is shown as on: it goes with something else that was chosen."""


class Toggles(Widget, can_focus=True):
    """Switches in a row, broken to lines where it is too long. The arrows move, Space turns one on or off.

    One that cannot be used stays off; the cursor can stand on it, and :attr:`why_not` says why.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "toggles--item",
        "toggles--on",
        "toggles--cursor",
        "toggles--greyed",
    }
    """
    | Class | Description |
    | :- | :- |
    | `toggles--item` | A word. |
    | `toggles--on` | One that is on. |
    | `toggles--cursor` | The one that the keys act on. |
    | `toggles--greyed` | One that cannot be used now. |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "previous", show=False),
        Binding("right,l", "move(1)", "next", show=False),
        Binding("up,k", "leave(-1)", "field above", show=False),
        Binding("down,j", "leave(1)", "field below", show=False),
        Binding("space", "use", "on or off", show=False),
        Binding("enter", "submit", "done", show=False),
    ]
    SIGNS: ClassVar[tuple[str, str]] = ("[x]", "[ ]")
    """Before a word that is on, and before one that is not."""

    cursor: reactive[int] = reactive(0)
    """Index of the word that the keys act on."""
    on: reactive[frozenset[str]] = reactive(frozenset[str](), layout=True)
    """The values that are on."""

    class Changed(Message):
        """Another word is on, or the cursor went to one that cannot be used."""

        def __init__(self, toggles: Toggles) -> None:
            super().__init__()
            self.toggles = toggles
            """The row."""

        @property
        def control(self) -> Toggles:
            """The row."""
            return self.toggles

    class Submitted(Changed):
        """Enter was pressed."""

    def __init__(self, id: str, options: Sequence[Option]) -> None:  # noqa: A002 - textual's own name
        super().__init__(id=id)
        self._options = tuple(options)
        self._spots: list[tuple[int, int, int]] = []
        on = {each.value for each in options if isinstance(each, Toggle) and each.on and not each.why_not}
        self.set_reactive(Toggles.on, frozenset(on))

    def set_options(self, options: Sequence[Option]) -> None:
        """Show others; what is on and still there stays on, unless it cannot be used any more."""
        self._options = tuple(options)
        self.cursor = max(0, min(self.cursor, len(self._options) - 1))
        self._keep()
        self.refresh(layout=True)

    def _keep(self) -> None:
        """Let go of what is not there any more."""
        self.on &= {option.value for option in self._options if not option.why_not}

    @property
    def options(self) -> tuple[Option, ...]:
        """What is shown."""
        return self._options

    @property
    def why_not(self) -> str:
        """Why the word under the cursor cannot be used; empty when it can, or there is none."""
        return self._options[self.cursor].why_not if self._options else ""

    # As it is drawn

    def _places(self, width: int) -> list[tuple[int, int, str]]:
        """Line, column and words of each, within ``width`` cells."""
        places = []
        line = column = 0
        for option in self._options:
            on = option.value in self.on or (isinstance(option, Toggle) and option.fixed)
            sign = self.SIGNS[0 if on else 1]
            words = truncate(f"{sign} {plain(option.label)}", width)
            if column and column + width_of(words) > width:
                line, column = line + 1, 0
            places.append((line, column, words))
            column += width_of(words) + _GAP
        return places

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as they take."""
        return max((line for line, _, _ in self._places(max(1, width))), default=0) + 1

    def render(self) -> Content:
        """The words; the cursor is drawn only with the keyboard."""
        parts: list[Content | str] = []
        at = (0, 0)
        self._spots = []
        for index, (line, column, words) in enumerate(self._places(max(1, self.size.width))):
            parts.append("\n" * (line - at[0]) if line > at[0] else " " * (column - at[1]))
            parts.append(Content.styled(words, self.get_visual_style(self._look(index))))
            at = (line, column + width_of(words))
            self._spots.append((line, column, at[1]))
        return Content.assemble(*parts)

    def _look(self, index: int) -> str:
        option = self._options[index]
        if index == self.cursor and self.has_focus:
            return "toggles--cursor"
        if option.why_not:
            return "toggles--greyed"
        return "toggles--on" if option.value in self.on else "toggles--item"

    # What the keys and the mouse do

    def action_move(self, step: int) -> None:
        """Go to the word before or after, at most to the ends."""
        self.cursor = max(0, min(self.cursor + step, len(self._options) - 1))
        if self.why_not:
            self.post_message(self.Changed(self))

    def action_leave(self, step: int) -> None:
        """Go to the field above or below."""
        if step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_use(self) -> None:
        """Turn the word under the cursor on or off."""
        if self._options and not self.why_not:
            self.on ^= {self._options[self.cursor].value}
        self.post_message(self.Changed(self))

    def action_submit(self) -> None:
        """Tell."""
        self.post_message(self.Submitted(self))

    def on_click(self, event: events.Click) -> None:
        """Use the word under the mouse."""
        event.stop()
        for index, (line, left, right) in enumerate(self._spots):
            if event.y == line and left <= event.x < right:
                self.cursor = index
                self.action_use()
                return


class Choice(Toggles):
    """One of several in a row: the arrows choose.

    One that cannot be used can be chosen too, so that :attr:`why_not` can say why: who asks must refuse it.
    """

    SIGNS: ClassVar[tuple[str, str]] = ("(*)", "( )")

    def __init__(self, id: str, options: Sequence[Option], chosen: int = 0) -> None:  # noqa: A002 - as above
        super().__init__(id, options)
        self.set_reactive(Toggles.cursor, chosen)
        self.set_reactive(Toggles.on, frozenset({options[chosen].value}) if options else frozenset[str]())

    @property
    def value(self) -> str:
        """The value chosen; empty of none."""
        return next(iter(self.on), "")

    def _keep(self) -> None:
        """Keep to the value; to the place where it went."""
        values = [option.value for option in self._options]
        if self.value in values:
            self.cursor = values.index(self.value)
        self.on = frozenset(values[self.cursor : self.cursor + 1])

    def action_move(self, step: int) -> None:
        """Choose the word before or after."""
        self.cursor = max(0, min(self.cursor + step, len(self._options) - 1))
        self.action_use()

    def action_use(self) -> None:
        """Choose the word under the cursor."""
        chosen = frozenset(option.value for option in self._options[self.cursor : self.cursor + 1])
        if chosen != self.on:
            self.on = chosen
            self.post_message(self.Changed(self))
