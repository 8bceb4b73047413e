"""The tokenizer: decoded text in, control functions called.

The state machine is the one of DEC's terminals as Paul Williams drew it (vt100.net/emu/dec_ansi_parser),
worked by one regular expression for what is whole and well formed, and by hand for what is cut or has
controls inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tuivm.terminal import editing, motion, rectangles, reports, settings, sgr, strings, vt52
from tuivm.terminal.charsets import SLOTS
from tuivm.terminal.flood import write_lines
from tuivm.terminal.screen import Screen

MAX_SEQUENCE = 512
"""Characters of a control sequence; a longer one does nothing."""
MAX_STRING = 1 << 20
"""Characters of a string (OSC, DCS...) that are swallowed before it is given up."""
MAX_BODY = 140_000
"""Characters of a string that are kept: as many as a full clipboard takes in base64."""
MAX_DESIGNATION = 5
"""Characters of a sequence that designates a character set."""
MAX_VALUE = 65535
"""Largest parameter; larger ones count as this."""
MAX_ACTIONS = 4096
"""Sequences whose meaning is remembered."""

TOKEN = re.compile(
    r"((?:[ -~]*+\r\n){4,}+)"  # 1: plain lines
    r"|([^\x00-\x1f\x7f-\x9f]+)"  # 2: text
    r"|\x1b\[([0-9;:]*+)m"  # 3: SGR
    r"|(\r\n|[\x00-\x1a\x1c-\x1f\x7f]|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]+[0-~]"  # 4: C0, CSI,
    r"|\x1b[0-OQ-WYZ\\`-jl-~]|[\x80-\x8f\x91-\x97\x99\x9a\x9c])"  # ESC F, C1
    r"|(\x1b[PX\]^_k]|[\x90\x98\x9d-\x9f])"  # 5: the start of a string
    r"|[\x1b\x9b]"  # cut off, or with controls inside
)
_SEQUENCE = re.compile(r"([<-?]*)([0-;]*)([ -/]*)(.)", re.DOTALL)
_STRING_END = re.compile(r"[\x18\x1a\x1b\x9c]")
_OSC_END = re.compile(r"[\x07\x18\x1a\x1b\x9c]")

Action = tuple[Callable[[Screen, Any], None], Any]
"""A handler and what it is called with."""


def _nothing(_: Screen, __: object) -> None:
    """Do nothing: what a sequence that is not known means."""


_NOTHING: Action = (_nothing, ())
_CONTROLS: dict[str, Action] = {
    "\r\n": (motion.linefeed_after_return, ()),
    **{control: (handler, ()) for control, handler in motion.CONTROLS.items()},
    **{control: (handler, (slot,)) for control, (handler, slot) in settings.SHIFTS.items()},
}
_ANSI_ESCAPES = {**motion.ESCAPES, **editing.ESCAPES, **settings.ESCAPES, **reports.ESCAPES}
_ESCAPES: dict[str, Action] = {
    **{final: (handler, ()) for final, handler in (_ANSI_ESCAPES | vt52.over(_ANSI_ESCAPES)).items()},
    **{final: (handler, (slot,)) for final, (handler, slot) in settings.ESCAPE_SHIFTS.items()},
}
_SEQUENCES = {
    **motion.SEQUENCES,
    **editing.SEQUENCES,
    **rectangles.SEQUENCES,
    **settings.SEQUENCES,
    **reports.SEQUENCES,
}


class Parser:
    """Reads a stream of text, in pieces of any size, and works a screen with it."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._actions: dict[str, Action] = {}
        self._pending = ""
        """The beginning of a sequence whose end has not come."""
        self._string = ""
        """Which kind of string is being read (its 7-bit final), empty for none."""
        self._body: list[str] = []
        self._length = 0

    def feed(self, text: str) -> None:
        """Work through the next piece of the stream. Never raises, whatever it holds."""
        if self._pending:
            text = self._pending + text
            self._pending = ""
        position = 0
        while position < len(text):
            position = self._read_string(text, position) if self._string else self._read(text, position)

    def _read(self, text: str, position: int) -> int:
        """Work from ``position`` to the end or the start of a string; return where to go on."""
        screen = self.screen
        actions = self._actions
        for match in TOKEN.finditer(text, position):
            token = match[0]
            kind = match.lastindex
            if kind == 2:
                screen.draw(token)
            elif kind == 3:
                self._select_pen(screen, match[3])
            elif kind == 1:
                write_lines(screen, token)
            elif kind == 4:
                action = actions.get(token) or self._learn(token)
                action[0](screen, action[1])
            elif kind == 5:
                self._begin_string(token)
                return match.end()
            else:
                return self._read_cut(text, match.start())
        return len(text)

    # What a sequence means

    def _learn(self, token: str) -> Action:
        """Find out what a whole token means, and remember it."""
        if len(self._actions) >= MAX_ACTIONS:
            self._actions.clear()
        action = self._actions[token] = self._resolve(token)
        return action

    def _resolve(self, token: str) -> Action:
        first = token[0]
        if first >= "\x80":
            first, token = "\x1b", "\x1b" + chr(ord(token[0]) - 0x40) + token[1:]
        if first != "\x1b":
            return _CONTROLS.get(token, _NOTHING)
        if token[1] == "[" and len(token) > 2:
            return self._resolve_sequence(token[2:])
        if token[1] in SLOTS and len(token) <= MAX_DESIGNATION:
            return (_designate, (SLOTS[token[1]], token[1], token[2:]))
        return _ESCAPES.get(token[1:], _NOTHING)

    def _resolve_sequence(self, text: str) -> Action:
        """Find out what follows ``CSI``."""
        match = _SEQUENCE.fullmatch(text)
        if match is None or len(text) > MAX_SEQUENCE:
            return _NOTHING
        prefix, values, intermediate, final = match.groups()
        if prefix + intermediate + final == "m":
            return (self._select_pen, values)
        handler = _SEQUENCES.get(prefix + intermediate + final)
        if handler is None or ":" in values:
            return _NOTHING
        return (handler, tuple(map(_value, values.split(";"))) if values else ())

    def _select_pen(self, screen: Screen, values: str) -> None:
        """SGR."""
        screen.set_pen(sgr.next_pen(screen.pen, values))

    # What is cut, or has controls inside

    def _read_cut(self, text: str, position: int) -> int:
        """Read one escape or control sequence character by character; return where to go on.

        Controls inside are worked at once, CAN and SUB end it, ESC begins another. When the text ends first,
        what was read without the controls waits for the next piece.
        """
        sequence = "\x1b[" if text[position] == "\x9b" else "\x1b"
        for at in range(position + 1, len(text)):
            character = text[at]
            if character in "\x18\x1a":
                return at + 1
            if character == "\x1b" or character >= "\x80":
                return at
            if character < " ":
                action = _CONTROLS.get(character, _NOTHING)
                action[0](self.screen, action[1])
            elif character != "\x7f":
                if len(sequence) <= MAX_SEQUENCE + 2:
                    sequence += character
                if self._is_whole(sequence, character):
                    self._finish(sequence)
                    return at + 1
        self._pending = sequence
        return len(text)

    @staticmethod
    def _is_whole(sequence: str, last: str) -> bool:
        if sequence.startswith("\x1b["):
            return last >= "@" and len(sequence) > 2
        return last >= "0"

    def _finish(self, sequence: str) -> None:
        match = TOKEN.fullmatch(sequence)
        if match is not None and match.lastindex == 5:
            self._begin_string(sequence)
        elif match is not None and match.lastindex == 3:
            self._select_pen(self.screen, match[3])
        elif match is not None:
            action = self._actions.get(sequence) or self._learn(sequence)
            action[0](self.screen, action[1])

    # Strings

    def _begin_string(self, token: str) -> None:
        self._string = token[1] if token[0] == "\x1b" else chr(ord(token) - 0x40)
        self._body.clear()
        self._length = 0

    def _read_string(self, text: str, position: int) -> int:
        """Read a string's body up to its end; return where to go on. What is too long is given up."""
        ends = _OSC_END if self._string == "]" else _STRING_END
        match = ends.search(text, position)
        end = len(text) if match is None else match.start()
        room = MAX_STRING - self._length
        if end - position > room:
            self._string = ""
            return position + room
        if self._length < MAX_BODY:
            self._body.append(text[position : min(end, position + MAX_BODY - self._length)])
        self._length += end - position
        if match is None:
            return end
        if match[0] == "\x1b":
            if end + 1 == len(text):
                self._pending = "\x1b"
                return len(text)
            if text[end + 1] != "\\":
                self._string = ""
                return end
            end += 1
        kind, self._string = self._string, ""
        if match[0] not in "\x18\x1a":
            strings.finish(self.screen, kind, "".join(self._body), match[0] == "\x07")
        return end + 1


def _designate(screen: Screen, designation: tuple[int, str, str]) -> None:
    settings.designate(screen, *designation)


def _value(text: str) -> int:
    """Return a parameter's value, 0 when it is empty."""
    digits = text.lstrip("0")
    return min(int(digits), MAX_VALUE) if 0 < len(digits) <= 5 else MAX_VALUE if digits else 0
