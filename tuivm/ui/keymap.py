"""The keymap: every key of the program, made of the verbs, the actions and the user's rebindings.

Bindings, footer, help and palette all read :class:`Keymap`; none of them names a key of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingsMap

from tuivm.core.actions import ACTIONS, Action, Group, keys_of
from tuivm.core.verbs import VERBS, Verb

_SIGNS: Mapping[str, str] = {
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "asterisk": "*",
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Del",
    "backspace": "Backspace",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "semicolon": ";",
    "exclamation_mark": "!",
    "vertical_line": "|",
    "less_than_sign": "<",
    "greater_than_sign": ">",
}
_ASCII_SIGNS: Mapping[str, str] = {"up": "Up", "down": "Down", "left": "Left", "right": "Right"}


_WRITING = frozenset(
    {
        "console",
        "leave-console",
        "zoom-console",
        "view",
        "console-menu",
        "record",
        "tile",
        "consoles",
        "next-console",
        "previous-console",
        "next-alert",
        "mark",
        "invert-marks",
        "mark-matching",
        "verbs",
        "results",
    }
)
"""Actions that need more than the right to read, as consoles do, or that are of use for verbs alone."""


def display(key: str, *, ascii_only: bool = False) -> str:
    """How a key is written for people: ``^]`` for ``ctrl+right_square_bracket``, ``/`` for ``slash``."""
    if ascii_only and key in _ASCII_SIGNS:
        return _ASCII_SIGNS[key]
    if key in _SIGNS:
        return _SIGNS[key]
    if key.startswith("ctrl+"):
        rest = display(key[len("ctrl+") :], ascii_only=ascii_only)
        return f"^{rest.upper() if len(rest) == 1 else rest}"
    if len(key) > 1 and key[0] == "f" and key[1:].isdigit():
        return key.upper()
    return key


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a key does."""

    id: str
    """The verb's or action's id."""
    keys: tuple[str, ...]
    """The keys in force, as textual names them; empty when the user unbound it."""
    label: str
    """Short, for the footer."""
    help: str
    """One sentence."""
    verb: Verb | None = None
    """The verb; None for an action of the screen."""
    action: Action | None = None
    """The action; None for a verb."""

    @property
    def of_snapshot(self) -> bool:
        """Whether it acts on the snapshot under the cursor: its key is one of the list of snapshots."""
        if self.verb is not None:
            return self.verb.needs_snapshot
        return self.action is not None and self.action.group is Group.SNAPSHOTS

    def key(self, *, ascii_only: bool = False) -> str:
        """The first key, for people; empty when there is none."""
        return display(self.keys[0], ascii_only=ascii_only) if self.keys else ""

    def all_keys(self, *, ascii_only: bool = False) -> str:
        """Every key, for people."""
        return " ".join(display(key, ascii_only=ascii_only) for key in self.keys)


class Keymap:
    """Every entry with the keys in force."""

    def __init__(self, rebound: Mapping[str, str], *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._entries: dict[str, Entry] = {}
        for verb in VERBS:
            keys = _keys(verb.id, rebound)
            self._entries[verb.id] = Entry(verb.id, keys, verb.label, verb.help, verb=verb)
        for action in ACTIONS:
            keys = _keys(action.id, rebound)
            self._entries[action.id] = Entry(action.id, keys, action.label, action.help, action=action)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __getitem__(self, id: str) -> Entry:  # noqa: A002 - the entry's own field
        return self._entries[id]

    def verbs(self) -> list[Entry]:
        """The verbs, in their declared order; none where only reading is allowed."""
        return [entry for entry in self if entry.verb is not None and not self.hides(entry.id)]

    def actions(self) -> list[Entry]:
        """The actions of the screen, in their declared order."""
        return [entry for entry in self if entry.action is not None and not self.hides(entry.id)]

    def hides(self, id: str) -> bool:  # noqa: A002 - the entry's own field
        """Whether footer, help, menus and palette leave it out: it would change something, and must not.

        Its key stays, and says why it does nothing.
        """
        entry = self._entries[id]
        return self._read_only and (entry.verb is not None or entry.id in _WRITING)

    def by_key(self) -> dict[str, tuple[str, ...]]:
        """Key -> ids of what it does; more than one where verbs share a key (pause and resume).

        What acts on a snapshot has a key here only where nothing else has it.
        """
        found: dict[str, tuple[str, ...]] = {}
        for entry in self:
            for key in entry.keys if not entry.of_snapshot else ():
                found[key] = (*found.get(key, ()), entry.id)
        for entry in self:
            for key in entry.keys if entry.of_snapshot and entry.verb is not None else ():
                found.setdefault(key, (entry.id,))
        return found

    def bindings(self) -> BindingsMap:
        """The bindings of the main screen. Each runs ``press(ids)``, ids joined by a space."""
        return BindingsMap(
            [
                Binding(key, f"press('{' '.join(ids)}')", self[ids[0]].label, show=False)
                for key, ids in self.by_key().items()
            ]
        )

    def snapshot_bindings(self) -> BindingsMap:
        """The bindings of the list of snapshots, which win over the main screen's while it has the focus."""
        return BindingsMap(
            [
                Binding(key, f"screen.press('{entry.id}')", entry.label, show=False)
                for entry in self
                if entry.of_snapshot
                for key in entry.keys
            ]
        )


def _keys(id: str, rebound: Mapping[str, str]) -> tuple[str, ...]:  # noqa: A002 - the entry's own field
    """The keys in force; none where the user wrote an empty word."""
    return tuple(key for key in keys_of(id, rebound) if key)
