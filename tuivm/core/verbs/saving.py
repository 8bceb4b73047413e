"""The verbs on a domain's memory: saved states, sleep, dumps, NMI."""

from __future__ import annotations

from tuivm.core.verbs import states, virsh
from tuivm.core.verbs.verb import Arguments, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain
from tuivm.model.errors import Invalid

_DUMP_SWITCHES = {
    "memory-only": "--memory-only",
    "live": "--live",
    "crash": "--crash",
    "reset": "--reset",
}
_ENDS = frozenset({"crash", "reset"})


def _save(work: Work) -> None:
    work.hypervisor.save(work.key, paused="paused" in work.arguments.options)


def _restore(work: Work) -> None:
    if not work.hypervisor.read_domain(work.key).saved:
        raise Invalid("it has no saved state")
    work.hypervisor.start(work.key, paused="paused" in work.arguments.options)


def _dump(work: Work) -> None:
    if len(work.arguments.options & {"crash", "reset", "live"}) > 1:
        raise Invalid("a dump is live, or crashes the domain, or resets it")
    path = work.arguments.text
    if path.endswith("/"):
        path = dump_file(work.hypervisor.read_domain(work.key), path)
    work.hypervisor.dump(work.key, path, work.arguments.options)
    work.say(f"written to {' '.join(path.split())} on the hypervisor's host")


def dump_file(domain: Domain, path: str) -> str:
    """Where a dump goes: to ``path``, or into it by the domain's name where it is a folder (``/srv/``)."""
    return f"{path}{domain.name.replace('/', '_')}.core" if path.endswith("/") else path


def _dump_virsh(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    words = virsh.plain("dump", _DUMP_SWITCHES)(domain, arguments)
    return (*words, "--file", dump_file(domain, arguments.text))


def _lose_saved(_: Domain, __: Arguments) -> str:
    return "The saved state is discarded: what was in the guest's memory is lost, as after a power cut."


def _lose_by_dump(_: Domain, arguments: Arguments) -> str:
    if not arguments.options & _ENDS:
        return ""
    how = "stopped" if "crash" in arguments.options else "reset"
    return f"The domain is {how} after the dump: data the guest has not written to disk is lost."


def _lose_by_nmi(_: Domain, __: Arguments) -> str:
    return "Most guests panic at an NMI: what runs in it stops, and data not written to disk is lost."


SAVING: tuple[Verb, ...] = (
    Verb(
        "save",
        "w",
        "save state",
        "Save memory to disk and stop; the next start goes on from there.",
        Capability.SAVE,
        states.saves,
        _save,
        virsh.plain("managedsave", {"paused": "--paused"}),
        options=("paused",),
        measured=True,
    ),
    Verb(
        "restore",
        "",
        "restore",
        "Go on from the saved state.",
        Capability.SAVE,
        states.restores,
        _restore,
        virsh.plain("start", {"paused": "--paused"}),
        options=("paused",),
    ),
    Verb(
        "discard-saved",
        "",
        "discard saved state",
        "Remove the saved state; the next start boots.",
        Capability.SAVE,
        states.has_saved,
        lambda work: work.hypervisor.discard_saved(work.key),
        virsh.plain("managedsave-remove"),
        _lose_saved,
        destructive=True,
    ),
    Verb(
        "sleep",
        "",
        "sleep",
        "Have the guest's agent suspend it to RAM.",
        Capability.SLEEP,
        states.asks_agent,
        lambda work: work.hypervisor.sleep(work.key, work.arguments.mode or "mem"),
        virsh.sleep,
    ),
    Verb(
        "wake",
        "",
        "wake",
        "Wake a guest that sleeps in RAM.",
        Capability.WAKE,
        states.wakes,
        lambda work: work.hypervisor.wake(work.key),
        virsh.plain("dompmwakeup"),
    ),
    Verb(
        "dump",
        "",
        "dump core",
        "Write the guest's memory to a file on the hypervisor's host.",
        Capability.DUMP,
        states.exists,
        _dump,
        _dump_virsh,
        options=tuple(_DUMP_SWITCHES),
        measured=True,
        destructive_options=_ENDS,
        option_loss=_lose_by_dump,
    ),
    Verb(
        "nmi",
        "",
        "inject NMI",
        "Inject a non-maskable interrupt, as a server's button does.",
        Capability.NMI,
        states.runs,
        lambda work: work.hypervisor.inject_nmi(work.key),
        virsh.plain("inject-nmi"),
        _lose_by_nmi,
        destructive=True,
    ),
)
"""What puts memory to disk, to sleep, or to the test."""
