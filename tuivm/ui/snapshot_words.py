"""A snapshot in the words of the screen: its columns, and all that is known of it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from textual.content import Content

from tuivm.model import units
from tuivm.model.snapshot import DiskChain, Layer, Plan, Snapshot, SnapshotDisk
from tuivm.ui.snapshot_tree import Row
from tuivm.ui.words import content, moment

_STATES = {"shutoff": "off", "disk-snapshot": "live", "": units.NOT_KNOWN}
_LONG_STATES = {
    "shutoff": "while off",
    "disk-snapshot": "while running, as if power had been cut",
    "running": "while running",
    "paused": "while paused",
    "": "in a state not told",
}
_KINDS = {
    "disk": ("disk", "disk"),
    "disk+memory": ("disk+mem", "disk + memory"),
    "external": ("ext", "external disk"),
    "external+memory": ("ext+mem", "external + memory"),
    "memory": ("memory", "memory"),
    "nothing": ("nothing", "nothing"),
}
_LABEL = 9
_PLAN_LABEL = 13


def state_word(snapshot: Snapshot) -> str:
    """State of the domain when it was taken, at most 8 cells of what libvirt has."""
    return _STATES.get(snapshot.state, snapshot.state)


def kind_word(snapshot: Snapshot, *, wide: bool = False) -> str:
    """What it holds and where: at most 8 cells, or 17 when ``wide``."""
    if snapshot.mixed:
        return "mixed kinds" if wide else "mixed"
    words = _KINDS.get(snapshot.kind)
    return words[1 if wide else 0] if words else snapshot.kind


def age_word(when: float, now: float) -> str:
    """How long ago, at most 6 cells: ``now``, ``12m``, ``3d04h``; ``ahead`` where clocks disagree."""
    seconds = now - when
    if seconds < -60:
        return "ahead"
    return "now" if seconds < 60 else units.duration(seconds)


def taken_word(when: float, now: float) -> str:
    """Local time in 11 cells: ``11-22 14:03``, or the date alone of another year."""
    then, today = time.localtime(when), time.localtime(now)
    same = then.tm_year == today.tm_year
    return time.strftime("%m-%d %H:%M" if same else "%Y-%m-%d", then)


def facts(
    row: Row, now: float, width: int, chains: Sequence[DiskChain] = (), *, ascii_only: bool = False
) -> list[Content]:
    """All that is known of a snapshot, as lines of at most ``width`` cells (if that is enough for words)."""
    snapshot = row.snapshot
    lines = hang("", content(snapshot.name, "bold $primary"), width)
    if snapshot.description:
        lines += hang("", content(snapshot.description), width)
    when = f"{moment(snapshot.created)}, {_ago(snapshot.created, now)}"
    size = f", {units.size(snapshot.size)} on the host" if snapshot.size is not None else ""
    pairs = [
        ("taken", f"{when}, {_LONG_STATES.get(snapshot.state, snapshot.state)}"),
        ("holds", kind_word(snapshot, wide=True) + size),
        ("family", _family(row)),
    ]
    if snapshot.safety:
        pairs.append(("", "a safety snapshot: it expires by the rule for those"))
    pairs += _disks(snapshot)
    lines.append(Content(""))
    for label, value in pairs:
        lines += hang(f"{label:<{_LABEL}}", content(value), width)
    return lines + chain_lines(chains, width, ascii_only=ascii_only)


def hang(head: str, body: Content, width: int) -> list[Content]:
    """``body`` broken to lines behind ``head``, and below it by as many cells."""
    lines = body.wrap(max(12, width - len(head)))
    margin = len(head) - len(head.lstrip())
    first = Content.assemble(" " * margin, (head[margin:], "$muted"))
    blank = Content.styled(" " * len(head), "$muted")
    return [Content.assemble(blank if number else first, line) for number, line in enumerate(lines)]


def plan_lines(plan: Plan, width: int, head: str) -> list[Content]:
    """What an action would do, each part behind its word (``head`` for the first)."""
    # What stands in the way comes first: of the rest there may be more than there is room for.
    lines = _said("cannot", plan.refusal, "bold $error", width) if plan.refusal else []
    if not plan.refusal or " " in plan.kind_words:
        # Of what was refused at once no more is known than the verb.
        lines += _said(head, plan.kind_words, "", width)
    room = _room(plan)
    lines += _said("room", room, "", width) if room else []
    for word in plan.losses:
        lines += _said("lost", word, "", width)
    for word in plan.warnings:
        lines += _said("! mind", word, "$warning", width)
    return lines


def _said(label: str, words: str, style: str, width: int) -> list[Content]:
    return hang(f"{label:<{_PLAN_LABEL}}", content(words, style), width)


def _room(plan: Plan) -> str:
    """What it needs and what there is; nothing where neither is known."""
    free = f"{units.size(plan.free)} free" if plan.free is not None else ""
    if plan.needed is None:
        return free
    needed = f"needs at most {units.size(plan.needed)}" if plan.needed else "needs next to nothing"
    return f"{needed}, {free}" if free else needed


def one_line(row: Row, *, name: bool) -> Content:
    """A snapshot's description, else its family; with its ``name`` before it where the list cuts that."""
    words = content(row.snapshot.description) if row.snapshot.description else content(_family(row), "$muted")
    return Content.assemble(content(f"{row.snapshot.name}: ", "$primary"), words) if name else words


