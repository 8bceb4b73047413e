"""Select Graphic Rendition (ECMA-48 8.3.117, with xterm's and kitty's additions)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tuivm.terminal.pen import Pen, Style

NAMES = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
"""pyte's names of the eight colours; the eight bright ones carry ``bright`` before them."""
PALETTE_NAMES = (*NAMES, *(f"bright{name}" for name in NAMES))
"""Colours 0 to 15: what a theme gives a value to."""
_LEVELS = (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF)
PALETTE = (
    *PALETTE_NAMES,
    *(f"{red:02x}{green:02x}{blue:02x}" for red in _LEVELS for green in _LEVELS for blue in _LEVELS),
    *(f"{8 + step * 10:02x}" * 3 for step in range(24)),
)
"""The 256 colours: names for 0 to 15, ``rrggbb`` for the cube and the greys."""

MAX_LENGTH = 512
"""Characters of parameters; longer ones do nothing."""
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_THREE = ";([0-9]+);([0-9]+);([0-9]+)"
_PICTURE = re.compile(rf"\x1b\[38;2{_THREE}(?:;48;2{_THREE})?m")
"""What pictures in true colour are made of, mostly."""
_HEXADECIMAL = {str(value): f"{value:02x}" for value in range(256)}
_PLAIN = Style()
_SIMPLE: Mapping[int, Mapping[str, Any]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italics": True},
    5: {"blink": True},
    6: {"blink": True},
    7: {"reverse": True},
    8: {"conceal": True},
    9: {"strikethrough": True},
    21: {"underscore": True, "underline": 2},
    22: {"bold": False, "dim": False},
    23: {"italics": False},
    24: {"underscore": False, "underline": 0},
    25: {"blink": False},
    27: {"reverse": False},
    28: {"conceal": False},
    29: {"strikethrough": False},
    39: {"fg": "default"},
    49: {"bg": "default"},
    53: {"overline": True},
    55: {"overline": False},
    59: {"underline_color": "default"},
    **{30 + index: {"fg": PALETTE[index]} for index in range(8)},
    **{40 + index: {"bg": PALETTE[index]} for index in range(8)},
    **{90 + index: {"fg": PALETTE[8 + index]} for index in range(8)},
    **{100 + index: {"bg": PALETTE[8 + index]} for index in range(8)},
}
_FLAGS = {"bold": "1", "underline": "4", "blink": "5", "reverse": "7", "conceal": "8"}
_FLAGS |= {"dim": "2", "italics": "3", "strikethrough": "9"}
_FIELD = {name: index for index, name in enumerate(Style._fields)}
_UNDERLINE, _UNDERSCORE = _FIELD["underline"], _FIELD["underscore"]
_EXTENDED = {"38": _FIELD["fg"], "48": _FIELD["bg"], "58": _FIELD["underline_color"]}
"""Fields that take a colour from the parameters behind."""
_INDEXED = {str(index): colour for index, colour in enumerate(PALETTE)}
_RESET = {name: value for name, value in _PLAIN._asdict().items() if name != "protected"}
_EFFECTS = {
    str(code): tuple((_FIELD[name], value) for name, value in changes.items())
    for code, changes in {0: _RESET, 4: {"underscore": True, "underline": 1}, **_SIMPLE}.items()
}
"""(Field, value) pairs that a parameter sets."""
_EFFECTS[""] = _EFFECTS["0"]


def next_pen(pen: Pen, sequences: str) -> Pen:
    """Return what SGR sequences make of a pen, and remember it; too long ones change nothing.

    Designations of ASCII to G0 between them, as curses sends them, mean nothing here.
    """
    made = pen.after.get(sequences)
    if made is not None:
        return made
    picture = _PICTURE.fullmatch(sequences)
    if picture is not None:
        red, green, blue, *behind = picture.groups()
        try:
            colour = _HEXADECIMAL[red] + _HEXADECIMAL[green] + _HEXADECIMAL[blue]
            below = "".join(map(_HEXADECIMAL.__getitem__, behind)) if behind[0] else pen.colours[1]
            return pen.family[colour, below]
        except KeyError:
            # A number that is too large, or has zeros before it.
            pass
    if sequences.count("\x1b") == 1 and len(sequences) <= MAX_LENGTH and ";2;" not in sequences:
        made = Pen.of(apply(pen.style, sequences[2:-1])) if sequences[1] == "[" else pen
        pen.learn(sequences, made)
        return made
    made = pen
    is_picture = False
    for values in _SGR.findall(sequences):
        if ";2;" in values:
            # Pictures bring ever new ones: these are quicker to read than to remember.
            is_picture = True
            known = _true_colours(made, values.split(";"))
            if known is not None:
                made = known
                continue
        if len(values) <= MAX_LENGTH:
            made = Pen.of(apply(made.style, values))
    if not is_picture and len(sequences) <= MAX_LENGTH:
        pen.learn(sequences, made)
    return made


