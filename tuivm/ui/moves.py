"""The keys with which a list's cursor is moved, from the declared actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from textual.binding import Binding, BindingsMap

from tuivm.core.actions import ACTIONS, Group

MOVES = {
    "up": "move(-1)",
    "down": "move(1)",
    "page-up": "page(-1)",
    "page-down": "page(1)",
    "first": "first",
    "last": "last",
    "details": "select",
}
"""Ids of the actions (see ``core.actions``) that a list does itself, with its own action for each."""


def move_keys() -> dict[str, tuple[str, ...]]:
    """Return the default keys of a list's own actions, by id."""
    return {entry.id: entry.keys for entry in ACTIONS if entry.group is Group.MOVE or entry.id == "details"}


def move_bindings(keys: Mapping[str, Sequence[str]]) -> BindingsMap:
    """Make the bindings of a list from keys by action id; ids that are not moves are passed over."""
    return BindingsMap(
        [
            Binding(key, MOVES[action], show=False)
            for action, chosen in keys.items()
            if action in MOVES
            for key in chosen
            if key
        ]
    )
