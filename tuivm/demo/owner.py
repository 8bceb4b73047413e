"""Which processes are ours: the owner of a run, alive or dead, and the QEMU processes it left.

A process is told from a later one with the same number by its start time and the boot it lives in
(proc(5): field 22 of ``/proc/PID/stat``, ``/proc/sys/kernel/random/boot_id``).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


def boot_id() -> str:
    """Return the identity of the running boot; empty where the kernel does not tell."""
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def process_space() -> str:
    """Return the identity of the namespace our process numbers are of; empty where it is not told."""
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def start_time(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None when there is no such process."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The second field is the program's name in parentheses and may hold anything.
    fields = stat.rpartition(")")[2].split()
    # A zombie has ended; its number is only kept for its parent.
    if len(fields) < 20 or fields[0] in ("Z", "X"):
        return None
    return int(fields[19])


@dataclass(frozen=True, slots=True)
class Owner:
    """The process a run belongs to."""

    pid: int
    """Process id."""
    started: int
    """Start time, clock ticks since boot."""
    boot: str
    """Identity of the boot."""
    space: str
    """Identity of the process namespace: another container may share our folders but not our numbers."""

    @property
    def is_alive(self) -> bool:
        """Whether that very process still runs, or may for all we can see."""
        if self.boot != boot_id():
            return False
        return self.space != process_space() or start_time(self.pid) == self.started


def this_process() -> Owner:
    """Return this process as an owner."""
    pid = os.getpid()
    return Owner(pid, start_time(pid) or 0, boot_id(), process_space())


def command_line(pid: int) -> list[str]:
    """Return a process' arguments; empty when it is gone or a kernel thread."""
    try:
        raw = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return []
    return [os.fsdecode(word) for word in raw.split(b"\0") if word]


def _is_emulator_of(pid: int, root: Path) -> bool:
    """Whether a process of ours is a QEMU that has files below ``root``."""
    try:
        if (_PROC / str(pid)).stat().st_uid != os.getuid():
            return False
    except OSError:
        return False
    words = command_line(pid)
    if not words or not Path(words[0]).name.startswith("qemu"):
        return False
    return any(f"{root}/" in word for word in words[1:])


def emulators_of(root: Path) -> Iterator[int]:
    """Yield the process ids of the QEMU processes whose command line names files below ``root``."""
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and _is_emulator_of(int(entry.name), root):
            yield int(entry.name)


def kill_emulators(root: Path, limit: float = 5.0) -> int:
    """Kill the QEMU processes of ``root``, wait until they are gone (``limit`` seconds), return how many."""
    killed = set()
    deadline = time.monotonic() + limit
    while pids := list(emulators_of(root)):
        for pid in pids:
            if _kill(pid, root):
                killed.add(pid)
        if time.monotonic() > deadline:
            break
        time.sleep(0.02)
    return len(killed)


def _kill(pid: int, root: Path) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        # The handle is bound to the process: what it is now, it is when the signal arrives.
        if not _is_emulator_of(pid, root):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except OSError:
        return False
    finally:
        os.close(handle)
    return True
