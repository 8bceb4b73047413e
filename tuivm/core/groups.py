"""Groups of the list: by what domains are put together, and the sums of their members. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tuivm.core.figures import total
from tuivm.core.sorting import natural
from tuivm.model.column import Grouping
from tuivm.model.domain import ACTIVE, Domain, DomainKey, State
from tuivm.model.stats import Sample


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A group's identity."""

    by: Grouping
    """What its members have in common."""
    value: str
    """The tag (hostile data, empty for those without one), the connection's URI, or the state."""

    def __hash__(self) -> int:
        return hash(self.value)


RowKey = DomainKey | GroupKey
"""What a row of the list stands for."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What the members of a group have together. None where no member tells it."""

    count: int = 0
    """Members."""
    running: int = 0
    """Of them, those that are not stopped."""
    vcpus: int = 0
    """Virtual CPUs of the running ones."""
    cpu: float | None = None
    """Percent of these vCPUs in use, 0..100."""
    memory_used: int | None = None
    """Bytes that the running ones use."""
    memory_given: int = 0
    """Bytes given to the running ones."""
    disk_read: float | None = None
    """Bytes a second."""
    disk_write: float | None = None
    """Bytes a second."""
    net_rx: float | None = None
    """Bytes a second."""
    net_tx: float | None = None
    """Bytes a second."""


def group_of(domain: Domain, by: Grouping) -> GroupKey:
    """Return the group a domain stands in: of several tags the first counts, so that sums add up."""
    if by is Grouping.TAG:
        return GroupKey(by, domain.tags[0] if domain.tags else "")
    if by is Grouping.HOST:
        return GroupKey(by, domain.key.connection)
    return GroupKey(by, domain.state.value)


def grouped(
    keys: Iterable[DomainKey], domains: Mapping[DomainKey, Domain], by: Grouping
) -> dict[GroupKey, list[DomainKey]]:
    """Put ``keys`` into groups, in which they keep their order.

    Groups come in the natural order of their names, those of states in the order of states, and what has
    no tag last.
    """
    groups: dict[GroupKey, list[DomainKey]] = {}
    for key in keys:
        groups.setdefault(group_of(domains[key], by), []).append(key)
    return {group: groups[group] for group in sorted(groups, key=_place)}


_STATES = {state.value: rank for rank, state in enumerate(State)}


def _place(group: GroupKey) -> tuple[object, ...]:
    if group.by is Grouping.STATE:
        return (_STATES[group.value],)
    return (not group.value, natural(group.value), group.value)


def sums(
    members: Iterable[DomainKey], domains: Mapping[DomainKey, Domain], samples: Mapping[DomainKey, Sample]
) -> Sums:
    """Add up what the members use. A stopped one costs a look at its state."""
    count = running = vcpus = used_vcpus = given = 0
    cpu, used = 0.0, None
    read: float | None = None
    write: float | None = None
    received: float | None = None
    sent: float | None = None
    for key in members:
        count += 1
        domain = domains[key]
        if domain.state not in ACTIVE:
            continue
        running += 1
        vcpus += domain.vcpus
        given += domain.memory
        sample = samples.get(key)
        if sample is None:
            continue
        if sample.cpu is not None:
            cpu += sample.cpu * domain.vcpus
            used_vcpus += domain.vcpus
        if sample.memory_used is not None:
            used = (used or 0) + sample.memory_used
        read, write = total(read, sample.disk_read), total(write, sample.disk_write)
        received, sent = total(received, sample.net_rx), total(sent, sample.net_tx)
    share = cpu / used_vcpus if used_vcpus else None
    return Sums(count, running, vcpus, share, used, given, read, write, received, sent)
