"""Recordings as files: what is written is read back, and a bad file ends in one line."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuivm.core import asciicast
from tuivm.core.asciicast import CastError, CastEvent, Header, Writer, read

FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
HEADER = '{"version": 2, "width": 80, "height": 24}\n'
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def write(path: Path, events: list[CastEvent], header: Header | None = None) -> None:
    writer = Writer(path, header or Header(80, 24))
    writer.write(events)
    writer.close()


def of(tmp_path: Path, text: str | bytes) -> asciicast.Recording:
    path = tmp_path / "x.cast"
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return read(path)


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk on which no file can grow larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@FRESH
@given(
    st.lists(st.tuples(st.floats(0, 1e6), st.sampled_from("oimr"), TEXT), max_size=8),
    TEXT,
    st.integers(1, 1000),
    st.integers(1, 500),
)
def test_what_is_written_is_read(
    tmp_path: Path, told: list[tuple[float, str, str]], title: str, columns: int, lines: int
) -> None:
    path = tmp_path / "x.cast"
    path.unlink(missing_ok=True)
    write(path, [CastEvent(*event) for event in told], Header(columns, lines, 1790000000.7, title, "xterm"))
    recording = read(path)
    assert (recording.header.columns, recording.header.lines) == (columns, lines)
    assert recording.header.timestamp == 1790000000
    assert recording.header.term == "xterm"
    assert recording.header.title.isprintable()
    assert [(event.kind, event.data) for event in recording.events] == [event[1:] for event in told]
    times = [event.time for event in recording.events]
    assert times == sorted(times)
    assert all(later >= round(event[0], 6) for later, event in zip(times, told, strict=True))
    assert recording.notes == ()


def test_the_file_is_the_users_alone_and_plain_ascii(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    write(path, [CastEvent(0.5, "o", "\x1b]0;a\x07\x9b31mé漢\x7f")])
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    assert data.isascii()
    assert not set(data) & {*range(10), *range(11, 32)}
    assert json.loads(data.splitlines()[0]) == {"version": 2, "width": 80, "height": 24}


def test_no_file_is_overwritten_and_no_link_followed(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        Writer(path, Header(80, 24))
    link = tmp_path / "link.cast"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileExistsError):
        Writer(link, Header(80, 24))
    assert path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    writer = Writer(path, Header(80, 24))
    writer.write([CastEvent(0.1, "o", "kept")])
    with files_of_at_most(1000), pytest.raises(OSError, match="too large"):
        writer.write([CastEvent(0.2 + index, "o", "x" * 80) for index in range(40)])
    assert path.stat().st_size == writer.size
    writer.close()
    events = read(path).events
    assert events[0].data == "kept"
    assert 1 < len(events) < 40
    assert read(path).notes == ()


def test_a_disk_that_is_full_at_once_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    with files_of_at_most(5), pytest.raises(OSError, match="too large"):
        Writer(path, Header(80, 24))
    assert not path.exists()


def test_version_3_has_pauses_and_comments(tmp_path: Path) -> None:
    recording = of(
        tmp_path,
        '{"version": 3, "term": {"cols": 100, "rows": 50, "type": "xterm"}, "title": "t"}\n'
        '# a comment\n[0.5, "o", "a"]\n\n[0.25, "r", "90x40"]\n[1, "x", "0"]\n[0.25, "o", "b"]\n',
    )
    assert (recording.header.columns, recording.header.lines, recording.header.version) == (100, 50, 3)
    assert [(event.time, event.kind) for event in recording.events] == [(0.5, "o"), (0.75, "r"), (2.0, "o")]
    assert recording.events[1].size() == (90, 40)


def test_a_last_line_cut_off_is_passed_over(tmp_path: Path) -> None:
    recording = of(tmp_path, HEADER + '[1, "o", "a"]\n[2, "o", "b')
    assert [event.data for event in recording.events] == ["a"]
    assert recording.notes == ("line 3 is cut off",)


def test_times_never_go_back(tmp_path: Path) -> None:
    recording = of(tmp_path, HEADER + '[2, "o", "a"]\n[1, "o", "b"]\n[3, "o", "c"]\n')
    assert [event.time for event in recording.events] == [2, 2, 3]
    assert recording.duration == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("hello\n", "line 1: is no JSON"),
        ("[]\n", "line 1: is no header"),
        ('{"version": 1, "width": 80}\n', "line 1: version 1 is not known"),
        ('{"version": true, "width": 80, "height": 24}\n', "version True is not known"),
        ('{"version": "' + "x" * 500 + '"}\n', "version none is not known"),
        ('{"version": 2, "width": 80}\n', "line 1: the height is no number above 0"),
        ('{"version": 2, "width": "80", "height": 24}\n', "line 1: the width"),
        ('{"version": 2, "width": -1, "height": 24}\n', "line 1: the width"),
        ('{"version": 3, "width": 80, "height": 24}\n', "line 1: it tells no size"),
        (HEADER + "x\n", "line 2: is no JSON"),
        (HEADER + "{}\n", "line 2: is no event"),
        (HEADER + '[1, "o"]\n', "line 2: is no event"),
        (HEADER + '["1", "o", "a"]\n', "line 2: the time is no number"),
        (HEADER + '[true, "o", "a"]\n', "line 2: the time is no number"),
        (HEADER + '[-1, "o", "a"]\n', "line 2: the time is absurd"),
        (HEADER + '[NaN, "o", "a"]\n', "line 2: the time is absurd"),
        (HEADER + '[1e999, "o", "a"]\n', "line 2: the time is absurd"),
        (HEADER + '[1, "o", 5]\n', "line 2: kind and data"),
        (HEADER + "\n\n" + "[" * 100_000 + "\n", "line 4: is no JSON"),
        (HEADER + "[" + "9" * 5000 + ', "o", "a"]\n', "line 2: is no JSON"),
        (b'{"version": 2, "width": 80, "height": 24}\n[1, "o", "\xff"]\n', "line 2: is not UTF-8"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    with pytest.raises(CastError) as caught:
        of(tmp_path, text)
    assert str(tmp_path / "x.cast") in caught.value.message
    assert says in caught.value.message
    assert len(str(caught.value)) < 400


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(CastError, match="No such file"):
        read(tmp_path / "none")
    with pytest.raises(CastError, match="Is a directory"):
        read(tmp_path)
    with pytest.raises(CastError, match="line 1: longer than 4 MiB"):
        read(Path("/dev/zero"))


def test_what_is_larger_than_is_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asciicast, "MOST_BYTES", 200)
    recording = of(tmp_path, HEADER + '[1, "o", "abc"]\n' * 50)
    assert 0 < len(recording.events) < 50
    assert "only the first" in recording.notes[0]


def test_absurd_sizes_are_bounded(tmp_path: Path) -> None:
    recording = of(
        tmp_path, '{"version": 2, "width": 1000000000, "height": 10000}\n[1, "r", "99999x99999"]\n'
    )
    assert (recording.header.columns, recording.header.lines) == (1000, 500)
    assert len(recording.notes) == 2
    assert recording.events[0].size() == (1000, 500)


@pytest.mark.parametrize("data", ["", "80", "80x", "x24", "0x5", "-1x5", "８x２", "1e3x5", "9" * 5000 + "x1"])
def test_a_size_that_is_none(data: str) -> None:
    assert CastEvent(0.0, "r", data).size() is None


@FRESH
@given(st.binary(max_size=200) | st.lists(st.sampled_from(
    [HEADER.encode(), b'[1, "o", "a"]\n', b"[", b"{}", b"\n", b"\xff", b"#", b"null", b'[1e400,"o",""]']
), max_size=6).map(b"".join))  # fmt: skip
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    with suppress(CastError):
        assert of(tmp_path, data).duration < 1e10


def test_a_file_that_was_removed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.cast"
    writer = Writer(path, Header(80, 24))
    assert writer.is_linked()
    path.unlink()
    assert not writer.is_linked()
    writer.close()
    writer.close()
    assert list(tmp_path.iterdir()) == []
