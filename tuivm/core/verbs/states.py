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


def restores(domain: Domain) -> str | None:
    """For what goes on from a saved state."""
    if not domain.saved:
        return "no saved state"
    return "already running" if domain.state.is_active else None


def has_saved(domain: Domain) -> str | None:
    """For what needs a saved state."""
    return None if domain.saved else "no saved state"


def saves(domain: Domain) -> str | None:
    """For what puts the memory on disk until the next start."""
    reason = exists(domain)
    if reason is None and not domain.persistent:
        return "transient: nothing would be there to be restored"
    return reason


def runs(domain: Domain) -> str | None:
    """For what the guest itself must react to."""
    if domain.state is State.PAUSED:
        return "paused: the guest cannot react; resume it first"
    if domain.state is State.SUSPENDED:
        return "suspended by its own guest"
    return exists(domain)


def asks_agent(domain: Domain) -> str | None:
    """For what the guest's agent does."""
    return runs(domain) or domain.agent_problem or None


def pauses(domain: Domain) -> str | None:
    """For what stops the virtual CPUs."""
    return "already paused" if domain.state is State.PAUSED else runs(domain)


def resumes(domain: Domain) -> str | None:
    """For what lets them go on."""
    return None if domain.state is State.PAUSED else "not paused"


def wakes(domain: Domain) -> str | None:
    """For what ends a sleep."""
    return None if domain.state is State.SUSPENDED else "not asleep"


def exists(domain: Domain) -> str | None:
    """For what needs a process."""
    return None if domain.state.is_active or domain.state is State.UNKNOWN else "not running"


def persists(domain: Domain) -> str | None:
    """For what only a defined domain has."""
    if not domain.persistent:
        return "transient: it is gone when it stops"
    return "this hypervisor does not tell autostart" if domain.autostart is None else None


def renames(domain: Domain) -> str | None:
    """For a new name, which QEMU takes only of what is off and has no saved state."""
    if domain.state.is_active:
        return "running: only a domain that is off can be renamed"
    return "it has a saved state, which goes by its name" if domain.saved else None


def locks(domain: Domain) -> str | None:
    """For what protects it."""
    return "already locked" if domain.locked else None


def unlocks(domain: Domain) -> str | None:
    """For what ends the protection."""
    return None if domain.locked else "not locked"


def anything(_: Domain) -> str | None:
    """Always."""
    return None


def has_snapshots(domain: Domain) -> str | None:
    """For what needs a snapshot."""
    return None if domain.has_snapshots else "no snapshots"
