"""What each of libvirt's domain events says, in words: one function for each kind of callback.

Each is called on libvirt's event thread with what the event carries beside connection, domain and opaque
value, and asks libvirt nothing. The numbers are those of ``libvirt-domain.h``; unknown ones (a newer
libvirt) get general words. Strings come from the guest's side or from other clients and are made one line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tuivm.model import units
from tuivm.model.event import EventKind, Severity
from tuivm.model.line import one_line

KIB = 1024
_LONGEST = 250
"""Characters of one name, path or reason that are kept."""

_WATCHDOG = ("nothing done", "paused", "reset", "powered off", "shut down", "debug", "NMI injected")
_IO_ERROR = ("nothing done", "paused", "reported to the guest")
_IO_PAUSED = 1
_AGENT = {1: "guest agent connected", 2: "guest agent disconnected"}
_METADATA = {0: "description changed", 1: "title changed", 2: "metadata changed"}
_TRAY_OPEN = 0
_JOBS = ("block job", "pull", "copy", "commit", "active commit", "backup")
_JOB_ENDS = ("completed", "failed", "cancelled", "ready")
_JOB_FAILED = 1
_VIEWERS = ("connecting to its display", "looks at its display", "no longer looks at its display")
_VIEWER_CONNECTS = 0
_RECIPIENTS = ("the hypervisor", "the guest")
_FAILURE_ACTIONS = ("ignored", "passed on to the guest", "fatal", "guest reset")
_FATAL = (2, 3)


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says; the fields are those of :class:`~tuivm.model.event.Event`."""

    kind: EventKind
    """Its class."""
    detail: str
    """What happened, in words."""
    severity: Severity = Severity.INFORMATION
    """How much it matters."""
    notice: str = ""
    """Severity of the notice it is worth; empty for none."""
    rereads: bool = False
    """Whether row or details of the domain may be others now."""
    relabelled: bool = False
    """Whether title, tags or lock may be others now."""
    topic: str = ""
    """What may be told as one with its like."""


def reboot() -> Told:
    """The guest rebooted."""
    return Told(EventKind.REBOOT, "rebooted", topic="reboot", rereads=True)


def clock(offset: int) -> Told:
    """The guest set its clock; ``offset`` in seconds from UTC."""
    return Told(EventKind.CLOCK, f"clock set to UTC{offset:+d} s", Severity.QUIET, topic="clock")


def watchdog(action: int) -> Told:
    """The guest's watchdog was not fed."""
    words = f"watchdog: {_pick(_WATCHDOG, action, 'fired')}"
    return Told(EventKind.WATCHDOG, words, Severity.WARNING, "warning", topic=str(action))


def io_error(source: str, device: str, action: int, reason: str) -> Told:
    """A read or write of the guest's failed on the host; ``reason`` is empty or ``enospc``."""
    about = " ".join(word for word in (_safe(device), _safe(source)) if word)
    why = {"enospc": "no space left", "eio": ""}.get(_safe(reason), _safe(reason))
    words = f"I/O error on {about}{f' ({why})' if why else ''}: {_pick(_IO_ERROR, action, 'unknown action')}"
    paused = action == _IO_PAUSED
    severity = Severity.ERROR if paused else Severity.WARNING
    return Told(EventKind.IO_ERROR, words, severity, "error" if paused else "", topic=f"{action} {about}")


def graphics(phase: int, _local: object, remote: object, scheme: str, _subject: object) -> Told:
    """A viewer came or went; ``remote`` has ``node`` and ``service``."""
    node = _safe(remote.get("node")) if isinstance(remote, dict) else ""
    words = _pick(_VIEWERS, phase, "did something with its display")
    viewer = f"a viewer{f' from {node}' if node else ''}"
    if phase == _VIEWER_CONNECTS:
        words = f"is {words}{f' ({_safe(scheme)})' if scheme else ''}"
    return Told(EventKind.GRAPHICS, f"{viewer} {words}", Severity.QUIET, topic=f"{phase} {node}")


def control_error() -> Told:
    """Libvirt no longer understands the hypervisor's process."""
    words = "libvirt lost control of it: no verb works until it is stopped"
    return Told(EventKind.CONTROL, words, Severity.ERROR, "error", rereads=True, topic="control")


def block_job(disk: str, kind: int, status: int) -> Told:
    """A block job ended or is ready."""
    words = f"{_pick(_JOBS, kind, 'block job')} of {_safe(disk)} {_pick(_JOB_ENDS, status, 'changed')}"
    severity = Severity.WARNING if status == _JOB_FAILED else Severity.INFORMATION
    return Told(EventKind.BLOCK, words, severity, rereads=True)


def block_threshold(device: str, path: str, threshold: int, excess: int) -> Told:
    """A write went beyond what somebody asked to be told of; both in bytes."""
    where = f"{_safe(device)} {_safe(path)}".strip()
    words = f"{where} was written beyond {units.size(threshold)} (by {units.size(excess)})"
    return Told(EventKind.BLOCK, words, Severity.WARNING, topic=f"threshold {device}")


def disk_change(_old: str | None, _new: str | None, device: str, _reason: int) -> Told:
    """Another medium is in a drive."""
    return Told(EventKind.DEVICE, f"medium of {_safe(device)} changed", rereads=True)


def tray_change(device: str, reason: int) -> Told:
    """The tray of a drive was opened or closed."""
    done = "opened" if reason == _TRAY_OPEN else "closed"
    words = f"tray of {_safe(device)} {done}"
    return Told(EventKind.DEVICE, words, rereads=True, topic=words)


def woke_up(_reason: int) -> Told:
    """The guest woke up."""
    return Told(EventKind.POWER, "woke up", topic="woke")