def _ago(when: float, now: float) -> str:
    word = age_word(when, now)
    return {"now": "just now", "ahead": "ahead of this clock"}.get(word, f"{word} ago")


def _family(row: Row) -> str:
    origin = f"grew from '{row.parent}'" if row.parent is not None else "the first of its line"
    grown = f"; {row.children} grew from it" if row.children else ""
    here = "; the domain's state now grew from it" if row.snapshot.current else ""
    return origin + grown + here


def _disks(snapshot: Snapshot) -> list[tuple[str, str]]:
    pairs = [("disk", f"{disk.target} {_place(disk)}") for disk in snapshot.disks]
    if snapshot.memory_file:
        pairs.append(("memory", snapshot.memory_file))
    return pairs


def _place(disk: SnapshotDisk) -> str:
    """Where a disk's state is, in words."""
    if disk.place == "internal":
        return f"in {disk.source}" if disk.source else "in its own image"
    if disk.place == "external":
        kept = f"is {disk.source}" if disk.source else "is kept"
        later = " and ".join(disk.overlays)
        return f"{kept}; what came after it is in {later}" if later else kept
    return "is kept by hand" if disk.place == "manual" else "is not in it"


def chain_lines(chains: Sequence[DiskChain], width: int, *, ascii_only: bool = False) -> list[Content]:
    """The images of each disk that has more than one, the one that is written first."""
    lines: list[Content] = []
    arrow = "`- " if ascii_only else "└ "
    for chain in chains:
        if len(chain.layers) < 2 and not chain.note:
            continue
        lines += [Content(""), content(f"{chain.target}: written to the first of", "$muted")]
        for depth, layer in enumerate(chain.layers):
            lead = "  " + "  " * min(max(depth - 1, 0), 8) + (arrow if depth else "")
            lines += hang(lead, _layer(layer), width)
        if chain.note:
            lines += hang("  ", content(chain.note, "$warning"), width)
    return lines


def _layer(layer: Layer) -> Content:
    """An image: where, in which format, how large."""
    words = [layer.format, units.size(layer.allocation) if layer.allocation is not None else ""]
    more = " ".join(word for word in words if word)
    gone = content("  is not there", "bold $error") if layer.missing else ""
    users = f"  also used by {', '.join(layer.users)}" if layer.users else ""
    parts = (content(f"  {more}" if more else "", "$muted"), content(users, "$warning"), gone)
    return Content.assemble(content(layer.path), *parts)
