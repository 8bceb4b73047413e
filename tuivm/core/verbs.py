"""The verbs: declared once; footer, help, palette, keymap and jobs derive from this table.

A :class:`Verb` is a value. Whether it can be used now is ``why_not(domain, unsupported)``: None for
yes, else the reason shown beside the greyed entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tuivm.core.ports import Hypervisor
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a verb may need beyond its domain."""

    snapshot: str = ""
    """Name of the snapshot to take, revert to or delete."""
    description: str = ""
    """Words stored with a new snapshot."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a person does to a domain."""

    id: str
    """Name in the keymap file and on the command line (``force-off``)."""
    key: str
    """Default key, as textual names it (``D``)."""
    label: str
    """Short, for the footer (``force off``)."""
    help: str
    """One sentence for the help screen."""
    capability: Capability
    """What the hypervisor must be able to do."""
    possible: Callable[[Domain], str | None]
    """None when the domain's state allows it, else why not."""
    run: Callable[[Hypervisor, DomainKey, Arguments], None]
    """Do it; blocks; called by a job on a worker thread."""
    virsh: Callable[[Domain, Arguments], tuple[str, ...]]
    """The equivalent virsh command, as argv."""
    loss: Callable[[Domain, Arguments], str] | None = None
    """What will be lost, one or two sentences for the question; None when nothing is (not dangerous)."""
    needs_snapshot: bool = False
    """Whether it acts on an existing snapshot."""

    @property
    def dangerous(self) -> bool:
        """Whether the user is asked first."""
        return self.loss is not None

    def why_not(self, domain: Domain, unsupported: Mapping[str, str]) -> str | None:
        """None when the verb can be used on ``domain`` now, else the reason in a few words."""
        if self.capability in unsupported:
            return unsupported[self.capability]
        return self.possible(domain)
