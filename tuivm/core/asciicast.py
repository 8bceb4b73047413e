"""asciicast, the file format of terminal recordings: written as version 2, read as version 2 or 3.

A header line and one line for each event, all JSON; the format is asciinema's
(https://docs.asciinema.org/manual/asciicast/v2/ and .../v3/). Files are written in plain ASCII: what a guest
printed is escaped, so that a recording shown with ``cat`` acts on no terminal.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tuivm.model.errors import TuivmError
from tuivm.model.line import one_line

OUTPUT, INPUT, RESIZE, MARKER = "o", "i", "r", "m"
"""Kinds of events: what the guest printed, what was typed, ``COLUMNSxLINES``, a note."""
LONGEST_LINE = 4 << 20
"""Bytes of one line of a file that is read."""
MOST_BYTES = 256 << 20
"""Bytes of a file that are read; what comes after is left out, and that is said."""
MOST_COLUMNS, MOST_LINES = 1000, 500
"""Largest screen; a larger one counts as this."""
_LONGEST_TIME = 1e9
"""Seconds; more is no recording."""
_LONGEST_TITLE = 300


class CastError(TuivmError):
    """A file is no recording that can be played: the file, the line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Header:
    """The first line."""

    columns: int
    """Width of the screen at the beginning, 1..MOST_COLUMNS."""
    lines: int
    """Height of the screen at the beginning, 1..MOST_LINES."""
    timestamp: float | None = None
    """Unix seconds when it began."""
    title: str = ""
    """What it is about."""
    term: str = ""
    """TERM of what was recorded."""
    idle_limit: float | None = None
    """Seconds above which a pause is to be shortened."""
    version: int = 2
    """Of the format."""


@dataclass(frozen=True, slots=True)
class CastEvent:
    """One event."""

    time: float
    """Seconds since the beginning, never less than that of the event before."""
    kind: str
    """OUTPUT, INPUT, RESIZE or MARKER; others are left out when a file is read."""
    data: str
    """The text."""

    def size(self) -> tuple[int, int] | None:
        """Columns and lines of a RESIZE, bounded; None when it tells none."""
        columns, _, lines = self.data.partition("x")
        # A number of more than nine digits would be as absurd, and costly to read.
        if not (columns.isascii() and columns.isdigit() and lines.isascii() and lines.isdigit()):
            return None
        if len(columns) > 9 or len(lines) > 9 or int(columns) < 1 or int(lines) < 1:
            return None
        return min(int(columns), MOST_COLUMNS), min(int(lines), MOST_LINES)


@dataclass(frozen=True, slots=True)
class Recording:
    """A file, read."""

    header: Header
    """Its first line."""
    events: tuple[CastEvent, ...]
    """Everything that happened, in order."""
    notes: tuple[str, ...] = ()
    """What was passed over, one line each."""

    @property
    def duration(self) -> float:
        """Seconds from the beginning to the last event."""
        return self.events[-1].time if self.events else 0.0


