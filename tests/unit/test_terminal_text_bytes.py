"""Bytes to text: UTF-8, 8-bit controls, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.terminals import make, text
from tuivm.terminal.decoding import Decoder
from tuivm.terminal.device import Device

ODD = b"a\x80\x90\x9f\xa0\xbf\xc0\xc2\xdf\xe0\xe1\xed\xef\xf0\xf1\xf4\xf5\xff"
BYTES = st.lists(st.sampled_from([bytes([code]) for code in ODD])).map(b"".join)


def decoded(data: bytes, *, eight_bit: bool = False, piece: int = 1000) -> str:
    """Decode in pieces."""
    device = Device()
    device.eight_bit = eight_bit
    decoder = Decoder(device)
    return "".join(
        text for at in range(0, len(data), piece) for text in decoder.decode(data[at : at + piece])
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xe2\x82x", "\ufffdx"),
        (b"\xf0\x9f\x98x", "\ufffdx"),
        (b"\xe0\x80x", "\ufffd\x80x"),
        (b"\xed\xa0\xa0x", "\ufffd\ufffd\ufffdx"),
        (b"\xc0\xafx", "\ufffd\ufffdx"),
        (b"\x9b1m", "\x9b1m"),
        (b"\xc2\x9b1m", "\x9b1m"),
        (b"\xe4\xbd\xa0", "\u4f60"),
    ],
)
def test_invalid_parts_are_one_character_and_lone_bytes_controls(data: bytes, expected: str) -> None:
    assert decoded(data, eight_bit=True) == expected


@given(BYTES)
def test_like_the_standard_while_nobody_asked_for_8_bit_controls(data: bytes) -> None:
    assert decoded(data + b"~~~") == (data + b"~~~").decode("utf-8", "replace")


@given(BYTES, st.booleans())
def test_pieces_are_the_same(data: bytes, eight_bit: bool) -> None:
    whole = decoded(data + b"~", eight_bit=eight_bit)
    assert decoded(data + b"~", eight_bit=eight_bit, piece=1) == whole


def test_8_bit_controls_are_none_inside_of_characters() -> None:
    assert text(make("\x1b G\u4f9b\u201c".encode())) == ["\u4f9b\u201c"]
