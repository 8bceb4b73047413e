"""The part of the in-memory fake that long operations need: how far they are, and their end."""

from __future__ import annotations

from collections import Counter

from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.model.job import Operation, Progress


class MemoryJobs:
    """Knobs: ``progress`` (what an operation on a domain answers), ``operations`` (the same for whoever
    began it), ``aborted`` (those asked to end)."""

    calls: Counter[str]
    fault: Exception | None

    def __init__(self) -> None:
        self.progress: dict[DomainKey, Progress] = {}
        self.operations: dict[DomainKey, Operation] = {}
        self.aborted: list[DomainKey] = []
        self.abort_refusal: Exception | None = None

    def job_progress(self, key: DomainKey) -> Progress | None:
        self.calls["job_progress"] += 1
        if self.fault is not None:
            raise self.fault
        return self.progress.get(key)

    def operation(self, key: DomainKey) -> Operation | None:
        self.calls["operation"] += 1
        if self.fault is not None:
            raise self.fault
        return self.operations.get(key)

    def abort_job(self, key: DomainKey) -> None:
        self.calls["abort_job"] += 1
        refusal = self.fault or self.abort_refusal
        if refusal is not None:
            raise refusal
        if key not in self.progress:
            raise Invalid("Requested operation is not valid: no job is active on the domain", code=55)
        self.aborted.append(key)
