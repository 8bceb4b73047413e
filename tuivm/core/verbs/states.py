"""When a verb can be used: None for now, else why not, in a few words."""

from __future__ import annotations

from tuivm.model.domain import Domain, State


def starts(domain: Domain) -> str | None:
    """For what makes it run."""
    if domain.state in (State.RUNNING, State.BLOCKED):
        return "already running"
    if domain.state is State.STOPPING:
        return "still shutting down"
    return "suspended by its own guest: wake it" if domain.state is State.SUSPENDED else None


def runs(domain: Domain) -> str | None:
    """For what the guest itself must react to."""
    if domain.state is State.PAUSED:
        return "paused: the guest cannot react; resume it first"
    if domain.state is State.SUSPENDED:
        return "suspended by its own guest"
    return exists(domain)


def pauses(domain: Domain) -> str | None:
    """For what stops the virtual CPUs."""
    return "already paused" if domain.state is State.PAUSED else runs(domain)


def resumes(domain: Domain) -> str | None:
    """For what lets them go on."""
    return None if domain.state is State.PAUSED else "not paused"


def exists(domain: Domain) -> str | None:
    """For what needs a process."""
    return None if domain.state.is_active or domain.state is State.UNKNOWN else "not running"


def persists(domain: Domain) -> str | None:
    """For what only a defined domain has."""
    if not domain.persistent:
        return "transient: it is gone when it stops"
    return "this hypervisor does not tell autostart" if domain.autostart is None else None


def anything(_: Domain) -> str | None:
    """Always."""
    return None


def has_snapshots(domain: Domain) -> str | None:
    """For what needs a snapshot."""
    return None if domain.has_snapshots else "no snapshots"
