"""When an active domain was started: libvirt does not tell, its process does.

QEMU carries ``-uuid UUID`` in its command line, a container's controller ``libvirt_lxc --name NAME``.
One pass over ``/proc`` answers for any number of domains, and an answer is kept for as long as the
domain keeps its id; nothing is read on a tick.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Active:
    """An active domain whose start is asked for."""

    uuid: str
    """Its UUID."""
    id: int
    """libvirt's id: a new one means that it was started again."""
    name: str
    """Its name, by which a container's process is found."""


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

        by_uuid = {one.uuid.encode(): one.uuid for one in unknown}
        by_name = {one.name.encode(errors="surrogateescape"): one.uuid for one in unknown}
        found: dict[str, float] = {}
        for entry in self._proc.iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                uuid = by_uuid.get(_after(words, b"-uuid"))
                if uuid is None and words[0].endswith(b"libvirt_lxc"):
                    uuid = by_name.get(_after(words, b"--name"))
                if uuid is not None:
                    found[uuid] = psutil.Process(int(entry.name)).create_time()
            except (OSError, psutil.Error):
                continue  # It ended meanwhile, or is not ours to read.
        return found


def _after(words: list[bytes], option: bytes) -> bytes:
    """The word that follows ``option``; empty when there is none."""
    try:
        return words[words.index(option) + 1]
    except (ValueError, IndexError):
        return b""