class Writer:
    """Writes a recording. Every method may raise OSError; what was whole before it stays, the rest is cut.

    ``path`` must not exist: it is made, readable by the user alone.
    """

    def __init__(self, path: Path, header: Header) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
        self._file = os.open(path, flags, 0o600)
        self.size = 0
        """Bytes written, whole lines all of them."""
        self._time = 0.0
        fields: dict[str, Any] = {"version": 2, "width": header.columns, "height": header.lines}
        if header.timestamp is not None:
            fields["timestamp"] = int(header.timestamp)
        if header.title:
            fields["title"] = header.title
        if header.term:
            fields["env"] = {"TERM": header.term}
        try:
            self._write(json.dumps(fields) + "\n")
        except OSError:
            # A file without its first line is no recording.
            self.close()
            with suppress(OSError):
                path.unlink()
            raise

    def write(self, events: Iterable[CastEvent]) -> None:
        """Append events; a time that is less than the one before counts as that."""
        lines = []
        for event in events:
            self._time = max(self._time, event.time)
            lines.append(json.dumps([round(self._time, 6), event.kind, event.data]) + "\n")
        if lines:
            self._write("".join(lines))

    def _write(self, text: str) -> None:
        left = memoryview(text.encode("ascii"))
        written = b""
        try:
            while left:
                count = os.write(self._file, left)
                written += left[:count]
                left = left[count:]
        except OSError:
            whole = written.rfind(b"\n") + 1
            with suppress(OSError):
                os.ftruncate(self._file, self.size + whole)
            self.size += whole
            raise
        self.size += len(written)

    def is_linked(self) -> bool:
        """Whether the file still has a name: nobody finds what is written to one that was removed."""
        return os.fstat(self._file).st_nlink > 0

    def close(self) -> None:
        """End the file. Raises OSError when the system tells only now that it could not be written."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)


def read(path: Path) -> Recording:
    """Read a recording. Raises CastError with one line; a last line that was cut off is passed over."""
    try:
        with path.open("rb") as file:
            return _Reader(str(path), file).read()
    except OSError as error:
        raise CastError(f"{path}: cannot be read: {error.strerror or error}") from error


class _Reader:
    """Takes a file apart, line by line."""

    def __init__(self, name: str, file: BinaryIO) -> None:
        self._name = name
        self._file = file
        self._number = 0
        self._notes: list[str] = []

    def wrong(self, what: str) -> CastError:
        return CastError(
            f"{self._name}, line {self._number}: {what}", "expected an asciicast, version 2 or 3"
        )

    def read(self) -> Recording:
        lines = self._lines()
        first = next(lines, None)
        if first is None:
            raise CastError(f"{self._name}: is empty", "expected an asciicast, version 2 or 3")
        header = self._header(self._json(first))
        events: list[CastEvent] = []
        time = 0.0
        for line in lines:
            if not line.strip() or (header.version == 3 and line.startswith(b"#")):
                continue
            try:
                given, kind, data = self._event(self._json(line))
            except CastError:
                if line.endswith(b"\n"):
                    raise
                self._notes.append(f"line {self._number} is cut off")
                break
            time = max(time, given) if header.version == 2 else time + given
            if time > _LONGEST_TIME:
                raise self.wrong("its time is absurd")
            if kind in (OUTPUT, INPUT, RESIZE, MARKER):
                events.append(CastEvent(time, kind, data))
        return Recording(header, tuple(events), tuple(self._notes))

    def _lines(self) -> Iterator[bytes]:
        left = MOST_BYTES
        while line := self._file.readline(LONGEST_LINE + 1):
            self._number += 1
            if len(line) > LONGEST_LINE:
                raise self.wrong(f"longer than {LONGEST_LINE >> 20} MiB")
            left -= len(line)
            if left < 0:
                self._notes.append(f"only the first {MOST_BYTES >> 20} MiB are played")
                return
            yield line

    def _json(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except UnicodeDecodeError:
            raise self.wrong("is not UTF-8") from None
        except (ValueError, RecursionError):
            raise self.wrong("is no JSON") from None

    def _header(self, fields: Any) -> Header:
        if not isinstance(fields, dict):
            raise self.wrong("is no header of a recording")
        version = fields.get("version")
        if isinstance(version, bool) or version not in (2, 3):
            shown = repr(version)[:20] if isinstance(version, int | float) else "none"
            raise self.wrong(f"version {shown} is not known")
        if version == 2:
            env = fields.get("env")
            term = env.get("TERM") if isinstance(env, dict) else None
            size = fields.get("width"), fields.get("height")
        else:
            terminal = fields.get("term")
            if not isinstance(terminal, dict):
                raise self.wrong("it tells no size")
            term = terminal.get("type")
            size = terminal.get("cols"), terminal.get("rows")
        limit = fields.get("idle_time_limit")
        return Header(
            self._length(size[0], "width", MOST_COLUMNS),
            self._length(size[1], "height", MOST_LINES),
            timestamp=_number(fields.get("timestamp"), 0, 1e11),
            title=_text(fields.get("title")),
            term=_text(term),
            idle_limit=_number(limit, 0.001, _LONGEST_TIME),
            version=int(version),
        )

    def _length(self, value: Any, name: str, most: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong(f"the {name} is no number above 0")
        if value > most:
            self._notes.append(f"a {name} of more than {most} counts as {most}")
        return min(value, most)

    def _event(self, event: Any) -> tuple[float, str, str]:
        if not isinstance(event, list) or len(event) < 3:
            raise self.wrong("is no event: expected [time, kind, data]")
        time, kind, data = event[:3]
        if isinstance(time, bool) or not isinstance(time, int | float):
            raise self.wrong("the time is no number")
        if not 0 <= time <= _LONGEST_TIME:
            raise self.wrong("the time is absurd")
        if not isinstance(kind, str) or not isinstance(data, str):
            raise self.wrong("kind and data are to be text")
        return float(time), kind, data


def _number(value: Any, low: float, high: float) -> float | None:
    """A number within the limits, or None: nothing depends on it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high and math.isfinite(value) else None


def _text(value: Any) -> str:
    """A line of printable text, cut; empty for anything else."""
    if not isinstance(value, str):
        return ""
    return one_line(value, _LONGEST_TITLE)
