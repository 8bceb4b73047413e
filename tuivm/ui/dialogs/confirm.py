"""What every question has in common: it stands over the list, belongs to a domain, and No is the default."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.dialogs.over import Over
from tuivm.ui.type_ahead import TypeAheadApp
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content

Answer = TypeVar("Answer")
SMALL_HEIGHT = 16
"""Rows below which a dialog is drawn tight."""


class Dialog(Over[Answer]):
    """A question about one domain, or several. ``None`` is the answer of Esc, and when the domain is gone."""

    HOLDS_KEYS: ClassVar[bool] = True
    """Keys typed with the one that asked wait for the dialog."""

    def __init__(self, subject: DomainKey | None, about: str) -> None:
        super().__init__()
        self._released = False
        self.subject = subject
        """The domain asked about; the app closes the dialog when it vanishes. None for several."""
        self.about = about
        """The domain's name."""

    def on_mount(self) -> None:
        """Let keys go on that waited, also where nothing takes the keyboard."""
        self.call_after_refresh(lambda: self.app.call_later(self._release))

    def on_descendant_focus(self) -> None:
        """As above."""
        self._release()

    def _release(self) -> None:
        # Once: what is held later waits for another dialog.
        if not self._released and isinstance(self.app, TypeAheadApp):
            self._released = True
            self.app.release_keys()

    def on_resize(self, event: events.Resize) -> None:
        """On a small screen margins and what is not needed to answer give way."""
        self.set_class(event.size.height < SMALL_HEIGHT, "-small")


class ConfirmScreen(Dialog[bool]):
    """Yes or no, with what will be lost. Only ``y``, or Enter on the Yes answer, is a yes."""

    AUTO_FOCUS = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", "yes", show=False),
        Binding("n,N,escape", "answer(False)", "no", show=False),
    ]

    def __init__(
        self, domain: Domain, question: str, loss: str = "", *, yes: str = "yes", command: str = ""
    ) -> None:
        super().__init__(domain.key, domain.name)
        self._question = question
        self._loss = loss
        self._yes = yes
        self._command = command

    def compose(self) -> ComposeResult:
        """The question, what is lost, the equivalent command, and the two answers."""
        with Vertical(classes="dialog danger"):
            yield Static(content(self._question, "bold"), classes="question")
            if self._loss:
                yield Static(content(self._loss), classes="loss")
            if self._command:
                yield Static(content(self._command), classes="command")
            yield Answers("No", f"Yes, {self._yes}")

    def on_answers_given(self, event: Answers.Given) -> None:
        """Enter or a click."""
        event.stop()
        self.dismiss(event.index == 1)

    def action_answer(self, yes: bool) -> None:
        """Answer at a key."""
        self.dismiss(yes)