def _true_colours(pen: Pen, parts: list[str]) -> Pen | None:
    """Read ``38;2;r;g;b`` and ``48;2;r;g;b``, one or both; None when it is anything else."""
    if len(parts) not in (5, 10):
        return None
    foreground, background = pen.colours
    try:
        for at in range(0, len(parts), 5):
            kind, form, red, green, blue = parts[at : at + 5]
            colour = _HEXADECIMAL[red] + _HEXADECIMAL[green] + _HEXADECIMAL[blue]
            if form != "2":
                return None
            if kind == "38":
                foreground = colour
            elif kind == "48":
                background = colour
            else:
                return None
    except KeyError:
        return None
    return pen.family[foreground, background]


def apply(style: Style, text: str) -> Style:
    """Return ``style`` changed by the parameters of one SGR, as they stand between ``CSI`` and ``m``.

    What cannot be understood is passed over; colours take both forms, ``38;2;r;g;b`` and ``38:2::r:g:b``.
    """
    fields: list[Any] = [*style]
    parts = text.split(";")
    index = 0
    while index < len(parts):
        part = parts[index]
        index += 1
        effect = _EFFECTS.get(part)
        if effect is None:
            index += _apply_odd(fields, part, parts[index : index + 4])
        else:
            for field, value in effect:
                fields[field] = value
    return tuple.__new__(Style, fields)


def _apply_odd(fields: list[Any], part: str, behind: list[str]) -> int:
    """Change fields of a style by a parameter in its odder forms; return how many behind it belong to it."""
    if (
        part in _EXTENDED
        and behind[:1] == ["5"]
        and (colour := _INDEXED.get(behind[1] if len(behind) > 1 else ""))
    ):
        fields[_EXTENDED[part]] = colour
        return 2
    group = [_number(text) for text in part.split(":")]
    code, used = group[0], 0
    if code == 4 and len(group) > 1:
        fields[_UNDERLINE] = group[1] if 0 <= group[1] <= 5 else 1
        fields[_UNDERSCORE] = group[1] != 0
    elif str(code) in _EXTENDED:
        if len(group) > 1:
            colour = _colon_colour(group[1:])
        else:
            colour, used = _colour([_number(text.split(":")[0]) for text in behind])
        if colour:
            fields[_EXTENDED[str(code)]] = colour
    elif len(group) == 1 or code == 0:
        for field, value in _EFFECTS.get(str(code), ()):
            fields[field] = value
    return used


def _number(text: str) -> int:
    """Return a parameter's value: 0 when empty, -1 when it is no sensible number."""
    if not text:
        return 0
    return int(text) if len(text) <= 6 and text.isdecimal() else -1


def _rgb(values: Sequence[int]) -> str:
    """Return ``rrggbb``, empty when a part is out of range."""
    red, green, blue = values
    if not (0 <= red <= 255 and 0 <= green <= 255 and 0 <= blue <= 255):
        return ""
    return f"{red:02x}{green:02x}{blue:02x}"


def _colour(values: Sequence[int]) -> tuple[str, int]:
    """Read ``5;n`` or ``2;r;g;b``; return the colour (empty when wrong) and how many parameters it took."""
    if values[:1] == [5]:
        valid = len(values) > 1 and 0 <= values[1] <= 255
        return (PALETTE[values[1]] if valid else ""), 2
    if values[:1] == [2]:
        return (_rgb(values[1:4]) if len(values) == 4 else ""), 4
    return "", 1


def _colon_colour(values: Sequence[int]) -> str:
    """Read ``5:n``, ``2:r:g:b`` or ``2:space:r:g:b`` (with a tolerance behind it, ignored)."""
    if values[0] == 5 and len(values) > 1:
        return PALETTE[values[1]] if 0 <= values[1] <= 255 else ""
    if values[0] == 2 and len(values) == 4:
        return _rgb(values[1:4])
    if values[0] == 2 and len(values) >= 5:
        return _rgb(values[2:5])
    return ""


def report(style: Style) -> str:
    """Return the SGR parameters that make ``style`` from a plain one (DECRQSS), in xterm's order."""
    codes = ["0"]
    codes.extend(code for name, code in _FLAGS.items() if getattr(style, name))
    if style.underline > 1:
        codes[codes.index("4")] = "21" if style.underline == 2 else f"4:{style.underline}"
    if style.overline:
        codes.append("53")
    wished = ((38, style.fg), (48, style.bg), (58, style.underline_color))
    return ";".join(codes) + "".join(colour_codes(colour, code) for code, colour in wished)


def colour_codes(colour: str, code: int) -> str:
    """Return the parameters that set a colour, each behind a semicolon; ``code`` is 38, 48 or 58."""
    if colour == "default":
        return ""
    if colour in PALETTE_NAMES:
        index = PALETTE_NAMES.index(colour)
        base = code - 8 if index < 8 else code + 44
        return f";{code}:5:{index}" if code == 58 else f";{base + index}"
    red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return f";{code}:2::{red}:{green}:{blue}"
