"""Which keys the footer shows: those that matter for the selected domain and the pane in use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuivm.core.groups import GroupKey
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain
from tuivm.ui.keymap import Entry, Keymap
from tuivm.ui.widgets.detail import CONSOLE, OVERVIEW, SNAPSHOTS
from tuivm.ui.widgets.footer import Hint

if TYPE_CHECKING:
    from tuivm.ui.screens.main import MainScreen

_ACTIVE = (
    "shutdown",
    "pause resume",
    "console",
    "snapshot",
    "verbs",
    "reboot",
    "force-off",
    "reset",
    "autostart",
)
_PAUSED = ("pause resume", "console", "snapshot", "verbs", "force-off", "reset", "shutdown", "autostart")
_OFF = ("start", "snapshot", "verbs", "autostart", "console", "shutdown")
_SNAPSHOTS = (
    "snapshot",
    "revert",
    "delete-snapshot",
    "describe-snapshot",
    "snapshot-xml",
    "mark-snapshot",
    "difference",
    "merge",
    "set-retention",
)
_CONSOLE = ("console", "console-menu", "view", "zoom-console", "record", "tile")
_MARKED = ("start", "shutdown", "pause resume", "force-off", "autostart", "verbs", "copy", "mark", "results")
_GROUP = ("fold", "fold-all", "mark", "group")
_SHORT = {
    "details": "choose",
    "snapshot": "snapshot",
    "delete-snapshot": "delete",
    "describe-snapshot": "describe",
    "set-retention": "rule",
    "merge": "merge",
}


def footer_hints(main: MainScreen) -> tuple[list[Hint], list[Hint]]:
    """Hints for the left and the right of the footer."""
    keymap, ascii_only = main.context.keymap, main.context.ascii_only
    pane = main.detail.console
    if main.tuivm.console_has_keyboard and pane is not None and pane.is_viewing:
        return view_hints(asking=pane.is_asking), []
    if main.tuivm.console_has_keyboard:
        leave = keymap["leave-console"]
        return [
            Hint("leave-console", leave.key(ascii_only=ascii_only), "leave the console"),
            Hint("", "", "every other key goes to the guest", possible=False),
        ], []
    right = [
        Hint(entry.id, entry.key(ascii_only=ascii_only), entry.label)
        for entry in keymap.actions()
        if entry.action is not None and entry.action.footer and entry.keys and entry.id != "console"
    ]
    domain = main.selected
    if main.marks and not main.details_focused:
        return _marked_hints(main), right
    if domain is None:
        return _group_hints(main), right
    if main.details_focused and main.detail.active == SNAPSHOTS:
        wanted: tuple[str, ...] = _SNAPSHOTS
    elif not domain.state.is_active:
        wanted = _OFF
    else:
        wanted = _PAUSED if domain.state.value == "paused" else _ACTIVE
    if main.detail.active == CONSOLE:
        others = tuple(ids for ids in wanted if ids != "console")
        wanted = (*_CONSOLE, *others) if domain.state.is_active else (*others, *_CONSOLE)
    if main.detail.active == SNAPSHOTS and not main.details_focused and domain.has_snapshots:
        # Their own keys work once the list of them has the keyboard.
        wanted = ("details", *wanted)
    if main.details_focused and main.detail.active == OVERVIEW:
        wanted = (*wanted[:3], "graphs", *wanted[3:])
    hints = [hint for ids in wanted if (hint := _hint(main, ids.split(), domain)) is not None]
    # What can be done comes first; the greyed ones fill what room is left.
    return [hint for hint in hints if hint.possible] + [hint for hint in hints if not hint.possible], right


def _group_hints(main: MainScreen) -> list[Hint]:
    """What can be done with the row of a group."""
    if not isinstance(main.table.cursor_row, GroupKey):
        return []
    keymap, ascii_only = main.context.keymap, main.context.ascii_only
    entries = [keymap[id_] for id_ in _GROUP if not keymap.hides(id_)]
    return [Hint(entry.id, entry.key(ascii_only=ascii_only), entry.label) for entry in entries if entry.keys]


def _marked_hints(main: MainScreen) -> list[Hint]:
    """What can be done with the marked; which of them can have it done to them is told when it is asked."""
    keymap, ascii_only = main.context.keymap, main.context.ascii_only
    unsupported = main.context.session.inventory.unsupported
    hints = []
    for ids in _MARKED:
        entry = keymap[ids.split()[0]]
        if entry.keys and not keymap.hides(entry.id):
            possible = entry.verb is None or entry.verb.capability not in unsupported
            hints.append(Hint(ids, entry.key(ascii_only=ascii_only), entry.label, possible))
    return hints


def _hint(main: MainScreen, ids: list[str], domain: Domain) -> Hint | None:
    """The hint of the entries that share a key: the one that is possible, else the first, greyed."""
    keymap, ascii_only = main.context.keymap, main.context.ascii_only
    unsupported = main.context.session.inventory.unsupported
    entries = [keymap[id_] for id_ in ids if not keymap.hides(id_)]
    if not entries:
        return None
    chosen = next((entry for entry in entries if _possible(entry, domain, unsupported)), entries[0])
    if not chosen.keys:
        return None
    possible = _possible(chosen, domain, unsupported)
    label = _SHORT.get(chosen.id, chosen.label)
    return Hint(" ".join(ids), chosen.key(ascii_only=ascii_only), label, possible)


def _possible(entry: Entry, domain: Domain, unsupported: Mapping[str, str]) -> bool:
    if entry.verb is None:
        return entry.id != "console" or (domain.state.is_active and Capability.CONSOLE not in unsupported)
    return entry.verb.why_not(domain, unsupported) is None


def view_hints(*, asking: bool) -> list[Hint]:
    """Hints of copy mode, whose keys are the pane's own; ``asking`` for a pattern."""
    words: tuple[tuple[str, str], ...] = (
        ("/ ?", "search"),
        ("n N", "next"),
        ("v V", "select"),
        ("y", "copy"),
        ("q", "leave"),
    )
    if asking:
        words = (("Enter", "search"), ("^R", "regex or plain text"), ("Esc", "back"))
    return [Hint("", key, label) for key, label in words]


def tile_hints(
    keymap: Keymap,
    *,
    ascii_only: bool,
    typing: bool,
    viewing: bool,
    asking: bool,
    together: bool,
    full: bool,
) -> tuple[list[Hint], list[Hint]]:
    """Hints of the tiles; while one is ``typing`` only the key that leaves it."""
    if viewing:
        return view_hints(asking=asking), []
    if typing:
        words = f"every other key goes to {'ALL of them' if together else 'the guest'}"
        leave = Hint("leave", keymap["leave-console"].key(ascii_only=ascii_only), "to the tiles")
        return [leave, Hint("", "", words, possible=False)], []
    left = [
        Hint("type", "Enter", "type"),
        Hint("together", "a", "only into one" if together else "into all"),
        Hint("zoom", keymap["zoom"].key(ascii_only=ascii_only), "zoom"),
        Hint("menu", keymap["console-menu"].key(ascii_only=ascii_only), "menu"),
        Hint("add", "+", "add", possible=not full),
        Hint("remove", "x", "remove"),
        Hint("view", keymap["view"].key(ascii_only=ascii_only), "look back"),
    ]
    return left, [Hint("close", "Esc", "list")]
