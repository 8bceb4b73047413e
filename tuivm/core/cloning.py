"""A clone before it is made: names, what becomes of each disk, what stands against it. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tuivm.core import shell
from tuivm.model import naming, units
from tuivm.model.cloning import Clone, CloneDisk, CloneFacts, DiskCopy, Way
from tuivm.model.domain import Domain

_FILE_LONGEST = 255
_EXTENSION = 10
"""Bytes behind the last dot that are taken for a file's kind."""
_ORDER = (Way.COPY, Way.SHARE, Way.OMIT)

Ways = Mapping[str, Way]
"""What becomes of the disks, by target."""


def proposed_name(name: str, taken: Collection[str]) -> str:
    """A name that is free, without what a name of ours cannot hold: ``web-clone``, ``web-clone-1``..."""
    plain = "".join(char for char in name if char.isprintable() and char != "/")
    return next(one for one in _numbered(f"{plain}-clone", "", naming.NAME_LONGEST) if one not in taken)


def name_problem(name: str, taken: Collection[str]) -> str:
    """What is wrong with a new domain's name; empty when it can be used. One sentence."""
    taken_already = f"There is a domain named '{name}' already." if name in taken else ""
    return naming.name_problem(name, "clone") or taken_already


def proposed(facts: CloneFacts) -> dict[str, Way]:
    """Disks are copied; media, and what is only read or marked as shared, is shared."""
    return {disk.target: Way.SHARE if is_shared(disk) else Way.COPY for disk in facts.disks}


def is_shared(disk: CloneDisk) -> bool:
    """Whether a disk is shared unless something else is said."""
    return disk.is_medium or disk.readonly or disk.shareable


def turned(disk: CloneDisk, way: Way) -> Way:
    """The next way for a disk that can be."""
    following = _ORDER[(_ORDER.index(way) + 1) % len(_ORDER)]
    return Way.SHARE if following is Way.COPY and disk.refused else following


def clone(facts: CloneFacts, name: str, ways: Ways) -> Clone:
    """The clone that was chosen, with names for its copies that are free."""
    used: dict[str, set[str]] = {}
    copies, shared, left_out = [], [], []
    for disk in facts.disks:
        way = ways.get(disk.target, Way.COPY)
        if way is Way.SHARE:
            shared.append(disk)
        elif way is Way.OMIT:
            left_out.append(disk)
        else:
            taken = used.setdefault(disk.place, set(disk.names))
            chosen = next(one for one in _names(facts.name, name, disk) if one not in taken)
            taken.add(chosen)
            copies.append(DiskCopy(disk, chosen))
    return Clone(name, tuple(copies), tuple(shared), tuple(left_out))


def ways_of(chosen: Clone) -> dict[str, Way]:
    """What becomes of the disks of a clone, by target."""
    return {
        **{copy.source.target: Way.COPY for copy in chosen.copies},
        **{disk.target: Way.SHARE for disk in chosen.shared},
        **{disk.target: Way.OMIT for disk in chosen.left_out},
    }


def refusal(facts: CloneFacts, chosen: Clone) -> str:
    """Why it cannot be done so, a sentence; empty when it can."""
    if facts.active:
        return "It runs: only a domain that is off can be cloned, its disks are written meanwhile."
    wrong = name_problem(chosen.name, facts.taken)
    if wrong:
        return wrong
    for copy in chosen.copies:
        if copy.source.refused:
            return f"{copy.source.target} cannot be copied: {copy.source.refused}. Share it, or leave it out."
    for place, needed, free in _rooms(chosen):
        if free is not None and needed > free:
            return (
                f"Space is short in {place}: the copies take about {units.size(needed)},"
                f" {units.size(free)} is free."
            )
    return ""


def remarks(facts: CloneFacts, chosen: Clone) -> tuple[str, ...]:
    """What to know of it, a sentence each."""
    return tuple(_remarks(facts, chosen))


def _remarks(facts: CloneFacts, chosen: Clone) -> Iterator[str]:
    for disk in chosen.shared:
        if disk.path and not is_shared(disk):
            yield f"Both write to {disk.target}: never run them at once, or its file system breaks."
    for copy in chosen.copies:
        disk = copy.source
        if disk.below:
            count = "an image" if len(disk.below) == 1 else f"{len(disk.below)} images"
            yield f"{disk.target} is built on {count}: its copy holds all of it and is built on nothing."
        if disk.needed is None or disk.free is None:
            yield f"It is not known whether there is room for the copy of {disk.target}."
        first = next(_names(facts.name, chosen.name, disk))
        if first != copy.name:
            yield f"There is {first} in {disk.place} already: the copy is {copy.name}."
    if facts.saved:
        yield "The saved state is not cloned: its disks are as after a power cut."
    yield from facts.notes


