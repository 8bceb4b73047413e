"""When an active domain was started: libvirt does not tell, its process does.

One pass over ``/proc`` answers for any number of domains, and an answer is kept for as long as the
domain keeps its id; nothing is read on a tick.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from tuivm.hypervisor.processes import Active, find


class Uptimes:
    """Start times of the active domains of one connection. Safe to use from several threads."""

    def __init__(self, *, local: bool, proc: Path = Path("/proc")) -> None:
        self._local = local
        self._proc = proc
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, float | None]] = {}

    def note(self, uuid: str, number: int, started: float) -> None:
        """An event told that the domain was started just now."""
        with self._lock:
            self._known[uuid] = (number, started)

    def of(self, domains: Iterable[Active]) -> Mapping[str, float | None]:
        """Start of each, Unix seconds, by UUID; None where it cannot be known."""
        wanted = list(domains)
        with self._lock:
            unknown = [one for one in wanted if self._known.get(one.uuid, (-1, None))[0] != one.id]
        found = self._scan(unknown) if unknown and self._local else {}
        with self._lock:
            for one in unknown:
                self._known[one.uuid] = (one.id, found.get(one.uuid))
            return {one.uuid: self._known[one.uuid][1] for one in wanted}

    def _scan(self, unknown: list[Active]) -> dict[str, float]:
        import psutil  # a host without active domains starts without it

        found: dict[str, float] = {}
        for uuid, pid in find(unknown, self._proc):
            try:
                found[uuid] = psutil.Process(pid).create_time()
            except psutil.Error:
                continue  # It ended meanwhile, or is not ours to read.
        return found
