"""Deleting machines of the in-memory fake. Its disks are parts that a test puts there."""

from __future__ import annotations

from typing import Any

from tests.memory_world import World
from tuivm.model.capability import Capability
from tuivm.model.deletion import Belongings, Part, PartKind
from tuivm.model.diagnosis import StartFacts
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, HypervisorError, Invalid, NotFound

GIB = 1024**3


class MemoryDeletion(World):
    """Implements ``core.ports_delete`` and ``core.ports_diagnosis``.

    Knobs: ``parts`` (what a machine has beyond the definition; without an entry a disk of its name),
    ``used`` (path -> who uses it by now), ``unremovable`` (path -> the error). ``removed`` tells what went,
    in order.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.parts: dict[DomainKey, tuple[Part, ...]] = {}
        self.used: dict[str, str] = {}
        self.unremovable: dict[str, HypervisorError] = {}
        self.removed: list[str] = []
        self.start_knowledge: dict[DomainKey, StartFacts] = {}
        """What a diagnosis finds out of a machine."""

    def belongings(self, key: DomainKey) -> Belongings:
        with self._call("belongings"):
            machine = self._find(key)
            domain = machine.domain
            parts = [Part("definition", PartKind.DEFINITION, chosen=True, required=True)]
            if domain.saved:
                parts.append(Part("saved", PartKind.SAVED, chosen=True, required=True))
            if machine.snapshots:
                note = f"{len(machine.snapshots)}: their descriptions"
                parts.append(Part("snapshots", PartKind.SNAPSHOTS, note=note, chosen=True, required=True))
            parts += self.parts.get(key, (disk(machine.name),))
            return Belongings(
                key, domain.name, domain.state.is_active, domain.persistent, tuple(parts), machine.xml
            )

    def start_facts(self, key: DomainKey) -> StartFacts:
        with self._call("start_facts"):
            return self.start_knowledge.get(key) or StartFacts(key, self._find(key).name, self.uri)

    def undefine_parts(self, key: DomainKey, *, nvram: bool, tpm: bool) -> None:
        with self._call("undefine_parts", Capability.UNDEFINE):
            if self._find(key).domain.state.is_active:
                raise Invalid("it runs", "it must be off first")
            self.removed.append("definition")
            self.removed += [word for word, chosen in (("nvram", nvram), ("tpm", tpm)) if chosen]
        self.remove(key)

    def remove_storage(self, part: Part) -> None:
        with self._call("remove_storage"):
            if part.path in self.used:
                raise Busy(f"used by {self.used[part.path]}")
            if part.path in self.unremovable:
                raise self.unremovable[part.path]
            if part.path in self.removed:
                raise NotFound("it is gone already")
            self.removed.append(part.path)


def disk(name: str, target: str = "vda", **fields: Any) -> Part:
    """A disk in the pool ``default``."""
    path = f"/var/lib/libvirt/images/{name}-{target}.qcow2"
    given = {"pool": "default", "volume": f"{name}-{target}.qcow2", "size": 6 * GIB, "format": "qcow2"}
    return Part(f"disk:{target}", PartKind.DISK, target, path, **(given | fields))
