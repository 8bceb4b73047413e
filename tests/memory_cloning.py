"""Cloning machines of the in-memory fake. Its disks are those that a test puts there."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

from tests.memory_world import World
from tuivm.model.capability import Capability
from tuivm.model.cloning import CloneDisk, CloneFacts, DiskCopy, Made
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, Cancelled, HypervisorError, Invalid
from tuivm.xml import references

GIB = 1024**3


class MemoryCloning(World):
    """Implements ``core.ports_clone``.

    Knobs: ``clone_disks`` (what a machine has; without an entry a disk of its name), ``clone_notes``,
    ``copied_bytes`` (how far each copy is told to be; then it waits for ``copying``), ``uncopyable`` (target
    -> the error in the middle of its copy). ``copies`` are the paths that are there.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.clone_disks: dict[DomainKey, tuple[CloneDisk, ...]] = {}
        self.clone_notes: tuple[str, ...] = ()
        self.copied_bytes: tuple[int, ...] = ()
        self.copying = Event()
        self.copying.set()
        self.uncopyable: dict[str, HypervisorError] = {}
        self.copies: list[str] = []
        self.clones: list[str] = []
        """Definitions of the clones made."""

    def clone_facts(self, key: DomainKey) -> CloneFacts:
        with self._call("clone_facts"):
            domain = self._find(key).domain
            disks = self.clone_disks.get(key, (clone_disk(domain.name),))
            names = frozenset(machine.name for machine in self._machines.values())
            return CloneFacts(
                key, domain.name, domain.state.is_active, domain.saved, disks, names, self.clone_notes
            )

    def copy_disk(
        self,
        copy: DiskCopy,
        begun: Callable[[Made], None],
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Made:
        with self._call("copy_disk"):
            assert copy.path not in self.copies
            self.copies.append(copy.path)
        made = Made(copy, copy.path)
        begun(made)
        for size in self.copied_bytes:
            progress(size)
        while not self.copying.wait(0.01):
            if cancelled() and copy.source.stoppable:
                raise Cancelled("cancelled")
        if copy.source.target in self.uncopyable:
            raise self.uncopyable[copy.source.target]
        if cancelled():
            raise Cancelled("cancelled")
        return made

    def discard_copy(self, made: Made) -> None:
        with self._call("discard_copy"):
            self.copies.remove(made.path)

    def define_new(self, xml: str) -> DomainKey:
        with self._call("define_new", Capability.DEFINE):
            name, _ = references.identity(xml)
            if any(machine.name == name for machine in self._machines.values()):
                raise Busy(f"another client made a domain named '{name}' meanwhile", code=9)
            if not name:
                raise Invalid("XML error: name is missing", code=27)
            self.clones.append(xml)
        return self.add(name)

    def reconnected(self, seconds: float) -> bool:
        return self.opened


def clone_disk(name: str, target: str = "vda", **fields: Any) -> CloneDisk:
    """A disk of 20 GiB in the pool ``default``, where 100 GiB are free."""
    volume = f"{name}-{target}.qcow2"
    given = {
        "path": f"/images/{volume}",
        "pool": "default",
        "volume": volume,
        "format": "qcow2",
        "capacity": 20 * GIB,
        "allocation": 6 * GIB,
        "needed": 6 * GIB,
        "place": "pool default",
        "folder": "/images",
        "room": "device 1",
        "free": 100 * GIB,
        "names": frozenset({volume}),
    }
    return CloneDisk(target, **(given | fields))
