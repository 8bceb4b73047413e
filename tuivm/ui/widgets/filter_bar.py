"""The filter's line: typed live, kept by Enter, cleared by Esc."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static


class FilterBar(Horizontal):
    """``/ words ............ 3 of 12``."""

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

    def __init__(self, placeholder: str = "name  state:running  !exclude") -> None:
        super().__init__()
        self._placeholder = placeholder

    def compose(self) -> ComposeResult:
        """Sign, words, count."""
        yield Static(Content(" / "), classes="sign")
        yield Input(compact=True, placeholder=self._placeholder, max_length=200)
        yield Static(Content(""), classes="count")

    @property
    def text(self) -> str:
        """The words."""
        return self.query_one(Input).value

    def edit(self) -> None:
        """Take the keyboard."""
        self.display = True
        self.query_one(Input).focus()

    def count(self, shown: int, total: int) -> None:
        """Say how many domains match."""
        self.query_one(".count", Static).update(Content(f" {shown} of {total} "))

    def action_clear(self) -> None:
        """Forget the words and go."""
        self.query_one(Input).value = ""
        self.display = False
        self.post_message(self.Left())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter while typing."""
        event.stop()
        self.post_message(self.Changed(self, event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep the words; without any there is nothing to keep."""
        event.stop()
        self.display = bool(event.value.strip())
        self.post_message(self.Left())
