"""Decoded text in, control functions called.

The stream is cut by :mod:`tuivm.terminal.tokens`. What programs send most (text, SGR, CUP, line ends) is
worked where it is found; all else goes through tables.
"""

from __future__ import annotations

from re import Match, Pattern

from tuivm.terminal import flood, motion, repeats, settings, strings
from tuivm.terminal.charsets import SLOTS
from tuivm.terminal.drawing import write_narrow
from tuivm.terminal.screen import Screen
from tuivm.terminal.sgr import next_pen
from tuivm.terminal.tables import (
    ACTIONS,
    ASKING,
    CALM,
    CONTROLS,
    ESCAPES,
    LEARNED_LENGTH,
    NOTHING,
    PLACES,
    SEQUENCES,
    Action,
    designate,
    finish_string,
    if_heard,
    learn_place,
    run_of,
    select_pen,
    value,
    work_all,
)
from tuivm.terminal.tokens import (
    IDLE_OR_STRING,
    INSIDE,
    LINES,
    OSC_END,
    REPEATED,
    RUN,
    SEQUENCE,
    STRING_END,
    STRING_START,
    TAILS,
    TEXT,
    TOKENS,
    TOKENS_AND_LINES,
)

SLICE = 16384
"""Characters that are cut into tokens at once: it bounds the memory, and what an odd end costs."""
MAX_SEQUENCE = 512
"""Characters of a control sequence; a longer one does nothing."""
MAX_STRING = 1 << 20
"""Characters of a string (OSC, DCS...) that are swallowed before it is given up."""
MAX_BODY = 140_000
"""Characters of a string that are kept: as many as a full clipboard takes in base64."""
MAX_DESIGNATION = 5
"""Characters of a sequence that designates a character set."""
MAX_LEARNED = 4096
"""Tokens whose meaning is remembered."""


