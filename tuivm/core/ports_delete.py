"""The seam of deleting a domain. Every method may block; each raises a HypervisorError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tuivm.model.deletion import Belongings, Part
    from tuivm.model.domain import DomainKey


class Deletion(Protocol):
    """What deleting needs of a hypervisor."""

    def belongings(self, key: DomainKey) -> Belongings:
        """Everything that belongs to a domain, and who else uses it. Raises NotFound."""

    def undefine_parts(self, key: DomainKey, *, nvram: bool, tpm: bool) -> None:
        """Remove the definition of a domain that is off, and what libvirt keeps of it beside its disks.

        Saved state, snapshot and checkpoint metadata go with it; NVRAM and TPM state as chosen. Raises
        NotFound when another client was faster: then nothing else of it may be removed.
        """

    def remove_storage(self, part: Part) -> None:
        """Remove a disk's file or volume, unless anything uses it by now. The domain is undefined already.

        Raises Busy naming who uses it, Invalid when it is another file than the one listed, NotFound when
        it is gone already, Denied or NotSupported where it cannot be removed from here.
        """
