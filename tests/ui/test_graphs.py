"""The screen of graphs, driven by keys."""

from __future__ import annotations

import threading

import pytest
from textual.strip import Strip

from tests.memory import MemoryHypervisor
from tests.ui.app_world import NOW, living, screen_text
from tests.ui.graph_still import PastSession, shown
from tuivm.config import Config
from tuivm.model.domain import State
from tuivm.model.graphs import View
from tuivm.model.look import Look
from tuivm.model.series import Metric
from tuivm.ui.roles import roles_of
from tuivm.ui.screens.graphs import LETTERS, GraphScreen, show_graphs
from tuivm.ui.widgets.overview import OverviewTab


async def test_spans_and_views_by_keys() -> None:
    async with shown() as app:
        await app.press("i")
        assert "– now" in screen_text(app.app)
        for number, span in ((1, 60), (7, 7 * 86_400), (4, 3600)):
            await app.press(str(number))
            assert app.board.look.span == span
        await app.press("plus")
        assert app.board.look.span == 900
        await app.press("minus", "minus")
        assert app.board.look.span == 6 * 3600
        for view, (letter, _) in LETTERS.items():
            await app.press(letter)
            assert app.board.view is view
        await app.press("v")
        assert "vCPU 0" in screen_text(app.app)
        await app.press("tab")
        assert app.board.view is View.WAIT
        await app.press("shift+tab")
        assert app.board.view is View.VCPUS


async def test_the_cursor_reads_a_value_and_stays_at_its_time() -> None:
    async with shown() as app:
        await app.press("i", "1", "left", "left", "left")
        assert app.board.look.cursor == NOW - 2
        before = screen_text(app.app).splitlines()
        assert before[2].startswith(" 14:13:18")
        for _ in range(3):
            app.clock[0] += 1
            app.session.curves.end += 1
            app.screen.renew()
            await app.settled()
        after = screen_text(app.app).splitlines()
        assert after[2].startswith(" 14:13:18")
        assert [line.split("avg")[0] for line in after[3:4]] == [line.split("avg")[0] for line in before[3:4]]
        await app.press("home")
        first = app.board.look.cursor
        app.clock[0] += 30
        app.screen.renew()
        await app.settled()
        assert app.board.look.cursor == first
        assert not app.board.look.follows
        await app.press("0")
        assert app.board.look.follows
        assert app.board.look.cursor is None


async def test_lowest_and_highest_reading_within_a_step() -> None:
    async with shown(size=(120, 30)) as app:
        await app.press("i", "4", "left", "ctrl+left")
        lines = screen_text(app.app).splitlines()
        assert lines[3].startswith("cpu  33% (23%..43%)")


async def test_back_in_time_and_to_the_present() -> None:
    async with shown() as app:
        await app.press("i", "shift+left", "shift+left")
        assert not app.board.look.follows
        frame = app.board.picture.frame if app.board.picture else None
        assert frame is not None
        assert frame.end < NOW - 250
        assert "now" not in screen_text(app.app).splitlines()[2]
        await app.press("shift+right", "shift+right")
        assert app.board.look.follows


async def test_markers_are_told_and_found() -> None:
    async with shown() as app:
        await app.press("i")
        assert "▼ stopped  ▲ started  ● event" in screen_text(app.app)
        await app.press("comma")
        assert "device [b]vdb removed" in screen_text(app.app)
        await app.press("comma", "comma")
        assert "▼ stopped (destroyed)" in screen_text(app.app)
        await app.press("full_stop")
        assert "▲ started (booted)" in screen_text(app.app)
        await app.press("comma", "comma")
        # Farther back than what is shown.
        assert app.board.look.cursor == NOW - 4000
        assert not app.board.look.follows
        await app.press("7", "0", "comma", "comma", "comma", "comma", "comma")
        assert "◆ snapshot" in screen_text(app.app)


