"""The verbs: declared once; footer, help, palette, keymap and jobs derive from this table.

A :class:`Verb` is a value. Whether it can be used now is ``why_not(domain, unsupported)``: None for
yes, else the reason shown beside the greyed entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tuivm.core.ports import Hypervisor
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey, State


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


def _starts(domain: Domain) -> str | None:
    if domain.state in (State.RUNNING, State.BLOCKED):
        return "already running"
    if domain.state is State.STOPPING:
        return "still shutting down"
    return "suspended by its own guest: wake it" if domain.state is State.SUSPENDED else None


def _runs(domain: Domain) -> str | None:
    if domain.state is State.PAUSED:
        return "paused: the guest cannot react; resume it first"
    if domain.state is State.SUSPENDED:
        return "suspended by its own guest"
    return _exists(domain)


def _pauses(domain: Domain) -> str | None:
    return "already paused" if domain.state is State.PAUSED else _runs(domain)


def _resumes(domain: Domain) -> str | None:
    return None if domain.state is State.PAUSED else "not paused"


def _exists(domain: Domain) -> str | None:
    return None if domain.state.is_active or domain.state is State.UNKNOWN else "not running"


def _persists(domain: Domain) -> str | None:
    if not domain.persistent:
        return "transient: it is gone when it stops"
    return "this hypervisor does not tell autostart" if domain.autostart is None else None


def _any(_: Domain) -> str | None:
    return None


def _has_snapshots(domain: Domain) -> str | None:
    return None if domain.has_snapshots else "no snapshots"


def _start(hypervisor: Hypervisor, key: DomainKey, _: Arguments) -> None:
    if hypervisor.read_domain(key).state is State.PAUSED:
        hypervisor.resume(key)
    else:
        hypervisor.start(key)


def _take(hypervisor: Hypervisor, key: DomainKey, given: Arguments) -> None:
    hypervisor.take_snapshot(key, given.snapshot, given.description)


def _toggle_autostart(hypervisor: Hypervisor, key: DomainKey, _: Arguments) -> None:
    hypervisor.set_autostart(key, not hypervisor.read_domain(key).autostart)


def _virsh(command: str) -> Callable[[Domain, Arguments], tuple[str, ...]]:
    return lambda domain, _: ("virsh", "-c", domain.key.connection, command, "--domain", domain.name)


def _virsh_snapshot(command: str, option: str) -> Callable[[Domain, Arguments], tuple[str, ...]]:
    plain = _virsh(command)

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        words = (*plain(domain, arguments), option, arguments.snapshot)
        described = option == "--name" and arguments.description
        return (*words, "--description", arguments.description) if described else words

    return argv


def _virsh_start(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    return _virsh("resume" if domain.state is State.PAUSED else "start")(domain, arguments)


def _virsh_autostart(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    argv = _virsh("autostart")(domain, arguments)
    return (*argv, "--disable") if domain.autostart else argv


def _lose_services(domain: Domain, _: Arguments) -> str:
    gone = "" if domain.persistent else " It is transient: it will no longer exist afterwards."
    return f"The guest is asked to shut down; what runs in it stops.{gone}"


def _lose_uptime(_: Domain, __: Arguments) -> str:
    return "The guest is asked to reboot; what runs in it is interrupted."


def _lose_unsaved(_: Domain, __: Arguments) -> str:
    return "The guest restarts at once without shutting down: data it has not written to disk is lost."


def _lose_power(domain: Domain, _: Arguments) -> str:
    gone = "" if domain.persistent else " It is transient: it will no longer exist afterwards."
    return f"Power is cut at once: data the guest has not written to disk is lost.{gone}"


def _lose_since(domain: Domain, arguments: Arguments) -> str:
    also = " and what is in its memory now" if domain.state.is_active else ""
    return f"Everything written to its disks since the snapshot '{arguments.snapshot}'{also} is lost."


def _lose_snapshot(_: Domain, arguments: Arguments) -> str:
    return f"The state kept in the snapshot '{arguments.snapshot}' is lost; the domain itself stays as it is."


VERBS: tuple[Verb, ...] = (
    Verb(
        "start",
        "s",
        "start",
        "Boot the domain, restore it from its saved state, or resume it when paused.",
        Capability.START,
        _starts,
        _start,
        _virsh_start,
    ),
    Verb(
        "shutdown",
        "S",
        "shut down",
        "Ask the guest to shut down (ACPI or agent).",
        Capability.SHUTDOWN,
        _runs,
        lambda hypervisor, key, _: hypervisor.shutdown(key),
        _virsh("shutdown"),
        _lose_services,
    ),
    Verb(
        "pause",
        "p",
        "pause",
        "Stop the domain's virtual CPUs; memory stays as it is.",
        Capability.SUSPEND,
        _pauses,
        lambda hypervisor, key, _: hypervisor.suspend(key),
        _virsh("suspend"),
    ),
    Verb(
        "resume",
        "p",
        "resume",
        "Let the virtual CPUs of a paused domain go on.",
        Capability.SUSPEND,
        _resumes,
        lambda hypervisor, key, _: hypervisor.resume(key),
        _virsh("resume"),
    ),
    Verb(
        "reboot",
        "R",
        "reboot",
        "Ask the guest to reboot.",
        Capability.REBOOT,
        _runs,
        lambda hypervisor, key, _: hypervisor.reboot(key),
        _virsh("reboot"),
        _lose_uptime,
    ),
    Verb(
        "reset",
        "X",
        "reset",
        "Reset the machine as its button does, without asking the guest.",
        Capability.RESET,
        _exists,
        lambda hypervisor, key, _: hypervisor.reset(key),
        _virsh("reset"),
        _lose_unsaved,
    ),
    Verb(
        "force-off",
        "D",
        "force off",
        "Cut the power at once.",
        Capability.DESTROY,
        _exists,
        lambda hypervisor, key, _: hypervisor.destroy(key),
        _virsh("destroy"),
        _lose_power,
    ),
    Verb(
        "snapshot",
        "t",
        "take snapshot",
        "Keep the state of the disks, and of memory when it runs, to come back to.",
        Capability.SNAPSHOT,
        _any,
        _take,
        _virsh_snapshot("snapshot-create-as", "--name"),
    ),
    Verb(
        "revert",
        "r",
        "revert",
        "Put disks and memory back to the chosen snapshot.",
        Capability.SNAPSHOT,
        _has_snapshots,
        lambda hypervisor, key, given: hypervisor.revert_snapshot(key, given.snapshot),
        _virsh_snapshot("snapshot-revert", "--snapshotname"),
        _lose_since,
        needs_snapshot=True,
    ),
    Verb(
        "delete-snapshot",
        "delete",
        "delete snapshot",
        "Delete the chosen snapshot; snapshots made after it stay.",
        Capability.SNAPSHOT,
        _has_snapshots,
        lambda hypervisor, key, given: hypervisor.delete_snapshot(key, given.snapshot),
        _virsh_snapshot("snapshot-delete", "--snapshotname"),
        _lose_snapshot,
        needs_snapshot=True,
    ),
    Verb(
        "autostart",
        "a",
        "autostart",
        "Turn starting with the host on or off.",
        Capability.AUTOSTART,
        _persists,
        _toggle_autostart,
        _virsh_autostart,
    ),
)

_BY_ID = {verb.id: verb for verb in VERBS}


def verb(id_: str) -> Verb:
    """Return the verb of that id. Raises KeyError."""
    return _BY_ID[id_]


def choose(candidates: Iterable[Verb], domain: Domain, unsupported: Mapping[str, str]) -> Verb | None:
    """Of the verbs that share a key, the one possible on ``domain`` now; else the first; None of none."""
    known = list(candidates)
    possible = (candidate for candidate in known if candidate.why_not(domain, unsupported) is None)
    return next(possible, known[0] if known else None)


def describe(chosen: Verb, arguments: Arguments) -> str:
    """Return the label with its object: ``take snapshot 'before-update'``."""
    return f"{chosen.label} '{arguments.snapshot}'" if arguments.snapshot else chosen.label
