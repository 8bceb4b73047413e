"""All consoles of a connection: signs, who stays open, who listens, who is told, what a tap hears."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.recorder import Recorder
from tuivm.core import keyboard, line
from tuivm.core.backlog import LIMIT, UNWATCHED, Backlog
from tuivm.core.console import Alert, ConsoleSession, ConsoleState
from tuivm.core.consoles import CONSOLES_KEPT, LISTENING_MAX, ConsoleSign
from tuivm.core.pump import LARGEST, SMALLEST, Pump
from tuivm.core.session import Session
from tuivm.core.transfer import TransferState
from tuivm.core.typist import Undelivered
from tuivm.core.verbs import Arguments
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.event import EventKind
from tuivm.model.inventory import Link
from tuivm.model.job import JobState

ALERT = Alert("kernel panic", "error", 0.0, "panic")


class Desk:
    """A session on a fake hypervisor of running guests."""

    def __init__(self) -> None:
        count = CONSOLES_KEPT + LISTENING_MAX
        self.hypervisor = MemoryHypervisor(count, running=count)
        self.hypervisor.machine(self.hypervisor.keys()[0]).serials = 2
        self.told = Recorder()
        self.session = Session(self.hypervisor, interval=1000.0)
        self.session.attach(self.told)
        self.session.start()
        self.told.wait_inventory(lambda inventory: inventory.link is Link.UP)
        self.keys = self.hypervisor.keys()

    def open(self, number: int = 0, *, watched: bool = False) -> ConsoleSession:
        console = self.session.console(self.keys[number])
        if watched:
            console.wake = lambda: None
        console.open()
        self.told.wait(lambda: console.state is ConsoleState.OPEN, "open")
        return console

    def stream(self, number: int = 0) -> MemoryConsole:
        stream = self.hypervisor.console_of(self.keys[number])
        assert stream is not None
        return stream

    def sign(self, number: int = 0) -> ConsoleSign:
        return self.session.consoles.sign(self.keys[number])


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.session.close(timeout=20.0)


class Tap:
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def output(self, data: bytes) -> None:
        self.heard.append(("output", data))

    def typed(self, data: bytes) -> None:
        self.heard.append(("typed", data))

    def resized(self, columns: int, lines: int) -> None:
        self.heard.append(("resized", (columns, lines)))

    def closed(self) -> None:
        self.heard.append(("closed", None))


def test_signs_of_what_nobody_looks_at(desk: Desk) -> None:
    assert desk.sign() is ConsoleSign.NONE
    console = desk.open()
    assert desk.sign() is ConsoleSign.NEW
    console.seen()
    assert desk.sign() is ConsoleSign.OPEN
    desk.stream().receive(b"more")
    assert desk.sign() is ConsoleSign.NEW
    console.alert = ALERT
    assert desk.sign() is ConsoleSign.ALERT
    console.seen()
    assert (console.alert, desk.sign()) == (None, ConsoleSign.OPEN)
    console.wake = lambda: None
    desk.stream().receive(b"looked at")
    assert desk.sign() is ConsoleSign.OPEN
    console.pump()
    console.wake = None
    assert desk.sign() is ConsoleSign.OPEN
    desk.session.consoles.close(desk.keys[0])
    assert desk.sign() is ConsoleSign.NONE
    assert [sign.word for sign in ConsoleSign] == ["", "console open", "new console output", "console alert"]


def test_the_listener_is_told_of_changes_and_not_of_bytes(desk: Desk) -> None:
    console = desk.open()
    desk.told.wait(lambda: desk.told.consoles, "told of the console")
    console.seen()
    time.sleep(0.5)
    before = len(desk.told.consoles)
    for _ in range(2000):
        desk.stream().receive(b"x\r\n")
    desk.told.wait(lambda: len(desk.told.consoles) > before, "told of new output")
    time.sleep(0.5)
    assert len(desk.told.consoles) == before + 1
    console.recording = Path("/x")
    desk.told.wait(lambda: len(desk.told.consoles) == before + 2, "told of the recording")
    assert set(desk.told.consoles) == {desk.keys[0]}


def test_what_is_used_stays_open_and_the_oldest_of_the_rest_gives_way(desk: Desk) -> None:
    watched, recorded, listening, idle = (desk.open(number) for number in range(4))
    watched.wake = lambda: None
    recorded.recording = Path("/x")
    assert listening.listen()
    for number in range(4, CONSOLES_KEPT + 1):
        desk.session.console(desk.keys[number])
    assert idle.state is ConsoleState.ENDED
    assert desk.session.consoles.find(desk.keys[3]) is None
    for number in range(CONSOLES_KEPT + 1, CONSOLES_KEPT + LISTENING_MAX):
        desk.session.console(desk.keys[number])
    assert all(one.state is ConsoleState.OPEN for one in (watched, recorded, listening))
    assert len(desk.session.consoles.all()) == CONSOLES_KEPT


def test_a_bounded_number_listens_and_opens_again_unasked(desk: Desk) -> None:
    for number in range(LISTENING_MAX):
        assert desk.session.console(desk.keys[number]).listen()
    assert not desk.session.console(desk.keys[LISTENING_MAX]).listen()
    assert len(desk.session.consoles.listening()) == LISTENING_MAX
    console = desk.session.console(desk.keys[0])
    desk.told.wait(lambda: console.state is ConsoleState.OPEN, "open")
    desk.hypervisor.destroy(desk.keys[0])
    desk.told.wait(lambda: console.state is ConsoleState.OFF, "off")
    desk.hypervisor.start(desk.keys[0])
    desk.told.wait(lambda: console.state is ConsoleState.OPEN, "open again")
    console.listen(False)
    assert desk.session.console(desk.keys[LISTENING_MAX]).listen()
    desk.hypervisor.destroy(desk.keys[0])
    desk.told.wait(lambda: console.state is ConsoleState.OFF, "off")
    desk.hypervisor.start(desk.keys[0])
    desk.told.wait_inventory(lambda inventory: inventory.domains[desk.keys[0]].state.is_active)
    assert console.state is ConsoleState.OFF, "nobody looks and nobody listens"


def test_those_that_listen_to_domains_that_are_gone_are_in_nobodys_way(desk: Desk) -> None:
    for number in range(LISTENING_MAX):
        assert desk.session.console(desk.keys[number]).listen()
    gone = desk.session.console(desk.keys[0])
    desk.told.wait(lambda: gone.state is ConsoleState.OPEN, "open")
    desk.hypervisor.remove(desk.keys[0])
    desk.told.wait_inventory(lambda inventory: desk.keys[0] not in inventory.domains)
    assert desk.session.console(desk.keys[LISTENING_MAX]).listen()
    for number in range(LISTENING_MAX + 1, CONSOLES_KEPT + 2):
        desk.session.console(desk.keys[number])
    assert desk.session.consoles.find(desk.keys[0]) is None
    assert len(desk.session.consoles.all()) == CONSOLES_KEPT


def test_a_console_that_gives_way_loses_its_sign_though_nothing_else_changes(desk: Desk) -> None:
    old = desk.session.console(desk.keys[0])
    old.alert = ALERT
    desk.told.wait(lambda: desk.keys[0] in desk.told.consoles, "told of the alert")
    with desk.told.condition:
        desk.told.consoles.clear()
    for number in range(1, CONSOLES_KEPT + 1):
        desk.session.console(desk.keys[number])
    desk.told.wait(lambda: desk.keys[0] in desk.told.consoles, "told that it is gone")
    assert desk.sign() is ConsoleSign.NONE


def test_a_busy_console_opens_when_the_other_lets_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "BUSY_RETRY", 0.0)
    monkeypatch.setattr(line, "_LETTING_GO", 0.0)
    console = desk.open(watched=True)
    desk.hypervisor.steal_console(desk.keys[0])
    assert console.state is ConsoleState.BUSY
    tries = desk.hypervisor.calls["open_console"]
    console.line.refresh()
    desk.told.wait(lambda: desk.hypervisor.calls["open_console"] > tries, "a look")
    assert console.state is ConsoleState.BUSY
    desk.hypervisor.release_console(desk.keys[0])

    def is_open() -> bool:
        console.line.refresh()
        return console.state is ConsoleState.OPEN

    desk.told.wait(is_open, "open")


def test_devices_and_the_one_that_was_chosen(desk: Desk) -> None:
    console = desk.open()
    desk.told.wait(lambda: console.devices, "devices")
    assert [one.alias for one in console.devices] == ["serial0", "serial1"]
    console.choose("serial1")
    desk.told.wait(lambda: console.state is ConsoleState.OPEN, "open")
    assert desk.stream().device == console.device == "serial1"
    for number in range(1, CONSOLES_KEPT + 1):
        desk.session.console(desk.keys[number])
    assert desk.session.consoles.find(desk.keys[0]) is None
    assert desk.open().device == "serial1", "remembered though it was closed"
    console = desk.session.console(desk.keys[0])
    console.choose("console7")
    desk.told.wait(lambda: console.state is ConsoleState.FAILED, "refused")
    assert "console7" in console.message


def test_names_of_devices_of_a_guest_that_is_off() -> None:
    from tuivm.core.devices import named
    from tuivm.model.detail import CharDevice

    off = (CharDevice("", "serial", 0), CharDevice("", "serial", 1), CharDevice("", "virtio", 1))
    assert [one.alias for one in named(off)] == ["serial0", "serial1", "console1"]
    assert [one.alias for one in named((CharDevice("", "lxc", 0),))] == ["console0"]


def test_a_tap_hears_everything(desk: Desk) -> None:
    console = desk.open()
    tap, deaf = Tap(), Tap()
    assert b"login:" in console.add_tap(tap)
    console.add_tap(deaf)
    console.remove_tap(deaf)
    console.resize(100, 30)
    console.send(b"ls\r")
    desk.stream().receive(b"out")
    console.close()
    assert tap.heard == [
        ("resized", (100, 30)),
        ("output", b"ls\r\n"),
        ("typed", b"ls\r"),
        ("output", b"out"),
        ("closed", None),
    ]
    assert deaf.heard == []


def test_what_nobody_looks_at_is_drawn_by_and_by_and_answers(desk: Desk) -> None:
    quiet, flooding = desk.open(0), desk.open(1)
    desk.stream(0).echo = False
    desk.stream(0).receive(b"\x1b[H\x1b[6n")
    for _ in range(40):
        desk.stream(1).receive(b"a line of a flood that never ends\r\n" * 1000)
    assert LIMIT < len(flooding.backlog) <= UNWATCHED
    before = len(flooding.backlog)
    while desk.session.consoles.pump_idle(0.001) and quiet.backlog:
        pass
    assert bytes(desk.stream(0).sent) == b"\x1b[1;1R"
    assert quiet.unread, "drawn is not seen"
    assert len(flooding.backlog) < before
    while desk.session.consoles.pump_idle(1.0):
        pass
    assert not desk.session.consoles.pump_idle()


def test_a_backlog_that_grew_unseen_is_drawn_before_it_is_cut(desk: Desk) -> None:
    console = desk.open()
    lines = [b"line %06d\r\n" % number for number in range(60_000)]
    desk.stream().receive(b"".join(lines))
    assert len(console.backlog) > LIMIT
    console.wake = lambda: None
    desk.stream().receive(b"one more\r\n")
    while console.pump(1.0):
        pass
    assert console.backlog.skipped == 0


def test_a_paste_that_breaks_off_is_said_and_logged(desk: Desk) -> None:
    console = desk.open(watched=True)
    console.paste("x" * 100_000)
    desk.told.wait(lambda: desk.stream().sent, "the first piece")
    console.send(b"after")
    desk.hypervisor.destroy(desk.keys[0])
    desk.told.wait(lambda: console.state is ConsoleState.OFF, "off")
    assert "the paste broke off after" in console.message
    assert "5 bytes typed were not delivered" in console.message
    assert str(Undelivered(keys=1)) == "1 byte typed was not delivered"
    desk.told.wait(lambda: [one for one in desk.told.events if one.kind is EventKind.CONSOLE], "in the log")
    event = next(one for one in desk.told.events if one.kind is EventKind.CONSOLE)
    assert (event.key, event.name) == (desk.keys[0], "web-1")
    assert "the paste broke off after" in event.detail


def test_a_cancelled_paste_says_how_far_it_came(desk: Desk) -> None:
    console = desk.open(watched=True)
    console.paste("x" * 100_000)
    desk.told.wait(lambda: desk.stream().sent, "the first piece")
    assert console.paste_total == 100_000
    console.send(b"\x03")
    assert console.message.endswith("bytes to go; what you type waits")
    console.cancel_paste()
    assert console.paste_left == console.paste_total == 0
    assert "paste cancelled after" in console.message


def test_a_guest_that_reads_nothing_is_named(desk: Desk) -> None:
    console = desk.open(watched=True)
    desk.stream().reads = False
    console.send(b"z" * 2000)
    assert console.message == "the guest does not answer: 2,000 bytes typed wait"


def test_a_paste_to_a_guest_that_is_silent_does_not_run_ahead(desk: Desk) -> None:
    console = desk.open(watched=True)
    desk.stream().reads = False
    console.paste("x" * 5000)
    desk.told.wait(lambda: desk.stream().waiting, "the first pieces")
    time.sleep(0.3)
    assert desk.stream().waiting == 512
    assert console.message == "pasting, 4,488 of 5,000 bytes to go, the guest does not answer"
    console.cancel_paste()
    time.sleep(0.1)
    assert desk.stream().waiting == 512


def test_a_file_that_cannot_be_sent_now(desk: Desk, tmp_path: Path) -> None:
    console = desk.session.console(desk.keys[0])
    assert console.send_file(tmp_path).reason == "the console is not open"
    console = desk.open(watched=True)
    console.paste("x" * 100_000)
    assert console.send_file(tmp_path).reason == "something is being typed; try again when it is done"
    console.cancel_paste()
    failed = console.send_file(tmp_path)
    desk.told.wait(lambda: failed.state is TransferState.FAILED, "failed")
    desk.told.wait(lambda: failed.message in console.message, "said")


def test_the_size_is_typed(desk: Desk) -> None:
    console = desk.open()
    console.resize(100, 30)
    console.type_size()
    assert bytes(desk.stream().sent) == b" stty rows 30 cols 100\r"


def test_keys_and_breaks_are_jobs(desk: Desk) -> None:
    domain = desk.session.inventory.domains[desk.keys[0]]
    desk.session.console(desk.keys[0]).choose("serial1")
    keys = ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")
    pressed, broken = desk.session.press(domain, keys), desk.session.send_break(domain)
    assert pressed.label == "press Ctrl+Alt+Delete"
    assert desk.told.wait_job(pressed.id).state is JobState.DONE
    assert desk.told.wait_job(broken.id).state is JobState.DONE
    machine = desk.hypervisor.machine(desk.keys[0])
    assert (machine.pressed, machine.breaks) == ([keys], ["serial1"])
    desk.hypervisor.refuse[Capability.SEND_BREAK] = "no monitor"
    failed = desk.told.wait_job(desk.session.send_break(domain).id)
    assert (failed.state, failed.message) == (JobState.FAILED, "no monitor")
    assert keyboard.press(keys).virsh(domain, Arguments())[3:] == ("send-key", "--domain", "web-1", *keys)
    assert keyboard.send_break("serial1").virsh(domain, Arguments())[-2:] == (
        "--hmp",
        "chardev-send-break charserial1",
    )
    assert keyboard.press(keys).why_not(domain, {Capability.SEND_KEYS: "no keyboard"}) == "no keyboard"


def test_large_pieces_for_what_draws_fast_and_small_ones_for_what_does_not() -> None:
    now = 0.0
    pieces: list[int] = []
    speed = 1e9

    def draw(data: bytes) -> None:
        nonlocal now
        pieces.append(len(data))
        now += len(data) / speed

    backlog, pump = Backlog(limit=10**9), Pump(lambda: now)
    backlog.put(b"x" * 5_000_000)
    assert pump.run(backlog, draw, 0.0)
    assert pieces == [SMALLEST]
    pump.run(backlog, draw, 0.0005)
    assert max(pieces) == LARGEST
    speed = 1e6
    for _ in range(20):
        begun = now
        assert pump.run(backlog, draw, 0.006)
    assert pieces[-1] == SMALLEST
    assert now - begun <= 0.006 + SMALLEST / speed
    pump.run(backlog, draw, 1e6)
    assert not pump.run(backlog, draw, 1.0)
    assert sum(pieces) == 5_000_000


def test_threads_end_with_the_session() -> None:
    before = set(threading.enumerate())
    desk = Desk()
    desk.open()
    desk.session.close(timeout=20.0)
    desk.told.wait(
        lambda: (
            not [one for one in threading.enumerate() if one.name.startswith("tuivm-") and one not in before]
        ),
        "every thread's end",
    )


def test_a_key_of_no_domain_makes_no_trouble(desk: Desk) -> None:
    stranger = DomainKey("memory:///default", "none")
    assert desk.session.consoles.sign(stranger) is ConsoleSign.NONE
    desk.session.consoles.close(stranger)
    desk.session.consoles.guest_started(stranger)
    assert desk.session.console(stranger).devices == ()
