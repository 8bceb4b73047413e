"""A line that says that the connection is lost, and what is being done about it."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tuivm.ui.text import plain, truncate


class Banner(Widget):
    """Shown while ``message`` is not empty."""

    message: reactive[str] = reactive("")
    """One line from outside, made safe when drawn."""

    def watch_message(self, message: str) -> None:
        """Appear and go."""
        self.display = bool(message)

    def render(self) -> Content:
        """The line, with a sign that does not depend on colour."""
        return Content(f" ! {truncate(plain(self.message), max(4, self.size.width - 4))}")
