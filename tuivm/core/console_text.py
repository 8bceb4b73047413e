"""What a console prints made into plain lines, for logs and patterns.

Not a terminal: sequences are taken out, a carriage return and a backspace go back to write over the
line, and what puts the cursor on another row ends the line. Cut anywhere, the result is the same.
"""

from __future__ import annotations

import codecs
import re

LONGEST_LINE = 4096
"""Characters of a line; the rest of a longer one is left out."""
_LONGEST_SEQUENCE = 1024
"""Characters that a sequence may be long; of a longer one the beginning is shown."""
_LONGEST_STRING = 256 << 10
"""Characters of a string (OSC, DCS and their kin) that are left out; then it is taken as never begun."""

_C1 = {code: f"\x1b{chr(code - 0x40)}" for code in range(0x80, 0xA0)}
_BEFORE = str.maketrans(
    {
        **dict.fromkeys([*range(0x07), *range(0x0E, 0x18), 0x19, *range(0x1C, 0x20), 0x7F], ""),
        0x0B: "\n",
        0x0C: "\n",
        **_C1,
    }
)
"""Takes out what draws nothing, and writes 8-bit controls as escape sequences."""
_AFTER = str.maketrans(dict.fromkeys("\x07\x18\x1a\x1b", ""))
_STRING = r"[\]PX^_][^\x07\x18\x1a\x1b]*"
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*([@-~])"  # 1: the final of a CSI
    rf"|{_STRING}(?:\x07|\x1b\\|[\x18\x1a]|(?=\x1b[^\\]))"
    r"|[ -/]*[0-OQ-WYZ\\`-~]"
    rf"|((?:\[[0-?]*[ -/]*|({_STRING}\x1b?)|[ -/]*)\Z))"  # 2: no end yet, 3: a string without one
)
_MOVES = frozenset("ABEFHJLMSTdf")
"""Finals of control sequences after which text stands on another row, or on a cleared screen."""
_MOVED = "\n\0"
"""Stands for a move to another row."""
_ERASED = "\1"
"""Stands for EL: the line is erased from the cursor on."""
_EDITS = re.compile(r"(\r+|\x08+|\x01+)")


class Decoder:
    """UTF-8 cut anywhere made into text; what is no UTF-8 becomes U+FFFD, as on a terminal just made."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def decode(self, data: bytes) -> str:
        """The text of ``data``; the beginning of a character waits for its rest."""
        return self._decoder.decode(data)


class Lines:
    """Takes bytes, gives whole lines; ``partial`` is the line under way."""

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._decoder = Decoder()
        self._waiting = ""
        self._swallowed = 0
        self._line = ""
        self._at = 0

    @property
    def partial(self) -> str:
        """The line that has no end yet: a prompt, perhaps."""
        return self._line

    def feed(self, data: bytes) -> list[str]:
        """Take bytes; returns the lines that came to their end, without it. No input raises."""
        text = self._decoder.decode(data).translate(_BEFORE)
        if self._waiting or "\x1b" in text:
            text, self._waiting = self._waiting + text, ""
            text = _SEQUENCE.sub(self._instead, text)
        text = text.translate(_AFTER).replace("\r\n", "\n")
        if self._at != len(self._line) or _EDITS.search(text) or "\0" in text:
            return self._edited(text)
        *whole, rest = text.split("\n")
        most = self._longest
        if whole:
            whole[0] = self._line + whole[0]
            self._line = rest[:most]
        elif len(self._line) < most:
            self._line = (self._line + rest)[:most]
        self._at = len(self._line)
        return [line[:most].rstrip() for line in whole]

    def reset(self) -> None:
        """Begin a new line, after something was left out."""
        self._waiting = self._line = ""
        self._swallowed = self._at = 0

    def _instead(self, found: re.Match[str]) -> str:
        """What stands in the place of a sequence; one without its end waits for it."""
        if found[2] is None:
            self._swallowed = 0
            final = found[1]
            if final is None:
                return ""
            return _ERASED if final == "K" else _MOVED if final in _MOVES else ""
        sequence = found[0]
        if len(sequence) <= _LONGEST_SEQUENCE:
            self._waiting = sequence
            return ""
        if found[3] and self._swallowed < _LONGEST_STRING:
            # Its body means nothing here: only its beginning waits for its end.
            self._swallowed += len(sequence)
            self._waiting = sequence[:2] + "\x1b" * sequence.endswith("\x1b")
            return ""
        self._swallowed = 0
        return sequence[1:]

    def _edited(self, text: str) -> list[str]:
        *whole, rest = text.split("\n")
        found = []
        for piece, following in zip(whole, [*whole, rest][1:], strict=True):
            self._add(piece)
            # A move from an empty line leaves none behind.
            if self._line or not following.startswith("\0"):
                found.append(self._line.rstrip())
            self._line, self._at = "", 0
        self._add(rest)
        return found

    def _add(self, piece: str) -> None:
        """Write text where the cursor is in the line, and move it."""
        line, at = self._line, self._at
        for part in _EDITS.split(piece.removeprefix("\0")):
            if part.startswith("\r"):
                at = 0
            elif part.startswith("\b"):
                at = max(0, at - len(part))
            elif part.startswith(_ERASED):
                line = line[:at]
            elif part and at < self._longest:
                line = (line[:at] + part + line[at + len(part) :])[: self._longest]
                at = min(at + len(part), self._longest)
        self._line, self._at = line, at
