"""Keys for guests, as data."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from tuivm.core.guest_keys import (
    COMBOS,
    FUNCTION_KEYS,
    KEYPAD,
    SYSRQ,
    TYPED,
    VIRTUAL_TERMINALS,
    Combo,
    Typed,
)

EVERY_COMBO = (*COMBOS, *VIRTUAL_TERMINALS, *FUNCTION_KEYS, *SYSRQ)
HEADER = Path("/usr/include/linux/input-event-codes.h")


@pytest.mark.parametrize("table", [COMBOS, VIRTUAL_TERMINALS, FUNCTION_KEYS, SYSRQ, TYPED, KEYPAD])
def test_letters_are_unique_within_a_menu(table: tuple[Combo | Typed, ...]) -> None:
    letters = [entry.letter for entry in table]
    assert len(set(letters)) == len(letters)
    assert all(len(letter) == 1 and letter.isprintable() for letter in letters)


def test_names_are_those_of_linux() -> None:
    names = set(chain.from_iterable(combo.names for combo in EVERY_COMBO))
    assert all(re.fullmatch(r"KEY_[A-Z0-9]+", name) for name in names)
    if HEADER.exists():
        known = set(re.findall(r"#define (KEY_\w+)", HEADER.read_text()))
        assert names <= known


def test_chords_are_what_they_are_called() -> None:
    by_label = {combo.label: combo.names for combo in EVERY_COMBO}
    assert by_label["Ctrl+Alt+Del"] == ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_DELETE")
    assert by_label["Ctrl+Alt+F11"] == ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_F11")
    assert by_label["SysRq b"] == ("KEY_LEFTALT", "KEY_SYSRQ", "KEY_B")
    assert by_label["F1"] == ("KEY_F1",)


def test_what_costs_something_says_so() -> None:
    asked = {combo.label for combo in EVERY_COMBO if combo.loss}
    assert {"Ctrl+Alt+Del", "SysRq b", "SysRq o", "SysRq c", "SysRq e", "SysRq i", "SysRq u"} <= asked
    assert not {"SysRq s", "SysRq h", "SysRq m", "Ctrl+Alt+F2", "F1"} & asked
    assert all(combo.loss.endswith(".") for combo in EVERY_COMBO if combo.loss)


def test_bytes_are_those_of_xterm() -> None:
    typed = {key.label: key.data for key in (*TYPED, *KEYPAD)}
    assert typed["Alt+Enter"] == b"\x1b\r"
    assert typed["Ctrl+H (0x08)"] == b"\x08"
    assert typed["NUL (Ctrl+@, 0x00)"] == b"\x00"
    assert typed["keypad 0"] == b"\x1bOp"
    assert typed["keypad 9"] == b"\x1bOy"
    assert typed["PF4"] == b"\x1bOS"
