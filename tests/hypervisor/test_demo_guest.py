"""The demonstration's guest, really booted on the embedded driver: one guest for all tests of this module.

The tests run in their order and each leaves the guest running at its prompt.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tuivm.demo import Demo
from tuivm.demo.owner import emulators_of
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import HypervisorError
from tuivm.model.snapshot import SnapshotRequest
from tuivm.terminal import Terminal

PATIENCE = 120.0
"""Seconds; a guest boots in 3 to 30, by how busy the machine is."""


def until(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait until ``condition`` holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.02)


class Shell:
    """The guest's console on a terminal, with somebody who types."""

    def __init__(self, hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
        self.hypervisor, self.key = hypervisor, key
        self.terminal = Terminal(80, 24)
        self.ended = threading.Event()
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()
        self.open()

    def open(self) -> None:
        self.ended.clear()
        self.console = self.hypervisor.open_console(self.key, on_data=self.data, on_end=self.end)

    def data(self, data: bytes) -> None:
        with self.lock:
            self.terminal.feed(data)
            replies = self.terminal.take_replies()
        if replies:
            self.console.send(replies)

    def end(self, error: HypervisorError | None) -> None:
        self.ended.set()

    def text(self) -> list[str]:
        with self.lock:
            return [line.rstrip() for line in self.terminal.screen.display]

    def wait_line(self, wanted: str) -> None:
        """Wait for a line of the screen that is ``wanted``."""
        until(lambda: wanted in self.text(), lambda: f"no {wanted!r} in {self.text()}")

    def wait_text(self, wanted: str) -> None:
        """Wait for a line of the screen that begins with ``wanted``."""
        until(
            lambda: any(line.startswith(wanted) for line in self.text()),
            lambda: f"no {wanted!r} in {self.text()}",
        )

    def prompt(self) -> None:
        """Wait for a new shell's prompt on the cursor's line."""
        until(lambda: self.at_prompt(), lambda: f"no prompt in {self.text()}")

    def at_prompt(self) -> bool:
        text = self.text()
        with self.lock:
            return text[self.terminal.screen.cursor.y] == "shell:~#"

    def ask(self, command: str) -> list[str]:
        """Type a command; return the lines it printed."""
        number = next(self.numbers)
        # The mark in what is typed is not the mark in what is printed.
        self.console.send(f"clear; {command}; echo end-$(({number}+0))\r".encode())
        self.wait_line(f"end-{number}")
        self.prompt()
        text = self.text()
        return text[: text.index(f"end-{number}")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LibvirtHypervisor, DomainKey, Path]]:
    """The guest with the login shell, defined and started; its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        patch.setenv("LIBVIRT_LOG_OUTPUTS", "")
        with Demo(accel=os.environ.get("TUIVM_DEMO_ACCEL", "auto")) as demo:
            prepared = demo.prepare(print)
            assert prepared.reason == ""
            folder = Path(prepared.uri.partition("root=")[2])
            hypervisor = connect(prepared.uri)
            hypervisor.open()
            xml = next(each for each in prepared.domains if ET.fromstring(each).findtext("name") == "shell")
            key = hypervisor.define(xml)
            hypervisor.start(key)
            yield hypervisor, key, folder
            hypervisor.destroy(key)
            hypervisor.undefine(key)
            assert list(emulators_of(folder)) == []
            assert hypervisor.list_domains() == []
            hypervisor.close()
    assert not folder.exists()


@pytest.fixture(scope="module")
def shell(world: tuple[LibvirtHypervisor, DomainKey, Path]) -> Shell:
    """At the prompt of the guest's shell."""
    hypervisor, key, _ = world
    shell = Shell(hypervisor, key)
    shell.prompt()
    return shell


def test_the_shell_answers(shell: Shell) -> None:
    assert shell.ask("echo $((6*7))") == ["42"]


