"""The log: told, followed, filtered, and the way from it to the domain; ten thousand lines."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from textual import events

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tests.ui.log_world import story
from tuivm.core.archive import Archive
from tuivm.core.verbs import Work, verb
from tuivm.model.errors import Failed
from tuivm.model.event import Event, EventKind
from tuivm.ui.dialogs.log import LogScreen
from tuivm.ui.log import KEPT, LogBook
from tuivm.ui.screens.graphs import GraphScreen
from tuivm.ui.widgets.board import GraphBoard
from tuivm.ui.widgets.events import EventsTab


async def happens(world: World) -> list[Event]:
    """Everything of the story happens."""
    told = story(world.hypervisor, time.time())
    for event in told:
        world.hypervisor._send(event)
    await world.until(lambda: "web-1|rebooted" in world.log, "the story in the log")
    return told


def page(world: World) -> LogScreen:
    """The log that is open."""
    screen = world.app.screen
    assert isinstance(screen, LogScreen)
    return screen


async def test_columns_and_the_whole_of_a_line_that_is_cut() -> None:
    async with living(MemoryHypervisor(8), size=(80, 24)) as world:
        await happens(world)
        await world.pilot.press("L")
        await world.shows("· web-1           reboot    rebooted", "✗ build           panic     crashed (pan")
        await world.shows("balloon: 512M left to the guest (1,204… ")
        await world.pilot.press("up")
        await world.shows("n added")
        assert "stands still" in world.text
        assert "\x1b" not in world.text
        assert "\u202e" not in world.text


async def test_filter_is_live_and_esc_goes_back_one_layer() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("L", "slash", *"severity:error")
        await world.shows("2 of 10")
        await world.pilot.press(*" !kind:io")
        await world.shows("1 of 10", "the guest panicked")
        await world.pilot.press("enter", "escape")
        await world.shows("rebooted")
        assert isinstance(world.app.screen, LogScreen)
        await world.pilot.press("slash", *"nothing like it")
        await world.shows("No entry matches the filter.")
        await world.pilot.press("escape", "escape")
        await world.until(lambda: not world.app.has_dialog)


async def test_a_filter_typed_in_one_go_is_a_filter() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("L")
        await world.shows("rebooted")
        for key in ("slash", *"kind:panic"):
            # As a slow line brings them: all before the page had time to do anything.
            world.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await world.shows("1 of 10")
        await world.pilot.press("enter", "enter")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "build"


async def test_it_follows_unless_the_cursor_is_elsewhere() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("L")
        await world.shows("rebooted")
        lines = page(world).log_lines
        world.hypervisor.emit(world.hypervisor.key("db"), "one more", EventKind.DEVICE)
        await world.until(lambda: lines.chosen is not None and lines.chosen.detail == "one more")
        await world.pilot.press("up", "up")
        chosen = lines.chosen
        world.hypervisor.emit(world.hypervisor.key("db"), "and another", EventKind.DEVICE)
        await world.shows("and another", "stands still")
        assert lines.chosen is chosen
        await world.pilot.press("G")
        assert lines.follows


async def test_only_the_selected_or_the_marked() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.choose("build")
        await world.pilot.press("L", "o")
        await world.shows("only build", "1 line")
        await world.pilot.press("o")
        await world.shows("10 lines")
        await world.pilot.press("escape", "space")
        await world.choose("db")
        await world.pilot.press("space", "L", "o")
        await world.shows("only 2 marked", "4 lines")


async def test_enter_goes_to_the_domain_whatever_the_filter_hides() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("slash", *"db", "enter", "L", "enter")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "web-1"


async def test_m_shows_the_graphs_of_the_domain() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("4", "L", "m")
        await world.until(lambda: isinstance(world.app.screen, GraphScreen))
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "web-1"
        board = world.app.screen.query_one(GraphBoard)
        assert board.look.cursor is not None
        await world.until(lambda: board.picture is not None, "graphs")


async def test_a_line_about_no_domain_or_one_that_is_gone_leads_nowhere() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("L", "slash", *"kind:pool", "enter", "enter")
        await world.until(lambda: "that is about no domain" in world.notices)
        await world.pilot.press("escape", "slash", *"domain:web", "enter")
        world.hypervisor.remove(world.hypervisor.key("web-1"))
        await world.shows("undefined")
        await world.until(lambda: len(world.app.main.table.order) == 7)
        await world.pilot.press("enter")
        await world.until(lambda: "that domain is gone" in world.notices)
        assert isinstance(world.app.screen, LogScreen)


async def test_a_line_of_tuivms_own_leads_to_the_domain_that_it_names() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await world.choose("db")
        await world.pilot.press("a")
        await world.until(lambda: "db|autostart" in world.log, "the end of the job")
        await world.choose("web-1")
        await world.pilot.press("L", "slash", *"kind:result", "enter", "enter")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "db"


def refused(work: Work) -> None:
    """A verb that fails with words that would act on the terminal."""
    raise Failed("no \x1b[31m[red]disk\u202e\nat all", "put it back")


def held(work: Work) -> None:
    """A verb that goes on until it is cancelled."""
    while not work.pause(20.0):
        pass
    work.stop_if_cancelled()


async def test_what_became_of_jobs_is_in_the_log_of_this_run_and_of_the_next(tmp_path: Path) -> None:
    hypervisor, kept = MemoryHypervisor(8), Archive(tmp_path / "x.db")
    async with living(hypervisor, events=kept) as world:
        session, db = world.session, world.domain("db")
        session.run(verb("autostart"), db)
        await world.until(lambda: "db|autostart" in world.log, "what was done")
        session.run(replace(verb("start"), run=refused), db)
        await world.until(lambda: "failed: no" in world.log, "what failed")
        job = session.run(replace(verb("reset"), run=held), db)
        session.work.cancel(job.id)
        await world.until(lambda: "cancelled" in world.log, "what was cancelled")
        await world.pilot.press("escape", "L", "slash", *"kind:result", "enter")
        await world.shows("3 of", "✗ db", "start: failed: no [31m[red]disk at all (put it back)")
        await world.shows("! db", "reset: cancelled")
        assert "\x1b" not in world.text
        assert sum("failed" in line for line in world.log.splitlines()) == 1, "told once"
    kept.works.write()
    kept.works.close()
    again = Archive(tmp_path / "x.db")
    async with living(hypervisor, events=again) as world:
        assert "failed" not in world.log
        await world.pilot.press("L", "slash", *"kind:result severity:warning", "enter")
        await world.shows("2 of", "✗ db", "start: failed: no [31m[red]disk at all", "! db")
        await world.pilot.press("escape", "slash", *"kind:result", "enter", "g", "enter")
        await world.until(lambda: not world.app.has_dialog)
        assert world.app.main.selected is not None
        assert world.app.main.selected.name == "db"
        await world.pilot.press("5")
        await world.shows("autostart", "reset: cancelled")
    again.works.close()


async def test_y_copies_the_line() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.pilot.press("L", "up", "y")
        await world.until(lambda: world.app.clipboard)
        assert "device  mail  device" in world.app.clipboard
        assert world.app.clipboard.isprintable()


async def test_what_earlier_runs_kept_is_read_when_it_is_looked_at() -> None:
    hypervisor = MemoryHypervisor(8)
    async with living(hypervisor) as world:
        old = Event(EventKind.REBOOT, world.session.began - 90_000, hypervisor.key("db"), "db", "long ago")
        world.session.event_log.keep(old)
        other = replace(old, key=hypervisor.key("web-1"), name="web-1", detail="elsewhere")
        world.session.event_log.keep(other)
        await happens(world)
        assert "long ago" not in world.log
        await world.pilot.press("L")
        await world.shows("long ago", "elsewhere", time.strftime("%m-%d ", time.localtime(old.time)))
        await world.pilot.press("escape")
        await world.choose("db")
        await world.pilot.press("5")
        await world.shows("long ago", "clock set")
        assert "elsewhere" not in world.text


async def test_events_of_the_domain_are_a_tab() -> None:
    async with living(MemoryHypervisor(8)) as world:
        await happens(world)
        await world.choose("kiosk")
        await world.pilot.press("5")
        await world.shows("5 Events", "Nothing happened to it yet.")
        await world.choose("db")
        await world.shows("started (booted)", "clock set")
        assert "paused (I/O error)" not in world.text
        world.hypervisor.emit(world.hypervisor.key("db"), "no row", EventKind.CLOCK, rereads=False)
        await world.shows("no row")
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.focused, EventsTab))
        await world.pilot.press("enter")
        await world.until(lambda: isinstance(world.app.screen, GraphScreen))
        await world.shows("● no row")


async def test_grave_events_are_notices_once_and_not_without_end() -> None:
    async with living(MemoryHypervisor(40, running=40)) as world:
        await happens(world)
        await world.until(lambda: "build: crashed (panicked)" in world.notices)
        assert "images: storage pool stopped" in world.notices
        assert "network started" not in world.notices
        everyone = world.hypervisor.keys()
        for key in everyone:
            world.hypervisor.emit(key, "watchdog: paused", EventKind.WATCHDOG, notice="warning")
        await world.until(lambda: world.log.count("watchdog") == 40, "all in the log")
        await world.until(lambda: "more happened than can be told; L shows it" in world.notices)
        assert world.notices.count("watchdog") < 5


async def test_ten_thousand_lines_of_which_those_on_the_screen_are_drawn() -> None:
    async with living(MemoryHypervisor(8)) as world:
        key = world.hypervisor.key("db")
        event = Event(EventKind.REBOOT, time.time(), key, "db", "")
        book = world.app.happened.book
        for number in range(KEPT + 500):
            book.add(replace(event, detail=f"event {number}", time=event.time + number / 1000))
        assert len(book.entries) == KEPT
        await world.pilot.press("L")
        await world.shows(f"event {KEPT + 499}", f"{KEPT:,} lines")
        drawn: list[int] = []
        lines = page(world).log_lines
        columns = type(lines.columns)
        original = columns.draw

        def counting(self: object, one: Event) -> object:
            drawn.append(1)
            return original(self, one)  # type: ignore[arg-type]

        columns.draw = counting  # type: ignore[assignment,method-assign]
        try:
            await world.pilot.press("g")
            await world.shows("event 500")
            await world.pilot.press("slash", *"99", "enter", "j")
            await world.shows("280 of 10,000")
        finally:
            columns.draw = original  # type: ignore[method-assign]
        assert len(drawn) < 1000


def test_what_comes_late_stands_at_its_time_and_the_oldest_go() -> None:
    book = LogBook(limit=3)
    event = Event(EventKind.REBOOT, 0.0, None, "", "x")
    for at in (5.0, 3.0, 4.0, 6.0):
        book.add(replace(event, time=at))
    assert [one.time for one in book.entries] == [4.0, 5.0, 6.0]
    assert book.revision == 4
