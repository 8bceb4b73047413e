"""Pages on snapshots: all that is known of one with its XML, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tuivm.core.editing.difference import Difference
from tuivm.model.errors import HypervisorError
from tuivm.model.snapshot import DiskChain, Snapshot
from tuivm.ui import snapshot_words
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.difflines import difference_lines, folded
from tuivm.ui.snapshot_tree import Row
from tuivm.ui.words import content, moment, short
from tuivm.ui.xmltext import highlight

_NAME_WIDTH = 40


class _Page(Sheet[None]):
    """Lines, broken to the width of the page, of which the text can be copied whole."""

    HINT = "Esc close   ↑↓ PgUp PgDn scroll   y copy"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("y", "copy", "copy", show=False)]

    def __init__(self, title: str, close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys)
        self._title = title
        self._trouble = ""

    def heading(self) -> Content:
        """Which snapshot, or which two."""
        return content(self._title)

    def on_resize(self) -> None:
        """Lines are broken to the width."""
        self.call_after_refresh(self.renew)

    @property
    def _width(self) -> int:
        return max(20, self.lines.size.width - 1)

    def _rest(self, *, there: bool) -> list[Content]:
        """What stands where the answer is to come; nothing once it is there."""
        if self._trouble:
            return snapshot_words.hang("  ", content(self._trouble, "$error"), self._width)
        return [] if there else [content("  Reading…", "$muted")]

    def text(self) -> str:
        """What is copied."""
        return ""

    def action_copy(self) -> None:
        """Put the text on the user's clipboard."""
        text = self.text()
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"{len(text):,} characters copied", timeout=1.5, markup=False)


class SnapshotPage(_Page):
    """All that is known of a snapshot, and libvirt's XML of it."""

    def __init__(
        self,
        row: Row,
        now: float,
        chains: tuple[DiskChain, ...] = (),
        close_keys: Iterable[str] = (),
        *,
        ascii_only: bool = False,
    ) -> None:
        super().__init__(f"Snapshot {short(row.snapshot.name, _NAME_WIDTH)}", close_keys)
        self._row = row
        self._now = now
        self._chains = chains
        self._ascii = ascii_only
        self._xml = row.snapshot.xml

    def learn(self, xml: str | HypervisorError) -> None:
        """The XML came, or why it does not."""
        if isinstance(xml, str):
            self._xml = xml
        else:
            self._trouble = str(xml)
        self.renew()

    def renew(self) -> None:
        """Write the page."""
        known = snapshot_words.facts(
            self._row, self._now, self._width - 2, self._chains, ascii_only=self._ascii
        )
        lines = [Content.assemble("  ", line) for line in known]
        lines += [Content(""), content(" XML", "bold $accent")]
        lines += folded(highlight(self._xml, "  "), self._width, 4) if self._xml else []
        self.lines.show(lines + self._rest(there=bool(self._xml)))

    def text(self) -> str:
        """The XML."""
        return self._xml


class DifferencePage(_Page):
    """How the XML of two snapshots differs, from the older one to the newer one."""

    def __init__(self, old: Snapshot, new: Snapshot, close_keys: Iterable[str] = ()) -> None:
        names = (short(one.name, _NAME_WIDTH) for one in (old, new))
        super().__init__(" → ".join(names), close_keys)
        self._old = old
        self._new = new
        self._found: Difference | None = None

    def learn(self, found: Difference | HypervisorError) -> None:
        """It was worked out, or why it was not."""
        if isinstance(found, Difference):
            self._found = found
        else:
            self._trouble = str(found)
        self.renew()

    def renew(self) -> None:
        """Write the page."""
        lines = [
            content(f"  - {short(self._old.name, self._width - 26)}, {moment(self._old.created)}", "$error"),
            content(
                f"  + {short(self._new.name, self._width - 26)}, {moment(self._new.created)}", "$success"
            ),
            Content(""),
        ]
        if self._found is not None:
            same = [content("  Their XML is the same.", "$muted")]
            lines += folded(difference_lines(self._found), self._width) or same
        self.lines.show(lines + self._rest(there=self._found is not None))

    def text(self) -> str:
        """The difference."""
        found = self._found.lines if self._found is not None else ()
        return "\n".join(("" if line.mark == "@" else line.mark.value) + line.text for line in found)
