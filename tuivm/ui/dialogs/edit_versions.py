"""The versions of a domain's definition that were kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tuivm.core.editing.difference import Difference
from tuivm.core.editing.steps import Past
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.words import age, content, moment, short

_WHY = {
    "edit": "before an edit",
    "restore": "before an older one was restored",
    "delete": "before it was deleted",
}
_NAME_WIDTH = 40


class VersionsScreen(Sheet["tuple[str, Past] | None"]):
    """Versions, newest first. Gives back what to do with which: ``difference``, ``xml`` or ``restore``."""

    HINT = "Enter difference to now   x XML   u restore (undo)   Esc close"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,d", "choose('difference')", "difference", show=False),
        Binding("x", "choose('xml')", "XML", show=False),
        Binding("u,r", "choose('restore')", "restore", show=False),
    ]

    def __init__(
        self, about: str, pasts: Sequence[Past], now: float, close_keys: Sequence[str], cursor: int = 0
    ) -> None:
        super().__init__(close_keys, cursor=True)
        self._about = about
        self._pasts = tuple(pasts)
        self._now = now
        self._start = cursor

    def on_mount(self) -> None:
        """Begin where it was left."""
        self.query_one(".title", Static).update(
            content(f"Versions of the XML: {short(self._about, _NAME_WIDTH)}")
        )
        self.lines.cursor = min(self._start, max(0, len(self._pasts) - 1))

    def renew(self) -> None:
        """Show them."""
        lines = [self._line(each) for each in self._pasts]
        none = "No version yet: one is kept whenever the definition is edited here."
        self.lines.show(lines or [content(none, "$muted")])

    def _line(self, past: Past) -> Content:
        """``2026-11-22 14:03  +1 -1 against now  3m ago  before an edit``."""
        words = "cannot be compared" if past.difference is None else _against(past.difference)
        return Content.assemble(
            (moment(past.version.time), "bold"),
            content(f"  {words}"),
            content(f"  {age(past.version.time, self._now)}", "$muted"),
            content(f"  {_WHY.get(past.version.why, past.version.why)}", "$muted"),
        )

    def action_choose(self, what: str) -> None:
        """Give back the version under the cursor."""
        if not self.is_mounted:
            self.call_later(self.action_choose, what)
            return
        index = self.lines.cursor
        if 0 <= index < len(self._pasts):
            self.dismiss((what, self._pasts[index]))


def _against(found: Difference) -> str:
    return f"{found.words} against now" if found.lines else "the same as now"
