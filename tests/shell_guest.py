"""A real guest with a shell on its serial console: the demonstration's, on a daemon of the tests' own."""

from __future__ import annotations

import itertools
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.daemon import PrivateDaemon, temporary_daemon
from tests.recorder import Recorder
from tuivm import paths
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.demo import guest
from tuivm.demo.domains import Hardware, Role, domain_xml
from tuivm.demo.parts import find_emulator
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.job import Job

_NOTHING = Arguments()
PATIENCE = 120.0
"""Seconds; a guest boots in 3 to 30, by how busy the machine is."""

_ECHOED_ANSWER = re.compile(r"\^\[\[\d+;\d+R")
"""A cursor position report as a terminal that is not raw shows it."""


@dataclass
class ShellGuest:
    """The guest, and tuivm at its console."""

    daemon: PrivateDaemon
    """Who runs it."""
    hypervisor: LibvirtHypervisor
    """A connection of the test's own."""
    session: Session
    """The program without its screen."""
    key: DomainKey
    """The domain."""
    name: str = "shell"
    """The domain's name."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """Numbers of the commands asked."""

    @property
    def console(self) -> ConsoleSession:
        """Its console."""
        return self.session.console(self.key)

    @property
    def domain(self) -> Domain:
        """The domain as the program shows it."""
        return self.session.inventory.domains[self.key]

    def run(self, id_: str, arguments: Arguments = _NOTHING) -> Job:
        """Do a verb as the program does it; returns its end."""
        begun = self.session.run(verb(id_), self.domain, arguments)
        deadline = time.monotonic() + PATIENCE
        while not (job := next(one for one in self.session.jobs if one.id == begun.id)).state.is_over:
            assert time.monotonic() < deadline, f"the end of {id_} did not come"
            time.sleep(0.01)
        return job

    def text(self) -> list[str]:
        """The lines on the screen, drawn up to now, without blank ends."""
        self.console.pump(1.0)
        return [line.rstrip() for line in self.console.terminal.screen.display]

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Draw, and wait until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not (self.text() and condition()):
            assert time.monotonic() < deadline, f"{what} did not come: {self.console.message} {self.text()}"
            time.sleep(0.01)

    def at_prompt(self) -> bool:
        """Whether the cursor stands behind the shell's prompt."""
        text = self.text()
        return text[self.console.terminal.screen.cursor.y] == f"{self.name}:~#"

    def open(self) -> None:
        """Open the console, by force if need be: whoever had it a moment ago may still be leaving."""
        self.console.open(force=True)
        self.until(lambda: self.console.state is ConsoleState.OPEN, "the console")

    def prompt(self) -> None:
        """Open the console and wait for the shell's prompt."""
        self.open()
        self.until(self.at_prompt, "a prompt")

    def ask(self, command: str) -> list[str]:
        """Type a command; returns the lines it printed."""
        number = next(self.numbers)
        # The mark in what is typed is not the mark in what is printed. Ctrl+U: half an answer about the
        # cursor that came while the guest fell asleep stands on the line as if typed.
        self.console.send(f"\x15clear; {command}; echo end-$(({number}+0))\r".encode())
        end = f"end-{number}"
        self.until(lambda: end in self.text() and self.at_prompt(), f"the end of {command!r}")
        text = self.text()
        # The shell asks for the cursor's place at its prompt; what is answered late is echoed.
        return [_ECHOED_ANSWER.sub("", line) for line in text[: text.index(end)]]


@contextmanager
def shell_guest(
    wake: Callable[[], None] = lambda: None,
    folder: Path | None = None,
    without: str = "",
    devices: str = "",
    name: str = "shell",
    make: Callable[[Path], str] | None = None,
    *,
    own_network: bool = False,
) -> Iterator[ShellGuest]:
    """A guest that has been started, its disk in ``folder`` if given; everything is gone afterwards.

    ``without`` is left out of its XML, ``devices`` are further ones, in XML. ``make`` returns
    the XML of another guest of that name, and makes what it needs in the folder it is given.
    ``own_network`` is for root: taps are made where nothing else has its own.
    """
    with temporary_daemon(own_network=own_network) as daemon:
        hypervisor = connect(daemon.uri)
        hypervisor.open()
        where = folder or daemon.directory
        xml = make(where) if make is not None else plain(where, name)
        assert without in xml
        xml = xml.replace(without, "") if without else xml
        xml = xml.replace("</devices>", f"{devices}</devices>")
        key = hypervisor.define(xml)
        hypervisor.start(key)
        session, told = Session(hypervisor, interval=0.5), Recorder()
        session.attach(told)
        session.start()
        told.wait_inventory(lambda inventory: key in inventory.domains)
        made = ShellGuest(daemon, hypervisor, session, key, name)
        made.console.wake = wake
        try:
            yield made
        finally:
            session.close(timeout=20.0)
            hypervisor.close()


def plain(folder: Path, name: str = "shell") -> str:
    """XML of the demonstration's guest, its empty disk made in ``folder``."""
    parts = guest.build(paths.cache_dir() / "demo", lambda line: None)
    disk = folder / "shell.qcow2"
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", disk, "64M"], check=True)
    hardware = Hardware(parts, find_emulator(parts.machine), kvm=False, user_network=False)
    return with_second_serial(domain_xml(hardware, Role(name, "idle", "a shell"), disk))


def with_second_serial(xml: str) -> str:
    """The XML with one more serial port, which nothing in the guest speaks on."""
    root = ET.fromstring(xml)
    devices = root.find("devices")
    assert devices is not None
    serial = ET.SubElement(devices, "serial", {"type": "pty"})
    ET.SubElement(serial, "target", {"port": "1"})
    return ET.tostring(root, encoding="unicode")
