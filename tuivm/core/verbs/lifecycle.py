"""The verbs that start, stop and pause a domain."""

from __future__ import annotations

from tuivm.core.verbs import firmware, states, virsh
from tuivm.core.verbs.verb import Arguments, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, State
from tuivm.model.errors import HypervisorError, Invalid

MODES = ("acpi", "agent", "initctl", "signal", "paravirt")
"""Ways to ask a guest to shut down or reboot; empty leaves it to the hypervisor."""
BOOT_DEVICES = ("hd", "cdrom", "network", "fd", "firmware")
"""What a start can name in ``Arguments.device``, besides the target of a disk."""


def _start(work: Work) -> None:
    options, device = work.arguments.options, work.arguments.device
    paused, discard = "paused" in options, "discard-saved" in options
    if work.hypervisor.read_domain(work.key).state is State.PAUSED:
        if device:
            raise Invalid("paused: only a domain that is off boots from another device")
        work.hypervisor.resume(work.key)
    elif firmware.is_wanted(work.arguments):
        firmware.start(work)
    elif device:
        work.hypervisor.boot_once(work.key, device, paused=paused, discard_saved=discard)
        work.say(f"from {device}, until it is off again")
    else:
        work.hypervisor.start(work.key, paused=paused, discard_saved=discard)


def _shut_down(work: Work) -> None:
    work.hypervisor.shutdown(work.key, work.arguments.mode)
    work.until_off()


def _force_off(work: Work) -> None:
    if "graceful" in work.arguments.options:
        try:
            work.hypervisor.shutdown(work.key, work.arguments.mode)
        except HypervisorError:
            pass  # It cannot be asked: paused, no agent, no ACPI. What the user wants is that it is off.
        else:
            work.until_off(_cut_power)
            return
    _cut_power(work)


def _cut_power(work: Work) -> None:
    work.hypervisor.destroy(work.key)


def _lose_saved(domain: Domain, arguments: Arguments) -> str:
    if not domain.saved or "discard-saved" not in arguments.options:
        return ""
    return "The saved state is discarded: what was in the guest's memory is lost, as after a power cut."


def _lose_services(domain: Domain, _: Arguments) -> str:
    return f"The guest is asked to shut down; what runs in it stops.{_gone(domain)}"


def _lose_uptime(_: Domain, __: Arguments) -> str:
    return "The guest is asked to reboot; what runs in it is interrupted."


def _lose_unsaved(_: Domain, __: Arguments) -> str:
    return "The guest restarts at once without shutting down: data it has not written to disk is lost."


def _lose_power(domain: Domain, arguments: Arguments) -> str:
    when = "if the guest does not shut down in time" if "graceful" in arguments.options else "at once"
    return f"Power is cut {when}: data the guest has not written to disk is lost.{_gone(domain)}"


def _gone(domain: Domain) -> str:
    return "" if domain.persistent else " It is transient: it will no longer exist afterwards."


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
        options=("paused", "discard-saved"),
        interruptible_with=firmware.is_wanted,
        virsh_then=virsh.after_start,
        destructive_options=frozenset({"discard-saved"}),
        option_loss=_lose_saved,
    ),
    Verb(
        "shutdown",
        "S",
        "shut down",
        "Ask the guest to shut down (ACPI or agent).",
        Capability.SHUTDOWN,
        states.runs,
        _shut_down,
        virsh.with_mode("shutdown"),
        _lose_services,
        ends=True,
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
        lambda work: work.hypervisor.reboot(work.key, work.arguments.mode),
        virsh.with_mode("reboot"),
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
        destructive=True,
    ),
    Verb(
        "force-off",
        "D",
        "force off",
        "Cut the power: at once, or when the guest does not shut down in time.",
        Capability.DESTROY,
        states.exists,
        _force_off,
        virsh.force_off,
        _lose_power,
        options=("graceful",),
        destructive=True,
    ),
)
"""What changes the state."""
