"""Every key with what it does, why it cannot be used now, and what the signs of the list mean."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from textual.content import Content

from tuivm.core.actions import Group
from tuivm.model.domain import Domain
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.keymap import Entry, Keymap
from tuivm.ui.text import fit, plain
from tuivm.ui.words import content

_HEADINGS = {
    Group.MOVE: "Moving",
    Group.LIST: "The list",
    Group.PANES: "The details",
    Group.SNAPSHOTS: "The list of snapshots, while it has the keyboard",
    Group.CONSOLE: "The console",
    Group.PROGRAM: "The program",
}
_KEY_WIDTH = 12
_LABEL_WIDTH = 20
_WORDS_MIN = 24
"""Cells that the words keep beside their heads; with less they go below."""
_SIGNS = (
    ("cpu", "percent of the domain's own vCPUs, with the last minute beside it"),
    ("mem", "used of given, as the guest sees it where its balloon driver tells"),
    ("~", "no balloon driver tells: what the host holds for it, which is more than the guest uses"),
    ("disk, net", "bytes a second over all devices: read/write, received/sent by the guest"),
    ("up", "time since the start, where it can be known"),
    ("auto", "starts with the host"),
    ("▾ ▸", "a group and its sums, folded: of its running ones, how many of how many"),
    ("✓", "marked: the next verb acts on it; a click here turns it round"),
    ("§", "locked: what would destroy something refuses until it is unlocked"),
    ("● ◆ !", "its console is open; has output nobody has seen; a trigger found something in it"),
    ("-", "not known: this hypervisor does not tell, or there are not two readings yet"),
)
_COPY_MODE = (
    ("h j k l w b", "move, as the arrows, PgUp, PgDn, g, G, 0 and $ do"),
    ("/ ?", "search down, up: a regular expression; n and N find the next one"),
    ("v V ^V", "select characters, lines, a block"),
    ("y Enter", "copy: to your terminal's clipboard (OSC 52) and to a file"),
    ("q Esc", "leave"),
)
_TILES = (
    ("arrows 1-4", "choose a tile, as Tab does"),
    ("Enter", "type on it; the key that leaves a console gives the keyboard back"),
    ("a", "type into all that are open, and paste; each tile says so"),
    ("+ x", "add a tile, take one away; its console stays open"),
    ("Esc q", "back to the list; the tiles are remembered"),
)
_FILTER = (
    ("web", "the name holds 'web'; several words must all hold"),
    ("state:off", "also running, paused, crashed, active, inactive"),
    ("tag:web", "also title:, host: and uuid:"),
    ("is:marked", "also locked, autostart, transient, saved, snapshots, tagged"),
    ("/^w.*[0-9]$/", "a regular expression, as ~w.*9 is; also tag:~, title:~, host:~"),
    ("cpu>50", "figures: cpu wait mem given rss disk read write net rx tx ops vcpus id up"),
    ("mem>1.5G", "sizes with K M G T, also mem>80%; spans as up<1h30m; signs > < >= <= = !="),
    ("!test", "hides what matches; works before every other word too"),
)

_ASCII = {"● ◆ !": "o + !", "✓": "*", "§": "#", "▾ ▸": "v >"}
_PAGES = (
    ("In a console that is looked back in", _COPY_MODE),
    ("Consoles side by side", _TILES),
    ("The signs of the list", _SIGNS),
    ("What the filter understands", _FILTER),
)


class HelpScreen(Sheet[None]):
    """Made of the keymap; greyed entries say why they cannot be used on the selected domain."""

    TITLE_TEXT = "Keys"

    def __init__(
        self,
        keymap: Keymap,
        domain: Domain | None,
        unsupported: Mapping[str, str],
        *,
        ascii_only: bool = False,
        close_keys: Iterable[str] = (),
    ) -> None:
        super().__init__(close_keys)
        self._keymap = keymap
        self._domain = domain
        self._unsupported = unsupported
        self._ascii = ascii_only

    def renew(self) -> None:
        """Write the page."""
        name = self._domain.name if self._domain is not None else ""
        lines = [_heading(f"What to do with {name}" if name else "What to do with a domain")]
        for entry in self._keymap.verbs():
            lines += self._entry(entry)
        for group, title in _HEADINGS.items():
            lines += [Content(""), _heading(title)]
            for entry in self._keymap.actions():
                if entry.action is not None and entry.action.group is group:
                    lines += self._entry(entry)
        for title, meanings in _PAGES:
            lines += [Content(""), _heading(title)]
            for sign, meaning in meanings:
                lines += self._explain(_ASCII.get(sign, sign) if self._ascii else sign, meaning)
        self.lines.show(lines)

    def on_resize(self) -> None:
        """The sentences are broken to the width."""
        self.call_after_refresh(self.renew)

    def _reason(self, entry: Entry) -> str | None:
        if entry.verb is None or self._domain is None:
            return None
        return entry.verb.why_not(self._domain, self._unsupported)

    def _entry(self, entry: Entry) -> list[Content]:
        """One key: greyed, with the reason, when it cannot be used."""
        reason = self._reason(entry)
        label = entry.label
        if reason is not None:
            words, style = f"{entry.help} Not now: {reason}.", "$muted"
        else:
            asks = " Asks first." if entry.verb is not None and entry.verb.dangerous else ""
            words, style = entry.help + asks, ""
        key_style = "$muted" if reason is not None else "bold $primary"
        label_style = "$muted" if reason is not None else "bold"
        keys = entry.all_keys(ascii_only=self._ascii) or "-"
        return self._row([(keys, _KEY_WIDTH, key_style), (label, _LABEL_WIDTH, label_style)], words, style)

    def _explain(self, sign: str, meaning: str) -> list[Content]:
        return self._row([(sign, _KEY_WIDTH, "bold $primary")], meaning, "")

    def _row(self, heads: list[tuple[str, int, str]], words: str, style: str) -> list[Content]:
        """Heads in their columns, and beside them, or below where it is narrow, the words broken to lines."""
        width = max(20, self.lines.size.width - 2)
        indent = 2 + sum(cells for _, cells, _ in heads)
        head = Content.assemble("  ", *((fit(text, cells), look) for text, cells, look in heads))
        if width - indent < _WORDS_MIN:
            below = [content("    " + line, style) for line in textwrap.wrap(plain(words), width - 4)]
            return [head, *below]
        pieces = textwrap.wrap(plain(words), width - indent) or [""]
        first = Content.assemble(head, content(pieces[0], style))
        return [first, *(content(" " * indent + piece, style) for piece in pieces[1:])]


def _heading(text: str) -> Content:
    return content(text, "bold $accent")
