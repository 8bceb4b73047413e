"""A start into the firmware's setup: which key is pressed how often, and what is said of it."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core.console_ear import KEPT, Ear
from tuivm.core.session import Session
from tuivm.core.surroundings import Heard, Surroundings
from tuivm.core.verbs import Arguments, Work, command, firmware, verb
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Cancelled, HypervisorError, Invalid
from tuivm.model.job import JobState

SETUP = Arguments(device="firmware")
UEFI = "<domain type='kvm'><os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os></domain>"
F2, ESC = ("KEY_F2",), ("KEY_ESC",)


class Screen:
    """What a guest's console shows once it was pressed so often."""

    def __init__(self, pressed: list[tuple[str, ...]], after: int, *before: bytes) -> None:
        self._pressed = pressed
        self._after = after
        self._before = before
        self.open = False
        """Whether it is listened to."""

    def has(self, *words: bytes) -> bool:
        return len(self._pressed) >= self._after or set(words) <= set(self._before)

    @contextmanager
    def hear(self, _: DomainKey) -> Iterator[Heard | None]:
        self.open = True
        yield self
        self.open = False


class Bench:
    """One machine that is off."""

    def __init__(self) -> None:
        self.hypervisor = MemoryHypervisor(1, running=0)
        self.hypervisor.open()
        self.key = self.hypervisor.keys()[0]
        self.machine = self.hypervisor.machine(self.key)

    def work(self, screen: Screen | None = None, *options: str) -> Work:
        around = Surroundings(screen.hear) if screen is not None else Surroundings()
        return Work(self.hypervisor, self.key, replace(SETUP, options=frozenset(options)), None, around)

    def start(self, screen: Screen | None = None, *options: str) -> str:
        work = self.work(screen, *options)
        verb("start").run(work)
        return work.message


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(firmware, "AGAIN", 0.01)
    monkeypatch.setattr(firmware, "LATEST", 0.05)
    monkeypatch.setattr(firmware, "OPENS_WITHIN", 0.05)
    return Bench()


def test_f2_is_pressed_until_the_setup_is_seen(bench: Bench) -> None:
    bench.machine.xml = UEFI
    screen = Screen(bench.machine.pressed, 3)
    assert bench.start(screen) == "in firmware setup, which is on its console"
    assert bench.machine.pressed == [F2] * 3
    assert not screen.open