async def test_marked_domains_are_compared() -> None:
    async with shown(size=(120, 40)) as app:
        await app.pilot.press("space", "space", "i")
        await app.settled()
        text = screen_text(app.app)
        assert "2 domains compared" in text
        assert "━━ db  ━━ kiosk" in text
        assert "network out" in text
        await app.press("s")
        assert "db  cpu" in screen_text(app.app)
        await app.press("s")
        assert "━━ db" in screen_text(app.app)


async def test_without_colours_each_domain_has_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with shown(size=(120, 40)) as app:
        await app.pilot.press("space", "space", "i")
        await app.settled()
        assert "db  cpu" in screen_text(app.app)
        assert "kiosk  cpu" in screen_text(app.app)


async def test_more_graphs_than_there_is_room_for_are_on_pages() -> None:
    async with shown(domain="win11") as app:
        await app.press("up")
        await app.pilot.press("asterisk", "i")
        await app.settled()
        await app.press("s")
        assert "page 1 of" in screen_text(app.app)
        await app.press("pagedown")
        assert "page 2 of" in screen_text(app.app)
        await app.press("pageup", "pageup")
        assert "page 1 of" in screen_text(app.app)


async def test_another_domain_of_the_list() -> None:
    async with shown() as app:
        await app.press("i", "down")
        assert screen_text(app.app).startswith(" kiosk")
        await app.press("up", "up")
        assert screen_text(app.app).startswith(" build")
        assert app.app.main.selected is not None
        assert app.app.main.selected.name == "build"
        await app.press("up")
        assert screen_text(app.app).startswith(" build")


async def test_one_that_is_off_says_so() -> None:
    async with shown(domain="win11") as app:
        await app.press("i")
        assert screen_text(app.app).count("it is off") == 4
        await app.press("d", "7", "shift+left", "shift+left", "shift+left")
        assert "not recorded yet" in " ".join(screen_text(app.app).split())


async def test_what_a_driver_does_not_tell_is_said() -> None:
    session = PastSession()
    del session.curves.curves[session.db, next(s for k, s in session.curves.curves if s.metric is Metric.CPU)]
    session.curves.curves = {
        slot: curve for slot, curve in session.curves.curves.items() if slot[1].metric is not Metric.NET_RX
    }
    session.curves.curves = {
        slot: curve for slot, curve in session.curves.curves.items() if slot[1].metric is not Metric.NET_TX
    }
    async with shown(session=session) as app:
        await app.press("i")
        assert "its driver gives none" in " ".join(screen_text(app.app).split())


async def test_esc_goes_back_one_layer_at_a_time() -> None:
    async with shown() as app:
        await app.press("i", "left", "question_mark")
        assert "span: a minute to a week" in screen_text(app.app)
        await app.press("escape")
        assert "span: a minute to a week" not in screen_text(app.app)
        assert app.board.look.cursor is not None
        await app.press("escape")
        assert app.board.look.cursor is None
        await app.press("escape")
        assert app.app.screen is app.app.main
        await app.press("i", "i")
        assert app.app.screen is app.app.main


async def test_costly_figures_are_read_only_while_they_are_looked_at() -> None:
    async with shown() as app:
        await app.press("i")
        assert app.session.focused[-1] == (app.session.db,)
        await app.press("q")
        await app.pilot.pause()
        assert app.session.focused[-1] == ()


async def test_a_click_sets_the_cursor_and_chooses() -> None:
    async with shown() as app:
        await app.press("i")
        await app.pilot.click("GraphBoard", offset=(20, 6))
        await app.settled()
        cursor = app.board.look.cursor
        assert cursor is not None
        assert NOW - 300 < cursor < NOW
        await app.pilot.click("GraphHead", offset=(12, 1))
        await app.settled()
        assert app.board.view is View.VCPUS
        await app.pilot.click("GraphHead", offset=(78, 0))
        await app.settled()
        assert app.board.look.span == 7 * 86_400


async def test_graphs_at_a_moment() -> None:
    async with shown() as app:
        show_graphs(app.app.main, app.session.db, at=NOW - 7200)
        await app.settled()
        assert app.board.look.cursor == NOW - 7200
        assert "12:13:20" in screen_text(app.app).splitlines()[2]


