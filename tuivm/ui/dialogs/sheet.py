"""A page over the whole screen: a title, lines to read, the way out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.ui.dialogs.over import Over
from tuivm.ui.widgets.lines import LinesView

Result = TypeVar("Result")
"""What a page leaves behind."""


class Renewed:
    """What can be brought up to date while it is open."""

    TICKS: ClassVar[bool] = False
    """Whether what it shows grows older by itself (elapsed times), and is renewed at every tick."""

    def renew(self) -> None:
        """Show what is known now; called again when what is shown may have changed."""


class Sheet(Renewed, Over[Result]):
    """Base of help, log, jobs and consoles. Esc, ``q`` and the key that opened it close it."""

    TITLE_TEXT: ClassVar[str] = ""
    """What stands on top."""
    HINT: ClassVar[str] = "Esc close   ↑↓ PgUp PgDn scroll"
    """What stands below."""
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "close", show=False)]

    def __init__(self, close_keys: Iterable[str] = (), *, cursor: bool = False) -> None:
        super().__init__()
        self.lines = LinesView(cursor=cursor)
        """The lines; there before the page is and after it."""
        for key in close_keys:
            self._bindings.bind(key, "close", "close", show=False)

    def compose(self) -> ComposeResult:
        """Title, lines, hint."""
        with Vertical(classes="sheet"):
            yield Static(self.heading(), classes="title")
            yield self.lines
            yield Static(Content(self.HINT), classes="hint")

    def heading(self) -> Content:
        """What stands on top."""
        return Content(self.TITLE_TEXT)

    def on_mount(self) -> None:
        """Fill it."""
        self.renew()
        self.lines.focus()

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)