def test_where_nothing_is_seen_f2_is_pressed_as_long_as_the_firmware_waits(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert firmware.WAIT == 30.0
    monkeypatch.setattr(firmware, "WAIT", 0.2)
    bench.machine.xml = UEFI
    for screen in (None, Screen(bench.machine.pressed, 10**6)):
        bench.machine.pressed.clear()
        assert bench.start(screen).startswith("F2 was pressed for 0.2 s; whether its setup opened shows")
        assert set(bench.machine.pressed) == {F2}
        bench.hypervisor.destroy(bench.key)


def test_what_boots_is_not_taken_for_the_setup(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firmware, "WAIT", 0.2)
    bench.machine.xml = UEFI
    windows = Screen(bench.machine.pressed, 10**6, b"Windows Boot Manager", b"Device Manager")
    assert "in firmware setup" not in bench.start(windows)


def test_seabios_is_pressed_once_and_not_said_to_have_a_setup(bench: Bench) -> None:
    assert bench.start(Screen(bench.machine.pressed, 1)) == (
        "in the boot menu, which is on its console: SeaBIOS has no setup"
    )
    assert bench.machine.pressed == [ESC]
    bench.hypervisor.destroy(bench.key)
    unseen = bench.start()
    assert unseen == "Esc was pressed for the boot menu (SeaBIOS has no setup): it shows on its screen"
    assert bench.machine.pressed == [ESC, ESC]


def test_a_machine_that_cannot_be_pressed_waits_and_says_for_what(bench: Bench) -> None:
    bench.hypervisor.missing[Capability.SEND_KEYS] = "no way to press keys"
    assert bench.start() == "the firmware waits 30 s: press F2 or Esc on the console or on its screen"
    assert bench.machine.pressed == []


def test_given_up_it_runs_on(bench: Bench) -> None:
    bench.machine.xml = UEFI
    work = bench.work()
    work.cancel()
    with pytest.raises(Cancelled, match="runs on"):
        verb("start").run(work)
    assert bench.hypervisor.read_domain(bench.key).state is State.RUNNING
    assert verb("start").can_be_ended(SETUP)
    assert not verb("start").can_be_ended(Arguments())


def test_a_machine_that_goes_off_meanwhile_is_told(bench: Bench) -> None:
    bench.machine.xml = UEFI
    work = bench.work()
    boot = bench.hypervisor.boot_once

    def boot_and_die(key: DomainKey, device: str, **options: bool) -> None:
        boot(key, device, **options)
        bench.hypervisor.power_off(key)

    bench.hypervisor.boot_once = boot_and_die  # type: ignore[method-assign]
    with pytest.raises(HypervisorError, match="it was started, but KEY_F2 could not be pressed"):
        verb("start").run(work)


def test_a_start_that_is_refused_presses_nothing(bench: Bench) -> None:
    bench.hypervisor.start(bench.key)
    bench.hypervisor.save(bench.key)
    with pytest.raises(Invalid, match="saved state"):
        bench.start()
    assert bench.machine.pressed == []


def test_paused_it_says_what_to_press_when_it_goes_on(bench: Bench) -> None:
    said = bench.start(None, "paused")
    assert said.startswith("paused: resume it, then the firmware waits 30 s: press Esc (SeaBIOS has")
    assert bench.machine.pressed == []


def test_virsh_does_it_with_two_commands(bench: Bench) -> None:
    domain = replace(bench.hypervisor.read_domain(bench.key), name="a $(b)")
    line = command(verb("start"), domain, SETUP)
    first, pause, press = (shlex.split(part) for part in line.split(" && "))
    assert first[-2:] == ["--no-define", "--start"]
    assert pause == ["sleep", "8"]
    assert press == ["virsh", "-c", domain.key.connection, "send-key", "--domain", "a $(b)", "KEY_ESC"]
    assert "&&" not in command(verb("start"), domain, replace(SETUP, options=frozenset({"paused"})))
    assert "&&" not in command(verb("start"), domain, Arguments())


def test_an_ear_hears_across_pieces_and_forgets_what_is_long_past() -> None:
    ear = Ear()
    ear.output(b"Device Man")
    ear.output(b"ager")
    assert ear.has(b"Device Manager")
    assert not ear.has(b"Device Manager", b"other")
    for _ in range(4):
        ear.output(b"x" * KEPT)
    assert not ear.has(b"Device Manager")


def test_whoever_wants_something_else_of_it_does_not_wait_for_its_firmware() -> None:
    """By the real pace: a wait of 30 seconds would be longer than the recorder's patience."""
    hypervisor = MemoryHypervisor(1, running=0)
    key = hypervisor.keys()[0]
    session, told = Session(hypervisor, interval=0.05), Recorder()
    session.attach(told)
    session.start()
    for xml in (UEFI, ""):
        hypervisor.machine(key).xml = xml
        told.wait_inventory(lambda inventory: key in inventory.domains)
        job = session.run(verb("start"), hypervisor.read_domain(key), SETUP)
        told.wait(lambda: hypervisor.read_domain(key).state is State.RUNNING, "its start")
        off = session.run(verb("force-off"), hypervisor.read_domain(key))
        over = told.wait_job(job.id)
        assert (over.state, over.message) == (JobState.DONE, firmware._GIVES_WAY)
        assert told.wait_job(off.id).state is JobState.DONE
    session.close()


def test_its_console_opens_with_it_and_what_was_drawn_is_there_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(firmware, "AGAIN", 0.05)
    hypervisor = MemoryHypervisor(1, running=0)
    key = hypervisor.keys()[0]
    hypervisor.machine(key).xml = UEFI
    session, told = Session(hypervisor, interval=0.05), Recorder()
    session.attach(told)
    session.start()
    told.wait_inventory(lambda inventory: key in inventory.domains)
    job = session.run(verb("start"), session.inventory.domains[key], SETUP)
    console = told.wait(lambda: hypervisor.console_of(key), "its console")
    told.wait(lambda: session.console(key).listening, "listening")
    drawn = threading.Timer(0.0, console.receive, (b"\x1b[2J Device Manager Boot Maintenance Manager",))
    drawn.start()
    over = told.wait_job(job.id)
    assert (over.state, over.message) == (JobState.DONE, "in firmware setup, which is on its console")
    session.console(key).pump(1.0)
    assert "Boot Maintenance Manager" in "".join(session.console(key).terminal.screen.display)
    told.wait(lambda: not session.console(key).listening, "the end of listening")
    session.close()
