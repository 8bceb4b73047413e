"""Who writes: one program at a time, the holder of a lock that the kernel takes back when it ends."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class Lease:
    """The right to write to a history: a lock on a file beside it, that says who holds it."""

    def __init__(self, path: Path, role: str) -> None:
        """``path`` of the history; ``role`` is the word others are told (``screen``, ``record``)."""
        self.path = path.with_name(path.name + ".lock")
        """The file that is locked."""
        self._role = role
        self._file = -1

    @property
    def held(self) -> bool:
        """Whether this program has it."""
        return self._file >= 0

    def take(self) -> bool:
        """Try to get it; returns whether it is held. Raises OSError when the file cannot be made."""
        if self.held:
            return True
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        with suppress(OSError):  # only a courtesy: the lock counts, on a full disk too
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()} {self._role}\n".encode(), 0)
        return True

    def holder(self) -> tuple[int, str]:
        """Process and role of who holds it, as far as that can be told; 0 and empty for nobody known."""
        try:
            words = self.path.read_text("ascii", "replace")[:100].split()
        except OSError:
            return 0, ""
        if len(words) == 2 and words[0].isdigit() and words[1].isalpha():
            return int(words[0]), words[1]
        return 0, ""

    def give_back(self) -> None:
        """Let others have it. A second call does nothing."""
        if self.held:
            os.close(self._file)
            self._file = -1
