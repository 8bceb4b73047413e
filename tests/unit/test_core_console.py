"""The console session: its states, its bytes, and what happens when guest or stream go away."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_console import MemoryConsole
from tests.recorder import Recorder
from tuivm.core import line, typist
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.consoles import CONSOLES_KEPT
from tuivm.core.session import Session
from tuivm.model.capability import Capability
from tuivm.model.domain import State
from tuivm.model.errors import Failed
from tuivm.model.inventory import Link


class Desk:
    """One console on a fake hypervisor, looked at by hand."""

    def __init__(self, running: int = 1) -> None:
        self.hypervisor = MemoryHypervisor(2, running=running)
        self.hypervisor.open()
        self.key = self.hypervisor.keys()[0]
        self.told = Recorder()
        self.wakes = 0
        self.console = ConsoleSession(
            self.key, self.hypervisor, lambda key: self.hypervisor.machine(key).domain
        )
        self.console.wake = self._woken

    def _woken(self) -> None:
        self.wakes += 1

    def wait(self, state: ConsoleState) -> None:
        self.told.wait(lambda: self.console.state is state, f"console {state}")

    def opened(self) -> MemoryConsole:
        self.console.open()
        self.wait(ConsoleState.OPEN)
        return self.stream()

    def stream(self) -> MemoryConsole:
        stream = self.hypervisor.console_of(self.key)
        assert stream is not None
        return stream

    def screen(self) -> str:
        while self.console.pump(1.0):
            pass
        return "\n".join(line.rstrip() for line in self.console.terminal.screen.display).rstrip()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.console.close()
    left = [thread for thread in threading.enumerate() if thread.name == "tuivm-paste"]
    for thread in left:
        thread.join(20.0)
        assert not thread.is_alive()


def test_it_opens_shows_the_banner_and_echoes(desk: Desk) -> None:
    assert desk.console.state is ConsoleState.ENDED
    desk.console.send(b"lost")
    desk.opened()
    assert desk.console.message == ""
    desk.console.send(b"root\r")
    assert "web-1 login: root" in desk.screen()
    assert desk.console.activity == len(b"Debian GNU/Linux 12 web-1 ttyS0\r\n\r\nweb-1 login: root\r\n")
    assert desk.hypervisor.calls["open_console"] == 1


def test_wake_is_called_for_the_first_bytes_after_idle_only(desk: Desk) -> None:
    stream = desk.opened()
    desk.screen()
    before = desk.wakes
    stream.receive(b"one")
    stream.receive(b"two")
    assert desk.wakes == before + 1
    desk.screen()
    stream.receive(b"three")
    assert desk.wakes == before + 2


def test_it_answers_the_guests_questions(desk: Desk) -> None:
    stream = desk.opened()
    desk.screen()
    stream.echo = False
    stream.receive(b"\r\n\r\n\x1b[5;3H\x1b[6n")
    desk.screen()
    assert bytes(stream.sent) == b"\x1b[5;3R"


def test_pump_is_bounded_by_its_budget(desk: Desk) -> None:
    stream = desk.opened()
    stream.receive(b"x\r\n" * 20_000)
    assert desk.console.pump(0.0)
    assert desk.console.pump(0.0)
    desk.screen()
    assert not desk.console.pump(0.0)


def test_a_flood_drops_lines_and_says_how_many(desk: Desk) -> None:
    stream = desk.opened()
    desk.screen()
    for number in range(200):
        stream.receive(b"".join(b"line %d.%d ...........\r\n" % (number, sub) for sub in range(100)))
    assert "lines skipped" in desk.console.message
    assert "line 199.99" in desk.screen()


def test_it_closes_when_the_guest_stops_and_opens_when_it_starts(desk: Desk) -> None:
    desk.opened().receive(b"\x1b[1;31mhello\x1b[3")
    desk.screen()
    desk.hypervisor.destroy(desk.key)
    desk.console.line.refresh()
    assert desk.console.state is ConsoleState.OFF
    assert "off" in desk.console.message
    desk.hypervisor.start(desk.key)
    desk.console.line.refresh()
    desk.wait(ConsoleState.OPEN)
    banner = ["Debian GNU/Linux 12 web-1 ttyS0", "", "web-1 login:"]
    assert desk.screen().split("\n") == [*banner[:2], "web-1 login: hello", *banner], "below what was there"
    assert desk.console.terminal.screen.buffer[3][0].fg == "default"


def test_a_start_event_opens_it_before_the_inventory_knows(desk: Desk) -> None:
    desk.hypervisor.destroy(desk.key)
    desk.console.open()
    assert desk.console.state is ConsoleState.OFF
    with_lag = desk.hypervisor.machine(desk.key).domain
    desk.hypervisor.start(desk.key)
    desk.console.line._domain_of = lambda key: with_lag
    desk.console.line.guest_started()
    desk.wait(ConsoleState.OPEN)


def test_a_stream_that_ends_under_a_running_guest_is_opened_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "RETRY", 0.0)
    stream = desk.opened()
    desk.hypervisor.release_console(desk.key)
    stream.end(None)
    assert desk.console.state is ConsoleState.ENDED
    assert desk.console.message == "the guest closed its console"
    desk.console.line.refresh()
    desk.wait(ConsoleState.OPEN)
    lost = desk.stream()
    desk.hypervisor.release_console(desk.key)
    lost.end(Failed("keepalive timeout"))
    desk.wait(ConsoleState.FAILED)
    assert desk.console.message == "the console broke off: keepalive timeout"


def test_a_busy_console_is_taken_only_when_asked(desk: Desk) -> None:
    desk.hypervisor.steal_console(desk.key)
    desk.console.open()
    desk.wait(ConsoleState.BUSY)
    assert "another session" in desk.console.message
    desk.console.line.refresh()
    desk.console.open()
    desk.wait(ConsoleState.BUSY)
    desk.console.open(force=True)
    desk.wait(ConsoleState.OPEN)
    desk.hypervisor.steal_console(desk.key)
    assert desk.console.state is ConsoleState.BUSY
    desk.console.send(b"lost")


def test_what_is_typed_while_a_console_is_taken_by_force_reaches_the_guest(desk: Desk) -> None:
    desk.hypervisor.steal_console(desk.key)
    desk.console.open()
    desk.wait(ConsoleState.BUSY)
    desk.hypervisor.delay = 20.0
    desk.console.open(force=True)
    assert desk.console.state is ConsoleState.CONNECTING
    desk.console.send(b"typed")
    desk.hypervisor.released.set()
    desk.wait(ConsoleState.OPEN)
    assert bytes(desk.stream().sent) == b"typed"


def test_a_refusal_is_said(desk: Desk) -> None:
    desk.hypervisor.refuse[Capability.CONSOLE] = "this driver has no console"
    desk.console.open()
    desk.wait(ConsoleState.UNSUPPORTED)
    assert desk.console.message == "this driver has no console"
    del desk.hypervisor.refuse[Capability.CONSOLE]
    desk.hypervisor.missing.clear()
    desk.hypervisor.fault = Failed("no such device")
    desk.console.open()
    desk.wait(ConsoleState.FAILED)
    assert desk.console.message == "no such device"


def test_a_paste_at_a_paused_guest_waits_and_that_is_said(desk: Desk) -> None:
    desk.opened()
    desk.hypervisor.suspend(desk.key)
    desk.console.line.refresh()
    desk.console.paste("pasted")
    assert desk.console.message == "the guest is paused: the paste waits until it is resumed"


def test_what_is_typed_at_a_paused_guest_waits_for_it(desk: Desk) -> None:
    stream = desk.opened()
    desk.hypervisor.suspend(desk.key)
    desk.console.line.refresh()
    desk.console.send(b"abc")
    desk.console.send(b"def")
    assert bytes(stream.sent) == b""
    assert "paused: 6 bytes" in desk.console.message
    desk.console.send(b"x" * 10_000)
    desk.hypervisor.resume(desk.key)
    desk.console.line.refresh()
    assert bytes(stream.sent).startswith(b"abcdefx")
    assert len(stream.sent) == typist.HELD
    assert desk.console.message == ""


def test_a_paste_is_typed_whole_and_bracketed_if_asked(desk: Desk) -> None:
    stream = desk.opened()
    stream.receive(b"\x1b[?2004h")
    desk.screen()
    desk.console.paste("first\nsecond" * 50)
    assert desk.console.paste_left > 0
    assert "pasting" in desk.console.message
    desk.told.wait(lambda: not desk.console.paste_left, "paste over")
    desk.told.wait(lambda: stream.sent.endswith(b"\x1b[201~"), "the bracket")
    assert stream.sent.startswith(b"\x1b[200~first\rsecond")


def test_close_cancels_a_paste_and_gives_the_console_back(desk: Desk) -> None:
    stream = desk.opened()
    desk.console.paste("x" * 1_000_000)
    desk.told.wait(lambda: stream.sent, "the first piece")
    desk.console.close()
    assert desk.console.state is ConsoleState.ENDED
    assert desk.hypervisor.console_of(desk.key) is None
    assert desk.console.paste_left == 0
    desk.hypervisor.destroy(desk.key)
    desk.hypervisor.start(desk.key)
    desk.console.line.refresh()
    desk.console.line.guest_started()
    assert desk.console.state is ConsoleState.ENDED, "closed stays closed"


def test_a_stream_that_opens_after_close_is_given_back(desk: Desk) -> None:
    desk.hypervisor.delay = 20.0
    desk.console.open()
    assert desk.console.state is ConsoleState.CONNECTING
    desk.console.close()
    desk.hypervisor.released.set()
    desk.told.wait(lambda: not [t for t in threading.enumerate() if t.name == "tuivm-console"], "thread over")
    assert desk.hypervisor.calls["open_console"] == 1
    assert desk.hypervisor.console_of(desk.key) is None
    desk.wait(ConsoleState.ENDED)


def test_through_the_session_it_follows_the_guest_and_others_are_bounded() -> None:
    hypervisor = MemoryHypervisor(CONSOLES_KEPT + 2, running=CONSOLES_KEPT + 2)
    session, told = Session(hypervisor, interval=1000.0), Recorder()
    session.attach(told)
    session.start()
    told.wait_inventory(lambda inventory: inventory.link is Link.UP)
    key = hypervisor.keys()[0]
    console = session.console(key)
    assert session.console(key) is console
    console.wake = lambda: None  # Somebody looks at it.
    console.open()
    told.wait(lambda: console.state is ConsoleState.OPEN, "open")
    hypervisor.destroy(key)
    told.wait(lambda: console.state is ConsoleState.OFF, "off")
    hypervisor.start(key)
    told.wait(lambda: console.state is ConsoleState.OPEN, "open again")
    hypervisor.suspend(key)
    told.wait(lambda: "paused" in console.message, "paused")
    assert session.inventory.domains[key].state is State.PAUSED
    for other in hypervisor.keys()[1:]:
        session.console(other)
    assert console.state is ConsoleState.OPEN, "looked at: another one gave way"
    console.wake = None
    for other in hypervisor.keys()[1:]:
        session.console(other)
    assert console.state is ConsoleState.ENDED, "the one asked for longest ago gave way"
    assert session.console(key) is not console
    session.close(timeout=20.0)


def test_what_is_typed_while_it_is_being_opened_reaches_the_guest(desk: Desk) -> None:
    let_go = threading.Event()
    real = desk.hypervisor.open_console

    def slow(*args: object, **kwargs: object) -> object:
        assert let_go.wait(30.0)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    desk.hypervisor.open_console = slow  # type: ignore[method-assign,assignment]
    desk.console.open()
    assert desk.console.state is ConsoleState.CONNECTING
    desk.console.send(b"ro")
    desk.console.send(b"ot\r")
    let_go.set()
    desk.wait(ConsoleState.OPEN)
    desk.console.send(b"x")
    desk.told.wait(lambda: bytes(desk.stream().sent) == b"root\rx", "every key, in order")
