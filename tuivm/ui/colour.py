"""Colour arithmetic on ``#rrggbb`` strings. Pure functions."""

from __future__ import annotations

import math
from functools import lru_cache

_DARK_PALETTE = (
    "#20262e #ff7b72 #6fd08c #f0c05a #5c9dff #c792ea #58c7b3 #c5cdd8 "
    "#6a7685 #ff9d96 #93e3aa #f7d98c #8fbdff #ddb6f7 #86e0d0 #f2f5f8"
)
_LIGHT_PALETTE = (
    "#1d2630 #b3261e #17692f #855300 #0b5cad #7a2fa0 #0b6b62 #c3cbd4 "
    "#5a6675 #d0362d #1f8440 #a06a08 #1f74cf #9547bd #118479 #f3f5f8"
)


def channels(colour: str) -> tuple[int, int, int]:
    """Split into red, green and blue, 0..255, of ``#rrggbb``. Raises ValueError for anything else."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"not a colour: {colour!r}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=1024)
def blend(colour: str, other: str, factor: float) -> str:
    """Move ``colour`` towards ``other`` by ``factor`` 0..1, in sRGB."""
    mixed = (round(a + (b - a) * factor) for a, b in zip(channels(colour), channels(other), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def luminance(colour: str) -> float:
    """Compute the relative luminance 0..1, as WCAG 2.1 defines it."""

    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(value) for value in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """Compute the contrast ratio 1..21 of two colours, as WCAG 2.1 defines it."""
    bright, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def distance(colour: str, other: str) -> float:
    """Tell how far two colours look apart, 0..764, by the "redmean" approximation."""
    (red, green, blue), (red2, green2, blue2) = channels(colour), channels(other)
    mean = (red + red2) / 2
    return math.sqrt(
        (2 + mean / 256) * (red - red2) ** 2
        + 4 * (green - green2) ** 2
        + (2 + (255 - mean) / 256) * (blue - blue2) ** 2
    )


def contrasting_palette(dark: bool) -> tuple[str, ...]:
    """Return the 16 ANSI colours for a console on a dark or a light background."""
    return tuple((_DARK_PALETTE if dark else _LIGHT_PALETTE).split())
