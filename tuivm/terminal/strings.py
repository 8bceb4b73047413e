"""What the bodies of control strings mean: OSC, DCS, APC, PM, SOS (xterm ctlseqs).

Titles, colours and the clipboard are taken, DECRQSS and XTGETTCAP answered. All else is swallowed, hyperlinks
(OSC 8), user-defined keys, soft fonts, sixel and ReGIS pictures with it. No answer holds text of the guest.
"""

from __future__ import annotations

import base64
import binascii

from tuivm.terminal import reports
from tuivm.terminal.colours import SPECIAL, SPECIALS, answer, parse
from tuivm.terminal.screen import Screen

MAX_TITLE = 256
"""Characters of a title."""
MAX_CLIPBOARD = 100 * 1024
"""Characters that the guest can put into the clipboard."""
MAX_COLOURS = 512
"""Colours that one string sets or asks for."""


def finish(screen: Screen, kind: str, body: str, bell: bool) -> None:
    """Do what a whole string asks.

    ``kind`` is the final character of its 7-bit introducer: ``]`` for OSC, ``P`` for DCS, ``k`` for a title
    as GNU screen has it. ``bell`` says whether BEL ended it, as an answer then ends too.
    """
    if kind == "]":
        _operating_system_command(screen, body, "\x07" if bell else "\x1b\\")
    elif kind == "k":
        _set_title(screen, "2", body)
    elif kind == "P":
        _device_control(screen, body)


def _operating_system_command(screen: Screen, body: str, end: str) -> None:
    number, _, value = body.partition(";")
    if not number.isascii() or not number.isdigit() or len(number) > 3:
        return
    code = int(number)
    if code <= 2:
        _set_title(screen, number, value)
    elif code in (4, 5):
        _palette(screen, value, SPECIAL if code == 5 else 0, number, end)
    elif 10 <= code <= 19:
        _dynamic(screen, code, value, end)
    elif code == 52:
        _clipboard(screen, value)
    elif code in (104, 105):
        _reset_palette(screen, value, SPECIAL if code == 105 else 0)
    elif 110 <= code <= 119:
        screen.device.colours.forget_dynamic(code - 100)


def _set_title(screen: Screen, number: str, value: str) -> None:
    if screen.device.hex_titles:
        try:
            value = bytes.fromhex(value).decode("utf-8", "replace")
        except ValueError:
            return
    title = value[:MAX_TITLE]
    if not title.isprintable():
        title = "".join(filter(str.isprintable, title))
    if int(number) in (0, 1):
        screen.icon_name = title
    if int(number) in (0, 2):
        screen.title = title


def _index(text: str, base: int) -> int:
    """Return the colour's number, -1 when there is none of it."""
    if not (text.isascii() and text.isdigit()) or len(text) > 3:
        return -1
    number = base + int(text)
    return number if number < SPECIAL + SPECIALS else -1


def _palette(screen: Screen, value: str, base: int, code: str, end: str) -> None:
    """OSC 4 and 5: pairs of a number and a colour, or ``?`` to be told it."""
    parts = value.split(";")[: 2 * MAX_COLOURS]
    colours = screen.device.colours
    for text, wish in zip(parts[::2], parts[1::2], strict=False):
        number = _index(text, base)
        if number < 0:
            return
        if wish == "?":
            screen.reply(f"\x1b]{int(code)};{number - base};{answer(colours.get(number))}{end}")
            continue
        colour = parse(wish)
        if colour:
            colours.set(number, colour)


def _dynamic(screen: Screen, code: int, value: str, end: str) -> None:
    """OSC 10 to 19: a colour or ``?`` for this and for those that follow it."""
    colours = screen.device.colours
    for number, wish in enumerate(value.split(";")[:10], code):
        if number > 19:
            return
        if wish == "?":
            screen.reply(f"\x1b]{number};{answer(colours.get_dynamic(number))}{end}")
            continue
        colour = parse(wish)
        if colour:
            colours.set_dynamic(number, colour)


def _reset_palette(screen: Screen, value: str, base: int) -> None:
    """OSC 104 and 105: the colours named, or all."""
    colours = screen.device.colours
    if value:
        numbers = [_index(text, base) for text in value.split(";")[:MAX_COLOURS]]
    else:
        numbers = list(range(base, SPECIAL + (SPECIALS if base else 0)))
    for number in numbers:
        colours.forget(number)


def _clipboard(screen: Screen, value: str) -> None:
    """OSC 52 with a text: kept for the user to be asked. A question (``?``) gets no answer."""
    _, _, data = value.partition(";")
    if not data or data == "?" or len(data) > MAX_CLIPBOARD * 4 // 3 + 4:
        return
    try:
        text = base64.b64decode(data, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return
    screen.device.clipboard = text[:MAX_CLIPBOARD]


def _device_control(screen: Screen, body: str) -> None:
    if body.startswith("2$t"):
        _restore_tabs(screen, body[3:])
    elif screen.is_deaf:
        return
    elif body.startswith("$q"):
        reports.setting(screen, body[2:])
    elif body.startswith("+q"):
        for name in body[2:].split(";")[:16]:
            _capability(screen, name)


def _capability(screen: Screen, name: str) -> None:
    """XTGETTCAP: the few capabilities that say nothing but what this terminal is."""
    known = _CAPABILITIES.get(name.upper())
    screen.reply(f"\x1bP1+r{known}\x1b\\" if known else "\x1bP0+r\x1b\\")


def _restore_tabs(screen: Screen, body: str) -> None:
    """DECRSPS with a tab stop report: stops counted from 1, separated by ``/``."""
    stops = [
        int(text) for text in body.split("/")[:512] if text.isascii() and text.isdigit() and len(text) < 5
    ]
    screen.tabstops = sorted({stop - 1 for stop in stops if stop > 0})


def _coded(name: str, value: str) -> str:
    return name.encode().hex().upper() + "=" + value.encode().hex().upper()


_CAPABILITIES = {
    name.encode().hex().upper(): _coded(name, value)
    for name, value in {
        "Co": "256",
        "colors": "256",
        "TN": "xterm-256color",
        "name": "xterm-256color",
        "RGB": "8/8/8",
    }.items()
}
"""Answers by name in hexadecimal."""
