"""Make the pictures in ``screenshots/`` from the running program on the demonstration's real guests.

``python -m tests.make_screenshots``: nothing in a picture is made by hand; figures differ from run to run.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from textual.pilot import Pilot

from tuivm.config import Config, State
from tuivm.core.session import Session
from tuivm.demo import Demo
from tuivm.model.inventory import Link
from tuivm.ui.app import TuivmApp

PICTURES = Path(__file__).parent.parent / "screenshots"
WARM_UP = 100.0
"""Seconds of graphs in the picture."""
NOTICES = 15.0
"""Seconds after which no notice lies over the picture any more."""


def _forget(_: State) -> None:
    """The pictures' theme is not the user's choice."""


def self_contained(svg: str) -> str:
    """Return the picture without the fonts it would fetch from elsewhere; the viewer's own serve."""
    return re.sub(r"@font-face\s*{[^}]*}\s*", "", svg)


def _save(app: TuivmApp, name: str) -> None:
    path = PICTURES / f"{name}.svg"
    path.write_text(self_contained(app.export_screenshot(title="tuivm")), encoding="utf-8")
    print(path.name)


async def _type(pilot: Pilot[int], text: str) -> None:
    keys = {" ": "space", "/": "slash", "-": "minus", ".": "full_stop", "\n": "enter"}
    await pilot.press(*(keys.get(char, char) for char in text))


async def _wide(session: Session, note: str) -> None:
    app = TuivmApp(session, Config(), note=note, remember=_forget)
    async with app.run_test(size=(200, 50)) as pilot:
        await asyncio.sleep(WARM_UP)
        _save(app, "main-200x50")
        await _host(pilot, app)
        await pilot.press("j", "c")
        await asyncio.sleep(3)
        await _type(pilot, "\nls -l /\n")
        await asyncio.sleep(2)
        await _type(pilot, "top -n 1\n")
        await asyncio.sleep(4)
        _save(app, "console-200x50")
        await pilot.press("ctrl+right_square_bracket", "question_mark")
        await asyncio.sleep(1)
        _save(app, "help-200x50")
        await pilot.press("escape")
        await asyncio.sleep(0.5)
        await pilot.press("vertical_line")
        await _tiles(pilot, app)
        await pilot.press("escape")
        await asyncio.sleep(0.5)
        await _happens(pilot, app)
        await _graphs(pilot, app, "200x50")
        await pilot.press("L")
        await asyncio.sleep(2)
        _save(app, "log-200x50")
        await pilot.press("escape")


async def _happens(pilot: Pilot[int], app: TuivmApp) -> None:
    """Something is done to a machine: it is marked on its graphs, and stands in the log."""
    await _on(pilot, app, "web")
    for key in ("p", "p", "t"):
        await pilot.press(key)
        await asyncio.sleep(4)
    await pilot.press("enter")
    await asyncio.sleep(NOTICES)


async def _graphs(pilot: Pilot[int], app: TuivmApp, size: str) -> None:
    """The last minute of a machine, read at the moment when something happened to it."""
    await _on(pilot, app, "web")
    await pilot.press("i", "1")
    await asyncio.sleep(3)
    if size.startswith("200"):
        await pilot.press("comma")
        await asyncio.sleep(2)
    _save(app, f"graphs-{size}")
    await pilot.press("q")
    await asyncio.sleep(0.5)


async def _on(pilot: Pilot[int], app: TuivmApp, name: str) -> None:
    """Move the cursor of the list to a machine."""
    await pilot.press("g")
    while app.main.selected is None or app.main.selected.name != name:
        await pilot.press("j")


async def _host(pilot: Pilot[int], app: TuivmApp) -> None:
    """How full the host is, and what keeps its machines apart."""
    await pilot.press("h")
    await asyncio.sleep(5)
    _save(app, "host-200x50")
    await pilot.press("escape")
    await asyncio.sleep(0.5)


async def _tiles(pilot: Pilot[int], app: TuivmApp) -> None:
    """Three consoles at once, and one in which something is looked for."""
    for _ in range(2):
        await pilot.press("plus")
        await asyncio.sleep(0.5)
        await pilot.press("enter")
        await asyncio.sleep(2)
    await pilot.press("a", "enter")
    await _type(pilot, "\nuptime\n")
    await asyncio.sleep(3)
    _save(app, "tiles-200x50")
    await pilot.press("ctrl+right_square_bracket", "a", "escape")


async def _console(session: Session, note: str) -> None:
    app = TuivmApp(session, Config(), note=note, remember=_forget)
    async with app.run_test(size=(80, 24)) as pilot:
        await asyncio.sleep(2)
        await pilot.press("j", "Z")
        await asyncio.sleep(2)
        await _type(pilot, "dmesg\n")
        await asyncio.sleep(3)
        await pilot.press("ctrl+right_square_bracket", "v", "question_mark")
        await _type(pilot, "virtio\n")
        await asyncio.sleep(2)
        _save(app, "search-80x24")
        await pilot.press("q", "ctrl+right_square_bracket", "m")
        await asyncio.sleep(1)
        _save(app, "menu-80x24")
        await pilot.press("escape")


async def _narrow(session: Session, note: str, theme: str, name: str) -> None:
    app = TuivmApp(session, Config(theme=theme), note=note, remember=_forget)
    async with app.run_test(size=(80, 24)) as pilot:
        await asyncio.sleep(3)
        await pilot.press("j")
        await asyncio.sleep(1)
        _save(app, name)
        if name == "main-80x24":
            await _graphs(pilot, app, "80x24")


async def _all(session: Session, note: str) -> None:
    await _wide(session, note)
    await _console(session, note)
    await _narrow(session, note, "tuivm-dark", "main-80x24")
    await _narrow(session, note, "tuivm-light", "light-80x24")
    await _narrow(session, note, "tuivm-contrast", "contrast-80x24")


def main() -> int:
    """Start the demonstration, take the pictures, remove it."""
    with Demo() as demo:
        prepared = demo.prepare(print)
        from tuivm.hypervisor import connect  # not earlier: the demonstration sets where libvirt logs to

        hypervisor = connect(prepared.uri)
        session = Session(hypervisor)
        session.start()
        demo.launch_in_background(
            hypervisor, ready=lambda: session.inventory.link is Link.UP, failed=lambda why: print(why)
        )
        try:
            asyncio.run(_all(session, prepared.note))
        finally:
            demo.cleanup(hypervisor)
            session.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
