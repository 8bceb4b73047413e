"""The seam of looking for the reason why a domain does not start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tuivm.model.diagnosis import StartFacts
    from tuivm.model.domain import DomainKey


class Diagnosis(Protocol):
    """What a diagnosis needs of a hypervisor."""

    def start_facts(self, key: DomainKey) -> StartFacts:
        """Look at everything that a start needs; may take a second. Raises NotFound."""
