"""Names of keys as a user writes them, made into the names textual gives in ``event.key``.

``/`` is ``slash``, ``Ctrl+X`` is ``ctrl+x``, ``shift+d`` is ``D``, ``esc`` is ``escape``. Names of
punctuation follow the Unicode character names, with textual's six shorter ones
(https://textual.textualize.io/guide/input/#key).
"""

from __future__ import annotations

import string
import unicodedata

_MODIFIERS = frozenset({"alt", "ctrl", "shift", "super", "hyper", "meta"})
_NAMED = frozenset(
    {"escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end"}
    | {"pageup", "pagedown", "up", "down", "left", "right"}
    | {f"f{number}" for number in range(1, 25)}
)
_OTHER_NAMES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "page_up": "pageup",
    "pgdn": "pagedown",
    "page_down": "pagedown",
    "backtab": "shift+tab",
    "control": "ctrl",
}
_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_SAME_BYTE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape"}
"""Keys that a terminal cannot tell from another."""


def _character_name(character: str) -> str | None:
    """The name of a key that types ``character``; None for what no key types."""
    if character == " ":
        return "space"
    if not character.isprintable() or character.isspace():
        return None
    if character.isalnum():
        return character
    name = unicodedata.name(character, "").lower().replace("-", "_").replace(" ", "_")
    return _SHORTER.get(name, name) or None


_PUNCTUATION = frozenset(name for char in string.punctuation if (name := _character_name(char)))


def _base_name(text: str) -> str | None:
    """The name of a key without modifiers."""
    if len(text) == 1:
        return _character_name(text)
    name = _OTHER_NAMES.get(text.lower(), text.lower())
    name = _SHORTER.get(name, name)
    return name if name in _NAMED or name in _PUNCTUATION or name == "shift+tab" else None


def normalise_key(text: str) -> str | None:
    """``text`` as textual names the key; None when it names no key.

    Modifiers come before the key, joined by ``+``, in any order and case.
    """
    if len(text) == 1:
        return _character_name(text)
    text = text.strip()
    head, plus, last = text.rpartition("+")
    if text.endswith("++"):  # the plus key itself
        head, last = text[:-2], "+"
    if plus and not head:
        return None
    modifiers = {_OTHER_NAMES.get(part.lower(), part.lower()) for part in head.split("+")} if head else set()
    base = _base_name(last)
    if base is None or not modifiers <= _MODIFIERS:
        return None
    if modifiers and len(base) == 1:
        if modifiers == {"shift"}:
            return base.upper() if base.isalpha() else None
        base = base.lower()
    if modifiers == {"shift"} and base in _PUNCTUATION:
        return None  # what shift makes of it depends on the keyboard: it is a character of its own
    key = "+".join([*sorted(modifiers), base])
    return _SAME_BYTE.get(key, key)


def needs_modifier(key: str) -> bool:
    """Whether a normalised key is one that types nothing at a guest: with ctrl, alt or super, or f1..f24."""
    modifiers, _, base = key.rpartition("+")
    return bool(set(modifiers.split("+")) - {"shift", ""}) or (base[:1] == "f" and base[1:].isdigit())
