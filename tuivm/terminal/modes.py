"""Modes by number. In ``Screen.mode`` a private mode stands shifted left by five, as pyte has it."""

from __future__ import annotations

PRIVATE = 5
"""Bits that a private mode's number is shifted by."""

IRM = 4
"""Insert mode."""
LNM = 20
"""Newline mode: line feed also returns the carriage, Enter sends CR LF."""

DECCKM = 1 << PRIVATE
"""Cursor keys send application sequences."""
DECANM = 2 << PRIVATE
"""ANSI mode; while it is reset the terminal is a VT52."""
DECCOLM = 3 << PRIVATE
"""132 columns."""
DECSCNM = 5 << PRIVATE
"""Whole screen reversed."""
DECOM = 6 << PRIVATE
"""Cursor addresses count from the margins."""
DECAWM = 7 << PRIVATE
"""Text goes on in the next line at the margin."""
DECARM = 8 << PRIVATE
"""Keys repeat."""
MORE_FIX = 41 << PRIVATE
"""A tab while a wrap waits wraps first (xterm's fix for more(1))."""
DECNRCM = 42 << PRIVATE
"""National replacement character sets can be used."""
REVERSE_WRAP = 45 << PRIVATE
"""Going left from the left margin goes to the end of a wrapped line."""
EXTENDED_REVERSE_WRAP = 1045 << PRIVATE
"""The same for every line, and from the first to the last."""
DECTCEM = 25 << PRIVATE
"""Cursor visible."""
ALLOW_DECCOLM = 40 << PRIVATE
"""DECCOLM is obeyed."""
DECNKM = 66 << PRIVATE
"""Keypad sends application sequences."""
DECBKM = 67 << PRIVATE
"""Backspace sends BS instead of DEL."""
DECLRMM = 69 << PRIVATE
"""Left and right margins can be set."""
DECNCSM = 95 << PRIVATE
"""DECCOLM does not clear the screen."""
ALLOW_ALTERNATE = 1046 << PRIVATE
"""The alternate screen can be shown; resetting this shows the main one."""
SAVE_CURSOR = 1048 << PRIVATE
"""Set: DECSC, reset: DECRC."""
FOCUS = 1004 << PRIVATE
"""The guest wants to know when the terminal gains and loses the keyboard."""
BRACKETED_PASTE = 2004 << PRIVATE
"""Pasted text is marked."""
SYNCHRONIZED = 2026 << PRIVATE
"""Drawing waits until the guest says it is done."""

MOUSE = tuple(number << PRIVATE for number in (9, 1000, 1001, 1002, 1003))
"""Mouse reporting: press, press and release, highlight, drag, motion. Setting one resets the others."""
MOUSE_FORMAT = tuple(number << PRIVATE for number in (1005, 1006, 1015, 1016))
"""How mouse events are written. Setting one resets the others."""

ALTERNATE = tuple(number << PRIVATE for number in (47, 1047, 1049))
"""Each says whether the alternate screen is shown."""

ANSI_KNOWN = frozenset({2, IRM, 12, LNM})
"""Non-private modes that are kept: KAM, IRM, SRM, LNM."""
ANSI_ALWAYS_RESET = frozenset({1, 5, 7, 10, 11, 13, 14, 15, 16, 17, 18, 19})
"""Modes of ECMA-48 that no DEC terminal lets one set (DECRQM answers 4)."""
PRIVATE_KNOWN = frozenset(
    number << PRIVATE
    for number in (
        *(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 18, 19, 25, 30, 35, 38, 40, 41, 42, 44, 45, 46, 47),
        *(66, 67, 69, 80, 95, 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1010, 1011, 1015, 1016),
        *(1034, 1035, 1036, 1037, 1039, 1040, 1041, 1042, 1043, 1044, 1045, 1046, 1047, 1048, 1049),
        *(1050, 1051, 1052, 1053, 1060, 1061, 2004, 2026),
    )
)
"""Private modes that are kept, those of xterm's list."""
PRIVATE_FIXED = {13 << PRIVATE: 4, 14 << PRIVATE: 3, 38 << PRIVATE: 4, 46 << PRIVATE: 4}
"""Private modes that nobody can change, with DECRQM's answer: always set 3, always reset 4."""
LEVELS = {DECNRCM: 2, DECNKM: 3, DECLRMM: 4, DECNCSM: 5}
"""Private modes that need a conformance level (DECSCL)."""

DEFAULT = frozenset(
    {12, DECANM, DECAWM, DECTCEM, DECARM, *(number << PRIVATE for number in (1036, 1039, 1046))}
)
"""What is set after a reset."""
