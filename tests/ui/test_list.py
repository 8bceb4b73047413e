"""The list as a whole on the screen: groups, columns, what is hidden, bad filters, many changes."""

from __future__ import annotations

import random
from dataclasses import replace
from types import MappingProxyType

import pytest
from textual.pilot import Pilot

from tests.memory import MemoryHypervisor
from tests.svg import SvgSnapshots
from tests.ui.app_world import NOW, StillSession, World, living, screen_text, still
from tuivm.config import Config, ListConfig, State
from tuivm.core.groups import GroupKey
from tuivm.core.store import diff
from tuivm.model.column import ColumnWish, Grouping, SortColumn
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.domain import State as Power
from tuivm.model.inventory import Inventory
from tuivm.model.stats import Sample
from tuivm.ui.app import TuivmApp
from tuivm.ui.widgets.domain_table import DomainTable

TAGS = {0: ("prod", "web"), 1: ("prod",), 2: ("[red]lab[/red]",), 3: ("prod",), 5: ("[red]lab[/red]",)}


def tagged(count: int = 8) -> MemoryHypervisor:
    """Machines of which some have tags."""
    hypervisor = MemoryHypervisor(count, now=NOW - 86_400)
    hypervisor.open()
    for index, key in enumerate(hypervisor.keys()):
        hypervisor.change(key, tags=TAGS.get(index, ()), title=f"Machine {index}")
    return hypervisor


def rows(world: World) -> list[str]:
    """What the rows stand for, groups with a stroke."""
    domains = world.session.inventory.domains
    return [
        f"/{row.value}" if isinstance(row, GroupKey) else domains[row].name
        for row in world.app.main.table.rows
    ]


# Groups


async def test_groups_by_keys() -> None:
    async with living(tagged(5)) as world:
        await world.choose(world.domain("web-1").name)
        await world.pilot.press("F")
        await world.shows("▾", "no tag", "grouped by tag")
        before = rows(world)
        assert before[0] == "/[red]lab[/red]"
        assert before[2] == "/prod"
        main = world.app.main
        key = main.table.cursor_key
        assert key is not None
        await world.pilot.press("f")
        await world.shows("▸")
        assert isinstance(main.table.cursor_row, GroupKey)
        assert main.selected is None
        assert key in main.table.shown
        await world.pilot.press("enter")
        await world.until(lambda: rows(world) == before)
        await world.pilot.press("minus")
        await world.until(lambda: rows(world) == ["/[red]lab[/red]", "/prod", "/"])
        await world.pilot.press("minus")
        await world.until(lambda: rows(world) == before)
        await world.pilot.press("F")
        await world.shows("grouped by state")
        assert {row for row in rows(world) if row.startswith("/")} >= {"/running", "/off"}
        await world.pilot.press("F", "F")
        await world.until(lambda: not any(row.startswith("/") for row in rows(world)))
        await world.pilot.press("f")
        await world.shows("there are no groups")


async def test_groups_by_the_mouse() -> None:
    async with living(tagged(5)) as world:
        await world.pilot.press("F")
        await world.shows("no tag")
        count = len(rows(world))
        await world.pilot.click(DomainTable, offset=(12, 1))
        await world.until(lambda: len(rows(world)) == count - 1)
        await world.pilot.click(DomainTable, offset=(12, 1))
        await world.until(lambda: len(rows(world)) == count)
        await world.pilot.click(DomainTable, offset=(0, 3))
        await world.shows("3 marked")


async def test_a_group_is_marked_and_a_verb_acts_on_its_members_then() -> None:
    async with living(tagged(5)) as world:
        main = world.app.main
        await world.pilot.press("F")
        await world.shows("no tag")
        assert main.table.move_to(GroupKey(Grouping.TAG, "prod"))
        await world.pilot.press("D")
        await world.shows("a group: mark it")
        assert not world.app.has_dialog
        assert world.hypervisor.calls["destroy"] == 0
        await world.pilot.press("space")
        await world.shows("3 marked")
        assert {world.session.inventory.domains[key].tags[0] for key in main.marks} == {"prod"}
        await world.pilot.press("minus")
        assert [domain.tags[0] for domain in main.targets] == ["prod"] * 3
        assert main.marks.hidden == 0
        assert main.table.move_to(GroupKey(Grouping.TAG, "prod"))
        await world.pilot.press("space")
        await world.until(lambda: not main.marks)


async def test_no_key_stumbles_over_the_row_of_a_group() -> None:
    async with living(tagged(5)) as world:
        main = world.app.main
        await world.pilot.press("F", "minus")
        await world.until(lambda: len(rows(world)) == 3)
        used = {key for entry in world.app.context.keymap for key in entry.keys}
        for key in sorted(used - {"q", "ctrl+q", "F", "f", "enter", "minus", "space", "asterisk"}):
            main.table.move_to(main.table.rows[0])
            await world.pilot.press(key)
            await world.pilot.pause()
            while world.app.has_dialog:
                await world.pilot.press("escape")
            main.table.focus()
        await world.until(lambda: len(rows(world)) == 3)
        changing = ("destroy", "shutdown", "start", "reboot", "reset", "suspend", "save", "undefine")
        assert not any(world.hypervisor.calls[call] for call in changing)


