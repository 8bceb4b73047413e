"""The menus of all that can be done with a domain, or the marked ones, and of what can be copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tuivm.core.shell import pasted
from tuivm.core.verbs import LIFECYCLE, SAVING, SETTINGS, Arguments, Verb
from tuivm.model.domain import Domain
from tuivm.ui.bulk_forms import why_alone
from tuivm.ui.dialogs.menu import MenuEntry
from tuivm.ui.verb_forms import form_of
from tuivm.ui.words import counted, short

if TYPE_CHECKING:
    from tuivm.ui.keymap import Entry
    from tuivm.ui.screens.main import MainScreen

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_MNEMONICS = {
    "restore": "w",
    "discard-saved": "W",
    "sleep": "z",
    "wake": "z",
    "thaw": "h",
    "dump": "m",
    "nmi": "I",
    "rename": "N",
    "title": "i",
    "description": "d",
    "tags": "g",
    "lock": "l",
    "unlock": "l",
    "clone": "c",
}
"""Letters in the menu of verbs that have no key."""
_NAME_WIDTH = 40
_NAMES_COPIED = 3
"""Domains named in a line that tells what was copied."""
_HEADINGS = ((LIFECYCLE, "Power"), (SAVING, "Memory and saved state"), (SETTINGS, "Name and settings"))
_OTHERS = "Snapshots and definition"


def show_verbs(main: MainScreen) -> None:
    """Show everything that can be done with what is marked, or selected."""
    domains = main.targets
    if not main.context.keymap.verbs():
        main.tuivm.tell("read-only: nothing can be changed", severity="warning", log=False)
    elif domains:
        _show(main, f"What to do with {_of(domains)}", domains, lambda: verb_entries(main))


def show_copy_menu(main: MainScreen) -> None:
    """Show what can be copied of what is marked, or selected."""
    domains = main.targets
    if domains:
        _show(main, f"Copy of {_of(domains)}", domains, lambda: copy_entries(main))


def _show(
    main: MainScreen, title: str, domains: Sequence[Domain], make: Callable[[], Sequence[MenuEntry]]
) -> None:
    from tuivm.ui.dialogs.menu import MenuScreen

    one = domains[0] if len(domains) == 1 else None
    app = main.tuivm

    def chosen(entry: MenuEntry | None) -> None:
        if entry is not None:
            entry.act()
            if not app.has_dialog:
                app.release_keys()

    screen = MenuScreen(one.key if one else None, one.name if one else "", title, make, leads_on=True)
    app.push_screen(screen, chosen)


def _of(domains: Sequence[Domain]) -> str:
    """What the menu is of."""
    return short(domains[0].name, _NAME_WIDTH) if len(domains) == 1 else counted(len(domains), "domain")


# Verbs


def verb_entries(main: MainScreen) -> list[MenuEntry]:
    """A line for each verb, at its own key where it is a letter; greyed with the reason."""
    domains = main.targets
    # What acts on a snapshot is at home where the snapshots are.
    verbs = [entry for entry in main.context.keymap.verbs() if entry.verb and not entry.verb.needs_snapshot]
    letters = _letters(verbs)
    more, heading = "..." if main.context.ascii_only else "…", ""
    entries: list[MenuEntry] = []
    for group, entry in _grouped(verbs):
        wanted = entry.verb
        if wanted is None:
            continue
        entries.append(
            MenuEntry(
                letters[entry.id],
                entry.label + (more if _asks(wanted, several=len(domains) > 1) else ""),
                partial(main.use, [entry], choose=True),
                entry.help,
                _reason(main, wanted, domains),
                group if group != heading else "",
            )
        )
        heading = group
    return entries


def _grouped(verbs: Iterable[Entry]) -> list[tuple[str, Entry]]:
    """The verbs under their headings, in the order of these."""
    titles = {wanted.id: title for group, title in _HEADINGS for wanted in group}
    order = [title for _, title in _HEADINGS] + [_OTHERS]
    pairs = [(titles.get(entry.id, _OTHERS), entry) for entry in verbs]
    return sorted(pairs, key=lambda pair: order.index(pair[0]))


def _letters(verbs: Sequence[Entry]) -> dict[str, str]:
    """A letter for each: its key if that is one, else its own of this menu, else the first that is free.

    Opposites share one: of pause and resume at most one can be used.
    """
    letters: dict[str, str] = {}
    for entry in verbs:
        own = next((key for key in entry.keys if len(key) == 1), "") or _MNEMONICS.get(entry.id, "")
        if own:
            letters[entry.id] = own
    for entry in verbs:
        if entry.id not in letters:
            free = (char for char in _LETTERS if char not in letters.values())
            letters[entry.id] = next(free, "")
    return letters


def _asks(wanted: Verb, *, several: bool) -> bool:
    form = form_of(wanted.id)
    asks = wanted.dangerous or form.asks_first or wanted.id == "clone"
    return asks or several or not (form.is_empty or form.many)


def _reason(main: MainScreen, wanted: Verb, domains: Sequence[Domain]) -> str:
    """Why a verb is greyed; of several domains, why it can be used on none."""
    unsupported = main.context.session.inventory.unsupported
    if len(domains) == 1:
        return wanted.why_not(domains[0], unsupported) or ""
    if why_alone(wanted):
        return f"one at a time: {why_alone(wanted)}"
    if any(wanted.why_not(domain, unsupported) is None for domain in domains):
        return ""
    return f"none of them: {wanted.why_not(domains[0], unsupported)}"


# Copying


def copy_entries(main: MainScreen) -> list[MenuEntry]:
    """Names, UUIDs, addresses, and the virsh command of each verb."""
    domains = main.targets
    lines = partial(_copy, main)
    names = "\n".join(domain.name for domain in domains)
    uuids = "\n".join(domain.key.uuid for domain in domains)
    addresses = _addresses(main, domains)
    plural = "s" if len(domains) > 1 else ""
    shown = domains[0]
    return [
        MenuEntry("n", f"Name{plural}", lambda: lines(names, f"name{plural}"), _sample(names)),
        MenuEntry("u", f"UUID{plural}", lambda: lines(uuids, f"UUID{plural}"), _sample(uuids)),
        MenuEntry(
            "i",
            "Addresses" if "\n" in addresses else "Address",
            lambda: lines(addresses, "address"),
            _sample(addresses),
            "" if addresses else "none is known; the details of a running domain look for them",
        ),
        MenuEntry("c", "Connection", lambda: lines(shown.key.connection, "URI"), shown.key.connection),
        *_commands(main, domains),
    ]


def _sample(text: str) -> str:
    first, *rest = text.split("\n") if text else [""]
    return short(first, _NAME_WIDTH) + (f" and {len(rest):,} more" if rest else "")


def _addresses(main: MainScreen, domains: Sequence[Domain]) -> str:
    found = []
    for domain in domains:
        detail = main.context.session.detail(domain.key)
        found += [address.address for address in detail.addresses] if detail is not None else []
    return "\n".join(found)


def _commands(main: MainScreen, domains: Sequence[Domain]) -> list[MenuEntry]:
    """The virsh command of each verb that needs no more than a domain."""
    entries: list[MenuEntry] = []
    verbs = [entry for entry in main.context.keymap.verbs() if entry.verb is not None]
    letters = iter(char for char in _LETTERS if char not in "nuic")
    for entry in verbs:
        wanted = entry.verb
        if wanted is None or wanted.needs_snapshot or form_of(wanted.id).text is not None:
            continue
        shown = domains[0]
        words = wanted.virsh(shown, Arguments())
        entries.append(
            MenuEntry(
                next(letters, ""),
                f"{words[0]}: {wanted.label}",
                partial(_copy_commands, main, wanted, domains),
                _without_connection(pasted(words), shown),
                heading="" if entries else "The command that does the same",
            )
        )
    return entries


def _without_connection(command: str, domain: Domain) -> str:
    """The command as the menu shows it: what all have in common would fill the line."""
    connection = pasted([domain.key.connection])
    return command.replace(f" -c {connection} ", " ", 1).replace(f" --connect {connection} ", " ", 1)


def _copy_commands(main: MainScreen, wanted: Verb, domains: Sequence[Domain]) -> None:
    commands = [pasted(wanted.virsh(domain, Arguments())) for domain in domains]
    _copy(main, "\n".join(commands), "command" if len(commands) == 1 else "commands")


def _copy(main: MainScreen, text: str, what: str) -> None:
    main.app.copy_to_clipboard(text)
    main.tuivm.tell(f"{what} copied: {_sample(text)}", log=False, seconds=2.5)
