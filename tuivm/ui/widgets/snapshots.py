"""The snapshots of a domain as a tree with a cursor, and what is known of the one under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingsMap
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model import units
from tuivm.model.detail import Detail
from tuivm.model.domain import DomainKey
from tuivm.model.snapshot import DiskChain, Snapshot
from tuivm.ui import snapshot_words
from tuivm.ui.signs import MARK, MARK_ASCII
from tuivm.ui.snapshot_tree import Row, place_of, shorten, tree
from tuivm.ui.text import fit, plain, width_of
from tuivm.ui.widgets.lines import ChoiceLines
from tuivm.ui.words import content, moment

_NOW, _NOW_ASCII = "●", "@"
"""Before the snapshot that the domain's state grew from."""
_SIGN_WIDTH = 4
_NAME_MIN, _NAME_USUAL, _NAME_MAX = 8, 24, 48
_WORDS_MIN, _WORDS_USUAL = 12, 30
"""Cells that the description needs to be a column, and those it has before long names have more."""
_WIDTHS = {"taken": 11, "age": 6, "state": 7, "kind": 8, "size": 4}
_WIDE = {"taken": 16, "age": 6, "state": 7, "kind": 17, "size": 4}
_WIDE_FROM = 110
_DROPPED = ("size", "taken", "state", "kind", "age")
"""Columns for which there may be no room, the first one dropped first."""
_GAP = "  "
_AGE_STEP = 10.0
"""Seconds after which ages are written anew."""
_BELOW_FROM, _BESIDE_FROM = 15, 130
"""Lines from which all that is known stands below the list, and columns from which beside it."""
_LINE_FROM = 4
"""Lines from which there is a line for it at all."""


class SnapshotLines(ChoiceLines):
    """The list. Its keys are those of the keymap that act on a snapshot, besides the moves."""

    def bind(self, keys: BindingsMap) -> None:
        """Take these keys too; they win over the screen's."""
        self._bindings = BindingsMap.merge([self._bindings, keys])


