"""The program under flood: the real app on a console that never stops, looked at from inside.

``python -m tests.benchmarks.flood_app SOURCE RESULT``. SOURCE is ``pty:ARGV`` (a program on a local pseudo
terminal, behind the Console port; ARGV in JSON) or ``lxc:URI`` (a container's console through libvirt).
RESULT is the file that gets the figures, a line of JSON an answer. Orders come in a file beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from textual.geometry import Region
from textual.strip import Strip

from tests.memory import MemoryHypervisor
from tuivm.config import Config
from tuivm.core.ports import Console, Hypervisor
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.terminal import Terminal
from tuivm.ui.app import TuivmApp
from tuivm.ui.widgets.console import ConsolePane

PROBE = 0.01
"""Seconds between two messages posted to the pane."""


def queued() -> float:
    """Seconds that the thread which draws was ready to run and other programs had the processor."""
    return int(Path(f"/proc/self/task/{os.getpid()}/schedstat").read_text().split()[1]) / 1e9


class PtyConsole:
    """A console that is the other end of a local pseudo terminal."""

    def __init__(self, argv: list[str], on_data: Callable[[bytes], None]) -> None:
        self._master, slave = pty.openpty()
        self._child = subprocess.Popen(argv, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        self._on_data = on_data
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._master, 262144)
            except OSError:
                return
            self._on_data(data)

    waiting = 0
    """Bytes queued: a local pseudo terminal takes all at once."""

    def send(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        self._child.kill()
        self._child.wait()


class PtyHypervisor(MemoryHypervisor):
    """Domains in memory; their console is a program on a local pseudo terminal, and no libvirt is there."""

    def __init__(self, argv: list[str]) -> None:
        super().__init__(1, names=["flood"], running=1)
        self._argv = argv

    def open_console(
        self,
        key: DomainKey,
        *,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        device: str | None = None,
        force: bool = False,
    ) -> Console:
        return PtyConsole(self._argv, on_data)


class Watch:
    """What is measured while the app runs."""

    def __init__(self, app: TuivmApp, result: Path) -> None:
        self.app = app
        self.result = result
        self.frames = 0
        self.latencies: list[float] = []
        self.fed: bytearray | None = None
        self._over = threading.Event()
        self._is_drawn = False
        render, frame = ConsolePane.render_lines, app.post_display_hook

        def drawn(pane: ConsolePane, crop: Region) -> list[Strip]:
            self._is_drawn = True
            return render(pane, crop)

        def shown() -> None:
            frame()
            self.frames += self._is_drawn
            self._is_drawn = False

        ConsolePane.render_lines = drawn  # type: ignore[method-assign,assignment]
        app.post_display_hook = shown  # type: ignore[method-assign]

    @property
    def pane(self) -> ConsolePane | None:
        found = self.app.main.query(ConsolePane)
        return found.first() if found else None

    @property
    def terminal(self) -> Terminal | None:
        return self.pane.terminal if self.pane is not None else None

    def say(self, **facts: object) -> None:
        with self.result.open("a") as file:
            file.write(json.dumps(facts) + "\n")

    def listen(self) -> None:
        """Begin: commands come as signals' payload would be too little, so they come as files."""
        threading.Thread(target=self._serve, daemon=True).start()
        self.app.watch(self.app.main, "focused", self._focused, init=False)

    def _focused(self, widget: object) -> None:
        self.say(what="focus", where=type(widget).__name__, at=time.monotonic())

    def _serve(self) -> None:
        while not self._over.wait(0.02):
            order = self.result.with_suffix(".order")
            try:
                words = order.read_text().split()
                order.unlink()
            except FileNotFoundError:
                continue
            if words[0] == "measure":
                self._measure(float(words[1]))
            elif words[0] == "state":
                self.app.call_from_thread(self._tell_state)
            elif words[0] == "record":
                self.app.call_from_thread(self._record)
            elif words[0] == "screen":
                self.app.call_from_thread(self._tell_screen)

    def _tell_state(self) -> None:
        terminal, session = self.terminal, self.pane.session if self.pane else None
        self.say(
            what="state",
            typing=self.app.console_has_keyboard,
            size=[terminal.screen.columns, terminal.screen.lines] if terminal else None,
            activity=session.activity if session else 0,
            text="\n".join(strip.text for strip in self.app.screen._compositor.render_strips()),
        )

    def _measure(self, seconds: float) -> None:
        """Post a message to the pane every so often, and count what is drawn meanwhile."""
        pane = self.pane
        assert pane is not None
        assert pane.session is not None
        process = psutil.Process()
        self.latencies.clear()
        waited = queued()
        frames, began, cpu = self.frames, time.monotonic(), time.process_time()
        read, memory = pane.session.activity, process.memory_info().rss
        fed = pane.session.terminal.scrollback.total
        while time.monotonic() < began + seconds:
            time.sleep(PROBE)
            pane.call_later(self._arrived, time.perf_counter())
        span = time.monotonic() - began
        self.say(
            what="measured",
            seconds=span,
            frames=(self.frames - frames) / span,
            cpu=(time.process_time() - cpu) / span,
            waited=(queued() - waited) / span,
            latencies=sorted(self.latencies),
            received=(pane.session.activity - read) / span,
            lines=(pane.session.terminal.scrollback.total - fed) / span,
            rss_before=memory,
            rss_after=process.memory_info().rss,
            message=pane.session.message,
        )

    def _arrived(self, posted: float) -> None:
        self.latencies.append(time.perf_counter() - posted)

    def _record(self) -> None:
        """Keep all that the terminal is fed from now on, and begin with an empty screen."""
        terminal = self.terminal
        assert terminal is not None
        self.fed = bytearray()
        terminal.feed(b"\x1bc")
        feed = terminal.feed

        def keep(data: bytes) -> None:
            assert self.fed is not None
            self.fed += data
            feed(data)

        terminal.feed = keep  # type: ignore[method-assign]
        self.say(what="recording")

    def _tell_screen(self) -> None:
        """Compare what is shown with what a terminal of its own makes of the same bytes at once."""
        pane, terminal = self.pane, self.terminal
        assert pane is not None
        assert terminal is not None
        assert self.fed is not None
        screen = terminal.screen
        other = Terminal(screen.columns, screen.lines)
        other.feed(bytes(self.fed))
        drawn = [pane.render_line(y).text for y in range(screen.lines)]
        same = [list(row) for row in screen.buffer] == [list(row) for row in other.screen.buffer]
        self.say(
            what="screen",
            same=same
            and (screen.cursor.x, screen.cursor.y) == (other.screen.cursor.x, other.screen.cursor.y),
            drawn=[text.rstrip() for text in drawn] == [row.rstrip() for row in other.screen.display],
            bytes=len(self.fed),
            last=[text.rstrip() for text in drawn if text.strip()][-2:],
        )

    def close(self) -> None:
        self._over.set()


def hypervisor_of(source: str) -> Hypervisor:
    """The hypervisor that SOURCE names."""
    if source.startswith("pty:"):
        return PtyHypervisor(json.loads(source.removeprefix("pty:")))
    from tuivm.hypervisor import connect

    return connect(source.removeprefix("lxc:"))


def main(source: str, result: str) -> int:
    """Run the app until it is left."""
    session = Session(hypervisor_of(source))
    session.start()
    session.wait_ready(30.0)
    app = TuivmApp(session, Config(ascii=False), remember=lambda state: None)
    watch = Watch(app, Path(result))
    listen = app.listen

    def begin() -> None:
        listen()
        watch.listen()

    app.listen = begin  # type: ignore[method-assign]
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        app.run()
    finally:
        watch.close()
        session.close()
    return 0


if __name__ == "__main__":
    asyncio.set_event_loop(None)
    sys.exit(main(*sys.argv[1:]))
