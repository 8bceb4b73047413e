"""Logs of what consoles print: plain text, one file a domain, put aside when it is large.

Written by a thread of its own, so that a slow disk holds up neither the consoles nor the screen. What a guest
prints faster than it can be written is left out, and a line in the log says so.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tuivm.core.console_text import Lines
from tuivm.core.recordings import file_name
from tuivm.core.waiting import Waiting
from tuivm.model.domain import DomainKey

QUEUE_LIMIT = 1 << 20
"""Bytes of one console that wait to be written; what comes while they are full is left out."""
PATIENCE = 0.25
"""Seconds between two writes."""


class LogFile:
    """Files ``NAME.log``, ``NAME.log.1`` (the one before), ... Every method may raise OSError.

    ``size`` in bytes: a file that would become larger is put aside. ``count`` files are kept, at least one.
    All are readable by the user alone.
    """

    def __init__(self, path: Path, size: int, count: int) -> None:
        self.path = path
        self._most = size
        self._count = count
        self._file = -1
        self._size = 0

    def write(self, lines: list[str]) -> None:
        """Append lines; written whole or, when the disk is full, cut off after a whole line."""
        if self._file < 0 or os.fstat(self._file).st_nlink == 0:
            self._open()
        piece: list[bytes] = []
        size = self._size
        for line in lines:
            data = f"{line}\n".encode("utf-8", "replace")
            if size and size + len(data) > self._most:
                self._append(b"".join(piece))
                self._rotate()
                self._open()
                piece, size = [], 0
            piece.append(data)
            size += len(data)
        self._append(b"".join(piece))

    def close(self) -> None:
        """Close the file; writing opens it again."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _append(self, data: bytes) -> None:
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            whole = data.rfind(b"\n", 0, written) + 1
            with suppress(OSError):
                os.ftruncate(self._file, self._size + whole)
            self._size += whole
            raise
        self._size += written

    def _open(self) -> None:
        self.close()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(self.path, flags, 0o600)
        self._size = os.fstat(self._file).st_size

    def _rotate(self) -> None:
        """Give each file the next number; the last one goes."""
        self.close()
        for number in range(self._count - 1, 0, -1):
            older = self._numbered(number)
            newer = self._numbered(number - 1)
            with suppress(FileNotFoundError):
                newer.replace(older)
        if self._count == 1:
            with suppress(FileNotFoundError):
                self.path.unlink()

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.{number}") if number else self.path


class ConsoleLog:
    """One console's log: takes bytes on any thread, writes them on the writer's."""

    def __init__(self, poke: Callable[[], None]) -> None:
        self.file: LogFile | None = None
        """Where to; None until it is known."""
        self.failed = ""
        """Why nothing is written any more."""
        self._poke = poke
        self._waiting = Waiting(QUEUE_LIMIT)
        self._over = False
        self._lines = Lines()

    def output(self, data: bytes) -> None:
        """The guest printed."""
        if not self.failed and self._waiting.put(data):
            self._poke()

    def typed(self, data: bytes) -> None:
        """Nothing of what is typed is logged: the guest echoes what may be seen."""

    def resized(self, columns: int, lines: int) -> None:
        """A log has no width."""

    def closed(self) -> None:
        """The console was closed: its last line has ended."""
        self._over = True
        self._poke()

    def take(self) -> list[str]:
        """The lines that came since the last call. On the writer's thread."""
        over, self._over = self._over, False
        data, dropped = self._waiting.take()
        lines = self._lines.feed(data)
        if dropped or over:
            lines += [self._lines.partial] if self._lines.partial else []
            self._lines.reset()
        if dropped:
            lines.append(
                f"[tuivm: {dropped:,} bytes left out here, printed faster than they could be written]"
            )
        return lines


@dataclass(frozen=True, slots=True)
class _Entry:
    """One log and whose it is."""

    log: ConsoleLog
    """It."""
    key: DomainKey
    """The domain."""
    name_of: Callable[[DomainKey], str]
    """Tells the domain's name."""
    console: weakref.ref[object]
    """The console; a log does not keep it."""


class ConsoleLogs:
    """The logs of every console and the thread that writes them.

    ``announce`` says one line to the user, on the writer's thread. ``size`` and ``count`` as for
    :class:`LogFile`; ``timestamps`` puts date and time before each line.
    """

    def __init__(self, folder: Path, size: int, count: int, *, timestamps: bool = False) -> None:
        self.folder = folder
        """Where the files are."""
        self._most = size
        self._count = count
        self._timestamps = timestamps
        self._announce: Callable[[str], None] = lambda _text: None
        self._logs: list[_Entry] = []
        self._files: dict[Path, DomainKey] = {}
        self._wake = threading.Condition(threading.Lock())
        self._poked = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tuivm-console-log", daemon=True)

    def add(self, console: object, key: DomainKey, name_of: Callable[[DomainKey], str]) -> ConsoleLog:
        """A log for one more console, of the domain ``key``.

        ``name_of`` tells the domain's name when the first line comes. When nobody holds ``console`` any
        more the log ends; the next console of the domain goes on with its file.
        """
        log = ConsoleLog(self._poke)
        with self._wake:
            self._logs.append(_Entry(log, key, name_of, weakref.ref(console)))
        return log

    def start(self, announce: Callable[[str], None]) -> None:
        """Begin to write."""
        self._announce = announce
        self._thread.start()

    def close(self, timeout: float) -> None:
        """Write what waits and end, within ``timeout`` seconds."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join(max(0.0, timeout))

    def _poke(self) -> None:
        with self._wake:
            self._poked = True
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._poked or self._stopping)
                # What comes within this time is written at once.
                self._wake.wait_for(lambda: self._stopping, PATIENCE)
                self._poked = False
                stopping = self._stopping
                logs = tuple(self._logs)
            for entry in logs:
                over = stopping or entry.console() is None
                self._write(entry, over=over)
                if over:
                    with self._wake:
                        self._logs.remove(entry)
            if stopping:
                return

    def _write(self, entry: _Entry, *, over: bool) -> None:
        log = entry.log
        if over:
            log.closed()
        lines = log.take()
        if log.failed:
            return
        try:
            if lines:
                if log.file is None:
                    log.file = LogFile(self._path(entry), self._most, self._count)
                if self._timestamps:
                    now = time.strftime("%Y-%m-%d %H:%M:%S ")
                    lines = [now + line for line in lines]
                log.file.write(lines)
            if over and log.file is not None:
                log.file.close()
        except OSError as error:
            log.failed = error.strerror or type(error).__name__
            where = self.folder
            if log.file is not None:
                where = log.file.path
                with suppress(OSError):
                    log.file.close()
            self._announce(f"console log stopped: {where}: {log.failed}")

    def _path(self, entry: _Entry) -> Path:
        """A file that no other domain of this session has."""
        stem = file_name(entry.name_of(entry.key))
        path = self.folder / f"{stem}.log"
        number = 1
        while self._files.setdefault(path, entry.key) != entry.key:
            number += 1
            path = self.folder / f"{stem}~{number}.log"
        return path
