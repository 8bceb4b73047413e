"""What of a domain is to go: the choice, part by part. Pure functions; the work is done by the verb.

A choice is the set of the ids of the parts chosen; the definition, and what libvirt insists on, is in it.
"""

from __future__ import annotations

from tuivm.core import shell
from tuivm.model import units
from tuivm.model.deletion import Belongings, Part, PartKind, Removal
from tuivm.model.domain import Domain

Choice = frozenset[str]


def proposed(belongings: Belongings) -> Choice:
    """The definition and what libvirt insists on; no disk."""
    return frozenset(part.id for part in belongings.parts if part.chosen or part.required)


def why_fixed(belongings: Belongings, chosen: Choice, part: Part) -> str:
    """Why a part's choice cannot be turned round; empty when it can."""
    if part.refused:
        return part.refused
    if part.required:
        return "goes with the definition"
    if part.id in chosen:
        return ""
    builders = [belongings.part(id_) for id_ in part.needs if id_ not in chosen]
    names = ", ".join(name_of(one) for one in builders if one is not None)
    return f"{names} is built on it and stays" if names else ""


def flip(belongings: Belongings, chosen: Choice, id_: str) -> tuple[Choice, str]:
    """Turn one part's choice round; returns the new choice, and why not when it is the old one."""
    part = belongings.part(id_)
    if part is None:
        return chosen, "it is no longer there"
    why = why_fixed(belongings, chosen, part)
    if why:
        return chosen, why
    if id_ not in chosen:
        return chosen | {id_}, ""
    gone, left = {id_}, set(chosen) - {id_}
    while gone:  # What is below a file that stays must stay, too.
        gone = {one.id for one in belongings.parts if one.id in left and set(one.needs) - left}
        left -= gone
    return frozenset(left), ""


def with_disks(belongings: Belongings, chosen: Choice) -> Choice:
    """Every disk that may go and is no medium, with what it is built on; again: none of them."""
    every = set(chosen)
    while True:
        more = {part.id for part in belongings.parts if part.kind.is_storage and not part.spare} - every
        free = {id_ for id_ in more if not _why(belongings, every, id_)}
        if not free:
            break
        every |= free
    storage = {part.id for part in belongings.parts if part.kind.is_storage}
    return frozenset(every if every != chosen else every - storage)


def _why(belongings: Belongings, chosen: set[str], id_: str) -> str:
    part = belongings.part(id_)
    return why_fixed(belongings, frozenset(chosen), part) if part is not None else "gone"


def removal(belongings: Belongings, chosen: Choice, *, force_off: bool = False) -> Removal:
    """What the verb is given."""
    parts = tuple(part for part in belongings.parts if part.id in chosen and not part.refused)
    return Removal(parts, force_off)


def total(removal: Removal) -> str:
    """The size of all that goes, ``at least`` where one is not known; empty when none takes room."""
    sizes = [part.size for part in removal.parts if part.kind.is_storage or part.size is not None]
    if not sizes:
        return ""
    known = units.size(sum(size for size in sizes if size is not None))
    return f"at least {known}" if None in sizes else known


def name_of(part: Part) -> str:
    """A part in a word or two: ``vda``, ``backing file base.qcow2``, ``NVRAM``."""
    if part.kind is PartKind.DISK:
        return part.label or part.path
    if part.kind.is_storage:
        return f"{part.kind.value} {part.path.rpartition('/')[2]}"
    return part.kind.value


def described(part: Part) -> str:
    """A part with its place and size: ``vda (/images/db.qcow2, 1.2G)``."""
    told = [part.path if part.kind.is_storage else "", units.size(part.size) if part.size is not None else ""]
    words = ", ".join(one for one in told if one)
    return f"{name_of(part)} ({words})" if words else name_of(part)


def commands(domain: Domain, removal: Removal) -> tuple[tuple[str, ...], ...]:
    """What would be typed to do the same by hand, one argv each."""
    virsh = ("virsh", "-c", domain.key.connection)
    found: list[tuple[str, ...]] = []
    if removal.force_off and domain.state.is_active:
        found.append((*virsh, "destroy", "--domain", domain.name))
    if domain.persistent:
        found.append(undefine(domain, removal))
    else:
        found += [
            (*virsh, "vol-delete", "--pool", part.pool, "--vol", part.volume)
            for part in removal.storage
            if part.pool
        ]
    found += [("rm", "--", part.path) for part in removal.storage if not part.pool]
    return tuple(found)


def undefine(domain: Domain, removal: Removal) -> tuple[str, ...]:
    """The ``virsh undefine`` with the switches of what goes."""
    words = ["virsh", "-c", domain.key.connection, "undefine", "--domain", domain.name]
    switches = {
        PartKind.SAVED: "--managed-save",
        PartKind.SNAPSHOTS: "--snapshots-metadata",
        PartKind.CHECKPOINTS: "--checkpoints-metadata",
        PartKind.NVRAM: "--nvram",
        PartKind.TPM: "--tpm",
    }
    words += [switch for kind, switch in switches.items() if removal.has(kind)]
    paths = [part.path.replace(",", ",,") for part in removal.storage if part.pool]
    return (*words, *(("--storage", ",".join(paths)) if paths else ()))


def pasted(domain: Domain, removal: Removal) -> str:
    """:func:`commands` as one line for a shell."""
    return " && ".join(shell.pasted(words) for words in commands(domain, removal))
