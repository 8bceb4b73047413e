"""``tuivm play`` on the screen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tuivm.config import Config
from tuivm.core.asciicast import CastEvent, Header, Recording
from tuivm.core.player import Player
from tuivm.ui.screens.play import PlayApp, clock

LINES = tuple(CastEvent(float(at), "o", f"line {at}\r\n") for at in range(61))


@asynccontextmanager
async def playing(
    recording: Recording | None = None,
    *,
    size: tuple[int, int] = (80, 24),
    ascii_only: bool = False,
    paused: bool = True,
) -> AsyncIterator[tuple[PlayApp, Pilot[int]]]:
    player = Player(recording or Recording(Header(80, 20, title="a title"), LINES))
    player.paused = paused
    app = PlayApp(player, Config(ascii=ascii_only))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def shown(app: PlayApp) -> list[str]:
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    end = asyncio.get_running_loop().time() + 20
    while not true():
        assert asyncio.get_running_loop().time() < end, shown(pilot.app)  # type: ignore[arg-type]
        await pilot.pause(0.02)
    await pilot.pause(0.05)


async def test_it_plays_by_itself_to_the_end() -> None:
    recording = Recording(
        Header(80, 20), tuple(CastEvent(at / 100, "o", f"line {at}\r\n") for at in range(5))
    )
    async with playing(recording, paused=False) as (app, pilot):
        await until(pilot, lambda: app.play.player.is_over)
        assert shown(app)[:5] == [f"line {at}" for at in range(5)]
        assert shown(app)[-1].startswith(" end 0:00 of 0:00")
        assert shown(app)[-1].endswith("? keys  q quit")


async def test_keys() -> None:
    async with playing() as (app, pilot):
        player = app.play.player
        await until(pilot, lambda: "paused 0:00 of 1:00" in shown(app)[-1])
        await pilot.press("right")
        await until(pilot, lambda: "line 5" in shown(app) and "0:05" in shown(app)[-1])
        await pilot.press("left")
        await until(pilot, lambda: "line 5" not in shown(app) and player.position == 0)
        await pilot.press("5")
        await until(pilot, lambda: "line 30" in shown(app) and "0:30" in shown(app)[-1])
        await pilot.press("full_stop")
        await until(pilot, lambda: "line 31" in shown(app))
        await pilot.press("G")
        await until(pilot, lambda: "line 60" in shown(app) and "end 1:00" in shown(app)[-1])
        await pilot.press("g")
        await until(pilot, lambda: "line 60" not in shown(app))
        await pilot.press("plus", "plus", "minus", "plus")
        await until(pilot, lambda: "×4" in shown(app)[-1])
        assert player.speed == 4
        await pilot.press("space")
        await until(pilot, lambda: player.position > 0.5)
        assert not player.paused
        await pilot.press("q")
        await pilot.pause()
    assert app.return_value == 0


async def test_scrolling_back_stays_and_returns() -> None:
    async with playing() as (app, pilot):
        await pilot.press("G")
        await until(pilot, lambda: "line 60" in shown(app))
        await pilot.press("pageup")
        await until(pilot, lambda: "lines back" in shown(app)[-1])
        assert "line 60" not in shown(app)
        await pilot.press("pagedown")
        await until(pilot, lambda: "line 60" in shown(app))
        assert "back" not in shown(app)[-1]
        for _ in range(10):
            await pilot.press("pageup")
        await until(pilot, lambda: shown(app)[0] == "line 0")


async def test_a_recording_larger_than_the_terminal_is_cut_and_said() -> None:
    text = "".join(f"\x1b[{y};1H{y:02}" + "".join(f" {x:03}" for x in range(39)) for y in range(1, 51))
    recording = Recording(Header(160, 50), (CastEvent(0.0, "o", text),))
    async with playing(recording) as (app, pilot):
        await until(pilot, lambda: "160x50 cut to 80x23" in shown(app)[-1])
        await until(pilot, lambda: shown(app)[22].startswith("50 000 001"))
        await pilot.press("shift+right")
        await until(pilot, lambda: shown(app)[22].startswith("01 002"))
        for _ in range(30):
            await pilot.press("shift+right")
        await until(pilot, lambda: shown(app)[22].endswith("038"))
        await pilot.press("up", "up")
        await until(pilot, lambda: shown(app)[22].endswith("038") and app.play.view.top == 25)
        assert "2 lines back" in shown(app)[-1]


async def test_changes_of_size_are_obeyed() -> None:
    events = (CastEvent(0.0, "o", "x" * 40), CastEvent(1.0, "r", "10x5"), CastEvent(2.0, "o", "\r\nend"))
    async with playing(Recording(Header(40, 10), events)) as (app, pilot):
        await until(pilot, lambda: "40x10" in shown(app)[-1])
        await pilot.press("G")
        await until(pilot, lambda: "10x5" in shown(app)[-1])
        assert "end" in shown(app)


async def test_help_names_the_keys() -> None:
    async with playing() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: any("5 seconds back" in line for line in shown(app)))
        await pilot.press("question_mark")
        await until(pilot, lambda: not any("5 seconds back" in line for line in shown(app)))


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (20, 3), (10, 1), (1, 1), (200, 60)])
@pytest.mark.parametrize("ascii_only", [False, True])
async def test_every_size_is_drawn(size: tuple[int, int], ascii_only: bool) -> None:
    async with playing(size=size, ascii_only=ascii_only) as (app, pilot):
        await pilot.press("G", "pageup", "question_mark", "shift+right")
        await pilot.pause(0.1)
        assert len(shown(app)) == size[1]
        if ascii_only:
            assert "".join(shown(app)[-1:]).isascii()


async def test_without_colours_the_status_line_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with playing() as (app, pilot):
        await until(pilot, lambda: "paused" in shown(app)[-1])
        segment = app.play.status.render_line(0)._segments[0]
        assert segment.style is not None
        assert segment.style.reverse


async def test_nothing_of_a_hostile_recording_reaches_the_terminal() -> None:
    title = "\x1b[31m[bold]x[/bold]\u202e\x9b"
    events = (
        CastEvent(0.0, "o", "\x1b]0;t\u202etle\x07[red]text[/red] \u202e\u200b\x9b31mx\x1b]52;c;eA==\x07"),
        CastEvent(0.0, "m", "[bold]\x1b[2J marker\u202e"),
        CastEvent(1.0, "i", "\x03"),
    )
    recording = Recording(Header(80, 20, title=title), events, ("a [bold]note\x1b[2J",))
    async with playing(recording) as (app, pilot):
        await until(pilot, lambda: "marker" in shown(app)[-1])
        text = "".join(shown(app))
        assert "[red]text[/red]" in text
        assert not {"\x1b", "\x9b", "\u202e", "\u200b"} & set(text)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0:00"), (59.99, "0:59"), (61, "1:01"), (3600, "1:00:00"), (1e6, "277:46:40")],
)
def test_clock(seconds: float, written: str) -> None:
    assert clock(seconds) == written