class SnapshotsTab(Container):
    """Heads of the columns, one line for each snapshot, and all that is known of the one under the cursor.

    That stands beside the list (``-beside``), below it (``-below``), or on its last line alone.
    """

    def __init__(self, *, ascii_only: bool = False, keys: BindingsMap | None = None) -> None:
        """``keys`` act on the snapshot under the cursor; the list has them while it has the keyboard."""
        super().__init__()
        self._ascii = ascii_only
        self._heads = Static(Content(""), classes="heads")
        self._facts = Static(Content(""), classes="facts")
        self.lines = SnapshotLines(cursor=True)
        """The list itself, which takes the keyboard."""
        if keys is not None:
            self.lines.bind(keys)
        self._rows: list[Row] = []
        self._detail: Detail | None = None
        self._now = 0.0
        self._hint = ""
        self._marked: str | None = None
        self._layout = _Layout(_NAME_MIN, (), 0, wide=False)
        self._chains: tuple[DomainKey, tuple[DiskChain, ...]] | None = None

    def compose(self) -> ComposeResult:
        """The list and the facts."""
        with Vertical(classes="list"):
            yield self._heads
            yield self.lines
        yield self._facts

    # What is chosen

    @property
    def selected(self) -> Snapshot | None:
        """The snapshot under the cursor."""
        row = self.row
        return row.snapshot if row is not None else None

    @property
    def row(self) -> Row | None:
        """The same with its family."""
        index = self.lines.cursor
        return self._rows[index] if 0 <= index < len(self._rows) else None

    @property
    def marked(self) -> Snapshot | None:
        """The snapshot that was marked to be compared; None for none."""
        return next((row.snapshot for row in self._rows if row.snapshot.name == self._marked), None)

    def mark(self) -> None:
        """Mark the snapshot under the cursor instead of another one, or mark none."""
        chosen = self.selected
        if chosen is not None:
            self._marked = None if chosen.name == self._marked else chosen.name
            self._draw()

    # What is shown

    def show(self, detail: Detail | None, now: float, hint: str) -> None:
        """Show these; the cursor stays on its snapshot. ``hint`` says how to take the first one."""
        if detail is not None and detail is self._detail and now - self._now < _AGE_STEP:
            return
        same_domain = detail is not None and self._detail is not None and detail.key == self._detail.key
        before, cursor = self._rows, self.lines.cursor
        self._detail, self._now, self._hint = detail, now, hint
        self._rows = tree(detail.snapshots, ascii_only=self._ascii) if detail is not None else []
        if not same_domain:
            self._marked = None
        self._draw()
        if same_domain and before:
            self.lines.cursor = place_of(before, cursor, self._rows)
        elif self._rows:
            current = [index for index, row in enumerate(self._rows) if row.snapshot.current]
            self.lines.cursor = current[0] if current else len(self._rows) - 1

    def show_chains(self, key: DomainKey, chains: tuple[DiskChain, ...]) -> None:
        """Show the images of a domain's disks among the facts."""
        self._chains = key, chains
        if self.is_mounted:
            self._draw_facts()

    def on_lines_view_moved(self) -> None:
        """Another snapshot is under the cursor."""
        self._draw_facts()

    def on_resize(self, event: events.Resize) -> None:
        """Columns follow the width, the facts find their place."""
        width, height = event.size
        beside = width >= _BESIDE_FROM and height >= _BELOW_FROM // 2
        self.set_class(beside, "-beside")
        self.set_class(not beside and height >= _BELOW_FROM, "-below")
        self.set_class(height < _LINE_FROM, "-tight")
        # The list learns its own width when this is laid out.
        self.call_after_refresh(self._draw)

    @property
    def _whole(self) -> bool:
        """Whether there is room for all the facts."""
        return self.has_class("-beside") or self.has_class("-below")

    def _draw_facts(self) -> None:
        row = self.row
        self._facts.display = row is not None and not self.has_class("-tight")
        if row is None:
            return
        if not self._whole:
            cut = width_of(plain(row.snapshot.name)) > self._layout.name - width_of(row.guide)
            self._facts.update(Content.assemble(" ", snapshot_words.one_line(row, name=cut)))
            return
        beside = self.has_class("-beside")
        known = self._detail is not None and self._chains is not None and self._chains[0] == self._detail.key
        chains = self._chains[1] if known and self._chains is not None else ()
        width = self.size.width * 34 // 100 - 6 if beside else self.size.width - 7
        lines = snapshot_words.facts(row, self._now, width, chains, ascii_only=self._ascii)
        self._facts.update(Content("\n").join(lines))

    # The list

    def _draw(self) -> None:
        heads, lines = self._heads, self.lines
        if not self._rows:
            heads.display = False
            lines.show(self._empty())
            return
        heads.display = True
        # One cell is the scroll bar's.
        layout = self._layout = _lay_out(self._rows, lines.size.width or self.size.width - 1)
        titles = {column: column for column in _WIDTHS}
        words = fit("name", layout.name) + layout.cells(titles, "description")
        heads.update(content(words, "$muted"))
        lines.show([self._line(row, layout) for row in self._rows])
        self._draw_facts()

    def _empty(self) -> list[Content]:
        if self._detail is None:
            return [content(" Reading…", "$muted")]
        if self._detail.snapshots_error:
            return [Content(""), content(f"  {self._detail.snapshots_error}", "$warning")]
        return [Content(""), content("  No snapshot yet."), content(f"  {self._hint}", "$muted")]

    def _line(self, row: Row, layout: _Layout) -> Content:
        snapshot = row.snapshot
        now, mark = (_NOW_ASCII, MARK_ASCII) if self._ascii else (_NOW, MARK)
        taken = moment if layout.wide else partial(snapshot_words.taken_word, now=self._now)
        values = {
            "taken": taken(snapshot.created),
            "age": snapshot_words.age_word(snapshot.created, self._now),
            "state": plain(snapshot_words.state_word(snapshot)),
            "kind": plain(snapshot_words.kind_word(snapshot, wide=layout.wide)),
            "size": units.size(snapshot.size),
        }
        guide = shorten(row.guide, layout.name // 2, ascii_only=self._ascii)
        name = fit(plain(snapshot.name), max(4, layout.name - width_of(guide)))
        return Content.assemble(
            (f" {mark if snapshot.name == self._marked else ' '}", "bold $accent"),
            (f"{now if snapshot.current else ' '} ", "bold $success"),
            (guide, "$muted"),
            content(name, "bold" if snapshot.current else ""),
            content(layout.cells(values, plain(snapshot.description))),
        )


@dataclass(frozen=True, slots=True)
class _Layout:
    """Which columns there are, and how wide."""

    name: int
    """Cells of guide and name."""
    columns: tuple[str, ...]
    """Those behind the name."""
    description: int
    """Cells that the description has; 0 for no such column."""
    wide: bool
    """Whether there is room for long words."""

    def cells(self, values: Mapping[str, str], description: str) -> str:
        """The columns behind the name."""
        widths = _WIDE if self.wide else _WIDTHS
        cells = "".join(
            _GAP + fit(values[column], widths[column], align="right" if column == "size" else "left")
            for column in self.columns
        )
        return cells + (_GAP + fit(description, self.description) if self.description else "")


def _lay_out(rows: Sequence[Row], width: int) -> _Layout:
    """Find room for the name first, then for as many columns as there can be."""
    widths = _WIDE if width >= _WIDE_FROM else _WIDTHS
    longest = max((width_of(row.guide) + width_of(plain(row.snapshot.name)) for row in rows), default=0)
    columns = list(widths)

    def room() -> int:
        return width - _SIGN_WIDTH - sum(widths[column] + len(_GAP) for column in columns)

    for dropped in _DROPPED:
        if room() >= min(longest, _NAME_USUAL):
            break
        columns.remove(dropped)
    name = max(_NAME_MIN, min(longest, _NAME_MAX, room()))
    for words in (_WORDS_USUAL, _WORDS_MIN):
        # A long name gives way to the description, not below what names usually need.
        left = room() - words - len(_GAP)
        if left >= min(longest, _NAME_USUAL):
            name = max(_NAME_MIN, min(longest, _NAME_MAX, left))
            return _Layout(name, tuple(columns), room() - name - len(_GAP), widths is _WIDE)
    return _Layout(name, tuple(columns), 0, widths is _WIDE)
