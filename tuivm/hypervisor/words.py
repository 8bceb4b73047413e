"""libvirt's numbers in words: states, reasons, lifecycle events, driver names.

The numbers are those of ``virDomainState``, ``virDomain*Reason`` and ``virDomainEventType`` in
libvirt's ``libvirt-domain.h``; unknown ones (a newer libvirt) become empty words, never errors.
"""

from __future__ import annotations

from collections.abc import Mapping

from tuivm.model.domain import State

STATES: Mapping[int, State] = {
    0: State.UNKNOWN,
    1: State.RUNNING,
    2: State.BLOCKED,
    3: State.PAUSED,
    4: State.STOPPING,
    5: State.OFF,
    6: State.CRASHED,
    7: State.SUSPENDED,
}

_REASONS: Mapping[State, tuple[str, ...]] = {
    State.RUNNING: (
        "",
        "booted",
        "migrated",
        "restored",
        "from snapshot",
        "unpaused",
        "migration canceled",
        "save canceled",
        "woken up",
        "crashed",
        "post-copy",
        "post-copy failed",
    ),
    State.PAUSED: (
        "",
        "user",
        "migration",
        "being saved",
        "being dumped",
        "I/O error",
        "watchdog",
        "from snapshot",
        "shutting down",
        "snapshot being taken",
        "crashed",
        "starting up",
        "post-copy",
        "post-copy failed",
        "API error",
    ),
    State.STOPPING: ("", "user"),
    State.OFF: (
        "",
        "shut down",
        "destroyed",
        "crashed",
        "migrated",
        "saved",
        "failed to start",
        "from snapshot",
        "daemon",
    ),
    State.CRASHED: ("", "panicked"),
}

_EVENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("defined", ("new", "changed", "renamed", "from snapshot")),
    ("undefined", ("", "renamed")),
    ("started", ("booted", "migrated", "restored", "from snapshot", "woken up", "recovered")),
    (
        "paused",
        (
            "",
            "migrated",
            "I/O error",
            "watchdog",
            "restored",
            "from snapshot",
            "API error",
            "post-copy",
            "post-copy failed",
        ),
    ),
    ("resumed", ("", "migrated", "from snapshot", "post-copy", "post-copy failed")),
    (
        "stopped",
        ("shut down", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "recovered"),
    ),
    ("shut down", ("", "by the guest", "by the host")),
    ("suspended by its guest", ("to memory", "to disk")),
    ("crashed", ("panicked", "crash kernel loaded")),
)

_DRIVERS: Mapping[str, str] = {
    "QEMU": "QEMU",
    "LXC": "LXC",
    "Test": "TEST",
    "TEST": "TEST",
    "VBOX": "VirtualBox",
    "BHYVE": "bhyve",
    "CH": "Cloud Hypervisor",
    "vz": "Virtuozzo",
}


def state(number: int) -> State:
    """``virDomainState`` as our State."""
    return STATES.get(number, State.UNKNOWN)


def reason(of: State, number: int) -> str:
    """Why a domain is in the state ``of``; empty when libvirt does not tell."""
    return _pick(_REASONS.get(of, ()), number)


def lifecycle(event: int, detail: int) -> str:
    """A lifecycle event in words: ``stopped (destroyed)``."""
    if not 0 <= event < len(_EVENTS):
        return f"event {event}"
    word, details = _EVENTS[event]
    why = _pick(details, detail)
    return f"{word} ({why})" if why else word


def driver(name: str) -> str:
    """The hypervisor's name for the header, from ``virConnectGetType``."""
    return _DRIVERS.get(name, name)


def version(number: int) -> str:
    """Libvirt's version number (major * 1,000,000 + minor * 1,000 + release) as ``7.2.9``; empty for 0."""
    if number <= 0:
        return ""
    return f"{number // 1_000_000}.{number // 1_000 % 1_000}.{number % 1_000}"


def _pick(words: tuple[str, ...], number: int) -> str:
    return words[number] if 0 <= number < len(words) else ""
