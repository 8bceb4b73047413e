"""The list of domains: what it shows, its cursor, what it draws again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.world import NOW, WidgetApp, World, domain, key, lines, sample
from tuivm.model.column import SortColumn
from tuivm.model.domain import DomainKey, State
from tuivm.model.inventory import Inventory, Link
from tuivm.model.job import Job, JobState
from tuivm.ui.roles import roles_of
from tuivm.ui.signs import job_word, state_sign, state_word
from tuivm.ui.theme import DEFAULT_LIGHT
from tuivm.ui.widgets.domain_table import DomainTable


class TableApp(WidgetApp):
    """A list and the messages it sent."""

    def on_domain_table_highlighted(self, event: DomainTable.Highlighted) -> None:
        self.seen.append(("highlighted", event.key))
        assert event.control is event.table

    def on_domain_table_selected(self, event: DomainTable.Selected) -> None:
        self.seen.append(("selected", event.key))
        assert event.control is event.table

    def on_domain_table_header_clicked(self, event: DomainTable.HeaderClicked) -> None:
        self.seen.append(("header", event.column))
        assert event.control is event.table


@asynccontextmanager
async def opened(
    world: World,
    size: tuple[int, int] = (80, 24),
    *,
    jobs: dict[DomainKey, Job] | None = None,
    ascii_only: bool = False,
    keys: dict[str, tuple[str, ...]] | None = None,
    theme: str = "tuivm-dark",
) -> AsyncIterator[tuple[DomainTable, Pilot[None], TableApp]]:
    pending: Callable[[DomainKey], Job | None] = (jobs or {}).get
    table = DomainTable(world.histories.get, pending, ascii_only=ascii_only, keys=keys, clock=lambda: NOW)
    app = TableApp(lambda: [table], theme)
    async with app.run_test(size=size) as pilot:
        table.show(world.inventory, world.order())
        table.set_sort(SortColumn.NAME)
        table.focus()
        await pilot.pause()
        yield table, pilot, app


def row_of(table: DomainTable, name: str) -> str:
    return next(line for line in lines(table) if f" {name} " in line)


async def test_rows_at_80_columns(svg: Callable[..., None]) -> None:
    async with opened(World()) as (table, _pilot, app):
        shown = lines(table)
        assert all(len(line) == 80 for line in shown)
        assert "▲name" in shown[0]
        web = row_of(table, "web-1")
        assert "▶ run" in web
        assert "█" in web
        assert "1h00m" in web
        assert "✖ crash" in row_of(table, "old-ci")
        assert "■ saved" in row_of(table, "win11")
        assert "‖ pause" in row_of(table, "build")
        assert "[red]x[/red]" in "".join(shown)
        assert "   -/   -" in row_of(table, "db")
        svg(app)


async def test_rows_at_200_columns_in_the_light_theme(svg: Callable[..., None]) -> None:
    async with opened(World(), (200, 50), theme=DEFAULT_LIGHT) as (table, _pilot, app):
        assert "▶ running" in row_of(table, "web-1")
        assert "↻" in row_of(table, "web-1")
        svg(app)


async def test_rows_in_ascii(svg: Callable[..., None]) -> None:
    async with opened(World(), ascii_only=True) as (table, _pilot, app):
        assert all(line.isascii() for line in lines(table))
        assert "> run" in row_of(table, "web-1")
        svg(app)


async def test_memory_of_the_host_is_marked() -> None:
    async with opened(World()) as (table, _pilot, _app):
        assert "~" not in row_of(table, "web-1")
        assert "~" in row_of(table, "db")


async def test_hostile_names_are_harmless() -> None:
    world = World(1)
    nasty = "[b]\x1b[2J\u202ex\nyy日本語日本語日本語"
    changed = {key(0): replace(domain(0), name=nasty)}
    world.inventory = replace(world.inventory, domains=changed)
    async with opened(world) as (table, _pilot, _app):
        strip = table.render_line(1)
        assert strip.cell_length == 80
        assert "\x1b" not in strip.text
        assert "[b]\ufffd[2J\ufffdx" in strip.text


async def test_moving_by_keys() -> None:
    async with opened(World(40)) as (table, pilot, app):
        order = table.order

        async def after(*pressed: str) -> int:
            await pilot.press(*pressed)
            return list(order).index(table.cursor_key)  # type: ignore[arg-type]

        assert await after("down") == 1
        assert await after("j", "j") == 3
        assert await after("k", "up") == 1
        assert await after("up", "up", "up") == 0
        assert await after("pagedown") == 22
        assert table.scroll_offset.y == 0
        assert await after("pagedown") == 39
        assert table.scroll_offset.y == 17
        assert await after("pageup", "pageup") == 0
        assert await after("G") == 39
        assert await after("g") == 0
        assert await after("end") == 39
        assert await after("home") == 0
        await pilot.press("enter")
        assert app.seen[-1] == ("selected", order[0])
        assert ("highlighted", order[39]) in app.seen


async def test_keys_may_be_others() -> None:
    async with opened(World(), keys={"down": ("n",)}) as (table, pilot, _app):
        await pilot.press("down", "j")
        assert table.cursor_key == table.order[0]
        await pilot.press("n")
        assert table.cursor_key == table.order[1]


async def test_the_mouse() -> None:
    async with opened(World()) as (table, pilot, app):
        await pilot.click(DomainTable, offset=(20, 3))
        assert table.cursor_key == table.order[2]
        await pilot.click(DomainTable, offset=(20, 4), times=2)
        assert app.seen[-1] == ("selected", table.order[3])
        await pilot.click(DomainTable, offset=(10, 0))
        assert app.seen[-1] == ("header", SortColumn.NAME)
        await pilot.click(DomainTable, offset=(78, 0))
        assert app.seen[-1] == ("header", SortColumn.UPTIME)
        await pilot.click(DomainTable, offset=(20, 20))
        assert table.cursor_key == table.order[3]


async def test_the_cursor_stays_on_its_domain() -> None:
    world = World(40)
    async with opened(world) as (table, pilot, app):
        rows = list(table.order)
        assert table.move_to(rows[30])
        assert not table.move_to(DomainKey("x", "y"))
        await pilot.pause()
        app.seen.clear()
        table.show(world.inventory, rows[::-1])
        await pilot.pause()
        assert table.cursor_key == rows[30]
        assert not app.seen
        at = rows[::-1].index(rows[30]) + 1 - table.scroll_offset.y
        assert "▌" in table.render_line(at).text
        table.show(world.inventory, [row for row in rows if row != rows[30]])
        await pilot.pause()
        assert table.cursor_key == rows[9]
        assert app.seen == [("highlighted", rows[9])]
        table.show(world.inventory, rows[:3])
        await pilot.pause()
        assert table.cursor_key == rows[2]
        assert table.scroll_offset.y == 0
        table.show(world.inventory, [])
        await pilot.pause()
        assert table.cursor_key is None
        assert app.seen[-1] == ("highlighted", None)
        await pilot.press("down", "enter", "G", "pagedown")
        assert app.seen[-1] == ("highlighted", None)


async def test_a_new_order_does_not_pull_the_view_back_to_the_cursor() -> None:
    world = World(60)
    async with opened(world) as (table, pilot, _app):
        rows = list(table.order)
        table.scroll_to(y=30, animate=False)
        await pilot.pause()
        table.show(world.inventory, [rows[1], rows[0], *rows[2:]])
        await pilot.pause()
        assert table.scroll_offset.y == 30


async def test_an_empty_list_says_what_to_do() -> None:
    async with opened(World()) as (table, pilot, _app):
        table.set_placeholder("No domains here.", "Make one with\x1b virt-install.")
        table.show(Inventory("x"), [])
        await pilot.pause()
        shown = "\n".join(lines(table))
        assert "No domains here." in shown
        assert "Make one with\ufffd virt-install." in shown


async def test_a_job_shows_in_its_row() -> None:
    jobs = {key(3): Job(1, "start", "start", key(3), "win11", JobState.RUNNING)}
    async with opened(World(), jobs=jobs) as (table, pilot, _app):
        before = row_of(table, "win11")
        assert " start " in before
        assert "off" not in before

        deadline = time.monotonic() + 10
        while row_of(table, "win11") == before and time.monotonic() < deadline:
            await pilot.pause(0.05)
        assert row_of(table, "win11") != before
        jobs.clear()
        table.refresh_keys({key(3)})
        await pilot.pause()
        assert "■ saved" in row_of(table, "win11")


async def test_only_changed_visible_rows_are_drawn() -> None:
    world = World(200)
    async with opened(world, (80, 24)) as (table, pilot, _app):
        drawn: list[int] = []
        original = table.render_line

        def counted(y: int):  # type: ignore[no-untyped-def]
            drawn.append(y)
            return original(y)

        table.render_line = counted  # type: ignore[method-assign]
        rows = list(table.order)
        changed = {rows[4], rows[7], rows[150]}
        index = {world_key: number for number, world_key in enumerate(key(at) for at in range(200))}
        samples = dict(world.inventory.samples)
        for one in changed:
            samples[one] = sample(index[one], 777)
        table.show(replace(world.inventory, samples=samples), rows, changed)
        await pilot.pause()
        assert sorted(drawn) == [5, 8]
        drawn.clear()
        await pilot.press("down")
        await pilot.pause()
        assert sorted(drawn) == [1, 2]
        drawn.clear()
        table.show(replace(world.inventory, samples=samples), [rows[1], rows[0], *rows[2:]], set())
        await pilot.pause()
        assert sorted(drawn) == [1, 2]


async def test_rows_are_stale_when_the_link_is_lost() -> None:
    world = World()
    async with opened(world) as (table, pilot, app):
        muted = roles_of(app).muted
        table.show(replace(world.inventory, link=Link.LOST), table.order, set())
        await pilot.pause()
        await pilot.press("down")
        inks = {str(segment.style.color.name) for segment in table.render_line(1) if segment.text.strip()}  # type: ignore[union-attr]
        assert inks == {muted}


async def test_a_theme_redraws_every_row() -> None:
    async with opened(World()) as (_table, pilot, app):
        before = app.export_screenshot()
        app.theme = DEFAULT_LIGHT
        await pilot.pause()
        light = roles_of(app)
        assert light.states[State.RUNNING] in app.export_screenshot()
        assert light.states[State.RUNNING] not in before


async def test_the_cursor_is_weaker_without_the_keyboard() -> None:
    async with opened(World()) as (table, pilot, app):
        drawn: list[int] = []
        original = table.render_line

        def counted(y: int):  # type: ignore[no-untyped-def]
            drawn.append(y)
            return original(y)

        table.render_line = counted  # type: ignore[method-assign]
        app.set_focus(None)
        await pilot.pause()
        assert 1 in drawn
        grounds = {segment.style.bgcolor.name for segment in original(1) if segment.text.isspace()}  # type: ignore[union-attr]
        assert roles_of(app).panel in grounds


async def test_without_colours_the_cursor_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(World()) as (table, _pilot, app):
        assert roles_of(app).monochrome
        segments = list(table.render_line(1))
        assert all(segment.style is not None and segment.style.reverse for segment in segments)
        assert "▶ run" in row_of(table, "web-1")


@pytest.mark.parametrize("size", [(40, 10), (12, 3), (3, 1), (1, 1), (300, 5)])
async def test_odd_sizes(size: tuple[int, int]) -> None:
    async with opened(World(30), size) as (table, pilot, _app):
        await pilot.press("G", "pageup", "j")
        assert all(table.render_line(y).cell_length == table.row_width for y in range(size[1]))


async def test_resizing_keeps_the_cursor_in_sight() -> None:
    async with opened(World(40), (80, 30)) as (table, pilot, _app):
        await pilot.press(*["down"] * 25)
        await pilot.resize_terminal(80, 10)
        await pilot.pause()
        assert any("▌" in line for line in lines(table))
        assert all(len(line) == table.row_width for line in lines(table))


def test_words_fit_their_column() -> None:
    for state in State:
        short, wide = (
            state_word(replace(domain(0), state=state)),
            state_word(replace(domain(0), state=state), wide=True),
        )
        assert len(short) <= 5
        assert len(wide) <= 8
        assert len(state_sign(state)) == 1
        assert state_sign(state, ascii_only=True).isascii()
    for verb in ("start", "shutdown", "force-off", "snapshot", "something-else"):
        assert 0 < len(job_word(verb)) <= 5
        assert len(job_word(verb, wide=True)) <= 9
