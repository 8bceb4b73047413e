"""The verbs on a domain's life: start, stop, pause and so on."""

from __future__ import annotations

from tuivm.core.verbs import states, virsh
from tuivm.core.verbs.verb import Arguments, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, State


def _start(work: Work) -> None:
    if work.hypervisor.read_domain(work.key).state is State.PAUSED:
        work.hypervisor.resume(work.key)
    else:
        work.hypervisor.start(work.key)


def _shut_down(work: Work) -> None:
    work.hypervisor.shutdown(work.key)
    work.until_off()


def _toggle_autostart(work: Work) -> None:
    work.hypervisor.set_autostart(work.key, not work.hypervisor.read_domain(work.key).autostart)


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


LIFECYCLE: tuple[Verb, ...] = (
    Verb(
        "start",
        "s",
        "start",
        "Boot the domain, restore it from its saved state, or resume it when paused.",
        Capability.START,
        states.starts,
        _start,
        virsh.start,
    ),
    Verb(
        "shutdown",
        "S",
        "shut down",
        "Ask the guest to shut down (ACPI or agent).",
        Capability.SHUTDOWN,
        states.runs,
        _shut_down,
        virsh.plain("shutdown"),
        _lose_services,
    ),
    Verb(
        "pause",
        "p",
        "pause",
        "Stop the domain's virtual CPUs; memory stays as it is.",
        Capability.SUSPEND,
        states.pauses,
        lambda work: work.hypervisor.suspend(work.key),
        virsh.plain("suspend"),
    ),
    Verb(
        "resume",
        "p",
        "resume",
        "Let the virtual CPUs of a paused domain go on.",
        Capability.SUSPEND,
        states.resumes,
        lambda work: work.hypervisor.resume(work.key),
        virsh.plain("resume"),
    ),
    Verb(
        "reboot",
        "R",
        "reboot",
        "Ask the guest to reboot.",
        Capability.REBOOT,
        states.runs,
        lambda work: work.hypervisor.reboot(work.key),
        virsh.plain("reboot"),
        _lose_uptime,
    ),
    Verb(
        "reset",
        "X",
        "reset",
        "Reset the machine as its button does, without asking the guest.",
        Capability.RESET,
        states.exists,
        lambda work: work.hypervisor.reset(work.key),
        virsh.plain("reset"),
        _lose_unsaved,
    ),
    Verb(
        "force-off",
        "D",
        "force off",
        "Cut the power at once.",
        Capability.DESTROY,
        states.exists,
        lambda work: work.hypervisor.destroy(work.key),
        virsh.plain("destroy"),
        _lose_power,
    ),
)
"""What changes the state."""
SETTINGS: tuple[Verb, ...] = (
    Verb(
        "autostart",
        "a",
        "autostart",
        "Turn starting with the host on or off.",
        Capability.AUTOSTART,
        states.persists,
        _toggle_autostart,
        virsh.autostart,
    ),
)
"""What changes how the domain is described."""
