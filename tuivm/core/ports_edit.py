"""The seam for editing: a domain's stored definition, read whole and put back."""

from __future__ import annotations

from typing import Protocol

from tuivm.model.domain import DomainKey


class Editing(Protocol):
    """What editing needs of a hypervisor. Every method may block and raises a HypervisorError."""

    def definition(self, key: DomainKey) -> str:
        """The stored definition, which the next start uses, with its secrets. Raises NotFound, Denied.

        Raises Invalid for a transient domain, which has none.
        """

    def redefine(self, key: DomainKey, xml: str, *, validate: bool = True) -> None:
        """Store ``xml`` as the definition of ``key``; a guest that runs goes on as it is.

        ``validate`` holds it against libvirt's schema first. Raises Invalid when libvirt refuses it, with all
        that libvirt said in ``full``; then nothing has changed.
        """
