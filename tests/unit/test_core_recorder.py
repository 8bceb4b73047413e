"""Recording consoles: without a gap, beside the screen, and whatever the disk does."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.recorder import Recorder as Told
from tests.unit.test_asciicast import files_of_at_most
from tuivm.core import recorder as recorder_module
from tuivm.core.asciicast import CastEvent, Recording, Writer, read
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.player import Player
from tuivm.core.recordings import Recordings, file_name
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.terminal import Terminal


class Desk:
    """One open console of a fake guest, and its recordings."""

    def __init__(self, folder: Path) -> None:
        self.hypervisor = MemoryHypervisor(2, running=2)
        self.hypervisor.open()
        self.key = self.hypervisor.keys()[0]
        self.told = Told()
        self.folder = folder
        self.recordings = Recordings(self.domain, self.told.on_event, folder)
        self.console = ConsoleSession(self.key, self.hypervisor, self.domain)
        self.console.open()
        self.told.wait(lambda: self.console.state is ConsoleState.OPEN, "an open console")
        self.draw()

    def domain(self, key: DomainKey) -> object:
        return self.hypervisor.machine(key).domain

    @property
    def lines(self) -> list[str]:
        return [event.detail for event in self.told.events]

    @property
    def stream(self) -> MemoryConsole:
        stream = self.hypervisor.console_of(self.key)
        assert stream is not None
        return stream

    def draw(self) -> None:
        while self.console.pump(1.0):
            pass

    def stopped(self) -> Path:
        """Stop, wait for the end and return the file."""
        recorder = self.recordings.of(self.key)
        assert recorder is not None
        assert self.recordings.toggle(self.console) is None
        assert recorder.join(20.0)
        return recorder.path


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data" / "recordings")
    yield made
    made.console.close()
    made.recordings.close(20.0)
    assert not [thread for thread in threading.enumerate() if thread.name == "tuivm-recorder"]


def picture(terminal: Terminal) -> tuple[object, ...]:
    screen = terminal.screen
    cells = [[(cell.data, cell.pen.style) for cell in row] for row in screen.buffer]
    return cells, screen.cursor.x, screen.cursor.y, screen.is_alternate


def played(path: Path) -> Terminal:
    player = Player(read(path))
    player.play_all()
    return player.terminal


def text_of(recording: Recording, kind: str = "o") -> str:
    return "".join(event.data for event in recording.events if event.kind == kind)


def test_a_recording_ends_with_the_screen_that_was_live(desk: Desk) -> None:
    desk.stream.receive(b"\x1b[2J\x1b[Hbefore \x1b[1;31mred\x1b[m\r\n\x1b[3;10r\x1b[7mstays\x1b[m")
    desk.draw()
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    assert desk.console.recording == path
    for _ in range(50):
        desk.stream.receive("\x1b[48;2;1;2;3m漢字 é\x1b[m\r\nmore\tand more ".encode())
    desk.console.resize(100, 30)
    desk.stream.receive(b"\x1b[?1049h\x1b[5;5Hvi\x1b[?25l")
    desk.draw()
    assert desk.stopped() == path
    assert desk.console.recording is None
    assert picture(played(path)) == picture(desk.console.terminal)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [event.data for event in read(path).events if event.kind == "r"] == ["100x30"]


def test_it_begins_with_the_screen_as_it_is(desk: Desk) -> None:
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    desk.stopped()
    (first, *_) = read(path).events
    assert first.time == 0.0
    assert "web-1 login:" in first.data
    assert picture(played(path)) == picture(desk.console.terminal)


def test_what_waits_to_be_drawn_is_neither_lost_nor_doubled(desk: Desk) -> None:
    desk.stream.receive(b"\r\nwaiting\r\n")
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    desk.stream.receive(b"later\r\n")
    desk.draw()
    desk.stopped()
    assert text_of(read(path)).count("waiting") == 1
    assert picture(played(path)) == picture(desk.console.terminal)


def test_a_character_cut_in_two_stays_one(desk: Desk) -> None:
    desk.recordings.toggle(desk.console)
    desk.stream.receive("漢".encode()[:2])
    desk.stream.receive("漢".encode()[2:] + b"\xe2\x82")
    path = desk.stopped()
    assert text_of(read(path)).endswith("漢")


@pytest.mark.parametrize("typed", [False, True])
def test_what_was_typed_is_left_out_unless_asked_for(desk: Desk, typed: bool) -> None:
    desk.stream.echo = False
    desk.recordings.toggle(desk.console, typed=typed)
    desk.console.send(b"secret\r")
    desk.told.wait(lambda: b"secret" in desk.stream.sent, "the password typed")
    data = desk.stopped().read_bytes()
    assert (b"secret" in data) is typed


def test_it_goes_on_while_the_guest_restarts(desk: Desk) -> None:
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    desk.stream.receive(b"\x1b[?1049h\x1b[2;5rfirst run")
    desk.draw()
    desk.hypervisor.power_off(desk.key)
    desk.console.line.refresh()
    desk.told.wait(lambda: desk.console.state is ConsoleState.OFF, "the guest off")
    desk.hypervisor.start(desk.key)
    desk.console.line.guest_started()
    desk.told.wait(lambda: desk.console.state is ConsoleState.OPEN, "the console again")
    desk.stream.receive(b"second run")
    desk.draw()
    assert desk.console.recording == path
    desk.stopped()
    recording = read(path)
    assert "first run" in text_of(recording)
    assert "second run" in text_of(recording)
    assert picture(played(path)) == picture(desk.console.terminal)


def test_it_ends_with_the_console(desk: Desk) -> None:
    path = desk.recordings.toggle(desk.console)
    recorder = desk.recordings.of(desk.key)
    assert path is not None
    assert recorder is not None
    desk.stream.receive(b"the end")
    desk.console.close()
    assert recorder.join(20.0)
    assert desk.recordings.of(desk.key) is None
    assert "the end" in text_of(read(path))
    (event,) = desk.told.events
    assert (event.key, event.name, event.notice) == (desk.key, "web-1", "information")
    assert event.detail == f"recorded 0 s: {path}"


def test_it_ends_with_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    hypervisor = MemoryHypervisor(1, running=1)
    session = Session(hypervisor, interval=0.1)
    session.start()
    told = Told()
    told.wait(lambda: session.wait_ready(0.1), "a connection")
    key = hypervisor.keys()[0]
    console = session.console(key)
    console.open()
    told.wait(lambda: console.state is ConsoleState.OPEN, "an open console")
    path = session.recordings.toggle(console)
    assert path is not None
    assert path.parent == tmp_path / "tuivm" / "recordings"
    stream = hypervisor.console_of(key)
    assert stream is not None
    stream.receive(b"last words")
    session.close(20.0)
    assert "last words" in text_of(read(path))


def test_two_in_one_second_are_two_files(desk: Desk) -> None:
    names = set()
    for _ in range(3):
        names.add(desk.recordings.toggle(desk.console))
        desk.stopped()
    assert len(names) == 3
    assert len(list(desk.folder.iterdir())) == 3


def test_one_begins_while_the_one_before_is_still_being_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    write = Writer.write

    def slow(self: Writer, events: Iterable[CastEvent]) -> None:
        assert go_on.wait(20.0)
        write(self, events)

    monkeypatch.setattr(Writer, "write", slow)
    assert desk.recordings.toggle(desk.console) is not None
    before = desk.recordings.of(desk.key)
    assert before is not None
    assert desk.recordings.toggle(desk.console) is None
    assert desk.console.recording is None
    after = desk.recordings.toggle(desk.console)
    assert after is not None
    go_on.set()
    assert before.join(20.0)
    assert desk.console.recording == after
    desk.stopped()
    desk.recordings.close(20.0)
    assert len(list(desk.folder.iterdir())) == 2


def test_a_file_of_another_is_never_overwritten(desk: Desk) -> None:
    desk.folder.mkdir(parents=True)
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    desk.stopped()
    path.write_text("mine")
    desk.recordings._given.clear()
    again = recorder_module.Recorder(desk.console, path)
    again.stop()
    assert again.join(20.0)
    assert again.path.name == f"{path.stem}-2.cast"
    assert path.read_text() == "mine"


def test_a_full_disk_stops_it_with_one_line_and_keeps_what_was_written(desk: Desk) -> None:
    with files_of_at_most(4096):
        path = desk.recordings.toggle(desk.console)
        assert path is not None
        for index in range(200):
            desk.stream.receive(b"line %d of very many that do not fit\r\n" % index)
        desk.told.wait(lambda: desk.lines, "a line that says so")
    assert desk.lines == [f"recording stopped: File too large; what was written is kept: {path}"]
    assert desk.told.events[0].notice == "warning"
    assert desk.console.recording is None
    assert "line 0" in text_of(read(path)) or path.stat().st_size < 4096
    assert read(path).notes == ()
    desk.stream.receive(b"the console goes on")
    desk.draw()
    assert "goes on" in "\n".join(desk.console.terminal.screen.display)


def test_a_folder_that_cannot_be_made_is_said(desk: Desk) -> None:
    desk.folder.parent.mkdir()
    desk.folder.touch()
    path = desk.recordings.toggle(desk.console)
    desk.told.wait(lambda: desk.lines, "a line that says so")
    assert desk.lines == [f"recording stopped: File exists: {path}"]
    assert desk.recordings.of(desk.key) is None
    desk.folder.unlink()


def test_a_file_that_was_removed_stops_it(desk: Desk) -> None:
    path = desk.recordings.toggle(desk.console)
    assert path is not None
    desk.told.wait(path.exists, "the file")
    path.unlink()
    desk.stream.receive(b"more")
    desk.told.wait(lambda: desk.lines, "a line that says so")
    assert "the file was removed" in desk.lines[0]


def test_a_slow_disk_holds_nothing_up_and_the_gap_is_marked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    write = os.write

    def slow(file: int, data: bytes) -> int:
        gate.wait(20.0)
        return write(file, data)

    monkeypatch.setattr(recorder_module, "QUEUE_LIMIT", 10_000)
    monkeypatch.setattr("tuivm.core.asciicast.os.write", slow)
    desk.recordings.toggle(desk.console)
    for _ in range(100):
        desk.stream.receive(b"#" * 1000)
    gate.set()
    recording = read(desk.stopped())
    (marker,) = [event.data for event in recording.events if event.kind == "m"]
    count = int(marker.split()[0])
    assert count > 50_000
    assert text_of(recording).count("#") + count == 100_000


def test_pieces_that_come_together_are_one_event(desk: Desk) -> None:
    desk.recordings.toggle(desk.console)
    for _ in range(5000):
        desk.stream.receive(b"x" * 44)
    recording = read(desk.stopped())
    assert text_of(recording).count("x" * 44) == 5000
    assert len(recording.events) < 2500


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("web-1", "web-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("a b\x1b[31m", "a-b-31m"),
        ("", "domain"),
        ("..", "domain"),
        ("漢字", "domain"),
        ("x" * 500, "x" * 80),
        (".hidden", "hidden"),
    ],
)
def test_a_name_that_is_safe_in_a_folder(name: str, safe: str) -> None:
    assert file_name(name) == safe
