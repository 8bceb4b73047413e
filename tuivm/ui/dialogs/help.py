"""Every key with what it does, why it cannot be used now, and what the signs of the list mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.content import Content

from tuivm.core.actions import Group
from tuivm.model.domain import Domain
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.keymap import Entry, Keymap
from tuivm.ui.text import fit
from tuivm.ui.words import content

_HEADINGS = {
    Group.MOVE: "Moving",
    Group.LIST: "The list",
    Group.PANES: "The details",
    Group.PROGRAM: "The program",
}
_KEY_WIDTH = 12
_LABEL_WIDTH = 18
_SIGNS = (
    ("cpu", "percent of the domain's own vCPUs, with the last minute beside it"),
    ("mem", "used of given. The guest's own view where its balloon driver reports;"),
    ("", "after a '~' it is what the host holds for it, which is more than the guest uses"),
    ("disk, net", "bytes a second over all devices: read/write, received/sent by the guest"),
    ("up", "time since the start, where it can be known"),
    ("auto", "starts with the host"),
    ("-", "not known: this hypervisor does not tell, or there are not two readings yet"),
)
_FILTER = (
    ("web", "the name holds 'web'; several words must all hold"),
    ("state:off", "also running, paused, crashed, active, inactive"),
    ("!test", "hides what matches; works before every other word too"),
)


class HelpScreen(Sheet):
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
        lines += [self._line(entry, self._reason(entry)) for entry in self._keymap.verbs()]
        for group, title in _HEADINGS.items():
            lines += [Content(""), _heading(title)]
            lines += [
                self._line(entry)
                for entry in self._keymap.actions()
                if entry.action and entry.action.group is group
            ]
        lines += [Content(""), _heading("The signs of the list"), *(_explain(*sign) for sign in _SIGNS)]
        lines += [
            Content(""),
            _heading("What the filter understands"),
            *(_explain(*word) for word in _FILTER),
        ]
        self.lines.show(lines)

    def _reason(self, entry: Entry) -> str | None:
        if entry.verb is None or self._domain is None:
            return None
        return entry.verb.why_not(self._domain, self._unsupported)

    def _line(self, entry: Entry, reason: str | None = None) -> Content:
        """One key: greyed, with the reason, when it cannot be used."""
        keys = fit(entry.all_keys(ascii_only=self._ascii) or "-", _KEY_WIDTH)
        label = fit(entry.label, _LABEL_WIDTH)
        if reason is not None:
            return Content.assemble(
                (f"  {keys}{label}", "$muted"),
                content(entry.help, "$muted"),
                content(f"  not now: {reason}", "$warning"),
            )
        asks = (
            Content.styled("  asks first", "$muted")
            if entry.verb is not None and entry.verb.dangerous
            else ""
        )
        return Content.assemble("  ", (keys, "bold $primary"), (label, "bold"), content(entry.help), asks)


def _heading(text: str) -> Content:
    return content(text, "bold $accent")


def _explain(sign: str, meaning: str) -> Content:
    return Content.assemble("  ", (fit(sign, _KEY_WIDTH), "bold $primary"), content(meaning))
