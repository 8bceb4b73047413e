"""The family of a domain's snapshots as lines: each in its place, with the guide that leads to it.

A chain stays in its column however long it is, as in a graph of commits; only a second child moves to
the right. The newest child of a snapshot goes on below it, the others leave it to the side::

    ┌ installed
    ├─┬ first try        left 'installed' ...
    │ └ first try, 2     ... and goes on in its own column
    ├── second try       left it too
    └ before update      the newest that grew from 'installed'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tuivm.model.detail import Snapshot
from tuivm.ui.text import width_of


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the guides are drawn with, one cell each."""

    first: str
    """A chain's first snapshot, at the left edge."""
    middle: str
    """One with others before and after it."""
    last: str
    """The newest of a chain."""
    alone: str
    """One that is a chain by itself."""
    branch: str
    """The first of a chain that left another one."""
    bar: str
    """A column that goes on below."""
    fork: str
    """Where a chain leaves another one."""
    cut: str
    """In place of columns that there is no room for."""


_DRAWN = _Signs("┌", "├", "└", "─", "┬", "│", "├─", "…")
_ASCII = _Signs(",", "|", "`", "-", ".", "|", "|-", "~")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree."""

    guide: str
    """What leads to it, safe to draw, with a space behind it."""
    snapshot: Snapshot
    """The snapshot."""
    parent: str | None = None
    """Name of the snapshot it grew from, if that is there."""
    children: int = 0
    """How many grew from it."""


@dataclass(slots=True)
class _Turn:
    """A snapshot that is to be drawn next: where, and as what part of its chain."""

    snapshot: Snapshot
    lead: str
    """Before its own column on its own line."""
    base: str
    """Before its own column on the lines below."""
    begins: bool
    """Whether its chain begins with it."""


def tree(snapshots: Sequence[Snapshot], *, ascii_only: bool = False) -> list[Row]:
    """Every snapshot once, parents before children. A parent that is not there, or a ring, is a root."""
    signs = _ASCII if ascii_only else _DRAWN
    parents, children = _family(snapshots)
    rows: list[Row] = []
    seen: set[str] = set()
    for root in (*children.get(None, ()), *snapshots):
        for turn, grown in _walk(root, children, seen, signs):
            guide = turn.lead + _own(turn, bool(grown), signs) + " "
            name = turn.snapshot.name
            rows.append(Row(guide, turn.snapshot, parents.get(name), len(grown)))
    return rows


def _family(
    snapshots: Sequence[Snapshot],
) -> tuple[dict[str, str], dict[str | None, list[Snapshot]]]:
    """The parent of each that has one, and the children of each, in the order given; roots under None."""
    names = {snapshot.name for snapshot in snapshots}
    parents: dict[str, str] = {}
    children: dict[str | None, list[Snapshot]] = {}
    for snapshot in snapshots:
        parent = snapshot.parent if snapshot.parent in names and snapshot.parent != snapshot.name else None
        if parent is not None:
            parents[snapshot.name] = parent
        children.setdefault(parent, []).append(snapshot)
    return parents, children


def _walk(
    root: Snapshot, children: dict[str | None, list[Snapshot]], seen: set[str], signs: _Signs
) -> Iterator[tuple[_Turn, list[Snapshot]]]:
    """Depth first, sides before what goes on, each with its children. ``seen`` grows."""
    # A stack and not recursion: a chain of thousands of snapshots is legal.
    stack = [_Turn(root, "", "", begins=True)]
    while stack:
        turn = stack.pop()
        if turn.snapshot.name in seen:
            continue
        seen.add(turn.snapshot.name)
        grown = [child for child in children.get(turn.snapshot.name, ()) if child.name not in seen]
        yield turn, grown
        if grown:
            stack.append(_Turn(grown[-1], turn.base, turn.base, begins=False))
            fork, bar = turn.base + signs.fork, turn.base + signs.bar + " "
            stack += [_Turn(child, fork, bar, begins=True) for child in reversed(grown[:-1])]


def _own(turn: _Turn, goes_on: bool, signs: _Signs) -> str:
    """The sign in the snapshot's own column."""
    if not turn.begins:
        return signs.middle if goes_on else signs.last
    if not goes_on:
        return signs.alone
    return signs.branch if turn.lead else signs.first


def shorten(guide: str, width: int, *, ascii_only: bool = False) -> str:
    """Cut a guide to ``width`` cells at its left, where the columns of chains far above are."""
    if width_of(guide) <= width:
        return guide
    sign = (_ASCII if ascii_only else _DRAWN).cut
    return sign + guide[len(guide) - max(1, width) + 1 :] if width > 0 else ""


def place_of(before: Sequence[Row], cursor: int, rows: Sequence[Row]) -> int:
    """Where the cursor goes that stood on line ``cursor`` of ``before``, now that the lines are ``rows``.

    To the same snapshot; one with a new name is known by its time and parent; where it is gone to its
    parent, else to the line it stood on. -1 for no line at all.
    """
    names = {each.snapshot.name: index for index, each in enumerate(rows)}
    stay = max(0, min(cursor, len(rows) - 1)) if rows else -1
    if not 0 <= cursor < len(before) or not rows:
        return stay
    row = before[cursor]
    if row.snapshot.name in names:
        return names[row.snapshot.name]
    known = {each.snapshot.name for each in before}
    for index, each in enumerate(rows):
        same = (each.snapshot.created, each.parent) == (row.snapshot.created, row.parent)
        if same and each.snapshot.name not in known:
            return index
    return names.get(row.parent or "", stay)
