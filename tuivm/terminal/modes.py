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
DECCOLM = 3 << PRIVATE
"""132 columns."""
DECSCNM = 5 << PRIVATE
"""Whole screen reversed."""
DECOM = 6 << PRIVATE
"""Cursor addresses count from the margins."""
DECAWM = 7 << PRIVATE
"""Text goes on in the next line at the margin."""
REVERSE_WRAP = 45 << PRIVATE
"""Backspace at the left margin goes to the end of a wrapped line."""
DECTCEM = 25 << PRIVATE
"""Cursor visible."""
ALLOW_DECCOLM = 40 << PRIVATE
"""DECCOLM is obeyed."""
DECNKM = 66 << PRIVATE
"""Keypad sends application sequences."""
DECLRMM = 69 << PRIVATE
"""Left and right margins can be set."""
DECNCSM = 95 << PRIVATE
"""DECCOLM does not clear the screen."""
FOCUS = 1004 << PRIVATE
"""The guest wants to know when the terminal gains and loses the keyboard."""
BRACKETED_PASTE = 2004 << PRIVATE
"""Pasted text is marked."""
SYNCHRONIZED = 2026 << PRIVATE
"""Drawing waits until the guest says it is done."""

MOUSE = tuple(number << PRIVATE for number in (9, 1000, 1002, 1003))
"""Mouse reporting: press, press and release, drag, motion. Setting one resets the others."""

ALTERNATE = tuple(number << PRIVATE for number in (47, 1047, 1049))
"""Each says whether the alternate screen is shown."""

ANSI_KNOWN = frozenset({2, IRM, 12, LNM})
"""Non-private modes that are kept."""
PRIVATE_KNOWN = frozenset(
    number << PRIVATE
    for number in (
        *(1, 3, 4, 5, 6, 7, 8, 9, 12, 25, 40, 45, 47, 66, 67, 69, 95),
        *(1000, 1002, 1003, 1004, 1005, 1006, 1007, 1015, 1016, 1047, 1048, 1049, 2004, 2026),
    )
)
"""Private modes that are kept."""

DEFAULT = frozenset({DECAWM, DECTCEM})
"""What is set after a reset."""
