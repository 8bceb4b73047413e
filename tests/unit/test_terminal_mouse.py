"""Reports of the mouse and of the focus, against xterm's "Mouse Tracking"."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.terminal import Terminal
from tuivm.terminal.mouse import CONTROL, META, SHIFT, Button, encode, encode_focus, tracking


def mode(*numbers: int) -> set[int]:
    terminal = Terminal()
    for number in numbers:
        terminal.feed(f"\x1b[?{number}h".encode())
    return terminal.screen.mode


def test_nobody_asked() -> None:
    assert encode(mode(), Button.LEFT, 0, 0) is None
    assert encode(mode(1006), Button.LEFT, 0, 0) is None
    assert tracking(mode()) == 0
    assert tracking(mode(1000)) == 1000 << 5


def test_a_press_alone_in_the_oldest_mode() -> None:
    assert encode(mode(9), Button.LEFT, 0, 0, modifiers=SHIFT) == b"\x1b[M !!"
    assert encode(mode(9), Button.RIGHT, 9, 4) == b"\x1b[M\x22*%"
    assert encode(mode(9), Button.LEFT, 0, 0, is_release=True) is None
    assert encode(mode(9), Button.WHEEL_UP, 0, 0) is None


@pytest.mark.parametrize(
    ("button", "kind", "modifiers", "code"),
    [
        (Button.LEFT, "press", 0, 0),
        (Button.MIDDLE, "press", 0, 1),
        (Button.RIGHT, "press", META, 10),
        (Button.LEFT, "press", CONTROL | META, 24),
        (Button.WHEEL_UP, "press", 0, 64),
        (Button.WHEEL_DOWN, "press", CONTROL, 81),
        (Button.LEFT, "motion", 0, 32),
        (Button.NONE, "motion", 0, 35),
    ],
)
def test_codes(button: Button, kind: str, modifiers: int, code: int) -> None:
    is_motion = kind == "motion"
    for form, sent in (
        ((), b"\x1b[M" + bytes((code + 32, 43, 53))),
        ((1005,), b"\x1b[M" + bytes((code + 32, 43, 53))),
        ((1015,), f"\x1b[{code + 32};11;21M".encode()),
        ((1006,), f"\x1b[<{code};11;21M".encode()),
    ):
        assert encode(mode(1003, *form), button, 10, 20, is_motion=is_motion, modifiers=modifiers) == sent


def test_releases() -> None:
    assert encode(mode(1000), Button.RIGHT, 0, 0, is_release=True) == b"\x1b[M#!!"
    assert encode(mode(1000, 1015), Button.RIGHT, 0, 0, is_release=True) == b"\x1b[35;1;1M"
    assert encode(mode(1000, 1006), Button.RIGHT, 0, 0, is_release=True) == b"\x1b[<2;1;1m"
    assert encode(mode(1000, 1006), Button.WHEEL_UP, 0, 0, is_release=True) is None


def test_which_motions_are_told() -> None:
    for number, drag, motion in ((1000, False, False), (1002, True, False), (1003, True, True)):
        found = mode(number, 1006)
        assert (encode(found, Button.LEFT, 1, 1, is_motion=True) is not None) is drag
        assert (encode(found, Button.NONE, 1, 1, is_motion=True) is not None) is motion


def test_places_that_a_form_cannot_tell() -> None:
    assert encode(mode(1000), Button.LEFT, 222, 0) == b"\x1b[M \xff!"
    assert encode(mode(1000), Button.LEFT, 223, 0) is None
    assert encode(mode(1000, 1005), Button.LEFT, 223, 0) == b"\x1b[M " + chr(256).encode() + b"!"
    assert encode(mode(1000, 1005), Button.LEFT, 2015, 0) is None
    assert encode(mode(1000, 1006), Button.LEFT, 2015, 0) == b"\x1b[<0;2016;1M"
    assert encode(mode(1000, 1006), Button.LEFT, -1, 0) is None


def test_focus() -> None:
    assert encode_focus(mode(), gained=True) is None
    assert encode_focus(mode(1004), gained=True) == b"\x1b[I"
    assert encode_focus(mode(1004), gained=False) == b"\x1b[O"


@given(
    st.sets(st.sampled_from((9, 1000, 1002, 1003, 1005, 1006, 1015))),
    st.sampled_from(Button),
    st.integers(-5, 3000),
    st.integers(-5, 3000),
    st.booleans(),
    st.booleans(),
)
def test_nothing_raises(
    numbers: set[int], button: Button, x: int, y: int, release: bool, motion: bool
) -> None:
    sent = encode({number << 5 for number in numbers}, button, x, y, is_release=release, is_motion=motion)
    assert sent is None or sent.startswith(b"\x1b[")
