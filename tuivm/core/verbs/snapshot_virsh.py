"""The virsh commands of the verbs on snapshots, as argv."""

from __future__ import annotations

from tuivm.core.verbs.verb import Arguments
from tuivm.core.verbs.virsh import plain
from tuivm.model.domain import Domain
from tuivm.model.snapshot import Retention, SnapshotKind, SnapshotRequest


def take(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``snapshot-create-as``."""
    request = arguments.request or SnapshotRequest(arguments.snapshot, arguments.description)
    words = [*plain("snapshot-create-as")(domain, arguments), "--name", request.name]
    if request.description:
        words += ["--description", request.description]
    place = "internal" if request.kind is SnapshotKind.INTERNAL else "external"
    if request.kind is not SnapshotKind.INTERNAL:
        with_memory = request.kind is SnapshotKind.EXTERNAL and request.memory and domain.state.is_active
        file = request.memory_file or f"/var/lib/libvirt/images/{domain.name}.{request.name}.mem"
        words += ["--memspec", f"file={_spec(file)},snapshot=external"] if with_memory else ["--disk-only"]
        words += ["--quiesce", "--atomic"] if request.quiesce else ["--atomic"]
    for target in request.disks:
        words += ["--diskspec", f"{target},snapshot={place}"]
    for target in request.left_out:
        words += ["--diskspec", f"{target},snapshot=no"]
    return tuple(words)


def revert(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``snapshot-revert``."""
    words = plain("snapshot-revert", {"running": "--running", "paused": "--paused"})(domain, arguments)
    return (*words, "--snapshotname", arguments.snapshot)


def delete(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``snapshot-delete``."""
    switches = {
        "children": "--children",
        "children-only": "--children-only",
        "metadata-only": "--metadata",
    }
    words = plain("snapshot-delete", switches)(domain, arguments)
    return (*words, "--snapshotname", arguments.snapshot)


def describe(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``snapshot-edit``, which opens an editor: virsh has no other way."""
    words = (*plain("snapshot-edit")(domain, arguments), "--snapshotname", arguments.snapshot)
    return (*words, "--rename") if arguments.text not in ("", arguments.snapshot) else words


def merge(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``blockcommit`` of the newest overlay into the image below it, once for each overlay, or ``blockpull``.

    Without ``--shallow`` virsh would commit down to the very bottom: into a template that others build on.
    """
    pull = "pull" in arguments.options
    words = plain("blockpull" if pull else "blockcommit")(domain, arguments)
    words = (*words, "--path", arguments.device or "vda")
    return (*words, "--wait") if pull else (*words, "--shallow", "--active", "--pivot")


def set_retention(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``metadata`` with the rule's element."""
    from tuivm.xml import retention

    element = retention.write(arguments.retention or Retention())
    words = plain("metadata")(domain, arguments)
    live = ("--live",) if domain.state.is_active else ()
    config = ("--config",) if domain.persistent else ()
    where = ("--uri", retention.NAMESPACE, "--key", retention.PREFIX)
    return (*words, *where, *live, *config, "--set", element)


def _spec(text: str) -> str:
    """A value inside a memspec or diskspec: virsh wants its commas doubled."""
    return text.replace(",", ",,")
