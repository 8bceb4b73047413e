"""Asking for the name and the words of a new snapshot."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuivm.core.verbs import Arguments
from tuivm.model.domain import Domain
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content, short

_LONGEST = 200
"""Characters of a name; libvirt makes a file of it, and file names hold 255 bytes."""


class TakeSnapshotScreen(Dialog[Arguments | None]):
    """Name (proposed) and description (optional). Enter takes the snapshot, Esc does not."""

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(self, domain: Domain, proposed: str, taken: Collection[str]) -> None:
        super().__init__(domain.key, domain.name)
        self._domain = domain
        self._proposed = proposed
        self._taken = frozenset(taken)

    def compose(self) -> ComposeResult:
        """Two lines to fill in, what will be in the snapshot, and the two answers."""
        what = "disk and memory" if self._domain.state.is_active else "the disk; the domain is off"
        with Vertical(classes="dialog"):
            yield Static(content(f"Take a snapshot of {self._domain.name}", "bold"), classes="question")
            yield Static(content(f"It will hold {what}."), classes="loss")
            with Horizontal(classes="field"):
                yield Static(Content("name"), classes="caption")
                yield Input(
                    self._proposed, id="name", compact=True, max_length=_LONGEST, select_on_focus=True
                )
            with Horizontal(classes="field"):
                yield Static(Content("description"), classes="caption")
                yield Input(id="description", compact=True, placeholder="optional", max_length=_LONGEST)
            yield Static(Content(""), id="problem", classes="problem")
            yield Answers("Take snapshot", "Cancel")

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.query_one("#problem", Static).update(Content(""))

    def on_input_submitted(self) -> None:
        """Enter in either line takes it."""
        self._submit()

    def on_answers_given(self, event: Answers.Given) -> None:
        """Take it or not."""
        event.stop()
        if event.index == 0:
            self._submit()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Take none."""
        self.dismiss(None)

    def _submit(self) -> None:
        """Give the answer back, or say what is wrong with the name."""
        name = self.query_one("#name", Input).value.strip()
        problem = self._problem(name)
        if problem:
            self.query_one("#problem", Static).update(content(problem))
            self.query_one("#name", Input).focus()
            return
        description = self.query_one("#description", Input).value.strip()
        self.dismiss(Arguments(snapshot=name, description=description))

    def _problem(self, name: str) -> str:
        """Why libvirt could not take the name; empty when it can."""
        if not name:
            return "A snapshot needs a name."
        if name in self._taken:
            return f"There is a snapshot '{short(name, 40)}' already."
        if "/" in name or name.startswith("."):
            return "A name cannot hold '/' or begin with '.'."
        if not name.isprintable():
            return "A name cannot hold control characters."
        return ""
