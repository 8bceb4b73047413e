"""The audit log: who did what to which domain, and how it ended. JSON lines, appended, never changed.

Two lines an action, ``begun`` and its end (``done``, ``failed``, ``cancelled``), joined by ``pid`` and
``job``: one that has no end was cut off with the program. Only the user may read the file. It is turned over
at a size (``audit.log.1`` is the one before), under a lock, as several tuivms may write it at once.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tuivm.core.lane import Lane
from tuivm.model.job import Job, JobState

LIMIT = 4 * 1024 * 1024
"""Bytes at which the file is turned over."""
KEPT = 4
"""How many files of before are kept."""
WAITING = 10_000
"""Most lines held while they cannot be written; the oldest are lost, and that is written."""
RETRY = 5.0
"""Seconds until lines that could not be written are tried again."""
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class Audit:
    """The file is made at the first line; ``limit`` in bytes, ``kept`` in files."""

    def __init__(self, path: Path, *, limit: int = LIMIT, kept: int = KEPT) -> None:
        self.path = path
        """Where it is written."""
        self._complain: Callable[[str], None] = _nobody
        self._limit = limit
        self._kept = kept
        self._who: dict[str, object] = {}
        self._begun: set[int] = set()
        self._lines: deque[dict[str, Any]] = deque()
        self._lost = 0
        self.problem = ""
        """Why lines cannot be written, one line; empty while they can."""
        self._condition = threading.Condition()
        self._lane = Lane("tuivm-audit", self._write_all)

    def start(self, complain: Callable[[str], None]) -> None:
        """Start the thread that writes. It tells ``complain`` one line an outage when it cannot."""
        self._complain = complain
        self._lane.start()

    def note(self, job: Job) -> None:
        """Take a step of a job: its beginning and its end become lines. Returns at once; any lock held."""
        if job.state is JobState.QUEUED or (job.state is JobState.RUNNING and job.id in self._begun):
            return
        if job.state is JobState.RUNNING:
            self._begun.add(job.id)
            result = "begun"
        else:
            self._begun.discard(job.id)
            result = job.state.value
        self.append(
            connection=job.key.connection,
            job=job.id,
            verb=job.verb,
            domain=job.name,
            uuid=job.key.uuid,
            command=job.command,
            result=result,
            message="" if result == "begun" else job.message,
        )

    def append(self, **fields: object) -> None:
        """Append a line of these fields, with the time and who it was before them. Returns at once."""
        with self._condition:
            self._lines.append({"time": _stamp(time.time()), **fields})
            while len(self._lines) > WAITING:
                self._lines.popleft()
                self._lost += 1
        self._lane.poke()

    def close(self, timeout: float) -> bool:
        """Write what is left and end the thread; returns whether all was written in ``timeout`` seconds."""
        self._lane.poke()
        with self._condition:
            written = self._condition.wait_for(lambda: not self._lines, max(0.0, timeout))
        self._lane.stop()
        return written

    # -- the audit's thread ---------------------------------------------------------------------

    def _write_all(self) -> float | None:
        with self._condition:
            lines = list(self._lines)
            lost = self._lost
        if not lines:
            return None
        try:
            self._write(self._encoded(lines, lost))
        except OSError as error:
            if not self.problem:
                self.problem = f"the audit log {self.path} cannot be written: {error.strerror}"
                self._complain(self.problem)
            return RETRY
        with self._condition:
            self.problem = ""
            self._lost -= lost
            for line in lines:
                if self._lines and self._lines[0] is line:
                    self._lines.popleft()
            self._condition.notify_all()
            return 0.0 if self._lines else None

    def _encoded(self, lines: list[dict[str, Any]], lost: int) -> bytes:
        """The lines as they are written; the name is asked for here, as that may take its time."""
        import json  # at the start of the program nothing is written

        if not self._who:
            self._who = _who()
        if lost:
            message = f"{lost} lines before these could not be written"
            lines = [{"time": lines[0]["time"], "result": "lost", "message": message}, *lines]
        told = ({"time": line["time"], **self._who, **line} for line in lines)
        return b"".join(json.dumps(line).encode() + b"\n" for line in told)

    def _write(self, data: bytes) -> None:
        """Append whole lines or nothing. Raises OSError."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._open(len(data))
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":
                data = b"\n" + data  # A line cut off by a crash stays one line.
            try:
                _write_whole(file, data)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(file, size)
                raise
        finally:
            os.close(file)

    def _open(self, more: int) -> int:
        """The locked file with room for ``more`` bytes, ours alone to read. Raises OSError."""
        while True:
            file = os.open(self.path, _FLAGS, 0o600)
            try:
                found = os.fstat(file)
                if not stat.S_ISREG(found.st_mode):
                    raise OSError(errno.EINVAL, "not a file")
                if found.st_mode & 0o077:
                    os.fchmod(file, 0o600)
                fcntl.flock(file, fcntl.LOCK_EX)
                # Another tuivm may have turned it over while this one waited for the lock.
                if self._is_current(file):
                    size = os.fstat(file).st_size
                    if not size or size + more <= self._limit:
                        return file
                    self._turn_over()
            except OSError:
                os.close(file)
                raise
            os.close(file)

    def _is_current(self, file: int) -> bool:
        try:
            return os.path.samestat(self.path.stat(follow_symlinks=False), os.fstat(file))
        except FileNotFoundError:
            return False

    def _turn_over(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            with suppress(FileNotFoundError):
                self._old(number).replace(self._old(number + 1))
        self.path.replace(self._old(1))

    def _old(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}")


def _who() -> dict[str, object]:
    """Who runs the program: the user's name, or the number where it has none, and who became that user."""
    import pwd

    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = str(os.getuid())
    behind = os.environ.get("SUDO_USER")
    return {"user": name, **({"sudo_user": behind} if behind else {}), "pid": os.getpid()}


def _stamp(now: float) -> str:
    """Unix seconds as ISO 8601 in UTC, with milliseconds."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now * 1000) % 1000:03d}Z"


def _write_whole(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _nobody(_: str) -> None:
    """Where complaints go before anybody hears them."""
