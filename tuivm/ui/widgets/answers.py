"""The answers of a dialog, on one line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget


class Answers(Widget, can_focus=True):
    """A row of answers of which one is chosen by the arrows, Enter or the mouse."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"answers--chosen", "answers--other"}
    """
    | Class | Description |
    | :- | :- |
    | `answers--chosen` | The answer that Enter gives. |
    | `answers--other` | The others. |
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h,shift+tab", "move(-1)", "previous answer", show=False),
        Binding("right,l,tab", "move(1)", "next answer", show=False),
        Binding("enter", "give", "answer", show=False),
    ]

    chosen: reactive[int] = reactive(0)
    """Index of the answer that Enter gives."""

    class Given(Message):
        """An answer was given."""

        def __init__(self, answers: Answers, index: int) -> None:
            super().__init__()
            self.answers = answers
            """The row."""
            self.index = index
            """Which answer."""

        @property
        def control(self) -> Answers:
            """The row."""
            return self.answers

    def __init__(self, *labels: str, chosen: int = 0) -> None:
        super().__init__()
        self._labels = labels
        self.set_reactive(Answers.chosen, chosen)

    def render(self) -> Content:
        """The labels, the chosen one marked by a sign and not by colour alone."""
        parts: list[Content | str] = []
        for index, label in enumerate(self._labels):
            chosen = index == self.chosen
            style = self.get_visual_style("answers--chosen" if chosen else "answers--other")
            sign = "›" if chosen and self.has_focus else " "
            parts.append(Content.styled(f" {sign} {label}   ", style))
            parts.append("  ")
        return Content.assemble(*parts[:-1])

    def get_content_width(self, *_: object) -> int:
        """Cells of all the labels."""
        return sum(len(label) + 6 for label in self._labels) + 2 * (len(self._labels) - 1)

    def action_move(self, step: int) -> None:
        """Choose the next or previous answer; off the ends the focus goes on to the next field."""
        target = self.chosen + step
        if 0 <= target < len(self._labels):
            self.chosen = target
        elif len(self.screen.focus_chain) > 1:
            if step > 0:
                self.screen.focus_next()
            else:
                self.screen.focus_previous()
        else:
            self.chosen = target % len(self._labels)

    def action_give(self) -> None:
        """Give the chosen answer."""
        self.post_message(self.Given(self, self.chosen))

    def on_click(self, event: events.Click) -> None:
        """Give the answer under the mouse."""
        event.stop()
        left = 0
        for index, label in enumerate(self._labels):
            right = left + len(label) + 6
            if left <= event.x < right:
                self.chosen = index
                self.action_give()
            left = right + 2
