"""Leaving while something is under way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tuivm.ui.dialogs.confirm import SMALL_HEIGHT
from tuivm.ui.dialogs.over import Over
from tuivm.ui.dialogs.sheet import Renewed
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content


class LeaveScreen(Renewed, Over[bool]):
    """Names what leaving cuts off or leaves behind. Only ``y``, or Enter on the Yes answer, is a yes.

    When nothing is left to lose it is answered by itself: with yes, unless a failure is to be seen first.
    """

    AUTO_FOCUS = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", "yes", show=False),
        Binding("n,N,escape", "answer(False)", "no", show=False),
    ]

    def __init__(self, lost: Callable[[], Sequence[str]], failures: Callable[[], int]) -> None:
        super().__init__()
        self._lost = lost
        self._failures = failures
        self._failed = failures()

    def compose(self) -> ComposeResult:
        """The question, what is cut off, the answers."""
        with Vertical(classes="dialog danger"):
            yield Static(content("Leave tuivm?", "bold"), classes="question")
            for line in self._lost():
                yield Static(content(line), classes="loss")
            yield Answers("No", "Yes, leave")

    def renew(self) -> None:
        """Something went on."""
        if self.is_mounted and not self._lost():
            self.dismiss(self._failures() == self._failed)

    def on_resize(self, event: events.Resize) -> None:
        """On a small screen margins give way."""
        self.set_class(event.size.height < SMALL_HEIGHT, "-small")

    def on_answers_given(self, event: Answers.Given) -> None:
        """Enter or a click."""
        event.stop()
        self.dismiss(event.index == 1)

    def action_answer(self, yes: bool) -> None:
        """Answer at a key."""
        self.dismiss(yes)
