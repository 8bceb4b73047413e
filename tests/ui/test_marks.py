"""Marks: set by keys and the mouse, kept on their domains, counted, cleared as a layer of their own."""

from __future__ import annotations

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.config import Config
from tuivm.model.domain import DomainKey, State
from tuivm.ui.marks import Marks, count_words


def marked(world: World) -> list[str]:
    """Names of the marked domains, sorted."""
    domains = world.session.inventory.domains
    return sorted(domains[key].name for key in world.app.main.marks)


def keys(count: int) -> list[DomainKey]:
    return [DomainKey("memory:///x", f"{index:04}") for index in range(count)]


def test_flip_add_and_remove_tell_what_they_turned() -> None:
    marks, (one, two, three, four) = Marks(), keys(4)
    assert marks.flip([one, two]) == {one, two}
    assert marks.flip([two, three]) == {two, three}
    assert set(marks) == {one, three}
    assert marks.add([one, four]) == {four}
    assert marks.remove([two, three]) == {three}
    assert set(marks) == {one, four}
    assert one in marks
    assert two not in marks
    marks.fit({one})
    assert (len(marks), marks.hidden) == (2, 1)


def test_words_of_the_count() -> None:
    assert count_words(1) == "1 domain"
    assert count_words(5, 2) == "5 domains, 2 of them hidden by the filter"
    assert count_words(3, 3) == "3 domains, all of them hidden by the filter"
    assert count_words(1, 1) == "1 domain, it is hidden by the filter"
    assert count_words(12_000, 1_000, short=True) == "12,000 marked, 1,000 hidden"
    assert count_words(2, short=True) == "2 marked"


async def test_space_marks_and_moves_on_and_the_footer_counts() -> None:
    async with living() as world:
        await world.pilot.press("g", "space", "space")
        await world.shows("2 marked")
        order = world.app.main.table.order
        assert set(world.app.main.marks) == set(order[:2])
        assert world.app.main.table.cursor_key == order[2]
        await world.pilot.press("up", "space")
        await world.shows("1 marked")
        assert set(world.app.main.marks) == {order[0]}


async def test_star_turns_the_marks_of_what_is_shown_round() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("space", "asterisk")
        await world.shows("4 marked")
        assert "db" not in marked(world)
        await world.pilot.press("slash", *"db", "enter")
        await world.shows("4 marked, 4 hidden")
        await world.pilot.press("asterisk")
        await world.shows("5 marked, 4 hidden")


async def test_marks_stay_on_their_domains_whatever_the_order_and_the_filter() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("space", "O", "o", "slash", *"web", "enter")
        await world.shows("1 marked, 1 hidden")
        world.hypervisor.add("aaa", state=State.RUNNING)
        key = world.hypervisor.key("db")
        world.hypervisor.change(key, name="database")
        world.hypervisor.emit(key, "renamed")
        await world.until(lambda: marked(world) == ["database"])


async def test_escape_clears_the_marks_after_the_filter() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("space", "slash", *"db", "enter", "escape")
        assert not world.app.main.query_text
        await world.shows("1 marked")
        await world.pilot.press("escape")
        await world.shows_not("marked")
        assert not world.app.main.marks


async def test_the_mark_of_a_domain_that_is_gone_goes() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("space", "space")
        world.hypervisor.remove(world.hypervisor.key("db"))
        await world.shows("1 marked")
        assert "db" not in marked(world)


async def test_the_edge_of_a_row_and_ctrl_click_mark() -> None:
    async with living() as world:
        table = world.app.main.table
        await world.pilot.click(table, offset=(0, 2))
        await world.pilot.click(table, offset=(10, 3), control=True)
        await world.shows("2 marked")
        assert set(world.app.main.marks) == set(table.order[1:3])


async def test_marks_are_signs_and_not_colours_alone() -> None:
    for ascii_only, sign in ((False, "✓"), (True, "*")):
        async with living(config=Config(ascii=ascii_only)) as world:
            await world.choose("db")
            await world.pilot.press("space")
            await world.until(
                lambda world=world, sign=sign: any(
                    line.startswith(sign) and " db " in line for line in world.text.splitlines()
                )
            )


async def test_a_lock_is_a_sign_on_the_row() -> None:
    for ascii_only, sign in ((False, "§"), (True, "#")):
        hypervisor = MemoryHypervisor(3)
        hypervisor.change(hypervisor.key("db"), locked=True)
        async with living(hypervisor, config=Config(ascii=ascii_only)) as world:
            await world.until(
                lambda world=world, sign=sign: [
                    line for line in world.text.splitlines() if " db " in line and f" {sign} " in line
                ]
            )
            assert not [line for line in world.text.splitlines() if " web-1 " in line and f" {sign} " in line]


async def test_marking_what_a_filter_finds_shown_or_not() -> None:
    async with living() as world:
        await world.pilot.press("slash", *"db", "enter", "plus")
        await world.shows("Mark every domain that matches", "1 of 5 domains; 0 of them marked already")
        await world.pilot.press(*"state:active")
        await world.shows("4 of 5 domains")
        await world.pilot.press("enter")
        await world.shows("4 marked, 3 hidden")
        assert marked(world) == ["build", "db", "mail", "web-1"]
        await world.pilot.press("escape", "plus", *"web", "tab", "right", "enter")
        await world.until(lambda: marked(world) == ["build", "db", "mail"])
        await world.pilot.press("plus", "escape")
        await world.until(lambda: not world.app.has_dialog)
        assert marked(world) == ["build", "db", "mail"]


async def test_the_list_can_show_the_marked_alone() -> None:
    async with living() as world:
        main = world.app.main
        await world.choose("db")
        await world.pilot.press("space", "slash", *"is:marked", "enter")
        await world.until(lambda: len(main.table.order) == 1)
        await world.pilot.press("space")
        await world.shows("No domain matches the filter.")
        await world.pilot.press("plus", *"web", "enter")
        await world.until(lambda: len(main.table.order) == 1)
        assert marked(world) == ["web-1"]


async def test_the_mark_dialog_fits_a_small_screen() -> None:
    async with living(size=(40, 15)) as world:
        await world.pilot.press("plus")
        await world.shows("Mark every domain", "filter", "Unmark")