async def test_a_domain_in_a_folded_group_is_found() -> None:
    async with living(tagged(5)) as world:
        await world.pilot.press("F", "minus")
        await world.until(lambda: len(rows(world)) == 3)
        key = world.hypervisor.key("db")
        assert world.app.main.reveal(key)
        assert world.app.main.table.cursor_key == key
        assert not world.app.main.reveal(DomainKey("x", "y"))


async def test_a_domain_that_gets_another_tag_goes_to_its_group() -> None:
    async with living(tagged(3)) as world:
        await world.choose("db")
        await world.pilot.press("F")
        await world.shows("prod")
        world.hypervisor.change(world.hypervisor.key("db"), tags=("new",))
        world.hypervisor.emit(world.hypervisor.key("db"), "changed")
        await world.until(lambda: "/new" in rows(world))
        assert world.app.main.table.cursor_key == world.hypervisor.key("db")


# What is hidden


async def test_the_stopped_are_hidden_and_it_is_said() -> None:
    async with living(MemoryHypervisor(5, running=3)) as world:
        await world.pilot.press("H")
        await world.shows("stopped ones hidden (H)", "3 of 5")
        await world.pilot.press("escape", "slash", *"zzz", "enter")
        await world.shows("0 of 5")
        await world.pilot.press("escape")
        await world.shows("3 of 5", "stopped ones hidden")
        stopped = next(key for key, one in world.session.inventory.domains.items() if not one.state.is_active)
        assert world.app.main.reveal(stopped)
        await world.shows_not("stopped ones hidden")
        assert len(rows(world)) == 5


async def test_a_list_of_stopped_ones_that_are_hidden_says_how_to_see_them() -> None:
    async with living(MemoryHypervisor(2, running=0)) as world:
        await world.pilot.press("H")
        await world.shows("2 stopped domains hidden.", "H shows them.")
        await world.pilot.press("H")
        await world.shows_not("shows them")


# Filters


async def test_a_filter_that_cannot_be_understood_is_told_and_keeps_the_last_result() -> None:
    async with living(tagged(5)) as world:
        await world.pilot.press("slash", *"d")
        await world.shows("2 of 5")
        await world.pilot.press(*" !vcpus>9x")
        await world.shows("9x is not a number", "2 of 5")
        await world.pilot.press("backspace")
        await world.shows_not("is not a number")
        await world.pilot.press(*" /(")
        await world.shows("is no regular expression")
        await world.pilot.press("escape")
        await world.shows_not("expression")
        assert len(rows(world)) == 5


async def test_an_expression_without_end_is_told() -> None:
    hypervisor = MemoryHypervisor(2, names=("a" * 240 + "!", "b"))
    async with living(hypervisor) as world:
        await world.pilot.press("slash", *"/(a|aa)+$/")
        await world.shows("takes too long")
        assert len(rows(world)) == 1  # what "/(a|aa)+" found
        await world.pilot.press("escape", "plus", *"/(a|aa)+$/", "enter")
        await world.shows("takes too long", "Mark every domain")
        assert not world.app.main.marks


# Columns


async def test_columns_are_chosen_and_kept() -> None:
    async with living(tagged(5), size=(80, 24)) as world:
        await world.pilot.press("K")
        await world.shows("Columns of the list", "the automatic columns")
        await world.pilot.press("down", "space")  # the name stays
        await world.shows("the automatic columns")
        await world.pilot.press("down", "space", "down", "right", "right", "K", "K", "K", "enter")
        await world.until(lambda: not world.app.has_dialog)
        columns = [column.id for column in world.app.main.table.plan.columns]
        assert columns[:3] == [SortColumn.MEMORY, SortColumn.STATE, SortColumn.NAME]
        assert SortColumn.CPU not in columns
        await world.until(lambda: world.remembered)
        kept = world.remembered[-1].columns
        assert kept is not None
        assert kept[:3] == ("memory:17", "state", "name")
        await world.pilot.press("K", "r", "enter")
        await world.until(lambda: len(world.remembered) == 2)
        assert world.remembered[-1] == State(columns=())
        assert not world.app.main.table.columns


async def test_columns_left_by_escape_are_as_before() -> None:
    wishes = (ColumnWish(SortColumn.NAME), ColumnWish(SortColumn.TITLE))
    config = Config(ascii=False, list=ListConfig(wishes, is_fixed=True))
    async with living(tagged(5), config=config) as world:
        await world.shows("Machine 3")
        await world.pilot.press("K", "down", "space")
        await world.until(lambda: len(world.app.main.table.columns) == 1)
        await world.pilot.press("escape")
        await world.until(lambda: world.app.main.table.columns == wishes)
        await world.pilot.press("K", "down", "space", "enter")
        await world.until(lambda: "until the end only" in world.notices)


