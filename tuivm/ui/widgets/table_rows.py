"""What the rows of the domain list show, put together when they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Protocol

from tuivm.core.groups import GroupKey, RowKey, Sums
from tuivm.model.domain import DomainKey
from tuivm.model.inventory import Inventory, Link
from tuivm.model.job import Job, JobState
from tuivm.model.units import duration
from tuivm.ui.signs import SPINNER, SPINNER_ASCII, WAITING, WAITING_ASCII
from tuivm.ui.widgets.cells import Row
from tuivm.ui.widgets.row import GroupRow

_SPINNERS = (SPINNER, SPINNER_ASCII)
_WAITS = (WAITING, WAITING_ASCII)


class Groups(Protocol):
    """What is needed of a listing; asked only for rows that are drawn."""

    def sums(self, group: GroupKey) -> Sums:
        """Return what the members have together."""

    def is_folded(self, group: GroupKey) -> bool:
        """Whether the members are out of sight."""

    def members(self, group: GroupKey) -> tuple[DomainKey, ...]:
        """Return the domains of the group."""


@dataclass(frozen=True, slots=True)
class RowSource:
    """Whom to ask for what a row shows; each is asked only for rows that are drawn."""

    pending: Callable[[DomainKey], Job | None]
    """The job of a domain that is not over."""
    console: Callable[[DomainKey], tuple[str, str]]
    """The sign of a domain's console and how bad its alert is (see ``Row``)."""
    marks: Container[DomainKey]
    """The marked domains."""
    clock: Callable[[], float]
    """Unix seconds."""
    groups: Groups | None
    """The groups; None where there can be none."""
    ascii_only: bool
    """Whether only ASCII may be used."""

    def is_busy(self, key: RowKey) -> bool:
        """Whether something is being done to a domain, and not only to be done."""
        return isinstance(key, DomainKey) and _moves(self.pending(key))

    def row(self, key: RowKey, inventory: Inventory, frame: int) -> Row | GroupRow | None:
        """Return what the row shows; None for a domain that is gone. ``frame`` counts the spinner's signs."""
        stale = inventory.link is Link.LOST
        if isinstance(key, GroupKey):
            return self._group(key, stale)
        domain = inventory.domains.get(key)
        if domain is None:
            return None
        job = self.pending(key)
        frames = (_SPINNERS if _moves(job) else _WAITS)[self.ascii_only]
        progress = job.progress if job else None
        console, severity = self.console(key)
        return Row(
            domain=domain,
            sample=inventory.samples.get(key),
            uptime="" if domain.started is None else duration(self.clock() - domain.started),
            verb=job.verb if job else "",
            spinner=frames[frame % len(frames)] if job else "",
            percent=progress.percent if progress else None,
            stale=stale,
            console=console,
            severity=severity,
            marked=key in self.marks,
        )

    def _group(self, key: GroupKey, stale: bool) -> GroupRow | None:
        if self.groups is None:
            return None
        sums = self.groups.sums(key)
        marked = sum(1 for member in self.groups.members(key) if member in self.marks) if self.marks else 0
        every = 0 < marked == sums.count
        return GroupRow(key, sums, self.groups.is_folded(key), every, marked > 0, stale)


def _moves(job: Job | None) -> bool:
    return job is not None and job.state is not JobState.QUEUED
