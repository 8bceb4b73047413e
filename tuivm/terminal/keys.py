"""Keys and pasted text as a VT/xterm sends them. Key names are Textual's (``ctrl+a``, ``shift+f5``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping


def _pairs(text: str) -> dict[str, str]:
    """Read ``name value name value ...``."""
    words = text.split()
    return dict(zip(words[::2], words[1::2], strict=True))


CURSOR: Mapping[str, str] = _pairs("up A down B right C left D end F home H kp_begin E begin E")
"""Keys sent as ``CSI X``, ``SS3 X`` under DECCKM, ``CSI 1;m X`` with a modifier."""
FUNCTION: Mapping[str, str] = _pairs("f1 P f2 Q f3 R f4 S")
"""Keys sent as ``SS3 X``, ``CSI 1;m X`` with a modifier."""
TILDE: Mapping[str, str] = _pairs(
    "insert 2 delete 3 pageup 5 pagedown 6 f5 15 f6 17 f7 18 f8 19 f9 20 f10 21 f11 23 f12 24 "
    "f13 25 f14 26 f15 28 f16 29 f17 31 f18 32 f19 33 f20 34 find 1 select 4 help 28 menu 29"
)
"""Keys sent as ``CSI n ~``, ``CSI n;m ~`` with a modifier."""
SHIFTED: Mapping[str, str] = _pairs("f21 20 f22 21 f23 23 f24 24")
"""Function keys beyond a VT220's, which terminals send as Shift with F9 to F12: ``CSI n;2 ~``."""
_KEYPAD_TEXT = _pairs("multiply * add + separator , subtract - decimal . divide / equal =")
_KEYPAD_FINAL = _pairs("multiply j add k separator l subtract m decimal n divide o equal X")
KEYPAD: Mapping[str, tuple[str, str]] = {
    **{f"kp_{digit}": (str(digit), chr(ord("p") + digit)) for digit in range(10)},
    **{
        prefix + name: (text, _KEYPAD_FINAL[name])
        for name, text in _KEYPAD_TEXT.items()
        for prefix in ("", "kp_")
    },
    "kp_enter": ("\r", "M"),
}
"""Keys of the keypad, with the character they send and the final of ``SS3 X`` that they send under DECNKM."""
_NAMED = {"space": " ", "ctrl-at": "\0"} | _pairs(
    "slash / backslash \\ at @ minus - plus + underscore _ solidus / reverse_solidus \\ commercial_at @ "
    'hyphen_minus - plus_sign + low_line _ exclamation_mark ! quotation_mark " number_sign # dollar_sign $ '
    "percent_sign % ampersand & apostrophe ' left_parenthesis ( right_parenthesis ) asterisk * comma , "
    "full_stop . colon : semicolon ; less_than_sign < equals_sign = greater_than_sign > question_mark ? "
    "left_square_bracket [ left_square_brace [ right_square_bracket ] circumflex_accent ^ grave_accent ` "
    "left_curly_bracket { vertical_line | right_curly_bracket } tilde ~"
)
"""Characters that Textual gives a name."""
_CONTROL = {chr(code + 0x60): chr(code) for code in range(1, 27)} | dict(
    zip(
        " @2`[3\\4]5^6~_7/-?8",
        "\0\0\0\0\x1b\x1b\x1c\x1c\x1d\x1d\x1e\x1e\x1e\x1f\x1f\x1f\x1f\x7f\x7f",
        strict=True,
    )
)
"""What Ctrl makes of a character, as xterm has it."""
_MODIFIERS = {"shift": 1, "alt": 2, "meta": 2, "ctrl": 4, "super": 8, "hyper": 16}