async def test_the_list_begins_as_configured() -> None:
    config = Config(
        ascii=False, list=ListConfig(sort=SortColumn.VCPUS, group=Grouping.STATE, hide_stopped=True)
    )
    async with living(MemoryHypervisor(5, running=3), config=config, ready=False) as world:
        await world.shows("stopped ones hidden", "▼vcp", "▾")
        assert rows(world)[0] == "/running"


async def test_the_sort_key_goes_through_the_columns_that_are_shown() -> None:
    config = Config(ascii=False, list=ListConfig((ColumnWish(SortColumn.NAME), ColumnWish(SortColumn.TAGS))))
    async with living(tagged(5), config=config) as world:
        await world.pilot.press("o")
        await world.shows("▲tags", "sorted by tags")
        await world.pilot.press("o")
        await world.shows("▲name")


# Pictures


async def test_pictures_of_groups(svg: SvgSnapshots) -> None:
    async with still(StillSession(tagged()), size=(80, 24)) as pilot:
        await pilot.press("z", "F", "G", "space", "minus", "f", "down", "down")
        await _settled(pilot)
        svg(pilot.app, "80x24")
        await pilot.resize_terminal(200, 50)
        await _settled(pilot)
        svg(pilot.app, "200x50")


async def test_pictures_of_columns(svg: SvgSnapshots) -> None:
    async with still(StillSession(tagged()), size=(80, 24)) as pilot:
        await pilot.press("right", "right", "right")
        await _settled(pilot)
        svg(pilot.app, "scrolled")
        await pilot.press("K", "down", "down", "space")
        await _settled(pilot)
        svg(pilot.app, "dialog")
        await pilot.press("enter", "H", "slash", *"cpu>x", "enter")
        await _settled(pilot)
        svg(pilot.app, "chosen")


async def _settled(pilot: Pilot[int]) -> None:
    pilot.app.clear_notifications()
    await pilot.pause(0.1)


# Many changes


def _changed(dice: random.Random, inventory: Inventory) -> Inventory:
    """A few domains come, go, change or are renamed."""
    domains, samples = dict(inventory.domains), dict(inventory.samples)
    connection = inventory.uri
    for _ in range(dice.choice((1, 1, 3, 40))):
        key = DomainKey(connection, f"{dice.randrange(80):04}")
        match dice.randrange(5):
            case 0:
                domains[key] = Domain(key, f"vm-{dice.randrange(200)}", dice.choice(list(Power)), vcpus=2)
            case 1:
                domains.pop(key, None)
            case 2 if key in domains:
                domains[key] = replace(domains[key], state=dice.choice(list(Power)), title=dice.choice("ab"))
            case 3 if key in domains:
                domains[key] = replace(domains[key], tags=tuple(dice.sample(["x", "y"], dice.randrange(3))))
            case _ if key in domains and domains[key].state.is_active:
                samples[key] = Sample(0.0, cpu=dice.random() * 100, memory_used=dice.randrange(1 << 30))
    samples = {key: one for key, one in samples.items() if key in domains and domains[key].state.is_active}
    return replace(inventory, domains=MappingProxyType(domains), samples=MappingProxyType(samples))


class Undetailed(StillSession):
    """Of domains that the hypervisor does not have, too."""

    def detail(self, key: DomainKey) -> None:
        return None


@pytest.mark.parametrize(
    "keys", [(), ("o", "o"), ("F",), ("F", "F", "H"), ("slash", *"!tag:x cpu>20", "enter")], ids=range(5)
)
async def test_after_many_changes_the_screen_is_that_of_a_fresh_start(keys: tuple[str, ...]) -> None:
    dice = random.Random(len(keys))
    session = Undetailed(MemoryHypervisor(6))

    async def screen(app: TuivmApp, pilot: Pilot[int]) -> str:
        table = app.main.table
        await pilot.pause()
        app.main.rearrange()
        table.move_to(table.rows[-1])
        table.move_to(table.rows[len(table.rows) // 2])
        table.scroll_to(y=0, animate=False)
        await _settled(pilot)
        return screen_text(app)

    async with still(session, size=(100, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, TuivmApp)
        await pilot.press("z", *keys)
        before = session.still
        for step in range(400):
            after = _changed(dice, before)
            session.still = after
            app.main.show(after, diff(before, after))
            before = after
            if step % 40 == 0:
                await pilot.press(dice.choice(("down", "G", "g", "pagedown")))
        seen = await screen(app, pilot)
    async with still(session, size=(100, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, TuivmApp)
        await pilot.press("z", *keys)
        assert await screen(app, pilot) == seen
