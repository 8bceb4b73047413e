"""The built-in editor, over the whole screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from tuivm.model.domain import Domain
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.xml_editor import XmlEditor
from tuivm.ui.words import content, short

_HINT = "^S go on   Esc leave, kept   ^Z undo   ^Y redo   ^F find   Shift+arrows select   ^C ^X ^V"
_NAME_WIDTH = 40
_KEEP_AFTER = 1.0
"""Seconds after a change in which it is put on disk."""


@dataclass(frozen=True, slots=True)
class Written:
    """How the built-in editor was left."""

    text: str
    """What stood in it."""
    is_done: bool
    """Whether the user wants to go on with it, not only to leave."""


class EditorScreen(Dialog[Written | None]):
    """The text of a definition to edit. ``keep`` is handed the text soon after every change."""

    AUTO_FOCUS = "XmlEditor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "leave(True)", "go on", show=False, priority=True),
        Binding("ctrl+f", "find", "find", show=False, priority=True),
        Binding("escape", "back", "leave", show=False),
    ]

    def __init__(
        self,
        domain: Domain,
        text: str,
        keep: Callable[[str], object],
        *,
        line: int | None = None,
        flaw: str = "",
    ) -> None:
        """``line`` (from 1) is where to begin, ``flaw`` what was wrong with the text."""
        super().__init__(domain.key, domain.name)
        self._text = text
        self._keep = keep
        self._line = line
        self._flaw = flaw
        self._timer: Timer | None = None
        self._editor = XmlEditor(text, line)
        self._wanted = Input(compact=True, max_length=200, placeholder="text; Enter finds the next, Esc ends")

    def compose(self) -> ComposeResult:
        """Title, what was wrong, the text, the keys."""
        with Vertical(classes="sheet editor"):
            yield Static(content(f"Edit XML: {short(self.about, _NAME_WIDTH)}"), classes="title")
            if self._flaw:
                yield Static(content(self._flaw), classes="problem")
            yield self._editor
            with Horizontal(classes="find"):
                yield Static(content("find "))
                yield self._wanted
            yield Static(content(_HINT), classes="hint")

    def on_key(self, event: events.Key) -> None:
        """A key that came before the editor was there is typed into it."""
        if self.focused is None and event.is_printable:
            event.stop()
            self._editor.focus()
            self._editor.post_message(events.Key(event.key, event.character))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Put it on disk soon."""
        event.stop()
        if self._timer is None and self._editor.text != self._text:
            self._timer = self.set_timer(_KEEP_AFTER, self._put_aside)

    def _put_aside(self) -> None:
        self._timer = None
        self._keep(self._editor.text)

    def action_find(self) -> None:
        """Ask what to look for."""
        self.query_one(".find").display = True
        self._wanted.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to the next place."""
        event.stop()
        if event.value and not self._editor.go_to(event.value):
            self.app.bell()
            self.notify(f"{short(event.value, _NAME_WIDTH)}: not found", severity="warning", markup=False)

    def action_back(self) -> None:
        """End the search, or leave."""
        if self._wanted.has_focus:
            self.query_one(".find").display = False
            self._editor.focus()
        else:
            self.action_leave(False)

    def action_leave(self, done: bool) -> None:
        """Go on with the text, or leave it for another time."""
        if self._timer is not None:
            self._timer.stop()
        self.dismiss(Written(self._editor.text, done))
