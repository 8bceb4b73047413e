"""What happened, for the tests of the log: a little of every kind, and hostile names among it."""

from __future__ import annotations

from dataclasses import replace

from tests.memory import MemoryHypervisor
from tuivm.model.event import Event, EventKind, Severity

HOSTILE = "device \x1b[31m[red]x[/red]\u202e\n" + "n" * 250 + " added"
_LONG = "/var/lib/libvirt/images/very/long/path/to/the/image/of/web-1.qcow2"


def story(hypervisor: MemoryHypervisor, now: float) -> list[Event]:
    """Ten events within a minute before ``now``, in Unix seconds."""

    def event(kind: EventKind, name: str, detail: str, grade: Severity = Severity.INFORMATION) -> Event:
        key = None if kind in (EventKind.NETWORK, EventKind.POOL) else hypervisor.key(name)
        return Event(kind, now, key, name, detail, severity=grade, rereads=False)

    error, warning = Severity.ERROR, Severity.WARNING
    events = [
        event(EventKind.LIFECYCLE, "db", "started (booted)"),
        replace(event(EventKind.BALLOON, "db", "balloon: 512M left to the guest"), count=1204),
        replace(
            event(
                EventKind.IO_ERROR, "web-1", f"I/O error on virtio-disk0 {_LONG} (no space): paused", error
            ),
            notice="error",
        ),
        event(EventKind.LIFECYCLE, "web-1", "paused (I/O error)", warning),
        replace(
            event(EventKind.PANIC, "build", "crashed (panicked): the guest panicked", error), notice="error"
        ),
        event(EventKind.NETWORK, "default", "network started"),
        replace(event(EventKind.POOL, "images", "storage pool stopped", warning), notice="warning"),
        event(EventKind.CLOCK, "db", "clock set to UTC+3600 s", Severity.QUIET),
        event(EventKind.DEVICE, "mail", HOSTILE),
        event(EventKind.REBOOT, "web-1", "rebooted"),
    ]
    return [replace(one, time=now - 60 + 6 * index) for index, one in enumerate(events)]
