"""A menu over the screen: every entry at a letter, greyed with its reason where it is not possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuivm.model.domain import DomainKey
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.dialogs.sheet import Renewed
from tuivm.ui.text import fit, plain, truncate, width_of
from tuivm.ui.type_ahead import TypeAheadApp
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content

_SHARE = 96
"""Percent of the screen that a dialog may have (tuivm.tcss)."""
_AROUND = 8
"""Lines of the dialog that are not entries: frame, padding, title and hint."""
_AROUND_SMALL = 4
_AROUND_LABEL = 6
"""Cells of a line that are neither its label nor its words."""
_LABEL_MAX = 38
_WIDTH, _WIDEST, _FRAME, _PADDING = 78, 124, 4, 2
"""Cells of the dialog usually and at most, those of its frame, and more where there is room."""
_NOTE = 3
"""Lines at most that say in full what an entry's own line cuts."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of a menu."""

    letter: str
    """The key that chooses it; one character."""
    label: str
    """What it does; safe text."""
    act: Callable[[], object]
    """Do it; called once the menu is closed."""
    note: str = ""
    """More about it, or its state now; may be hostile."""
    why_not: str = ""
    """Why it is greyed; empty when it can be chosen."""
    heading: str = ""
    """Title of the part that begins with it; empty within a part."""


def _words(entry: MenuEntry) -> str:
    """What stands behind the label."""
    return f"not now: {entry.why_not}" if entry.why_not else entry.note


