"""Marking every domain that a filter finds."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuivm.core.query import Query, parse
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Inventory
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content, counted


@dataclass(frozen=True, slots=True)
class Marking:
    """The answer: which, and whether they are to be marked."""

    query: Query
    """What the domains match; every domain matches an empty one."""
    on: bool
    """False to take the marks away."""


class MarkScreen(Dialog[Marking | None]):
    """A filter, as the list's, and how many domains it finds; Enter marks them all, shown or not."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(self, text: str, inventory: Callable[[], Inventory], marks: Collection[DomainKey]) -> None:
        """``text`` is the filter proposed; ``inventory`` and ``marks`` are read whenever it changes."""
        super().__init__(None, "")
        self._text = text
        self._inventory = inventory
        self._marks = marks

    def compose(self) -> ComposeResult:
        """The filter's line, the count, the answers."""
        with Vertical(classes="dialog"):
            yield Static(content("Mark every domain that matches", "bold"), classes="question")
            with Horizontal(classes="field"):
                yield Static(Content("filter"), classes="caption")
                words = "empty: all of them"
                yield Input(self._text, compact=True, placeholder=words, max_length=200, select_on_focus=True)
            yield Static(Content(""), id="problem", classes="problem -harmless")
            yield Answers("Mark", "Unmark")

    def on_mount(self) -> None:
        """Count what the proposal finds."""
        self._count(self._text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Count again."""
        event.stop()
        self._count(event.value)

    def _count(self, text: str) -> None:
        query, domains = parse(text), self._inventory().domains
        found = [key for key, domain in domains.items() if query.matches(domain, self._marks)]
        marked = sum(1 for key in found if key in self._marks)
        words = f"{len(found):,} of {counted(len(domains), 'domain')}; {marked:,} of them marked already"
        self.query_one("#problem", Static).update(content(words))

    def on_input_submitted(self) -> None:
        """Enter marks."""
        self._give(on=True)

    def on_answers_given(self, event: Answers.Given) -> None:
        """Mark or unmark."""
        event.stop()
        self._give(on=event.index == 0)

    def _give(self, *, on: bool) -> None:
        self.dismiss(Marking(parse(self.query_one(Input).value), on))

    def action_cancel(self) -> None:
        """Mark none."""
        self.dismiss(None)
