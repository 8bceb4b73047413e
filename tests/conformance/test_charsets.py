"""Character sets: G0 to G3, shifts, line drawing, national and other sets (ECMA-35, VT220 and VT420 PRM)."""

from __future__ import annotations

import pytest

from tests.conformance.cases import Case, Expected, check, parametrize, rows, run

CHARSETS: dict[str, list[Case]] = {
    "SCS: ECMA-35": [
        ("line drawing in G0", "␛(0lqk", ["┌─┐"]),
        ("and ASCII again", "␛(0q␛(Bq", ["─q"]),
        ("line drawing in G1 at the start", "\x0eq\x0fq", ["─q"]),
        ("in G1", "␛)0\x0elqk\x0fl", ["┌─┐l"]),
        ("in G2 by LS2", "␛*0␛nq\x0fq", ["─q"]),
        ("in G3 by LS3", "␛+0␛oq\x0fq", ["─q"]),
        ("of text alone in its range", "␛(0ABC123", ["ABC123"]),
        ("all of it", "␛(0`afgjk", ["◆▒°±┘┐"]),
        ("the alternate ROM's graphics", "␛(2q", ["─"]),
        ("the alternate ROM's ASCII", "␛(0␛(1q", ["q"]),
        ("unknown is ASCII", "␛(0␛(%=q", ["q"]),
        ("other text is as it is", "␛(0é漢q", ["é漢─"]),
        ("UTF-8 makes no difference", "␛%G␛(0q", ["─"]),
        ("the pound sign", "␛(A#", ["£"]),
        ("a designation of 96 characters", "␛-A\x0e#$", ["£¤"]),
        ("DEC Supplemental", "␛)%5\x0ei(W", ["é¤Œ"]),
        ("DEC Supplemental by preference", "␛)<\x0ei", ["é"]),
        ("DEC Technical", "␛(>abV", ["αβ√"]),
        ("ISO Greek", "␛.F␛nab", ["αβ"]),
        ("ISO Cyrillic", "␛/L␛o01", ["АБ"]),
        ("ISO Hebrew", "␛-H\x0e`", ["א"]),
        ("ISO Latin-2", "␛-B\x0e!", ["Ą"]),
        ("ISO Latin-5", "␛-M\x0eP", ["Ğ"]),
    ],
    "SS2, SS3: ECMA-35": [
        ("one character of G2", "␛*0␛Nqq", ["─q"]),
        ("one character of G3", "␛+0␛Oqq", ["─q"]),
        ("8 bit", "␛*0\x8eqq", ["─q"]),
        ("8 bit, G3", "␛+0\x8fqq", ["─q"]),
        ("a control between", "␛*0␛N\rq", ["─"]),
        ("the last one counts", "␛*0␛+B␛N␛Oq", ["q"]),
        ("not saved by DECSC", "␛*0␛N␛7␛8q", ["q"]),
    ],
    "LS1R, LS2R, LS3R: ECMA-35": [
        ("nothing is lost", "␛~␛}␛|abc", ["abc"]),
        ("UTF-8 goes past them", "␛-B␛~é", ["é"]),
    ],
    "DECNRCM: VT220 PRM, mode 42": [
        ("needed for national sets", "␛(K[", ["["]),
        ("brings them", "␛[?42h␛(K[", ["Ä"]),
        ("after the designation too", "␛(K␛[?42h[", ["Ä"]),
        ("and takes them away", "␛[?42h␛(K␛[?42l[", ["["]),
        ("not needed for the pound sign", "␛(A#", ["£"]),
        ("not at level 1", '␛[61"p␛[?42h␛(K[', ["["]),
    ],
    "DECDHL, DECDWL: DEC STD 070": [
        ("accepted, single all the same", "␛#3ab␛#4cd␛#5ef␛#6gh", ["abcdefgh"]),
    ],
}
NATIONAL = {
    "4": ("Dutch", "£¾ĳ½|^_`¨ƒ¼´"),
    "C": ("Finnish", "#@ÄÖÅÜ_éäöåü"),
    "5": ("Finnish", "#@ÄÖÅÜ_éäöåü"),
    "R": ("French", "£à°ç§^_`éùè¨"),
    "f": ("French", "£à°ç§^_`éùè¨"),
    "Q": ("Canadian", "#àâçêî_ôéùèû"),
    "9": ("Canadian", "#àâçêî_ôéùèû"),
    "K": ("German", "#§ÄÖÜ^_`äöüß"),
    "Y": ("Italian", "£§°çé^_ùàòèì"),
    "E": ("Norwegian", "#ÄÆØÅÜ_äæøåü"),
    "6": ("Norwegian", "#ÄÆØÅÜ_äæøåü"),
    "%6": ("Portuguese", "#@ÃÇÕ^_`ãçõ~"),
    "Z": ("Spanish", "£§¡Ñ¿^_`°ñç~"),
    "H": ("Swedish", "#ÉÄÖÅÜ_éäöåü"),
    "7": ("Swedish", "#ÉÄÖÅÜ_éäöåü"),
    "=": ("Swiss", "ùàéçêîèôäöüû"),
}
"""By final character: the language, and what shows for the twelve places that differ."""


@parametrize(CHARSETS)
def test_charsets(fed: str, expected: Expected) -> None:
    check(fed, expected)


@pytest.mark.parametrize("final", NATIONAL)
def test_national_sets(final: str) -> None:
    assert rows(run(f"␛[?42h␛({final}#@[\\]^_`{{|}}~", columns=20)) == [NATIONAL[final][1]]