class MenuLines(LinesView, inherit_bindings=False):
    """The entries: arrows move, letters are the menu's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "step(-1)", "up", show=False),
        Binding("down,tab", "step(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("home", "edge(False)", "first", show=False),
        Binding("end", "edge(True)", "last", show=False),
    ]

    class Pressed(Message):
        """An entry was clicked."""

    titles: frozenset[int] = frozenset()
    """Indices of lines that are headings, which the cursor steps over."""

    def action_step(self, step: int) -> None:
        """Move by lines, over headings."""
        super().action_step(step)
        if self.cursor in self.titles:
            before = self.cursor
            super().action_step(1 if step > 0 or before == 0 else -1)

    def action_edge(self, last: bool) -> None:
        """Go to the first or last entry."""
        super().action_edge(last)
        if self.cursor in self.titles:
            super().action_step(1)

    def on_click(self, event: events.Click) -> None:
        """Choose the entry clicked."""
        index = self.scroll_offset.y + event.y
        if index not in self.titles and index < self.virtual_size.height:
            self.cursor = index
            self.post_message(self.Pressed())


class MenuScreen(Renewed, Dialog[MenuEntry | None]):
    """Shows the entries that ``make`` gives and gives the chosen one back; ``None`` at Esc."""

    TICKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "back", show=False),
        Binding("enter", "choose", "choose", show=False),
    ]

    def __init__(
        self,
        subject: DomainKey | None,
        about: str,
        title: str,
        make: Callable[[], Sequence[MenuEntry]],
        *,
        inner: bool = False,
        leads_on: bool = False,
    ) -> None:
        """``make`` is asked again at every tick; keys behind the letter wait where most entries ask on."""
        super().__init__(subject, about)
        self._head = title
        self._make = make
        self._inner = inner
        self._leads_on = leads_on
        self._done = False
        self._outer = _WIDTH
        self._entries: tuple[MenuEntry, ...] = ()
        self._rows: list[MenuEntry | None] = []
        self._lines = MenuLines(cursor=True)
        self._note = Static(Content(""), classes="note")

    def compose(self) -> ComposeResult:
        """Title, entries, hint."""
        back = "back" if self._inner else "close"
        with Vertical(classes="dialog menu"):
            yield Static(content(self._head, "bold"), classes="title")
            yield self._lines
            yield self._note
            yield Static(Content(f"letter or Enter: do it   ↑↓ move   Esc: {back}"), classes="hint")

    def on_mount(self) -> None:
        """Fill it: a letter may be waiting already."""
        self._fill()
        self._lines.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the entries to the screen."""
        super().on_resize(event)
        self.renew()

    def renew(self) -> None:
        """Show the entries as they are now."""
        if self.is_mounted:
            self._fill()

    def _fill(self) -> None:
        self._entries = tuple(self._make())
        small = self.app.size.height < 26
        height = self.app.size.height
        room = height - _AROUND_SMALL if small else height * _SHARE // 100 - _AROUND
        self.set_class(small, "-tight")
        self._widen()
        room -= self._make_room_for_notes()
        headings = sum(1 for entry in self._entries if entry.heading)
        with_headings = headings and len(self._entries) + headings <= room
        chosen = self._chosen
        self._rows = []
        for entry in self._entries:
            if entry.heading and with_headings:
                self._rows.append(None)
            self._rows.append(entry)
        titles = iter([entry.heading for entry in self._entries if entry.heading])
        lines = [
            content(next(titles), "bold $accent") if row is None else self._line(row) for row in self._rows
        ]
        self._lines.titles = frozenset(index for index, row in enumerate(self._rows) if row is None)
        self._lines.show(lines)
        self._lines.styles.height = max(1, min(len(lines), room))
        real = [index for index, row in enumerate(self._rows) if row is not None]
        same = [
            index
            for index, row in enumerate(self._rows)
            if row is not None and chosen is not None and row.label == chosen.label
        ]
        self._lines.cursor = next(iter(same + real), 0)
        self.on_lines_view_moved()

    @property
    def _label_width(self) -> int:
        return min(_LABEL_MAX, max((width_of(each.label) for each in self._entries), default=0))

    @property
    def _width(self) -> int:
        """Cells of a line; one is the scroll bar's."""
        frame = _FRAME if self.has_class("-tight") else _FRAME + _PADDING
        return min(self._outer, self.app.size.width * _SHARE // 100) - frame - 1

    def _widen(self) -> None:
        """As wide as its words, within bounds; never narrower again: it does not jump."""
        words = max((width_of(plain(_words(entry))) for entry in self._entries), default=0)
        needed = _FRAME + _PADDING + 1 + self._label_width + _AROUND_LABEL + words
        self._outer = min(_WIDEST, max(self._outer, needed))
        for box in self.query(".dialog"):  # None while it is being taken down.
            box.styles.width = self._outer

    def _is_cut(self, entry: MenuEntry) -> bool:
        return width_of(plain(_words(entry))) > self._width - self._label_width - _AROUND_LABEL

    def _make_room_for_notes(self) -> int:
        """Lines below the entries, as many as the longest words need where a line cuts any: nothing jumps."""
        cut = [content(_words(entry)) for entry in self._entries if self._is_cut(entry)]
        width = max(1, self._width)
        height = min(_NOTE, max((len(words.wrap(width)) for words in cut), default=0))
        self._note.display = bool(height)
        self._note.styles.height = height
        return height

    def on_lines_view_moved(self) -> None:
        """Say in full what the line under the cursor cuts."""
        chosen = self._chosen
        self._note.update(content(_words(chosen)) if chosen is not None and self._is_cut(chosen) else "")

    @property
    def _chosen(self) -> MenuEntry | None:
        """The entry under the cursor."""
        index = self._lines.cursor
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _line(self, entry: MenuEntry) -> Content:
        """``d  Ctrl+Alt+Del    reboot, on most guests``."""
        width, greyed = self._label_width, bool(entry.why_not)
        words = truncate(plain(_words(entry)), max(0, self._width - width - _AROUND_LABEL))
        return Content.assemble(
            (f" {entry.letter} ", "$muted" if greyed else "bold $primary"),
            " ",
            content(fit(plain(entry.label), width), "$muted" if greyed else ""),
            "  ",
            content(words, "$muted"),
        )

    def on_key(self, event: events.Key) -> None:
        """Choose the entry of a letter; of several the one that can be chosen."""
        if event.character is None or self._done:
            return
        found = [
            (bool(row.why_not), index)
            for index, row in enumerate(self._rows)
            if row is not None and row.letter == event.character
        ]
        if found:
            event.stop()
            event.prevent_default()
            self._lines.cursor = min(found)[1]
            self.action_choose()

    def on_menu_lines_pressed(self, event: MenuLines.Pressed) -> None:
        """An entry was clicked."""
        event.stop()
        self.action_choose()

    def action_choose(self) -> None:
        """Give back the entry under the cursor; a greyed one says why it cannot be."""
        if self._done:
            # Typed behind the letter: it is for whoever has the keyboard next.
            raise SkipAction
        entry = self._chosen
        if entry is None:
            return
        if entry.why_not:
            self.app.bell()
            label = entry.label.rstrip(".…")
            self.notify(f"{label}: not now: {plain(entry.why_not)}", severity="warning", markup=False)
            return
        self._done = True
        if self._leads_on and isinstance(self.app, TypeAheadApp):
            self.app.hold_keys()
        self.dismiss(entry)

    def action_close(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
