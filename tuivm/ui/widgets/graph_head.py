"""The head of the graphs: whose they are, the spans, and what can be shown; a click chooses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tuivm.ui.text import truncate, width_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One word that can be chosen."""

    letter: str
    """The key that chooses it; underlined where it is in the word."""
    word: str
    """The word; safe."""
    chosen: bool
    """Whether it is."""
    action: str
    """The screen's action."""


class GraphHead(Widget):
    """Two lines: name and spans, and the views."""

    class Pressed(Message):
        """A word was clicked."""

        def __init__(self, head: GraphHead, action: str) -> None:
            super().__init__()
            self.head = head
            """The head."""
            self.action = action
            """The screen's action."""

        @property
        def control(self) -> GraphHead:
            """The head."""
            return self.head

    def __init__(self) -> None:
        super().__init__()
        self._about = ""
        self._lines: tuple[tuple[Choice, ...], ...] = ((), ())
        self._spots: list[tuple[int, int, int, str]] = []

    def show(self, name: str, spans: Iterable[Choice], views: Iterable[Choice]) -> None:
        """Show these; ``name`` is safe text."""
        shown = (tuple(spans), tuple(views))
        if (name, shown) != (self._about, self._lines):
            self._about, self._lines = name, shown
            self.refresh()

    def render(self) -> Content:
        """The name at the left and the spans at the right, the views below."""
        spans, views = self._lines
        width = self.size.width
        taken = sum(width_of(one.word) + 2 for one in spans)
        name = truncate(self._about, max(width - taken - 3, 1))
        gap = max(width - taken - width_of(name) - 2, 0)
        self._spots = []
        return Content.assemble(
            " ",
            Content.styled(name, "bold $primary"),
            " " * gap,
            *self._words(spans, 0, 1 + width_of(name) + gap),
            "\n ",
            *self._words(views, 1, 1),
        )

    def _words(self, choices: Sequence[Choice], line: int, start: int) -> list[Content]:
        parts: list[Content] = []
        at = start
        for choice in choices:
            style = "bold $background on $primary" if choice.chosen else "$foreground"
            word = Content.styled(f" {choice.word} ", style)
            position = choice.word.find(choice.letter)
            if position >= 0 and line:
                word = word.stylize(
                    "bold underline" if choice.chosen else "bold underline $primary",
                    1 + position,
                    2 + position,
                )
            parts.append(word)
            self._spots.append((line, at, at + word.cell_length, choice.action))
            at += word.cell_length
        return parts

    def on_click(self, event: events.Click) -> None:
        """Choose the word under the mouse."""
        for line, left, right, action in self._spots:
            if event.y == line and left <= event.x < right:
                event.stop()
                self.post_message(self.Pressed(self, action))
