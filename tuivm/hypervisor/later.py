"""Seams that are loaded when they are first used: the first list needs none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

from tuivm.hypervisor.connection import Connection

if TYPE_CHECKING:
    from tuivm.hypervisor.building import Lookout
    from tuivm.hypervisor.cloning import Cloning
    from tuivm.hypervisor.deletion import Deletion
    from tuivm.hypervisor.diagnosis import Diagnosis
    from tuivm.model.building import Building
    from tuivm.model.cloning import CloneFacts, DiskCopy, Made
    from tuivm.model.deletion import Belongings, Part
    from tuivm.model.diagnosis import StartFacts
    from tuivm.model.domain import DomainKey
    from tuivm.model.event import Event

Aide = TypeVar("Aide")


class LaterSeams(Connection):
    """What each method promises is said in :mod:`tuivm.core.ports` and :mod:`tuivm.core.ports_building`."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._parts: dict[object, object] = {}
        self._lookout: Lookout | None = None

    def _part(self, kind: Callable[[Connection], Aide]) -> Aide:
        """The one part of that kind; any thread."""
        found = self._parts.get(kind) or self._parts.setdefault(kind, kind(self))
        return cast("Aide", found)

    @property
    def _cloning(self) -> Cloning:
        from tuivm.hypervisor.cloning import Cloning

        return self._part(Cloning)

    @property
    def _deletion(self) -> Deletion:
        from tuivm.hypervisor.deletion import Deletion

        return self._part(Deletion)

    @property
    def _diagnosis(self) -> Diagnosis:
        from tuivm.hypervisor.diagnosis import Diagnosis

        return self._part(Diagnosis)

    def clone_facts(self, key: DomainKey) -> CloneFacts:
        """What there is to know before cloning."""
        return self._cloning.clone_facts(key)

    def copy_disk(
        self,
        copy: DiskCopy,
        begun: Callable[[Made], None],
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Made:
        """Copy a disk; blocks until that is over."""
        return self._cloning.copy_disk(copy, begun, progress, cancelled)

    def discard_copy(self, made: Made) -> None:
        """Remove a copy, and nothing else."""
        self._cloning.discard_copy(made)

    def define_new(self, xml: str) -> DomainKey:
        """Define a domain of a new name and UUID."""
        return self._cloning.define_new(xml)

    def reconnected(self, seconds: float) -> bool:
        """Wait at most so long for a connection that answers."""
        return self._cloning.reconnected(seconds)

    def belongings(self, key: DomainKey) -> Belongings:
        """Everything that belongs to a domain, and who else uses it."""
        return self._deletion.belongings(key)

    def undefine_parts(self, key: DomainKey, *, nvram: bool, tpm: bool) -> None:
        """Remove the definition, and what libvirt keeps beside the disks."""
        self._deletion.undefine_parts(key, nvram=nvram, tpm=tpm)

    def remove_storage(self, part: Part) -> None:
        """Remove a disk's file or volume, unless anything uses it by now."""
        self._deletion.remove_storage(part)

    def start_facts(self, key: DomainKey) -> StartFacts:
        """Look at everything that a start needs."""
        return self._diagnosis.start_facts(key)

    def building(self, budget: float) -> Building:
        """Look at the host, and for about ``budget`` seconds at its machines."""
        from tuivm.hypervisor.building import Lookout

        self._lookout = self._part(Lookout)
        return self._lookout.look(budget)

    def _dispatch(self, event: Event) -> None:
        if self._lookout is not None and event.key is not None:
            self._lookout.drop(event.key.uuid)
        super()._dispatch(event)
