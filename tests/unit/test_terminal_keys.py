"""Keys and pasted text."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.terminal import Terminal
from tuivm.terminal.keys import CURSOR, FUNCTION, KEYPAD, SHIFTED, TILDE, encode, encode_paste

MODIFIERS = {
    "shift+": 2,
    "alt+": 3,
    "alt+shift+": 4,
    "ctrl+": 5,
    "ctrl+shift+": 6,
    "alt+ctrl+": 7,
    "alt+ctrl+shift+": 8,
}


def send(key: str, character: str | None = None, **modes: bool) -> bytes | None:
    return encode(key, character, application_cursor=modes.pop("application_cursor", False), **modes)


@pytest.mark.parametrize(("key", "final"), CURSOR.items())
def test_cursor_keys(key: str, final: str) -> None:
    assert send(key) == f"\x1b[{final}".encode()
    assert send(key, application_cursor=True) == f"\x1bO{final}".encode()
    for prefix, number in MODIFIERS.items():
        for application in (False, True):
            sent = send(prefix + key, application_cursor=application)
            assert sent == f"\x1b[1;{number}{final}".encode()


@pytest.mark.parametrize(("key", "final"), FUNCTION.items())
def test_f1_to_f4(key: str, final: str) -> None:
    assert send(key) == f"\x1bO{final}".encode()
    for prefix, number in MODIFIERS.items():
        assert send(prefix + key) == f"\x1b[1;{number}{final}".encode()


@pytest.mark.parametrize(("key", "number"), TILDE.items())
def test_editing_and_function_keys(key: str, number: str) -> None:
    assert send(key) == f"\x1b[{number}~".encode()
    for prefix, modifier in MODIFIERS.items():
        assert send(prefix + key) == f"\x1b[{number};{modifier}~".encode()


@pytest.mark.parametrize(("key", "number"), SHIFTED.items())
def test_function_keys_beyond_the_vt220s(key: str, number: str) -> None:
    # Textual reads Shift with F9 to F12 as these.
    assert send(key) == f"\x1b[{number};2~".encode()
    assert send(f"ctrl+{key}") == f"\x1b[{number};6~".encode()


def test_backspace_and_its_mode() -> None:
    assert send("backspace", "\x7f", backarrow=True) == b"\x08"
    assert send("alt+backspace", backarrow=True) == b"\x1b\x08"
    assert send("ctrl+backspace", backarrow=True) == b"\x7f"
    terminal = Terminal()
    assert terminal.encode_key("backspace") == b"\x7f"
    terminal.feed(b"\x1b[?67h")
    assert terminal.encode_key("backspace") == b"\x08"
    terminal.feed(b"\x1b[?67l")
    terminal.backarrow = True
    assert terminal.encode_key("backspace") == b"\x08"


def test_modes_of_the_terminal_decide_what_keys_send() -> None:
    terminal = Terminal()
    terminal.feed(b"\x1b[?1h\x1b=\x1b[20h")
    assert terminal.encode_key("up") == b"\x1bOA"
    assert terminal.encode_key("ctrl+up") == b"\x1b[1;5A"
    assert terminal.encode_key("add") == b"\x1bOk"
    assert terminal.encode_key("kp_enter") == b"\x1bOM"
    assert terminal.encode_key("enter", "\r") == b"\r\n"
    terminal.feed(b"\x1b[?1l\x1b>\x1b[20l")
    assert terminal.encode_key("kp_begin") == b"\x1b[E"
    assert terminal.encode_key("add") == b"+"
    assert terminal.encode_key("enter", "\r") == b"\r"


def test_every_name_of_textual_that_is_a_key_sends_something() -> None:
    from textual._keyboard_protocol import FUNCTIONAL_KEYS
    from textual.keys import Keys

    silent = {name for name in FUNCTIONAL_KEYS.values() if send(name) is None}
    unsent = ("_lock", "_screen", "pause", "volume", "media", "left_", "right_", "iso_")
    assert {name for name in silent if not any(word in name for word in unsent)} == {
        f"f{number}" for number in range(25, 36)
    }
    not_keys = {"Any", "CPRResponse", "ScrollUp", "ScrollDown", "Vt100MouseEvent", "Ignore", "BracketedPaste"}
    not_keys |= {"WindowsMouseEvent", "SIGINT"}
    assert {key.name for key in Keys if send(key.value) is None} <= not_keys


def test_every_function_key_of_a_vt220_is_there() -> None:
    assert {f"f{number}" for number in range(1, 21)} <= {*FUNCTION, *TILDE}


@pytest.mark.parametrize(("key", "sent"), KEYPAD.items())
def test_keypad(key: str, sent: tuple[str, str]) -> None:
    assert send(key) == sent[0].encode()
    assert send(key, application_keypad=True) == f"\x1bO{sent[1]}".encode()


@pytest.mark.parametrize(
    ("key", "character", "sent"),
    [
        ("enter", "\r", b"\r"),
        ("return", None, b"\r"),
        ("alt+enter", None, b"\x1b\r"),
        ("newline", "\n", b"\n"),
        ("ctrl+j", "\n", b"\n"),
        ("tab", "\t", b"\t"),
        ("alt+tab", None, b"\x1b\t"),
        ("shift+tab", None, b"\x1b[Z"),
        ("backspace", "\x7f", b"\x7f"),
        ("ctrl+backspace", None, b"\x08"),
        ("alt+backspace", None, b"\x1b\x7f"),
        ("escape", "\x1b", b"\x1b"),
        ("alt+escape", None, b"\x1b\x1b"),
        ("space", " ", b" "),
        ("alt+space", None, b"\x1b "),
        ("ctrl+space", None, b"\0"),
        ("ctrl+@", "\0", b"\0"),
        ("ctrl+at", None, b"\0"),
        ("ctrl+backslash", "\x1c", b"\x1c"),
        ("ctrl+right_square_bracket", "\x1d", b"\x1d"),
        ("ctrl+circumflex_accent", "\x1e", b"\x1e"),
        ("ctrl+underscore", "\x1f", b"\x1f"),
        ("ctrl+slash", None, b"\x1f"),
        ("ctrl+left_square_bracket", None, b"\x1b"),
        ("ctrl+question_mark", None, b"\x7f"),
        ("a", "a", b"a"),
        ("A", "A", b"A"),
        ("é", "é", "é".encode()),
        ("latin_small_letter_e_with_acute", None, "é".encode()),
        ("漢", "漢", "漢".encode()),
        ("left_parenthesis", "(", b"("),
        ("shift+a", None, b"A"),
        ("alt+x", None, b"\x1bx"),
        ("alt+x", "x", b"\x1bx"),
        ("alt+shift+x", "X", b"\x1bX"),
        ("alt+ctrl+c", None, b"\x1b\x03"),
        ("alt+full_stop", None, b"\x1b."),
        ("plus", "+", b"+"),
        ("ctrl+shift+c", None, b"\x03"),
        ("ctrl+1", None, b"1"),
        ("ctrl+comma", None, b","),
    ],
)
def test_other_keys(key: str, character: str | None, sent: bytes) -> None:
    assert send(key, character) == sent


@pytest.mark.parametrize("letter", string.ascii_lowercase)
def test_ctrl_with_a_letter(letter: str) -> None:
    # Under the kitty protocol there is no character.
    for character in (chr(ord(letter) - 0x60), None):
        assert send(f"ctrl+{letter}", character) == bytes([ord(letter) - 0x60])


@pytest.mark.parametrize("character", string.punctuation + string.digits)
def test_every_ascii_character_by_textuals_name(character: str) -> None:
    from textual.keys import _character_to_key

    key = _character_to_key(character)
    assert send(key, character) == character.encode()
    assert send(key, None) == character.encode()
    assert send(f"alt+{key}", None) == b"\x1b" + character.encode()


def test_newline_mode() -> None:
    assert send("enter", "\r", newline=True) == b"\r\n"


@pytest.mark.parametrize(
    "key",
    ["left_shift", "caps_lock", "super+a", "ctrl+é", "f35", "media_play", "<ignore>", "print_screen"],
)
def test_keys_that_send_nothing(key: str) -> None:
    assert send(key) is None


def test_paste() -> None:
    assert encode_paste("a\r\nb\nc\td", bracketed=False) == b"a\rb\rc\td"
    assert encode_paste("ab", bracketed=True) == b"\x1b[200~ab\x1b[201~"
    assert encode_paste("", bracketed=True) == b""
    assert encode_paste("a\x1b[201~\x03\x9b\x7frm", bracketed=True) == b"\x1b[200~a[201~rm\x1b[201~"


@given(st.text(), st.booleans())
def test_a_paste_never_holds_a_control(text: str, bracketed: bool) -> None:
    data = encode_paste(text, bracketed)
    if bracketed and data:
        assert data.startswith(b"\x1b[200~")
        assert data.endswith(b"\x1b[201~")
        data = data[6:-6]
    assert not any(byte < 0x20 and byte not in b"\t\r" for byte in data)
    assert b"\x7f" not in data


@given(st.text(), st.none() | st.text(max_size=1), st.booleans())
def test_no_key_raises(key: str, character: str | None, mode: bool) -> None:
    sent = encode(key, character, application_cursor=mode, application_keypad=mode, newline=mode)
    assert sent is None or isinstance(sent, bytes)