async def test_the_list_goes_on_below_and_a_domain_that_goes_closes_its_graphs() -> None:
    hypervisor = MemoryHypervisor(3, running=3)
    async with living(hypervisor, config=Config(ascii=False)) as world:
        await world.choose("db")
        await world.pilot.press("i")
        await world.until(lambda: isinstance(world.app.screen, GraphScreen), "graphs")
        screen = world.app.screen
        assert isinstance(screen, GraphScreen)
        await world.until(
            lambda: screen.board.picture is not None and not screen.board.picture.drawings[0].reason,
            "figures",
        )
        await world.pilot.press("v")
        await world.shows("vCPU 0")
        hypervisor.power_off(hypervisor.key("db"))
        await world.until(
            lambda: world.app.session.inventory.domains[hypervisor.key("db")].state is State.OFF
        )
        hypervisor.remove(hypervisor.key("db"))
        await world.until(lambda: world.app.screen is world.app.main, "the list")


async def test_slow_past_never_holds_a_key_up() -> None:
    async with shown() as app:
        await app.press("i")
        picture = app.board.picture
        gate = threading.Event()
        original = app.session.curves.series_of

        def slow(*given: object) -> object:
            gate.wait(20)
            return original(*given)  # type: ignore[arg-type]

        app.session.curves.series_of = slow  # type: ignore[method-assign, assignment]
        await app.pilot.press("7")
        await app.pilot.pause(0.1)
        # The old picture stays, the span that is chosen is told at once.
        assert app.board.picture is picture
        assert app.board.look.span == 7 * 86_400
        gate.set()
        await app.settled()
        assert app.board.picture is not picture


async def test_the_overviews_graphs_are_read_with_the_keyboard_on_them() -> None:
    async with shown(size=(100, 30)) as app:
        board = await app.overview()
        await app.pilot.press("enter")
        await app.pilot.pause(0.1)
        assert app.app.main.query_one(OverviewTab).has_focus
        assert "i graphs" in screen_text(app.app).splitlines()[-1]
        await app.pilot.press("left", "left", "left")
        await app.overview()
        assert board.look.cursor == NOW - 2
        assert "14:13:18" in screen_text(app.app)
        await app.pilot.press("minus")
        assert board.look.span == 300
        await app.pilot.press("plus")
        assert board.look.span == 60
        await app.overview()
        await app.pilot.press("shift+left")
        await app.overview()
        assert not board.look.follows
        await app.pilot.press("escape")
        await app.overview()
        # Whoever is back in the list wants to see the present.
        assert board.look == Look(0)
        assert "14:13:18" not in screen_text(app.app)


async def test_the_overview_of_one_that_is_off_names_the_key_of_its_past() -> None:
    async with shown(domain="win11") as app:
        assert "Press i to see its past." in screen_text(app.app)
        await app.pilot.press("enter", "left")
        assert app.app.main.query_one(OverviewTab).board.look == Look(0)


async def test_only_rows_that_differ_are_drawn_again() -> None:
    async with shown() as app:
        await app.press("i", "3")
        board = app.board
        drawn: list[int] = []
        original = board.render_line

        def counted(y: int) -> Strip:
            drawn.append(y)
            return original(y)

        board.render_line = counted  # type: ignore[method-assign]
        app.clock[0] += 1
        app.screen.renew()
        await app.settled()
        assert not drawn
        app.clock[0] += 15
        app.session.curves.end += 15
        app.screen.renew()
        await app.settled()
        assert drawn


async def test_graphs_follow_the_theme() -> None:
    async with shown() as app:
        await app.press("i")
        app.app.theme = "tuivm-light"
        await app.pilot.pause()
        cpu = roles_of(app.app).graph["cpu"]
        title = app.board.render_line(1)
        assert cpu in {segment.style.color.name for segment in title if segment.style and segment.style.color}


async def test_names_are_data() -> None:
    async with shown(names=("[b]x[/b]\x1b[31m", "y"), domain="y") as app:
        show_graphs(app.app.main, next(iter(app.session.still.domains)))
        await app.settled()
        assert "[b]x[/b]\ufffd[31m" in screen_text(app.app)