def test_it_is_what_it_says(shell: Shell) -> None:
    assert shell.ask("hostname; whoami; tty; echo $TERM") == ["shell", "root", "/dev/ttyS0", "xterm-256color"]


def test_there_is_job_control(shell: Shell) -> None:
    shell.console.send(b"sleep 1000\r")
    time.sleep(0.3)
    shell.console.send(b"\x03")
    assert shell.ask("echo interrupted")[-1] == "interrupted"


def test_vi_takes_the_size_of_the_terminal(shell: Shell) -> None:
    with shell.lock:
        shell.terminal.resize(100, 30)
    try:
        shell.console.send(b"vi /data/notes\r")
        until(lambda: shell.text().count("~") == 28, lambda: f"not vi on 30 lines: {shell.text()}")
        # One thing after the other, as typed: vi looks whether anything follows an escape.
        for typed, shown in ((b"i", "I /"), (b"hello from vi", "hello from vi"), (b"\x1b", "- /")):
            shell.console.send(typed)
            shell.wait_text(shown)
        shell.console.send(b":wq\r")
        shell.prompt()
        assert shell.ask("cat /data/notes; stty size") == ["hello from vi", "30 100"]
    finally:
        with shell.lock:
            shell.terminal.resize(80, 24)


def test_the_guest_tells_its_memory(shell: Shell) -> None:
    def told() -> bool:
        (counters,) = shell.hypervisor.sample()
        given, unused = counters.guest_available, counters.guest_unused
        return given is not None and unused is not None and 0 < unused < given <= 96 << 20

    until(told, lambda: f"balloon: {shell.hypervisor.sample()}")


def test_a_snapshot_brings_back_disk_and_memory(shell: Shell) -> None:
    assert shell.ask("echo before >/data/file; sync; word=kept; cat /data/file") == ["before"]
    snapshot = shell.hypervisor.take_snapshot(shell.key, SnapshotRequest("first"))
    assert snapshot.memory
    assert shell.ask("echo after >/data/file; sync; word=lost; cat /data/file") == ["after"]
    shell.hypervisor.revert_snapshot(shell.key, "first")
    if shell.ended.wait(2.0):
        shell.open()
    shell.console.send(b"\r")
    assert shell.ask("cat /data/file; echo $word") == ["before", "kept"]
    shell.hypervisor.delete_snapshot(shell.key, "first")
    assert shell.hypervisor.snapshot_names(shell.key) == ()


def test_reboot_keeps_the_console_and_the_disk(shell: Shell) -> None:
    assert shell.ask("echo written >/data/boot; word=lost; echo ok") == ["ok"]
    shell.console.send(b"clear; reboot\r")
    until(lambda: not shell.at_prompt(), lambda: "it did not begin to reboot")
    shell.prompt()
    assert not shell.ended.is_set()
    assert shell.ask("cat /data/boot; echo [$word]") == ["written", "[]"]


def test_the_power_button_turns_it_off_with_nothing_lost(shell: Shell) -> None:
    assert shell.ask("echo unsynced >/data/last; echo ok") == ["ok"]
    shell.hypervisor.shutdown(shell.key)
    until(
        lambda: shell.hypervisor.read_domain(shell.key).state is State.OFF,
        lambda: f"still {shell.hypervisor.read_domain(shell.key)}",
    )
    assert shell.ended.wait(PATIENCE)
    shell.hypervisor.start(shell.key)
    shell.open()
    with shell.lock:
        shell.terminal.feed(b"\x1bc")
    shell.prompt()
    assert shell.ask("cat /data/last") == ["unsynced"]


def test_poweroff_at_the_prompt_turns_it_off(shell: Shell) -> None:
    shell.console.send(b"poweroff\r")
    until(
        lambda: shell.hypervisor.read_domain(shell.key).state is State.OFF,
        lambda: f"still {shell.hypervisor.read_domain(shell.key)}",
    )
    shell.hypervisor.start(shell.key)
