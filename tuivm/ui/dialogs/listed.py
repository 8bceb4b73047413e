"""A dialog on a list of what belongs to a domain: a line to type in, one for what is wrong, two answers."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.widgets import Static

from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content

Answer = TypeVar("Answer")
Facts = TypeVar("Facts")
"""What there is to know of the domain."""


class ListedDialog(Dialog[Answer], Generic[Answer, Facts]):
    """What is the same however it is answered. It opens at once; what it lists is told to :meth:`learn`."""

    DOES: ClassVar[int] = 1
    """Index of the answer that does it; the other one does nothing."""

    def __init__(self, subject: DomainKey | None, about: str) -> None:
        super().__init__(subject, about)
        self._told: Facts | HypervisorError | None = None
        self._shown = False

    def on_mount(self) -> None:
        """What was told before it was there is shown now."""
        self._shown = True
        if self._told is not None:
            self.learn(self._told)

    def learn(self, answer: Facts | HypervisorError) -> None:
        """What there is to know, or why that cannot be known."""
        self._told = answer
        if not (self._shown and self.is_attached):
            return
        if isinstance(answer, HypervisorError):
            self.query_one("#about", Static).update(content(str(answer), "$error"))
        else:
            self.take(answer)

    def take(self, answer: Facts) -> None:
        """Show what there is to know; a dialog says how."""

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