PASTE_START = b"\x1b[200~"
"""Begins a bracketed paste."""
PASTE_END = b"\x1b[201~"
"""Ends it."""
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def encode(
    key: str,
    character: str | None,
    *,
    application_cursor: bool,
    application_keypad: bool = False,
    newline: bool = False,
    backarrow: bool = False,
) -> bytes | None:
    """Return what a key sends to the guest, None when it sends nothing.

    ``key`` and ``character`` are those of Textual's key event; ``character`` counts for printable keys alone.
    ``application_cursor`` is DECCKM, ``application_keypad`` DECNKM, ``newline`` LNM (Enter sends CR LF),
    ``backarrow`` DECBKM (Backspace sends BS, and Ctrl with it DEL).
    """
    modifiers, name = _split(key)
    text = _function_key(name, modifiers, application_cursor)
    if text is None and name in KEYPAD and not modifiers:
        plain, final = KEYPAD[name]
        text = f"\x1bO{final}" if application_keypad else plain
    if text is None:
        text = _plain_key(name, modifiers, newline, backarrow)
    if text is None:
        text = _character_key(name, character, modifiers)
    return None if text is None else text.encode("utf-8", "replace")


def _split(key: str) -> tuple[int, str]:
    """Return the modifiers, as the sum that ``CSI 1;m X`` tells less one, and the bare name."""
    *prefixes, name = key.split("+")
    modifiers = 0
    for prefix in prefixes:
        modifiers |= _MODIFIERS.get(prefix, 0)
    return modifiers, name or "plus"


def _function_key(name: str, modifiers: int, application_cursor: bool) -> str | None:
    """Encode cursor, editing and function keys."""
    if name in CURSOR:
        if modifiers:
            return f"\x1b[1;{modifiers + 1}{CURSOR[name]}"
        return f"\x1b{'O' if application_cursor else '['}{CURSOR[name]}"
    if name in FUNCTION:
        return f"\x1b[1;{modifiers + 1}{FUNCTION[name]}" if modifiers else f"\x1bO{FUNCTION[name]}"
    if name in SHIFTED:
        return f"\x1b[{SHIFTED[name]};{(modifiers | 1) + 1}~"
    if name in TILDE:
        return f"\x1b[{TILDE[name]};{modifiers + 1}~" if modifiers else f"\x1b[{TILDE[name]}~"
    return None


def _plain_key(name: str, modifiers: int, newline: bool, backarrow: bool) -> str | None:
    """Encode Enter, Tab, Backspace and Escape."""
    prefix = "\x1b" if modifiers & 2 else ""
    if name in ("enter", "return"):
        return prefix + ("\r\n" if newline else "\r")
    if name == "newline":
        return prefix + "\n"
    if name == "tab":
        return "\x1b[Z" if modifiers & 1 else prefix + "\t"
    if name == "backspace":
        return prefix + ("\x08" if bool(modifiers & 4) != backarrow else "\x7f")
    if name == "escape":
        return prefix + "\x1b"
    return None


def _character_key(name: str, character: str | None, modifiers: int) -> str | None:
    """Encode a printable key, or Ctrl with one."""
    if not modifiers & ~1 and character and character.isprintable():
        return character
    base = name if len(name) == 1 else _NAMED.get(name) or _by_unicode_name(name)
    if base is None:
        return None
    if modifiers & 1 and base.isascii():
        base = base.upper()
    if modifiers & 4:
        # What has no control character is sent as it is.
        control = _CONTROL.get(base.lower()) or (base if base.isascii() else None)
        if control is None:
            return None
        base = control
    if modifiers & 24:
        return None
    return f"\x1b{base}" if modifiers & 2 else base


def _by_unicode_name(name: str) -> str | None:
    """Return the character that Textual named after Unicode (``latin_small_letter_e_with_acute``)."""
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return None
    return character if character.isprintable() else None


def encode_paste(text: str, bracketed: bool) -> bytes:
    """Return pasted text as it goes to the guest.

    Line ends become CR; ESC and every other control but tab are taken out, so that the text can neither press
    keys nor end its own brackets.
    """
    clean = _UNSAFE.sub("", text.replace("\r\n", "\r").replace("\n", "\r"))
    data = clean.encode("utf-8", "replace")
    return PASTE_START + data + PASTE_END if bracketed and data else data
