"""Character sets that G0 to G3 can hold, as tables for ``str.translate``. None is ASCII (and Unicode).

The tables are those of DEC's VT220, VT330 and VT420 Programmer Reference Manuals, the sets of 96 characters
ISO 8859's. A set of 96 is used from the left half of the code table, as a locking shift brings it there.
"""

from __future__ import annotations

from collections.abc import Mapping

Charset = Mapping[int, str] | None

UNDEFINED = "\ufffd"
"""What a place without a character shows."""


def _run(first: int, characters: str) -> dict[int, str]:
    return {first + index: character for index, character in enumerate(characters)}


def _national(places: str, characters: str) -> dict[int, str]:
    """Return a national set: each of ``places`` (ASCII) is replaced."""
    return {ord(place): character for place, character in zip(places, characters, strict=True)}


def _upper_half(part: int) -> dict[int, str]:
    """Return the upper half of ISO 8859-``part``, moved to the left."""
    text = bytes(range(0xA0, 0x100)).decode(f"iso8859_{part}", "replace")
    return _run(0x20, text)


GRAPHICS: Charset = _run(0x5F, "\u00a0◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")
"""DEC Special Graphic: line drawing."""
UNITED_KINGDOM: Charset = {0x23: "£"}
"""ASCII with the pound sign for ``#``."""

_TECHNICAL = (
    "⎷┌─⌠⌡│⎡⎣⎤⎦⎛⎝⎞⎠⎨⎬" + UNDEFINED * 11 + "≤≠≥∫∴∝∞÷Δ∇ΦΓ∼≃Θ×Λ⇔⇒≡ΠΨ" + UNDEFINED + "Σ" + UNDEFINED * 2
) + ("√ΩΞΥ⊂⊃∩∪∧∨¬αβχδεφγηιθκλ" + UNDEFINED + "ν∂πψρστ" + UNDEFINED + "ƒωξυζ←↑→↓")
_SUPPLEMENTAL = {
    **_run(0x21, bytes(range(0xA1, 0xFF)).decode("latin-1")),
    **dict.fromkeys(b"$&,-./48>P^p~", UNDEFINED),
    0x28: "¤",
    0x57: "Œ",
    0x5D: "Ÿ",
    0x77: "œ",
    0x7D: "ÿ",
}
_FINNISH = _national("[\\]^`{|}~", "ÄÖÅÜéäöåü")
_FRENCH = _national("#@[\\]{|}~", "£à°ç§éùè¨")
_CANADIAN = _national("@[\\]^`{|}~", "àâçêîôéùèû")
_DANISH = _national("@[\\]^`{|}~", "ÄÆØÅÜäæøåü")
_SWEDISH = _national("@[\\]^`{|}~", "ÉÄÖÅÜéäöåü")

SETS_OF_94: Mapping[str, Charset] = {
    "B": None,
    "1": None,
    "0": GRAPHICS,
    "2": GRAPHICS,
    "A": UNITED_KINGDOM,
    **dict.fromkeys(("<", "%5"), _SUPPLEMENTAL),
    ">": _run(0x21, _TECHNICAL),
}
"""Sets that can always be had, by the final characters of ``ESC ( F`` and its kin; any other means ASCII."""
NATIONAL: Mapping[str, Charset] = {
    "4": _national("#@[\\]{|}~", "£¾ĳ½|¨ƒ¼´"),
    **dict.fromkeys("C5", _FINNISH),
    **dict.fromkeys("Rf", _FRENCH),
    **dict.fromkeys("Q9", _CANADIAN),
    "K": _national("@[\\]{|}~", "§ÄÖÜäöüß"),
    "Y": _national("#@[\\]`{|}~", "£§°çéùàòèì"),
    **dict.fromkeys("`E6", _DANISH),
    "%6": _national("[\\]{|}", "ÃÇÕãçõ"),
    "Z": _national("#@[\\]{|}", "£§¡Ñ¿°ñç"),
    **dict.fromkeys("H7", _SWEDISH),
    "=": _national("#@[\\]^_`{|}~", "ùàéçêîèôäöüû"),
}
"""National replacement sets, which need mode 42 (DECNRCM)."""
SETS_OF_96: Mapping[str, Charset] = {
    final: _upper_half(part) for final, part in {"A": 1, "B": 2, "F": 7, "H": 8, "L": 5, "M": 9}.items()
}
"""Latin-1, Latin-2, Greek, Hebrew, Cyrillic, Latin-5, by the final characters of ``ESC - F`` and its kin."""

SLOTS = {"(": 0, ")": 1, "*": 2, "+": 3, "-": 1, ".": 2, "/": 3}
"""Which of G0 to G3 an intermediate character designates; the last three take sets of 96."""


def find(intermediate: str, final: str, *, national: bool) -> Charset:
    """Return the set that ``ESC intermediate final`` names, ASCII for one that is not known."""
    if intermediate in "-./":
        return SETS_OF_96.get(final)
    if final in NATIONAL:
        return NATIONAL[final] if national else None
    return SETS_OF_94.get(final)
