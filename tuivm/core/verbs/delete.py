"""The verb that deletes a domain."""

from __future__ import annotations

from tuivm.core.verbs.verb import Arguments, Later, Verb
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain


def _loss(domain: Domain, arguments: Arguments | None) -> str:
    from tuivm.core import deletion

    removal = arguments.removal if arguments is not None else None
    what = "Its definition, with the saved state and the snapshots' descriptions, is gone for good"
    storage = removal.storage if removal is not None else ()
    if not storage:
        return (
            f"{what}; its disks stay."
            if domain.persistent
            else "It is forced off, and then gone; its disks stay."
        )
    names = ", ".join(deletion.described(part) for part in storage)
    return f"{what}, and so is all that is on {names}."


def _virsh(domain: Domain, arguments: Arguments | None) -> tuple[str, ...]:
    from tuivm.core import deletion
    from tuivm.model.deletion import Removal

    removal = (arguments.removal if arguments is not None else None) or Removal(())
    return deletion.undefine(domain, removal)


def _possible(_: Domain) -> str | None:
    return None


DELETION: tuple[Verb, ...] = (
    Verb(
        "delete",
        "U",
        "delete",
        "Delete the domain: its definition, and of disks, NVRAM, snapshots and TPM what you choose.",
        Capability.UNDEFINE,
        _possible,
        Later("tuivm.core.verbs.delete_work", "delete"),
        _virsh,
        _loss,
        interruptible=True,
        destructive=True,
    ),
)
"""What unmakes a domain."""
