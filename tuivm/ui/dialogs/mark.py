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

from tuivm.core.query import LONGEST, parse
from tuivm.core.terms import BadFilter, Scene
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Inventory
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.words import content, counted


@dataclass(frozen=True, slots=True)
class Marking:
    """The answer: which, and whether they are to be marked."""

    found: tuple[DomainKey, ...]
    """The domains that the filter finds."""
    on: bool
    """False to take the marks away."""


class MarkScreen(Dialog[Marking | None]):
    """A filter, as the list's, and how many domains it finds; Enter marks them all, shown or not."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(
        self,
        text: str,
        inventory: Callable[[], Inventory],
        marks: Collection[DomainKey],
        clock: Callable[[], float],
    ) -> None:
        """``text`` is the filter proposed; ``inventory`` and ``marks`` are read whenever it changes."""
        super().__init__(None, "")
        self._text = text
        self._inventory = inventory
        self._marks = marks
        self._clock = clock

    def compose(self) -> ComposeResult:
        """The filter's line, the count, the answers."""
        with Vertical(classes="dialog"):
            yield Static(content("Mark every domain that matches", "bold"), classes="question")
            with Horizontal(classes="field"):
                yield Static(Content("filter"), classes="caption")
                words = "empty: all of them"
                yield Input(
                    self._text, compact=True, placeholder=words, max_length=LONGEST, select_on_focus=True
                )
            yield Static(Content(""), id="problem", classes="problem -harmless")
            yield Answers("Mark", "Unmark")

    def on_mount(self) -> None:
        """Count what the proposal finds."""
        self._count(self._text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Count again."""
        event.stop()
        self._count(event.value)

    def _find(self, text: str) -> tuple[DomainKey, ...]:
        """The domains that match. Raises BadFilter for a filter that cannot be used."""
        query = parse(text)
        if query.problem:
            raise BadFilter(query.problem)
        return tuple(query.find(self._inventory(), Scene(self._marks, self._clock())))

    def _count(self, text: str) -> None:
        line = self.query_one("#problem", Static)
        try:
            found = self._find(text)
        except BadFilter as error:
            line.update(content(str(error)))
            line.remove_class("-harmless")
            return
        marked = sum(1 for key in found if key in self._marks)
        domains = self._inventory().domains
        words = f"{len(found):,} of {counted(len(domains), 'domain')}; {marked:,} of them marked already"
        line.update(content(words))
        line.add_class("-harmless")

    def on_input_submitted(self) -> None:
        """Enter marks."""
        self._give(on=True)

    def on_answers_given(self, event: Answers.Given) -> None:
        """Mark or unmark."""
        event.stop()
        self._give(on=event.index == 0)

    def _give(self, *, on: bool) -> None:
        try:
            found = self._find(self.query_one(Input).value)
        except BadFilter:
            self.app.bell()  # What is wrong stands there already.
            return
        self.dismiss(Marking(found, on))

    def action_cancel(self) -> None:
        """Mark none."""
        self.dismiss(None)
