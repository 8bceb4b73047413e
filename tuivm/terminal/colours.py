"""Colours the guest sets and asks for (xterm ctlseqs: OSC 4, 5, 10 to 19, 104, 105, 110 to 119)."""

from __future__ import annotations

import re
from collections.abc import Sequence

NAMED = {
    "black": "000000",
    "red": "ff0000",
    "green": "00ff00",
    "blue": "0000ff",
    "yellow": "ffff00",
    "cyan": "00ffff",
    "magenta": "ff00ff",
    "white": "ffffff",
    "gray": "bebebe",
    "grey": "bebebe",
    "darkred": "8b0000",
    "darkgreen": "006400",
    "darkblue": "00008b",
    "darkcyan": "008b8b",
    "darkmagenta": "8b008b",
    "darkgray": "a9a9a9",
    "darkgrey": "a9a9a9",
    "lightgray": "d3d3d3",
    "lightgrey": "d3d3d3",
    "lightblue": "add8e6",
    "lightgreen": "90ee90",
    "lightyellow": "ffffe0",
    "orange": "ffa500",
    "brown": "a52a2a",
    "pink": "ffc0cb",
    "purple": "a020f0",
    "gold": "ffd700",
    "navy": "000080",
    "maroon": "b03060",
    "violet": "ee82ee",
    "turquoise": "40e0d0",
    "tan": "d2b48c",
    "beige": "f5f5dc",
    "ivory": "fffff0",
    "khaki": "f0e68c",
    "salmon": "fa8072",
    "coral": "ff7f50",
}
"""X11's names that are understood, as ``rrggbb``."""
DEFAULT_PALETTE = (
    *("000000", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd", "e5e5e5"),
    *("7f7f7f", "ff0000", "00ff00", "ffff00", "5c5cff", "ff00ff", "00ffff", "ffffff"),
)
"""Colours 0 to 15 of xterm, until a theme is given."""
_LEVELS = (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF)
_REST = (
    *(f"{red:02x}{green:02x}{blue:02x}" for red in _LEVELS for green in _LEVELS for blue in _LEVELS),
    *(f"{8 + step * 10:02x}" * 3 for step in range(24)),
)
"""Colours 16 to 255."""
SPECIAL = 256
"""Number of the first special colour: bold, underline, blink, reverse, italic text."""
SPECIALS = 5
"""How many special colours there are."""
MAX_SETS = 16
"""Colour sets that XTPUSHCOLORS keeps."""

_FOREGROUND, _BACKGROUND, _CURSOR = 10, 11, 12
# What the dynamic colours are taken from until they are set. 13 to 19 are: mouse foreground and background,
# Tektronix foreground and background, highlight, Tektronix cursor, highlighted text.
_LIKE = {13: 10, 14: 11, 15: 10, 16: 11, 17: 10, 18: 10, 19: 11}
_RGB = re.compile(r"rgb:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})", re.ASCII)
_RGBA = re.compile(r"rgba:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})/[0-9a-f]{1,4}", re.ASCII)
_RGBI = re.compile(r"rgbi:([01](?:\.\d{0,9})?)/([01](?:\.\d{0,9})?)/([01](?:\.\d{0,9})?)", re.ASCII)
_HEX = re.compile(r"#((?:[0-9a-f]{3}){1,4})", re.ASCII)


def parse(text: str) -> str | None:
    """Return ``rrggbb`` for a colour as XParseColor reads it, None for what is no colour.

    Forms: ``rgb:r/g/b``, ``rgbi:r/g/b``, ``#rgb``, a name. Source: XParseColor(3), "Color Names": of ``#``
    forms the digits are the high ones, ``rgb:`` scales.
    """
    text = text.strip().lower()
    if not text.startswith(("#", "rgb")):
        return NAMED.get(text.replace(" ", ""))
    found = _HEX.fullmatch(text)
    if found:
        size = len(found[1]) // 3
        if size == 2:
            return found[1]
        return "".join((found[1][at : at + size] + "0")[:2] for at in range(0, 3 * size, size))
    found = _RGB.fullmatch(text) or _RGBA.fullmatch(text)
    if found:
        parts = (round(int(part, 16) * 255 / (16 ** len(part) - 1)) for part in found.groups())
        return "".join(f"{part:02x}" for part in parts)
    found = _RGBI.fullmatch(text)
    if found:
        return "".join(f"{min(255, round(255 * _gamma(float(part)))):02x}" for part in found.groups())
    return None


def _gamma(intensity: float) -> float:
    """Return the device value from 0 to 1 of a linear intensity (IEC 61966-2-1)."""
    return float(12.92 * intensity if intensity <= 0.0031308 else 1.055 * intensity ** (1 / 2.4) - 0.055)


def answer(colour: str) -> str:
    """Return ``rrggbb`` as a reply writes it: ``rgb:rrrr/gggg/bbbb``."""
    return "rgb:" + "/".join(colour[at : at + 2] * 2 for at in (0, 2, 4))


class Colours:
    """What the guest changed of the colours, and what there is without that."""

    def __init__(self) -> None:
        self.palette: dict[int, str] = {}
        """Colours 0 to 255 that were set, as ``rrggbb``; special ones follow from 256."""
        self.dynamic: dict[int, str] = {}
        """Colours 10 to 19 that were set, as ``rrggbb``."""
        self.revision = 0
        """Grows at each change."""
        self._sets: list[tuple[dict[int, str], dict[int, str]]] = []
        self._theme: tuple[tuple[str, ...], str, str] = (DEFAULT_PALETTE, "e5e5e5", "000000")

    @property
    def foreground(self) -> str | None:
        """The text's colour when the guest set one."""
        return self.dynamic.get(_FOREGROUND)

    @property
    def background(self) -> str | None:
        """The screen's colour when the guest set one."""
        return self.dynamic.get(_BACKGROUND)

    @property
    def cursor(self) -> str | None:
        """The cursor's colour when the guest set one."""
        return self.dynamic.get(_CURSOR)

    def theme(self, palette: Sequence[str], foreground: str, background: str) -> None:
        """Say what is really shown, and questions are answered with: 16 colours and two, as ``rrggbb``.

        Raises ValueError when the palette has not 16 colours.
        """
        if len(palette) != len(DEFAULT_PALETTE):
            raise ValueError(f"a palette has {len(DEFAULT_PALETTE)} colours, not {len(palette)}")
        self._theme = (tuple(palette), foreground, background)

    def get(self, number: int) -> str:
        """Return palette colour 0 to 255, or a special one from 256."""
        own = self.palette.get(number)
        if own is not None:
            return own
        if number >= SPECIAL:
            return self.get_dynamic(_FOREGROUND)
        return self._theme[0][number] if number < 16 else _REST[number - 16]

    def get_dynamic(self, number: int) -> str:
        """Return dynamic colour 10 to 19."""
        own = self.dynamic.get(number)
        if own is not None:
            return own
        if number in _LIKE:
            return self.get_dynamic(_LIKE[number])
        return self._theme[2] if number == _BACKGROUND else self._theme[1]

    def set(self, number: int, colour: str) -> None:
        """Set a palette or special colour."""
        self.palette[number] = colour
        self.revision += 1

    def set_dynamic(self, number: int, colour: str) -> None:
        """Set a dynamic colour."""
        self.dynamic[number] = colour
        self.revision += 1

    def forget(self, number: int) -> None:
        """Set a palette or special colour back."""
        self.palette.pop(number, None)
        self.revision += 1

    def forget_dynamic(self, number: int) -> None:
        """Set a dynamic colour back."""
        self.dynamic.pop(number, None)
        self.revision += 1

    def reset(self) -> None:
        """Set everything back."""
        self.palette.clear()
        self.dynamic.clear()
        self._sets.clear()
        self.revision += 1

    def push(self) -> None:
        """Keep the colours (XTPUSHCOLORS); the oldest set goes when there are too many."""
        self._sets.append((dict(self.palette), dict(self.dynamic)))
        del self._sets[:-MAX_SETS]

    def pop(self) -> None:
        """Bring the colours kept last back (XTPOPCOLORS)."""
        if self._sets:
            self.palette, self.dynamic = self._sets.pop()
            self.revision += 1

    @property
    def kept(self) -> int:
        """How many sets are kept."""
        return len(self._sets)
