"""The filter's line: typed live, kept by Enter, cleared by Esc."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from tuivm.core.query import LONGEST
from tuivm.ui.type_ahead import TypeAheadApp
from tuivm.ui.words import content


class FilterInput(Input):
    """Keys typed behind its Enter are no words: they go to whoever has the keyboard next."""

    _is_left = False

    async def on_event(self, event: events.Event) -> None:
        """Let keys wait from Enter on; those that are here already go back to where they came from."""
        if isinstance(event, events.Key) and isinstance(self.app, TypeAheadApp):
            if self._is_left and self.app.holds_keys:
                await self.app.on_event(event)
                return
            self._is_left = event.key == "enter"
            if self._is_left:
                # Not by the app's way to an action, which is longer than that of the next key to here.
                self.app.hold_keys()
                await self.action_submit()
                return
        await super().on_event(event)


class FilterBar(Horizontal):
    """``/ words ............ 3 of 12``; with a problem ``/ cpu>x  cpu>x: x is not a share``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "clear", "clear the filter", show=False)]

    class Changed(Message):
        """The filter's words are others now."""

        def __init__(self, bar: FilterBar, text: str) -> None:
            super().__init__()
            self.bar = bar
            """The bar."""
            self.text = text
            """The words; empty for no filter."""

        @property
        def control(self) -> FilterBar:
            """The bar."""
            return self.bar

    class Left(Message):
        """The keyboard goes back to the list; the words stay."""

    def __init__(self, placeholder: str = "name  state:running  cpu>50  !exclude") -> None:
        super().__init__()
        self._input = FilterInput(compact=True, placeholder=placeholder, max_length=LONGEST)
        self._problem = Static(Content(""), classes="problem")
        self._note = Static(Content(""), classes="note")
        self._count = Static(Content(""), classes="count")
        self._noted = False
        self._told = ""
        self._counted = ""

    def compose(self) -> ComposeResult:
        """Sign, words, what is wrong with them, what else is hidden, count."""
        yield Static(Content(" / "), classes="sign")
        yield self._input
        yield self._problem
        yield self._note
        yield self._count

    @property
    def text(self) -> str:
        """The words."""
        return self._input.value

    @property
    def is_used(self) -> bool:
        """Whether there are words, or are to be."""
        return self.display and (bool(self.text) or self._input.has_focus)

    def edit(self) -> None:
        """Take the keyboard."""
        self.display = True
        self._input.focus()

    def count(self, shown: int, total: int) -> None:
        """Say how many domains match."""
        words = f" {shown:,} of {total:,} "
        if words != self._counted:
            # Laid out anew only for other widths: that costs more than to filter thousands.
            self._count.update(Content(words), layout=len(words) != len(self._counted))
            self._counted = words

    def tell(self, problem: str) -> None:
        """Say why the words change nothing, one line that may hold what was typed; empty for nothing."""
        if problem == self._told:
            return
        self._told = problem
        self._problem.update(content(problem))
        self._problem.display = bool(problem)
        self._note.display = self._noted and not problem

    def note(self, words: str) -> None:
        """Say what is hidden besides; the line stays while there is something."""
        self._noted = bool(words)
        self._note.update(content(words))
        self._note.display = self._noted
        self.display = self._noted or self.is_used

    def action_clear(self) -> None:
        """Forget the words and go."""
        self._input.value = ""
        self.tell("")
        self.display = self._noted
        self.post_message(self.Left())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self.post_message(self.Changed(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the words; without any there is nothing to keep."""
        event.stop()
        self.display = self._noted or bool(event.value.strip())
        self.post_message(self.Left())
