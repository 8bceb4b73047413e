"""What is typed: in order, paced where it must be, held while nobody reads, and never lost without a word."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory_console import MemoryConsole
from tests.recorder import Recorder
from tuivm.core import typist as typist_module
from tuivm.core.typist import HELD, PIECE, Typist, Undelivered


class Desk:
    """A typist at an open console."""

    def __init__(self) -> None:
        self.told = Recorder()
        self.typed = bytearray()
        self.over = threading.Semaphore(0)
        self.pieces: list[bytes] = []
        self.console = MemoryConsole(lambda data: None, lambda error: None)
        self.typist = Typist(self.hear, self.over.release)
        self.typist.attach(self.console)

    def hear(self, data: bytes) -> None:
        self.typed += data
        self.pieces.append(data)

    @property
    def sent(self) -> bytes:
        return bytes(self.console.sent)

    def wait_sent(self, data: bytes) -> None:
        self.told.wait(lambda: self.sent == data, f"{data[:40]!r}, but {self.sent[:40]!r}")


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(typist_module, "RATE", 10_000_000)
    made = Desk()
    yield made
    made.typist.detach()
    for thread in threading.enumerate():
        if thread.name == "tuivm-paste":
            thread.join(20.0)
            assert not thread.is_alive()


def test_keys_go_at_once(desk: Desk) -> None:
    desk.typist.type(b"ls\r")
    assert desk.sent == b"ls\r" == bytes(desk.typed)


def test_a_paste_goes_in_pieces_and_keys_behind_it(desk: Desk) -> None:
    text = bytes(range(256)) * 8
    desk.typist.pause(True)
    desk.typist.paste(text)
    desk.typist.type(b"one")
    desk.typist.paste(b"second")
    desk.typist.type(b"two")
    assert (desk.typist.paste_left, desk.typist.paste_total) == (len(text) + 6, len(text) + 6)
    assert desk.sent == b""
    desk.typist.pause(False)
    desk.wait_sent(text + b"onesecondtwo")
    assert max(map(len, desk.pieces)) <= PIECE
    assert desk.over.acquire(timeout=20.0)
    assert (desk.typist.paste_left, desk.typist.waiting) == (0, 0)


def test_keys_and_pastes_wait_while_the_console_opens(desk: Desk) -> None:
    desk.typist.detach()
    desk.typist.paste(b"nobody's")
    desk.typist.expect()
    desk.typist.type(b"one")
    desk.typist.paste(b"two")
    desk.typist.type(b"three")
    assert desk.sent == b""
    desk.typist.attach(desk.console)
    desk.wait_sent(b"onetwothree")


def test_a_cancelled_paste_ends_its_brackets_and_lets_the_keys_behind_it_go(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typist_module, "RATE", 1)
    text = b"\x1b[200~" + b"x" * 5000 + b"\x1b[201~"
    desk.typist.paste(text, b"\x1b[201~")
    desk.told.wait(lambda: desk.sent, "the first piece")
    desk.typist.type(b"after")
    assert desk.typist.cancel_paste() == Undelivered(0, PIECE, len(text))
    assert desk.sent == text[:PIECE] + b"\x1b[201~after"
    assert desk.over.acquire(timeout=20.0)
    assert desk.typist.cancel_paste() == Undelivered()


def test_a_paste_cancelled_within_its_last_bracket_ends_just_that(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typist_module, "RATE", 1)
    text = b"x" * (PIECE - 3) + b"\x1b[201~"
    desk.typist.paste(text, b"\x1b[201~")
    desk.told.wait(lambda: desk.sent, "the first piece")
    desk.typist.cancel_paste()
    assert desk.sent == text


def test_a_paste_cancelled_before_it_began_leaves_nothing(desk: Desk) -> None:
    desk.typist.pause(True)
    desk.typist.paste(b"\x1b[200~rm -rf\x1b[201~", b"\x1b[201~")
    desk.typist.cancel_paste()
    desk.typist.pause(False)
    assert desk.sent == b""


def test_what_is_lost_with_the_console_is_said(desk: Desk) -> None:
    desk.console.reads = False
    desk.typist.type(b"abc")
    desk.typist.pause(True)
    desk.typist.type(b"de")
    desk.typist.paste(b"x" * 1000)
    desk.typist.type(b"f")
    assert desk.typist.detach() == Undelivered(6, 0, 1000)
    assert str(Undelivered(6, 200, 1000)) == (
        "the paste broke off after 200 of 1,000 bytes; 6 bytes typed were not delivered"
    )
    assert str(Undelivered()) == ""
    desk.typist.type(b"nobody")
    assert desk.typist.detach() == Undelivered()


def test_what_waits_is_bounded_and_the_rest_is_counted(desk: Desk) -> None:
    desk.typist.pause(True)
    for _ in range(HELD // 100 + 5):
        desk.typist.type(b"y" * 100)
    assert desk.typist.waiting == HELD
    assert desk.typist.dropped == 100 * (HELD // 100 + 5) - HELD
    desk.typist.pause(False)
    assert desk.sent == b"y" * HELD


def test_a_reserved_line_is_for_its_owner_alone(desk: Desk) -> None:
    assert desk.typist.reserve(True)
    assert not desk.typist.reserve(True)
    desk.typist.type(b"keys")
    desk.typist.reply(b"answer")
    assert desk.typist.raw(b"file")
    assert desk.sent == b"file"
    assert bytes(desk.typed) == b""
    desk.typist.reserve(False)
    assert desk.sent == b"filekeys"
    desk.typist.reply(b"answer")
    assert desk.sent == b"filekeysanswer"
    desk.typist.pause(True)
    assert not desk.typist.raw(b"lost")
    desk.typist.type(b"late")
    assert not desk.typist.reserve(True), "something waits"
    desk.typist.first(b"first")
    desk.typist.pause(False)
    assert desk.sent.endswith(b"firstlate")


def test_answers_go_between_the_pieces_of_a_paste(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typist_module, "RATE", 1)
    desk.typist.paste(b"x" * 1000)
    desk.told.wait(lambda: desk.sent, "the first piece")
    desk.typist.reply(b"\x1b[1;1R")
    assert desk.sent.endswith(b"\x1b[1;1R")


_ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.binary(min_size=1, max_size=20)),
        st.tuples(st.just("paste"), st.binary(min_size=1, max_size=600)),
        st.tuples(st.just("pause"), st.booleans()),
    ),
    max_size=20,
)


@given(_ACTS)
def test_everything_comes_once_and_in_order(acts: list[tuple[str, bytes | bool]]) -> None:
    desk, expected = Desk(), b""
    real, typist_module.RATE = typist_module.RATE, 10_000_000
    try:
        for what, value in acts:
            if isinstance(value, bytes):
                expected += value
            getattr(desk.typist, what)(value)
        desk.typist.pause(False)
        desk.wait_sent(expected)
        assert bytes(desk.typed) == expected
        assert desk.typist.detach() == Undelivered()
    finally:
        typist_module.RATE = real
