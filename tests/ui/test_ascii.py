"""A terminal that has no signs but ASCII sees none, whoever draws them."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from tests.ui.app_world import living
from tuivm.config import Config
from tuivm.ui.ascii import AsciiFilter


@pytest.mark.parametrize("key", ["S", "V", "y", "t", "n", "U", "J", "L", "question_mark", "colon", "s"])
async def test_no_dialog_page_or_notice_draws_more_than_ascii(key: str) -> None:
    async with living(config=Config(ascii=True), size=(80, 24)) as world:
        await world.choose("db")
        await world.pilot.press(key)
        await world.until(lambda: world.app.has_dialog or world.notices, "something to look at")
        await world.pilot.pause(0.3)
        assert [line for line in world.text.splitlines() if not line.isascii()] == []


def test_letters_of_another_script_and_styles_stay_as_they_are() -> None:
    line = [Segment("╭─ máquina … ›", Style(bold=True)), Segment("plain")]
    assert AsciiFilter().apply(line, Color(0, 0, 0)) == [
        Segment("+- máquina ~ >", Style(bold=True)),
        Segment("plain"),
    ]


async def test_the_same_notice_is_shown_once_and_goes_for_a_dialog() -> None:
    async with living() as world:
        await world.choose("db")
        await world.pilot.press("s", "s", "s")
        await world.until(lambda: world.notices.count("cannot start") == 1)
        await world.pilot.pause(1.1)
        await world.pilot.press("S")
        await world.until(lambda: world.app.has_dialog)
        assert world.notices == ""
