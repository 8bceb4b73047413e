"""Buries the QEMU processes that libvirt's embedded driver started and ended.

They are daemons, so their parent is process 1. In a container that may be a program that never, or
late, asks for its dead children; a domain then cannot be forced off, because libvirt waits until the
process is gone. So this process makes itself the parent of its orphans (prctl(2),
``PR_SET_CHILD_SUBREAPER``) and asks for those that are QEMU.
"""

from __future__ import annotations

import ctypes
import os
import threading
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_INTERVAL = 0.05
_TASKS = Path("/proc/self/task")


def _adopt_orphans(adopt: bool) -> bool:
    """Become the parent of orphaned descendants, or leave them to process 1; False where it cannot be had."""
    try:
        status: int = ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(adopt), 0, 0, 0)
    except (OSError, AttributeError):
        return False
    return status == 0


def _children() -> list[int]:
    found: list[int] = []
    for task in _TASKS.iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            # The thread ended meanwhile, or this kernel does not tell.
            continue
    return found


def is_dead_daemon(stat: str, session: int) -> bool:
    """Whether ``/proc/PID/stat`` (proc(5)) is of an ended QEMU in another session than ours.

    One in our session is a child that somebody in this process started and waits for.
    """
    head, _, rest = stat.rpartition(")")
    fields = rest.split()
    name = head.partition("(")[2]
    return len(fields) > 3 and fields[0] == "Z" and name.startswith("qemu") and int(fields[3]) != session


def bury() -> int:
    """Ask for every dead QEMU daemon among our children; return how many there were."""
    buried = 0
    session = os.getsid(0)
    for pid in _children():
        try:
            if is_dead_daemon(Path(f"/proc/{pid}/stat").read_text(errors="replace"), session):
                buried += os.waitpid(pid, os.WNOHANG)[0] == pid
        except OSError:
            continue
    return buried


class Reaper:
    """A thread that buries until it is stopped."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, where the system allows it."""
        if self._thread is None and _adopt_orphans(True):
            self._thread = threading.Thread(target=self._work, name="demo-reaper", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while not self._stop.wait(_INTERVAL):
            bury()

    def stop(self) -> None:
        """Bury what is dead and end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            bury()
            _adopt_orphans(False)
