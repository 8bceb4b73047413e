"""What is remembered of rows is never stale, and bounded; rows that stay packed are as rows of cells."""

from __future__ import annotations

import pytest

from tuivm.terminal import Terminal
from tuivm.terminal.memo import MAX_CELLS, Memo
from tuivm.terminal.row import Row


def checksum(terminal: Terminal) -> bytes:
    terminal.feed(b"\x1b[1;1;1;1;24;80*y")
    return terminal.take_replies()


def test_a_checksum_follows_what_is_written() -> None:
    terminal = Terminal(80, 24)
    terminal.feed(b"one\r\n\x1b[1mtwo")
    first = checksum(terminal)
    assert checksum(terminal) == first
    terminal.feed(b"\x1b[m\x1b[Hx")
    other = checksum(terminal)
    assert other != first
    terminal.feed(b"\x1b[Ho")
    assert checksum(terminal) == first


def test_attributes_turned_over_again_and_again_follow_what_is_written() -> None:
    terminal = Terminal(20, 3)
    terminal.feed(b"one\r\ntwo\r\nthree")
    for _ in range(9):
        terminal.feed(b"\x1b[1;1;3;20;1;7$t")
    terminal.feed(b"\x1b[Hx")
    style = terminal.screen.buffer[0][1].pen.style
    assert style.bold
    assert style.reverse
    assert not terminal.screen.buffer[0][0].pen.style.bold
    assert terminal.screen.display == ["xne".ljust(20), "two".ljust(20), "three".ljust(20)]


def test_copies_that_change_nothing_follow_what_is_written() -> None:
    terminal = Terminal(10, 4)
    for _ in range(30):
        terminal.feed(b"\x1b[1;1;4;10;1;2;2$v")
    terminal.feed(b"\x1b[2;3Hx\x1b[1;1;4;10;1;2;2$v")
    assert [row.rstrip() for row in terminal.screen.display] == ["", "", "   x", ""]


def test_what_is_remembered_is_bounded() -> None:
    memo = Memo()
    for number in range(3 * MAX_CELLS // 100):
        row = Row.blank(99)
        memo.all(("same", number % 7), [row], lambda row: row)
        assert row.shared
    held = sum(len(table) for table in memo._tables.values())
    assert held * 100 <= MAX_CELLS


@pytest.mark.parametrize(
    "lead", ["", "ab", "\x1b[7mab\x1b[m", "a" * 79, "a" * 80, "漢字", "\x1b[3Babc\x1b[H  "]
)
@pytest.mark.parametrize("count", [79, 80, 81, 500, 65535])
def test_a_repeat_is_the_character_written_so_often(lead: str, count: int) -> None:
    repeated, written = Terminal(80, 24), Terminal(80, 24)
    repeated.feed(f"{lead}x\x1b[{count}b\r\nend".encode())
    written.feed(f"{lead}x{'x' * min(count, 80 * 24)}\r\nend".encode())
    assert repeated.screen.display == written.screen.display
    assert [row.wrapped for row in repeated.screen.buffer] == [row.wrapped for row in written.screen.buffer]
    assert [*map(str, repeated.scrollback)] == [*map(str, written.scrollback)]
    assert (repeated.screen.cursor.x, repeated.screen.cursor.y) == (
        written.screen.cursor.x,
        written.screen.cursor.y,
    )


def test_insert_mode_left_of_the_margin_shifts_from_the_margin_on() -> None:
    whole, pieces = Terminal(20, 4), Terminal(20, 4)
    text = "word\x1b[?69h\x1b[2;6s\x1b[4h\x1b[Haa"
    whole.feed(text.encode())
    for character in text:
        pieces.feed(character.encode())
    assert whole.screen.display == pieces.screen.display
    assert whole.screen.display[0].startswith("aaord")


def test_noise_does_nothing_but_in_strings() -> None:
    terminal = Terminal(20, 4)
    terminal.feed(b"a\x00b\x01" * 9)
    terminal.feed(b"\x1b[2J\x1b[Ha\x00b\x1b[\x011\x10mc\x1b]2;t\x07d\x1b]2;cut \x01off")
    assert terminal.screen.display[0].rstrip() == "abcd"
    assert terminal.screen.buffer[0][2].bold
    assert not terminal.screen.buffer[0][1].bold
    terminal.feed(b" title\x07")
    assert terminal.title == "cut off title"
