"""The verb that changes a domain's definition."""

from __future__ import annotations

from tuivm.core.verbs import virsh
from tuivm.core.verbs.verb import LOCKED, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain

UNVALIDATED = "unvalidated"
"""Option: do not hold the XML against libvirt's schema."""
WITHOUT_BACKUP = "without-backup"
"""Option: go on though the present definition cannot be kept."""


def _can_edit(domain: Domain) -> str | None:
    if domain.locked:
        return LOCKED
    return None if domain.persistent else "transient: it has no definition"


def _define(work: Work) -> None:
    from tuivm.core.editing import definition

    arguments = work.arguments
    definition.put(
        work.hypervisor,
        work.key,
        arguments.base,
        arguments.xml,
        why=arguments.mode or "edit",
        validate=UNVALIDATED not in arguments.options,
        backup=WITHOUT_BACKUP not in arguments.options,
    )
    active = work.hypervisor.read_domain(work.key).state.is_active
    work.say("defined; takes effect at the next start" if active else "defined")


EDITING: tuple[Verb, ...] = (
    Verb(
        "edit",
        "e",
        "edit XML",
        "Edit the domain's definition; the last versions are kept.",
        Capability.DEFINE,
        _can_edit,
        _define,
        virsh.plain("edit"),
        options=(UNVALIDATED, WITHOUT_BACKUP),
    ),
)
"""What changes the definition."""
