"""A console pane under test: a guest that a test can look into, and all that the pane tells."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input

from tests.memory_console import MemoryConsole
from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Failed, HypervisorError
from tuivm.ui.widgets.console import ConsolePane

KEY = DomainKey("memory:///default", "00000000-0000-0000-0000-000000000001")
LEAVE = "ctrl+right_square_bracket"


class Guest:
    """Stands for the hypervisor: opens consoles that a test can look into."""

    def __init__(self) -> None:
        self.domain = Domain(KEY, "guest", State.RUNNING)
        self.console = MemoryConsole(lambda _: None, lambda _: None)
        self.fault: HypervisorError | None = None
        self.forced = False

    def detail(self, key: DomainKey) -> Detail:
        raise Failed("there is no description here")

    def open_console(
        self,
        key: DomainKey,
        *,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        device: str | None = None,
        force: bool = False,
    ) -> MemoryConsole:
        self.forced = force
        if self.fault is not None and not force:
            raise self.fault
        self.console = MemoryConsole(on_data, on_end)
        return self.console


class PaneApp(App[None]):
    BINDINGS: ClassVar = [("s", "start", "Start")]

    def __init__(self) -> None:
        super().__init__()
        self.left = 0
        self.started = 0
        self.rung = 0
        self.copied: list[str] = []
        self.told: list[ConsolePane.Copied | ConsolePane.Notice | ConsolePane.ClipboardAsked] = []

    def compose(self) -> ComposeResult:
        yield ConsolePane()
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Input).display = False

    def action_start(self) -> None:
        self.started += 1

    def on_console_pane_left(self, event: ConsolePane.Left) -> None:
        assert event.control is self.query_one(ConsolePane)
        self.left += 1

    def on_console_pane_copied(self, event: ConsolePane.Copied) -> None:
        self.told.append(event)

    def on_console_pane_notice(self, event: ConsolePane.Notice) -> None:
        self.told.append(event)

    def on_console_pane_clipboard_asked(self, event: ConsolePane.ClipboardAsked) -> None:
        self.told.append(event)

    def copy_to_clipboard(self, text: str) -> None:
        self.copied.append(text)

    def bell(self) -> None:
        self.rung += 1

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        pane = self.focused
        keeps = isinstance(pane, ConsolePane) and pane.has_keyboard
        return not (keeps and action in ("quit", "command_palette"))


@dataclass
class Bench:
    """A pane under test with what is around it."""

    app: PaneApp
    pilot: Pilot[None]
    pane: ConsolePane
    guest: Guest
    session: ConsoleSession

    async def settle(self, until: Callable[[], bool] = lambda: True) -> None:
        for _ in range(200):
            await self.pilot.pause(0.02)
            if until():
                return
        raise AssertionError("never came to pass")

    async def prints(self, data: str | bytes) -> None:
        """The guest prints, and the pane has shown it."""
        raw = data.encode() if isinstance(data, str) else data
        before = self.session.activity
        self.guest.console.receive(raw)
        assert self.session.activity == before + len(raw)
        await self.settle(lambda: len(self.session.backlog) == 0)
        await self.pilot.pause(0.05)

    def rows(self) -> list[str]:
        """What each row of the pane shows."""
        strips = [self.pane.render_line(y) for y in range(self.pane.size.height)]
        assert all(strip.cell_length == self.pane.size.width for strip in strips)
        assert all(sum(s.cell_length for s in strip) == strip.cell_length for strip in strips)
        return [strip.text.rstrip() for strip in strips]

    def shown(self) -> str:
        """All that is shown, with white space made one."""
        return " ".join(" ".join(self.rows()).split())

    def status(self) -> str:
        return self.rows()[-1].strip()

    async def press(self, *keys: str) -> None:
        """Press keys, and let the pane draw."""
        await self.pilot.press(*keys)
        await self.settle(lambda: self.pane._copy is None or not self.pane._copy.search.is_wanted)
        await self.pilot.pause(0.05)

    async def write(self, text: str) -> None:
        """Press the keys of a text."""
        for character in text:
            self.pane.post_message(events.Key(character, character))
        await self.press()

    async def mouse(
        self, kind: type[events.MouseEvent], x: int, y: int, button: int = 1, **keys: bool
    ) -> None:
        """One event of the mouse, as the screen passes it on."""
        shift, meta, ctrl = (keys.get(name, False) for name in ("shift", "meta", "ctrl"))
        event = kind(self.pane, x, y, 0, 0, button, shift, meta, ctrl, x, y)
        self.app.screen._forward_event(event)
        await self.pilot.pause(0.02)

    @property
    def sent(self) -> bytes:
        """What the guest got."""
        return bytes(self.guest.console.sent)

    def marked(self, y: int) -> list[tuple[str, str]]:
        """Pieces of a row that have another background than the console's, with it."""
        ground = self.pane._painter.background
        found = []
        for text, style, _ in self.pane.render_line(y):
            colour = style.bgcolor.name if style is not None and style.bgcolor is not None else ""
            if colour != ground:
                found.append((text, colour))
        return found

    def style_at(self, x: int, y: int) -> Any:
        return next(iter(self.pane.render_line(y).crop(x, x + 1))).style


@asynccontextmanager
async def bench(size: tuple[int, int] = (40, 8), guest: Guest | None = None) -> AsyncIterator[Bench]:
    guest = guest or Guest()
    session = ConsoleSession(KEY, guest, lambda _: guest.domain)  # type: ignore[arg-type]
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        pane = app.query_one(ConsolePane)
        pane.focus()
        pane.attach(session)
        made = Bench(app, pilot, pane, guest, session)
        await made.settle(lambda: session.state is not ConsoleState.CONNECTING)
        await pilot.pause(0.05)
        yield made
        session.close()