def described(disk: CloneDisk) -> str:
    """Sizes of a disk: ``1.2G of 20G``."""
    if disk.capacity is None:
        return ""
    taken = units.size(disk.allocation) if disk.allocation is not None else "?"
    return f"{taken} of {units.size(disk.capacity)}"


def total(chosen: Clone) -> str:
    """What is copied where and the room there: ``1.2G is copied to pool default, 30G free``."""
    if not chosen.copies:
        return "No disk is copied."
    words = []
    for place, needed, free in _rooms(chosen):
        room = f", {units.size(free)} free" if free is not None else ""
        words.append(f"About {units.size(needed)} is copied to {place}{room}.")
    return " ".join(words)


def commands(domain: Domain, chosen: Clone) -> tuple[tuple[str, ...], ...]:
    """What would be typed to do the same by hand, one argv each.

    virsh has none that makes a clone's definition: virt-clone does that, with the disks as they are by then.
    """
    uri = domain.key.connection
    found: list[tuple[str, ...]] = [_copying(uri, copy) for copy in chosen.copies]
    words = ["virt-clone", "--connect", uri, f"--original={domain.name}", f"--name={chosen.name}"]
    if chosen.copies:
        words.append("--preserve-data")
    words += [f"--force-copy={copy.source.target}" for copy in chosen.copies if is_shared(copy.source)]
    words += [f"--file={copy.path}" for copy in chosen.copies]
    others = (*chosen.shared, *chosen.left_out)
    words += [f"--skip-copy={disk.target}" for disk in others if disk.path and not is_shared(disk)]
    found.append(tuple(words))
    for disk in chosen.left_out:
        words = ["virsh", "-c", uri, "detach-disk", "--domain", chosen.name, "--target", disk.target]
        found.append((*words, "--config"))
    return tuple(found)


def _copying(uri: str, copy: DiskCopy) -> tuple[str, ...]:
    """``vol-clone`` would keep what an image is built on, and knows nothing of files in no pool."""
    disk = copy.source
    if disk.pool and not disk.below:
        return (
            *("virsh", "-c", uri, "vol-clone", "--pool", disk.pool),
            *("--vol", disk.volume, "--newname", copy.name),
        )
    return ("qemu-img", "convert", "-f", disk.format, "-O", disk.format, disk.path, copy.path)


def pasted(domain: Domain, chosen: Clone) -> str:
    """:func:`commands` as one line for a shell."""
    return " && ".join(shell.pasted(words) for words in commands(domain, chosen))


def _rooms(chosen: Clone) -> list[tuple[str, int, int | None]]:
    """Where copies go, in words, how much they take there at most, and what is free."""
    found: dict[str, tuple[str, int, int | None]] = {}
    for copy in chosen.copies:
        disk = copy.source
        _, needed, free = found.get(disk.room, ("", 0, disk.free))
        known = [one for one in (free, disk.free) if one is not None]
        found[disk.room] = (disk.place, needed + (disk.needed or 0), min(known, default=None))
    return list(found.values())


def _names(original: str, name: str, disk: CloneDisk) -> Iterator[str]:
    """Names for a copy, the best first: the file's own with the clone's name in it, else made of that."""
    last = disk.volume or disk.path.rpartition("/")[2]
    stem, dot, kind = last.rpartition(".")
    if not stem or len(kind.encode(errors="replace")) > _EXTENSION:
        stem, dot, kind = last, "", ""
    rest = stem.removeprefix(original)
    named = stem.startswith(original) and (not rest or not rest[0].isalnum())
    return _numbered(f"{name}{rest}" if named else f"{name}-{disk.target}", f"{dot}{kind}", _FILE_LONGEST)


def _numbered(stem: str, end: str, longest: int) -> Iterator[str]:
    """``stem`` and ``end``, then with a number between them; the stem is cut to what a name holds."""
    number = 0
    while True:
        tail = f"-{number}{end}" if number else end
        room = max(0, longest - len(tail.encode(errors="replace")))
        yield stem.encode(errors="replace")[:room].decode(errors="ignore") + tail
        number += 1
