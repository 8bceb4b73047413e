"""Keys as users write them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.keynames import needs_modifier, normalise_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("d", "d"),
        ("D", "D"),
        ("é", "é"),
        ("/", "slash"),
        ("?", "question_mark"),
        ("-", "minus"),
        ("_", "underscore"),
        ("+", "plus"),
        ("@", "at"),
        ("[", "left_square_bracket"),
        (" ", "space"),
        ("space", "space"),
        ("slash", "slash"),
        ("hyphen_minus", "minus"),
        ("Ctrl+X", "ctrl+x"),
        ("control+Shift+Left", "ctrl+shift+left"),
        ("shift+ctrl+f5", "ctrl+shift+f5"),
        ("ctrl+]", "ctrl+right_square_bracket"),
        ("ctrl++", "ctrl+plus"),
        ("alt+X", "alt+x"),
        ("shift+d", "D"),
        ("shift+f5", "shift+f5"),
        ("F12", "f12"),
        ("esc", "escape"),
        ("PgDn", "pagedown"),
        ("del", "delete"),
        ("return", "enter"),
        ("backtab", "shift+tab"),
        ("ctrl+i", "tab"),
        ("ctrl+m", "enter"),
        ("ctrl+[", "escape"),
        ("  ctrl+x ", "ctrl+x"),
    ],
)
def test_key_is_named_as_textual_names_it(written: str, key: str) -> None:
    assert normalise_key(written) == key


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ctrl+",
        "+x",
        "++",
        "foo",
        "f0",
        "f25",
        "ctrl+foo",
        "strg+x",
        "shift+1",
        "shift+/",
        "\x1b",
        "\t",
        "ab",
    ],
)
def test_what_is_no_key_is_refused(written: str) -> None:
    assert normalise_key(written) is None


@given(st.text(max_size=20))
def test_any_text_is_a_key_or_none_and_a_key_never_becomes_another(written: str) -> None:
    key = normalise_key(written)
    if key is not None:
        assert key.isprintable()
        assert "," not in key
        assert normalise_key(key) in (key, None)  # names of rare characters are not looked up again


@given(st.sampled_from(string.punctuation + string.ascii_letters + string.digits))
def test_every_key_of_a_keyboard_is_one(character: str) -> None:
    assert normalise_key(character) is not None


@pytest.mark.parametrize("key", ["ctrl+right_square_bracket", "f12", "alt+x", "ctrl+shift+f1"])
def test_keys_that_type_nothing(key: str) -> None:
    assert needs_modifier(key)


@pytest.mark.parametrize("key", ["x", "f", "D", "slash", "full_stop", "shift+tab", "escape", "enter"])
def test_keys_that_a_guest_needs(key: str) -> None:
    assert not needs_modifier(key)
