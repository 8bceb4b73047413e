"""The recordings of consoles that are under way."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm import paths
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.event import Event, EventKind

if TYPE_CHECKING:
    from tuivm.core.recorder import Recorded, Recorder


class Recordings:
    """The recordings under way: at most one of each console.

    ``domain_of`` tells the domain of a console; ``tell`` gets an event when a recording ends, on the thread
    of the recorder.
    """

    def __init__(
        self,
        domain_of: Callable[[DomainKey], Domain | None],
        tell: Callable[[Event], None],
        folder: Path | None = None,
    ) -> None:
        self._domain_of = domain_of
        self._tell = tell
        self._folder = folder
        self._lock = threading.Lock()
        self._recorders: dict[DomainKey, Recorder] = {}
        # Those that were stopped and may still have something to write.
        self._ending: list[Recorder] = []
        self._given: set[Path] = set()

    @property
    def folder(self) -> Path:
        """Where recordings are put."""
        return self._folder or paths.data_dir() / "recordings"

    def of(self, key: DomainKey) -> Recorder | None:
        """The recording of a domain's console that is under way."""
        with self._lock:
            return self._recorders.get(key)

    def toggle(self, console: Recorded, *, typed: bool = False) -> Path | None:
        """Record this console from now on, or stop; returns the file, None when it was stopped.

        For the screen's thread; returns at once. ``typed``: what is typed is recorded too, passwords
        included.
        """
        with self._lock:
            recorder = self._recorders.pop(console.key, None)
            if recorder is not None:
                self._ending.append(recorder)
        if recorder is not None:
            recorder.stop()
            console.recording = None
            return None
        from tuivm.core.recorder import Recorder  # most users record nothing

        domain = self._domain_of(console.key)
        name = domain.name if domain is not None else console.key.uuid
        path = self._path(name)
        with self._lock:
            recorder = Recorder(console, path, typed=typed, title=f"console of {name}", over=self._ended)
            self._recorders[console.key] = recorder
        return path

    def close(self, timeout: float) -> None:
        """Stop them all and wait until they are written, at most ``timeout`` seconds."""
        end = time.monotonic() + timeout
        with self._lock:
            recorders = [*self._recorders.values(), *self._ending]
        for recorder in recorders:
            recorder.stop()
        for recorder in recorders:
            recorder.join(end - time.monotonic())

    def _path(self, name: str) -> Path:
        stem = f"{file_name(name)}-{time.strftime('%Y%m%d-%H%M%S')}"
        path = self.folder / f"{stem}.cast"
        number = 1
        while path in self._given:
            number += 1
            path = self.folder / f"{stem}-{number}.cast"
        self._given.add(path)
        return path

    def _ended(self, recorder: Recorder) -> None:
        console = recorder.console
        with self._lock:
            if recorder in self._ending:
                self._ending.remove(recorder)
            if self._recorders.get(console.key) is recorder:
                del self._recorders[console.key]
            if console.key not in self._recorders:
                console.recording = None
        if recorder.error:
            kept = "; what was written is kept" if recorder.size else ""
            words = f"recording stopped: {recorder.error}{kept}: {recorder.path}"
        else:
            words = f"recorded {recorder.seconds:,.0f} s: {recorder.path}"
        domain = self._domain_of(console.key)
        name = domain.name if domain is not None else ""
        notice = "warning" if recorder.error else "information"
        self._tell(Event(EventKind.CONSOLE, time.time(), console.key, name, words, notice=notice))


def file_name(name: str) -> str:
    """A domain's name as a part of a file's name: letters, digits, dots, dashes; at most 80 characters."""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name[:200]).strip("-.")[:80]
    return safe or "domain"
