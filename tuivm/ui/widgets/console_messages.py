"""What the console pane tells: handlers are ``on_console_pane_left`` and so on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from tuivm.ui.widgets.console import ConsolePane


class PaneMessage(Message, namespace="console_pane"):
    """A message of one pane."""

    def __init__(self, pane: ConsolePane) -> None:
        super().__init__()
        self.pane = pane
        """The pane that tells."""

    @property
    def control(self) -> ConsolePane:
        """The pane that tells."""
        return self.pane


class Left(PaneMessage, namespace="console_pane"):
    """The user pressed the key that leaves the console."""


class Viewing(PaneMessage, namespace="console_pane"):
    """Copy mode began, took a key (``pane.is_asking``: of a pattern) or ended (``pane.is_viewing``)."""


class Copied(PaneMessage, namespace="console_pane"):
    """Text was copied: to the user's terminal (OSC 52) and to a file."""

    def __init__(self, pane: ConsolePane, length: int, path: Path | None, words: str) -> None:
        super().__init__(pane)
        self.length = length
        """Characters copied."""
        self.path = path
        """The file; None when it could not be written."""
        self.words = words
        """One line about it for the user."""


class Notice(PaneMessage, namespace="console_pane"):
    """Something to tell the user in one line."""

    def __init__(self, pane: ConsolePane, text: str, severity: str = "information") -> None:
        super().__init__(pane)
        self.text = text
        """The line; it may hold words of the guest's or the system's, so it is data and no markup."""
        self.severity = severity
        """``information``, ``warning`` or ``error``."""


class ClipboardAsked(PaneMessage, namespace="console_pane"):
    """The guest wants text in the user's clipboard (OSC 52); nothing happens unless the user agrees."""

    def __init__(self, pane: ConsolePane, text: str) -> None:
        super().__init__(pane)
        self.text = text
        """The text, as the guest gave it."""
