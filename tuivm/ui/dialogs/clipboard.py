"""A guest wants to put a text into the user's clipboard: asked, with No as the default."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model.domain import Domain
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.text import plain_lines, truncate
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content, short

_LINES = 4
_WIDTH = 58


class Consent(StrEnum):
    """The answer."""

    NO = "no"
    """Not this one."""
    ONCE = "once"
    """This one."""
    ALWAYS = "always"
    """This one and all of this console's to come, until tuivm is left."""


_ORDER = (Consent.NO, Consent.ONCE, Consent.ALWAYS)


class ClipboardScreen(Dialog[Consent | None]):
    """Names the domain and shows how the text begins."""

    AUTO_FOCUS = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n,N,escape", "answer('no')", "no", show=False),
        Binding("y,Y", "answer('once')", "yes", show=False),
        Binding("a,A", "answer('always')", "always", show=False),
    ]

    def __init__(self, domain: Domain, text: str) -> None:
        super().__init__(domain.key, domain.name)
        self._text = text

    def compose(self) -> ComposeResult:
        """The question, the beginning of the text, the answers."""
        count = len(self._text)
        with Vertical(classes="dialog danger"):
            yield Static(
                content(f"{short(self.about, 40)} wants to set your clipboard", "bold"), classes="question"
            )
            yield Static(
                content(
                    f"{count:,} character{'s' if count != 1 else ''} that a program in the guest chose. "
                    "Pasted into a shell, a text can run commands. It begins:"
                ),
                classes="loss",
            )
            lines = plain_lines(self._text[: _LINES * 400]) or [""]
            excerpt = [content(f"  {truncate(line, _WIDTH)}") for line in lines[:_LINES]]
            yield Static(Content("\n").join(excerpt), classes="excerpt")
            yield Answers("No", "Yes, once", "Always for this console")

    def on_answers_given(self, event: Answers.Given) -> None:
        """Enter or a click."""
        event.stop()
        self.dismiss(_ORDER[event.index])

    def action_answer(self, answer: str) -> None:
        """Answer at a key."""
        self.dismiss(Consent(answer))
