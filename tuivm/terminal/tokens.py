r"""What the stream is cut into: one regular expression that takes all of it, piece by piece.

The state machine is the one of DEC's terminals as Paul Williams drew it (vt100.net/emu/dec_ansi_parser).
Whatever is whole within a piece is one token, however odd: a sequence with controls inside, one that CAN,
SUB, ESC or an 8-bit control breaks off, a string with its end. What the end of the piece cuts off is the
tail.

Repeats of one character are possessive; those of a group must not be: Python before 3.11.5, Debian 12's for
one, matches them wrongly (python/cpython#106052). What follows them always matches, so nothing is tried twice
all the same.
"""

from __future__ import annotations

import re

from tuivm.terminal.widths import NARROW, WIDE

_TEXT = r"[^\x00-\x1f\x7f-\x9f]"
_C0 = r"[\x00-\x17\x19\x1c-\x1f\x7f]"
"""Controls that are worked at once even inside a sequence."""
TAILS = "\x1b\x90\x98\x9b\x9d\x9e\x9f"
"""What a tail begins with."""
_BROKEN = r"(?=[\x1b\x80-\U0010ffff])"
"""What breaks a sequence off and means something itself."""
_CONTROLS = r"\n++|[\x00\x7f]++|(?:\x1bM)+|[\x01-\x1a\x1c-\x1f]|[\x80-\x8f\x91-\x97\x99\x9a\x9c]"
_CSI = rf"(?:\x1b{_C0}*+\[|\x9b)[\x00-\x17\x19\x1c-?\x7f]*+(?:[@-~\x18\x1a]|{_BROKEN})"
_ESCAPE = (
    rf"\x1b{_C0}*+(?:[0-OQ-WYZ\\`-jl-~\x18\x1a]|[ -/][\x00-\x17\x19\x1c-/\x7f]*+(?:[0-~\x18\x1a]|{_BROKEN})"
    rf"|{_BROKEN})"
)
_OSC = rf"(?:\x1b{_C0}*+\]|\x9d)[^\x07\x18\x1a\x1b\x9c]*+(?:[\x07\x18\x1a\x9c]|\x1b\\|(?=\x1b[^\\]))"
_STRING = (
    rf"(?:\x1b{_C0}*+[PX^_k]|[\x90\x98\x9e\x9f])[^\x18\x1a\x1b\x9c]*+(?:[\x18\x1a\x9c]|\x1b\\|(?=\x1b[^\\]))"
)
_SURE = f"[{NARROW}{WIDE}]"
_LINE = rf"{_SURE}*+(?:(?:\x1b\[(?!0*+m)[0-9;:]++m{_SURE}*+)*\x1b\[0*+m{_SURE}*+)*\r\n"
"""A line of characters whose widths are sure; its SGR sequences, if any, end with a reset."""

TOKENS = re.compile(
    r"(?:((?:\x1b\[[0-9;:]*+m|\x1b\(B)+)"  # SGR, and ASCII to G0, as many as there are
    r"|(\x1b\[[0-9;]*+([@-~])"  # another plain control sequence, and its final character
    rf"|\r\n|{_CONTROLS}|{_CSI}|{_ESCAPE}|{_OSC}|{_STRING})"  # any other whole thing
    rf"|(?=[{TAILS}]))"  # nothing but the tail
    rf"([{NARROW}]*+)"  # narrow text behind it
    rf"({_TEXT}*+|[{TAILS}][\S\s]*+)"  # text that begins with another character, or the tail
)
"""Groups: SGR, other whole thing, its final, text, odd text or tail. It matches wherever a control stands."""
TOKENS_AND_LINES = re.compile(TOKENS.pattern.replace(r"|\r\n|", rf"|\r\n(?:{_LINE})*|", 1))
"""The same, with whole lines that follow a line's end in one token with it."""
RUN = re.compile(r"\x1b(\(B|\[[0-9;:]*m)")
"""One of the first group."""
LINES = re.compile(f"(?:{_LINE})+")
"""Whole lines."""
TEXT = re.compile(f"{_TEXT}*")
"""Text up to the next control."""
INSIDE = re.compile(f"{_C0}")
"""Controls that may stand inside a sequence."""
SEQUENCE = re.compile(r"([<-?]*)([0-;]*)([ -/]*)(.)", re.DOTALL)
"""Prefix, parameters, intermediates and final character behind CSI."""
REPEATED = re.compile(r"(\x1b(?:#8|[7c]|\[[0-9;?]*(?:[HJKXdfghlr`]|\$[rxz{])))\1+")
"""Sequences that do nothing more the second time, several times."""
IDLE = re.compile(r"[\x00-\x06\x10-\x17\x19\x1c-\x1f\x7f]+")
"""Controls that do nothing, wherever they stand but in a string."""
IDLE_OR_STRING = re.compile(
    rf"{IDLE.pattern}|({_OSC}|{_STRING}|(?:\x1b{_C0}*+[PX\]^_k]|[\x90\x98\x9d-\x9f])[\S\s]*\Z)"
)
"""These controls, and strings whole or cut off, which keep theirs."""
STRING_END = re.compile(r"[\x18\x1a\x1b\x9c]")
"""What ends DCS, SOS, PM and APC."""
OSC_END = re.compile(r"[\x07\x18\x1a\x1b\x9c]")
"""What ends OSC."""
STRING_START = re.compile(rf"\x1b{_C0}*+([PX\]^_k])|([\x90\x98\x9d-\x9f])")
"""What begins a string: its 7-bit final, or the 8-bit control."""
