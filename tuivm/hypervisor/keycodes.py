"""Names and numbers of keys, as Linux has them in ``include/uapi/linux/input-event-codes.h``.

They are what ``virDomainSendKey`` takes as the code set ``VIR_KEYCODE_SET_LINUX``, and ``virsh send-key``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tuivm.model.errors import Invalid

_FROM_ONE = (
    "ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P LEFTBRACE "
    "RIGHTBRACE ENTER LEFTCTRL A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT "
    "BACKSLASH Z X C V B N M COMMA DOT SLASH RIGHTSHIFT KPASTERISK LEFTALT SPACE CAPSLOCK F1 "
    "F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS "
    "KP1 KP2 KP3 KP0 KPDOT"
)
"""The keys numbered from 1 on without a gap."""
_OTHERS = {
    "102ND": 86,
    "F11": 87,
    "F12": 88,
    "KPENTER": 96,
    "RIGHTCTRL": 97,
    "KPSLASH": 98,
    "SYSRQ": 99,
    "RIGHTALT": 100,
    "HOME": 102,
    "UP": 103,
    "PAGEUP": 104,
    "LEFT": 105,
    "RIGHT": 106,
    "END": 107,
    "DOWN": 108,
    "PAGEDOWN": 109,
    "INSERT": 110,
    "DELETE": 111,
    "MUTE": 113,
    "VOLUMEDOWN": 114,
    "VOLUMEUP": 115,
    "POWER": 116,
    "PAUSE": 119,
    "LEFTMETA": 125,
    "RIGHTMETA": 126,
    "COMPOSE": 127,
    "SLEEP": 142,
    "WAKEUP": 143,
    "F13": 183,
    "F14": 184,
    "F15": 185,
    "F16": 186,
    "F17": 187,
    "F18": 188,
    "F19": 189,
    "F20": 190,
    "F21": 191,
    "F22": 192,
    "F23": 193,
    "F24": 194,
}
KEYS: Mapping[str, int] = {
    f"KEY_{name}": code
    for name, code in (*((name, code) for code, name in enumerate(_FROM_ONE.split(), 1)), *_OTHERS.items())
}
"""Code of every key that can be pressed, by its Linux name."""
MOST = 16
"""Keys that libvirt presses together at most (``VIR_DOMAIN_SEND_KEY_MAX_KEYS``)."""


def codes(names: Sequence[str]) -> list[int]:
    """Codes of keys. Raises Invalid for an unknown name, for none and for too many."""
    if not 1 <= len(names) <= MOST:
        raise Invalid(f"between 1 and {MOST} keys can be pressed together, not {len(names)}")
    unknown = [name for name in names if name not in KEYS]
    if unknown:
        raise Invalid(f"there is no key called {unknown[0]}", "use Linux's names, as in KEY_LEFTCTRL")
    return [KEYS[name] for name in names]