class Parser:
    """Reads a stream of text, in pieces of any size, and works a screen with it."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self._pending = ""
        """The beginning of a sequence whose end has not come."""
        self._string = ""
        """Which kind of string is being read (its 7-bit final), empty for none."""
        self._body: list[str] = []
        self._length = 0
        self._repeating = False

    def feed(self, text: str) -> None:
        """Work through the next piece of the stream. Never raises, whatever it holds."""
        position = 0
        while position < len(text):
            if self._string:
                if self._pending:
                    text, position, self._pending = self._pending + text[position:], 0, ""
                position = self._read_string(text, position)
                continue
            end = position + SLICE
            if end < len(text):
                # Lines are not cut where it can be helped.
                end = text.rfind("\n", position, end) + 1 or end
            piece = text[position:end]
            if self._pending:
                piece, self._pending = self._pending + piece, ""
            if len(piece) < repeats.LEAST or self._repeating or not self._repeat(piece):
                self._read(piece)
            position = end

    def _repeat(self, text: str) -> bool:
        """Work a text in which the same stands many times; return whether it is one, and was worked."""
        start, unit = repeats.unit_of(text)
        if not unit:
            return False
        self._repeating = True
        if start:
            self.feed(text[:start])
        repeats.work(self.screen, text[start:], unit, self.feed, self._state)
        self._repeating = False
        return True

    def _state(self) -> tuple[object, ...]:
        """Return all that decides what comes next, but the rows."""
        body = (self._body.copy(), self._length) if self._string else None
        return self._pending, self._string, body, repeats.state_of(self.screen)

    def _read(self, text: str) -> None:
        """Work one slice, outside of strings."""
        if text.count("\x1b") * 5 >= len(text):
            # Little else than sequences: what does the same again and again is done once.
            text = REPEATED.sub(r"\1", text)
        if self.screen.idle > 8:
            # Noise: what does nothing goes before it is looked at one by one.
            self.screen.idle = 0
            text = IDLE_OR_STRING.sub(r"\1", text)
        lead = TEXT.match(text)
        position = lead.end() if lead else 0
        lines = LINES.match(text)
        if lines is not None and self.screen.cursor.x == 0:
            flood.write_lines(self.screen, lines[0], self._one_by_one)
            position = lines.end()
            lead = TEXT.match(text, position)
            position = lead.end() if lead else position
        if lead is not None and lead[0]:
            self.screen.draw(lead[0])
        self._run(text, position, TOKENS_AND_LINES)

    def _one_by_one(self, text: str) -> None:
        """Work text that starts with anything, without looking for lines in bulk."""
        lead = TEXT.match(text)
        if lead is not None and lead[0]:
            self.screen.draw(lead[0])
        self._run(text, lead.end() if lead else 0, TOKENS)

    def _run(self, data: str, position: int, tokens: Pattern[str]) -> None:
        """Work everything from a control on."""
        screen = self.screen
        cursor, dirty, columns = screen.cursor, screen.dirty, screen.columns
        simple = screen.is_simple()
        for pens, whole, final, text, odd in tokens.findall(data, position):
            if pens:
                if simple:
                    screen.pen = screen.pen.after.get(pens) or next_pen(screen.pen, pens)
                else:
                    simple = self._select(pens)
            elif final == "H" and simple and (place := PLACES.get(whole) or learn_place(whole)):
                y, x = place
                cursor.y, cursor.x = min(y, screen.lines - 1), x if x < columns else columns - 1
                screen.wrap_pending = False
            elif whole == "\r\n" and simple:
                cursor.x = 0
                screen.index()
            elif whole:
                handler, argument, is_calm = ACTIONS.get(whole) or self._learn(whole)
                handler(screen, argument)
                simple = simple if is_calm else screen.is_simple()
            if text:
                end = (x := cursor.x) + len(text)
                if simple and end < columns:
                    y, pen = cursor.y, screen.pen
                    dirty.add(y)
                    cursor.x, screen.latest = end, text
                    row = screen.buffer[y]
                    if row.shared:
                        row = screen.begun(y, x, text)
                    if not row.shared:
                        chars = row.chars
                        if not (chars[x] and chars[end]):
                            row.cut_both(x, end)
                        chars[x:end] = text
                        row.pens[x:end] = [pen] * (end - x)
                elif simple:
                    write_narrow(screen, text)
                else:
                    screen.draw(text)
                    simple = screen.is_simple()
            if odd:
                simple = self._work_odd(odd)

    # What a token means

    def _select(self, pens: str) -> bool:
        """Work SGR sequences and designations of ASCII to G0; return whether the screen is simple now."""
        for values in RUN.findall(pens):
            if values == "(B":
                settings.designate(self.screen, 0, "(", "B")
            else:
                self.screen.pen = next_pen(self.screen.pen, f"\x1b{values}")
        return self.screen.is_simple()

    def _work_odd(self, odd: str) -> bool:
        """Write text that holds other than narrow characters, or keep what the end of the slice cut off."""
        if odd[0] in TAILS:
            self._end(odd)
        else:
            self.screen.draw(odd)
        return self.screen.is_simple()

    def _work_lines(self, screen: Screen, token: str) -> None:
        """Work the end of a line and whole lines behind it."""
        motion.linefeed_after_return(screen, ())
        if len(token) > 2:
            flood.write_lines(screen, token[2:], self._one_by_one)

    def _learn(self, token: str) -> Action:
        """Find out what a whole token means; work the controls inside. Remember it when it may come again."""
        if token[0] == "\r" and len(token) > 1:
            return (self._work_lines, token, True)
        if token[-1] in "\nM" and (run := run_of(token)):
            return self._remember(token, run)
        if start := STRING_START.match(token):
            return self._learn_string(token, start)
        if INSIDE.search(token, 1):
            inside = [CONTROLS.get(control, NOTHING) for control in INSIDE.findall(token, 1)]
            whole = self._resolve(token[0] + INSIDE.sub("", token[1:]))
            return self._remember(token, (work_all, (*inside, whole), False))
        return self._remember(token, self._resolve(token))

    def _remember(self, token: str, action: Action) -> Action:
        if action[0] in ASKING:
            action = (if_heard, action, action[2])
        if len(token) <= LEARNED_LENGTH:
            if len(ACTIONS) >= MAX_LEARNED:
                ACTIONS.clear()
            ACTIONS[token] = action
        return action

    def _learn_string(self, token: str, start: Match[str]) -> Action:
        """Find out what a string means; work the controls inside what begins it."""
        kind = start[1] or chr(ord(start[2]) - 0x40)
        bell = kind == "]" and token[-1] == "\x07"
        action = NOTHING
        if bell or token[-1] == "\x9c" or token.endswith("\x1b\\"):
            body = token[start.end() : -2 if token[-1] == "\\" else -1]
            action = (finish_string, (kind, body, bell), True)
        # What CAN or SUB ends, or something else breaks off, is nothing.
        if start.end() > 2:
            self._work_inside(start[0])
            return action
        return self._remember(token, action)

    def _work_inside(self, token: str) -> str:
        """Work the controls inside a sequence; return it without them."""
        for control in INSIDE.findall(token, 1):
            action = CONTROLS.get(control, NOTHING)
            action[0](self.screen, action[1])
        return token[0] + INSIDE.sub("", token[1:])

    def _resolve(self, token: str) -> Action:
        first = token[0]
        if first >= "\x80":
            first, token = "\x1b", "\x1b" + chr(ord(token[0]) - 0x40) + token[1:]
        if first != "\x1b":
            return CONTROLS.get(first, NOTHING)
        if token[1:2] == "[":
            return self._resolve_sequence(token[2:])
        if token[1:2] in SLOTS and 3 <= len(token) <= MAX_DESIGNATION and token[-1] >= "0":
            return (designate, (SLOTS[token[1]], token[1], token[2:]), False)
        return ESCAPES.get(token[1:], NOTHING)

    def _resolve_sequence(self, text: str) -> Action:
        """Find out what follows ``CSI``."""
        match = SEQUENCE.fullmatch(text)
        if match is None or len(text) > MAX_SEQUENCE:
            return NOTHING
        prefix, values, intermediate, final = match.groups()
        if prefix + intermediate + final == "m":
            return (select_pen, values, True)
        handler = SEQUENCES.get(prefix + intermediate + final)
        if handler is None or ":" in values:
            return NOTHING
        arguments = tuple(map(value, values.split(";"))) if values else ()
        return (handler, arguments, handler in CALM)

    # What is cut off, and strings

    def _end(self, tail: str) -> None:
        """Keep what the end of a slice cut off, for the next one."""
        start = STRING_START.match(tail)
        if start is None:
            self._pending = self._work_inside(tail)[: MAX_SEQUENCE + 3]
            return
        self._work_inside(start[0])
        self._string = start[1] or chr(ord(start[2]) - 0x40)
        self._body.clear()
        self._length = 0
        self._read_string(tail, start.end())

    def _read_string(self, text: str, position: int) -> int:
        """Read a string's body up to its end; return where to go on. What is too long is given up."""
        ends = OSC_END if self._string == "]" else STRING_END
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