def sleeps(_reason: int) -> Told:
    """The guest put itself to sleep, its memory kept."""
    return Told(EventKind.POWER, "sleeps in memory", topic="sleeps")


def sleeps_on_disk(_reason: int) -> Told:
    """The guest put itself to sleep, its memory on its disk."""
    return Told(EventKind.POWER, "sleeps on its disk", topic="hibernates")


def balloon(actual: int) -> Told:
    """The balloon left the guest ``actual`` KiB."""
    return Told(EventKind.BALLOON, f"balloon: {units.size(actual * KIB)} left to the guest", topic="balloon")


def device_added(device: str) -> Told:
    """A device was attached."""
    return Told(EventKind.DEVICE, f"device {_safe(device)} added", rereads=True)


def device_removed(device: str) -> Told:
    """A device was detached."""
    return Told(EventKind.DEVICE, f"device {_safe(device)} removed", rereads=True)


def device_kept(device: str) -> Told:
    """The guest refused to let a device go."""
    words = f"device {_safe(device)} was not removed: the guest refused"
    return Told(EventKind.DEVICE, words, Severity.WARNING, topic=words)


def tuned(parameters: Mapping[str, object]) -> Told:
    """Limits of CPU or disk were changed; names as ``cputune.vcpu_quota``."""
    names = sorted(_safe(name) for name in parameters)
    return Told(EventKind.METADATA, f"tuned: {', '.join(names[:6])}", Severity.QUIET, topic="tuned")


def agent(state: int, _reason: int) -> Told:
    """The guest's agent came or went."""
    words = _AGENT.get(state, "guest agent changed")
    return Told(EventKind.AGENT, words, rereads=True, relabelled=True, topic=str(state))


def migration_iteration(iteration: int) -> Told:
    """A migration copies memory once more."""
    return Told(EventKind.JOB, f"migration: copies memory, round {iteration}", Severity.QUIET, topic="round")


def job_completed(statistics: Mapping[str, object]) -> Told:
    """A job of libvirt's on the domain (save, dump, migration, backup) is over; times in ms."""
    took = statistics.get("time_elapsed")
    seconds = f" after {took / 1000:.1f} s" if isinstance(took, int) and took >= 0 else ""
    failed = statistics.get("success") is False
    words = f"libvirt's job {'failed' if failed else 'is over'}{seconds}"
    return Told(EventKind.JOB, words, Severity.WARNING if failed else Severity.QUIET, topic="over")


def metadata(kind: int, _uri: str | None) -> Told:
    """Somebody changed title, description or metadata."""
    words = _METADATA.get(kind, "metadata changed")
    return Told(EventKind.METADATA, words, rereads=True, relabelled=True)


def memory_failure(recipient: int, action: int, _flags: int) -> Told:
    """A memory error of the host's hardware hit the guest or its hypervisor."""
    done = _pick(_FAILURE_ACTIONS, action, "noticed")
    words = f"memory failure of the host, for {_pick(_RECIPIENTS, recipient, 'the guest')}: {done}"
    severity, notice = (Severity.ERROR, "error") if action in _FATAL else (Severity.WARNING, "")
    return Told(EventKind.MEMORY, words, severity, notice, topic=words)


def memory_device(alias: str, size: int) -> Told:
    """A memory device has ``size`` KiB plugged now."""
    words = f"memory device {_safe(alias)}: {units.size(size * KIB)} plugged"
    return Told(EventKind.MEMORY, words, topic=f"device {alias}")


def nic_mac(alias: str, _old: str, new: str) -> Told:
    """The guest gave a network card another address."""
    words = f"the guest changed the MAC address of {_safe(alias)} to {_safe(new)}"
    return Told(EventKind.NETWORK, words, Severity.WARNING, rereads=True, topic=f"mac {alias}")


def vcpu_removed(number: int) -> Told:
    """A vCPU was unplugged."""
    return Told(EventKind.DEVICE, f"vCPU {number} removed", rereads=True)


Words = Callable[..., Told]

FIRST: Mapping[str, Words] = {
    "REBOOT": reboot,
    "DEVICE_ADDED": device_added,
    "DEVICE_REMOVED": device_removed,
    "WATCHDOG": watchdog,
    "IO_ERROR_REASON": io_error,
    "AGENT_LIFECYCLE": agent,
    "METADATA_CHANGE": metadata,
    "DISK_CHANGE": disk_change,
    "TRAY_CHANGE": tray_change,
}
"""By the end of ``VIR_DOMAIN_EVENT_ID_``: what row, details or consoles depend on, beside the lifecycle."""
REST: Mapping[str, Words] = {
    "CONTROL_ERROR": control_error,
    "BLOCK_JOB_2": block_job,
    "BLOCK_THRESHOLD": block_threshold,
    "BALLOON_CHANGE": balloon,
    "DEVICE_REMOVAL_FAILED": device_kept,
    "MEMORY_FAILURE": memory_failure,
    "MEMORY_DEVICE_SIZE_CHANGE": memory_device,
    "PMSUSPEND": sleeps,
    "PMSUSPEND_DISK": sleeps_on_disk,
    "PMWAKEUP": woke_up,
    "RTC_CHANGE": clock,
    "GRAPHICS": graphics,
    "TUNABLE": tuned,
    "JOB_COMPLETED": job_completed,
    "MIGRATION_ITERATION": migration_iteration,
    "NIC_MAC_CHANGE": nic_mac,
    "VCPU_REMOVED": vcpu_removed,
}
"""The others; a libvirt may lack some."""


def _safe(text: Any) -> str:
    """A string of libvirt's, which may be missing or hostile, as one short line."""
    line = one_line(text) if isinstance(text, str) else ""
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _pick(words: tuple[str, ...], number: int, other: str) -> str:
    return words[number] if 0 <= number < len(words) else other
