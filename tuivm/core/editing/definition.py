"""Putting an edited definition in place: the last look, the backup, libvirt. On a job's thread."""

from __future__ import annotations

from tuivm.core.editing.check import check
from tuivm.core.editing.text import same, visible
from tuivm.core.editing.versions import Versions
from tuivm.core.ports_edit import Editing
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Denied, Failed, Invalid
from tuivm.xml import labels

CHANGED = "the definition was changed by somebody else since this edit began"
"""What a refusal for that reason begins with."""
NO_BACKUP = "the present definition cannot be kept as a version"
"""What a refusal for that reason begins with."""


def read(hypervisor: Editing, key: DomainKey) -> str:
    """The present definition as it is edited. Raises HypervisorError."""
    return visible(hypervisor.definition(key))


def put(
    hypervisor: Editing,
    key: DomainKey,
    base: str,
    xml: str,
    *,
    why: str = "edit",
    validate: bool = True,
    backup: bool = True,
) -> None:
    """Define ``xml``, which was made from ``base``; what it takes the place of is kept as a version.

    Raises Invalid when the text cannot be used or the definition is another than ``base`` by now, Failed
    when no version can be kept and ``backup`` insists on one, and what libvirt says. Then nothing changed.
    """
    present = read(hypervisor, key)
    if labels.from_domain(present).locked:
        raise Denied("locked: unlock it first", "unlock it, and do it again")
    if not same(present, base):
        raise Invalid(CHANGED, "edit again: the difference to what it is now will be shown")
    flaw = check(present, xml)
    if flaw is not None:
        raise Invalid(flaw.message)
    try:
        Versions(key).keep(present, why)
    except OSError as error:
        if backup:
            raise Failed(f"{NO_BACKUP}: {error.strerror or error}", "make room, or go without") from error
    hypervisor.redefine(key, xml, validate=validate)
