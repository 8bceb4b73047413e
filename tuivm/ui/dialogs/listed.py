"""A dialog on a list of what belongs to a domain: a line to type in, one for what is wrong, two answers."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.widgets import Static

from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content

Answer = TypeVar("Answer")


class ListedDialog(Dialog[Answer]):
    """What is the same however it is answered."""

    DOES: ClassVar[int] = 1
    """Index of the answer that does it; the other one does nothing."""

    def submit(self) -> None:
        """Do it, or say why that cannot be; a dialog says how."""

    def say(self, problem: str) -> None:
        """Say what is wrong; empty for nothing. May be hostile."""
        self.query_one("#problem", Static).update(content(problem))

    def action_onward(self) -> None:
        """Go to the next field."""
        self.focus_next()

    def action_no(self) -> None:
        """Do nothing: a letter, which is none while something is typed."""
        self.dismiss(None)

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    def on_input_submitted(self) -> None:
        """Enter behind what is typed does it."""
        self.submit()

    def on_answers_given(self, event: Answers.Given) -> None:
        """Do it or not."""
        event.stop()
        if event.index == self.DOES:
            self.submit()
        else:
            self.dismiss(None)
