"""A terminal that has no signs but ASCII sees none, whoever draws them."""

from __future__ import annotations

import pytest

from tests.ui.app_world import living
from tuivm.config import Config


@pytest.mark.parametrize("key", ["S", "V", "y", "t", "n", "U", "J", "L", "question_mark", "colon", "s"])
async def test_no_dialog_page_or_notice_draws_more_than_ascii(key: str) -> None:
    async with living(config=Config(ascii=True), size=(80, 24)) as world:
        await world.choose("db")
        await world.pilot.press(key)
        await world.until(lambda: world.app.has_dialog or world.notices, "something to look at")
        await world.pilot.pause(0.3)
        assert [line for line in world.text.splitlines() if not line.isascii()] == []


async def test_a_name_of_another_script_stays_as_it_is() -> None:
    async with living(config=Config(ascii=True)) as world:
        world.hypervisor.add("máquina")
        await world.shows("máquina")


async def test_the_same_notice_is_shown_once_and_goes_for_a_dialog() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("s", "s", "s")
        await world.until(lambda: world.notices.count("cannot start") == 1)
        await world.pilot.pause(1.1)
        await world.pilot.press("S")
        await world.until(lambda: world.app.has_dialog)
        assert world.notices == ""
