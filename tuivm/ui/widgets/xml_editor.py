"""A text area for XML: coloured by our own patterns, harmless whatever is pasted into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from rich.style import Style
from rich.text import Text
from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

from tuivm.ui.roles import roles_of
from tuivm.ui.text import REPLACEMENT
from tuivm.ui.xmltext import parts

_IN_ORDER = ("cursor_", "delete_")
"""What actions begin with that letters typed behind their keys must wait for."""
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


class XmlEditor(TextArea):
    """Edits XML. The text is what it is; only what is drawn of it is made safe."""

    def __init__(self, text: str, line: int | None = None, **more: Any) -> None:
        super().__init__(
            text, soft_wrap=False, tab_behavior="indent", show_line_numbers=True, max_checkpoints=200, **more
        )
        self.indent_width = 2
        self._start = max(0, (line or 1) - 1)

    def on_mount(self) -> None:
        """Begin at the line asked for."""
        self.move_cursor((min(self._start, self.document.line_count - 1), 0), center=True)

    def go_to(self, wanted: str) -> bool:
        """Select the next place with that text in any case, going round; False when there is none."""
        row, column = max(self.selection)
        pattern = re.compile(re.escape(wanted), re.IGNORECASE)
        count = self.document.line_count
        for step in range(count + 1):
            index = (row + step) % count
            found = pattern.search(self.document.get_line(index), column if step == 0 else 0)
            if found is not None:
                self.selection = Selection((index, found.start()), (index, found.end()))
                self.scroll_cursor_visible(center=True)
                return True
        return False

    def get_line(self, line_index: int) -> Text:
        """The line as it is drawn: every character that acts on a terminal replaced, the rest coloured."""
        shown = "".join(map(_shown, self.document.get_line(line_index)))
        line = Text(shown, end="", no_wrap=True)
        for kind, start, end in parts(shown):
            line.stylize(self._styles[kind], start, end)
        return line

    @property
    def _styles(self) -> Mapping[str, Style]:
        roles = roles_of(self.app)
        return {
            "comment": Style(color=roles.muted),
            "tag": Style(color=roles.primary, bold=roles.monochrome or None),
            "attribute": Style(color=roles.secondary),
            "value": Style(color=roles.success),
        }

    async def _on_key(self, event: events.Key) -> None:
        """Escape is the page's; everything else types or moves."""
        if event.key == "escape":
            event.prevent_default()
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if binding.action.startswith(_IN_ORDER):
                # A letter typed right behind would be in the text before the key came back as a binding.
                event.stop()
                event.prevent_default()
                await self.run_action(binding.action)
                return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Paste lines as lines, without what no XML can hold."""
        lines = event.text.replace("\r\n", "\n").replace("\r", "\n")
        clean = "".join(char for char in lines if char in "\t\n" or unicodedata.category(char) != "Cc")
        event.prevent_default()
        await super()._on_paste(events.Paste(clean))


def _shown(character: str) -> str:
    if " " <= character <= "~" or character == "\t":
        return character
    return REPLACEMENT if unicodedata.category(character) in _UNSAFE else character
