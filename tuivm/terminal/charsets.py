"""Character sets that G0 to G3 can hold, as tables for ``str.translate``. None is ASCII (and Unicode)."""

from __future__ import annotations

from collections.abc import Mapping

Charset = Mapping[int, str] | None

# DEC Special Graphic, VT220 Programmer Reference Manual table 2-4: 0x5F to 0x7E.
_GRAPHICS = "\u00a0◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·"
GRAPHICS: Charset = {0x5F + index: character for index, character in enumerate(_GRAPHICS)}
"""DEC line drawing."""
UNITED_KINGDOM: Charset = {0x23: "£"}
"""ASCII with the pound sign for ``#``."""

DESIGNATED: Mapping[str, Charset] = {"0": GRAPHICS, "2": GRAPHICS, "A": UNITED_KINGDOM, "B": None, "1": None}
"""Final characters of ``ESC ( F`` and its kin; any other means ASCII."""
