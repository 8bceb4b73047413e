"""The verb that clones a domain."""

from __future__ import annotations

from tuivm.core.verbs.verb import Arguments, Later, Verb
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain


def _possible(domain: Domain) -> str | None:
    if domain.state.is_active:
        return "running: only a domain that is off can be cloned"
    return None if domain.persistent else "transient: it has no definition"


def _virsh(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    from tuivm.core import cloning
    from tuivm.model.cloning import Clone

    name = arguments.text or cloning.proposed_name(domain.name, ())
    return cloning.commands(domain, arguments.clone or Clone(name))[-1]


CLONING: tuple[Verb, ...] = (
    Verb(
        "clone",
        "",
        "clone",
        "Clone the domain under another name, with copies of its disks.",
        Capability.DEFINE,
        _possible,
        Later("tuivm.core.verbs.clone_work", "clone"),
        _virsh,
        interruptible=True,
        undoes=True,
    ),
)
"""What makes a domain of another."""
