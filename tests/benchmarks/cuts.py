"""Every capture cut at every byte, and random and mutated input byte by byte, in pieces and whole.

Feeding a capture once for each place where it can be cut would cost the square of its length. Instead it is
fed byte by byte, and of the terminal a copy is made every ``WINDOW`` bytes. From each copy the bytes up to
the next one are fed cut in two at every place: each time all of the state (rows with pens, cursor, modes,
saved cursors, scrollback, what the parser and the decoder hold back) must be that of the next copy. What
comes after it then is the same too, as the state and the bytes decide all that follows. That the whole, fed
at once, ends like the last copy is looked at as well.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import deque
from typing import Any

from tests.benchmarks.captures import COLUMNS, LINES, MADE, captures
from tuivm.terminal import Terminal, repeats
from tuivm.terminal.row import Row
from tuivm.terminal.screen import Screen

WINDOW = 256
"""Bytes between two copies."""
BYTES = 20_000
"""Bytes of each capture that are cut everywhere."""
FUZZ = 5_000_000
"""Bytes of random and of mutated input."""
CHECKED = 65_536
"""Bytes after which the three terminals are compared."""


_CONTAINERS = (list, set, dict, bytearray, deque)


def clone(terminal: Terminal) -> Terminal:
    """Return a terminal of its own in the same state, as quickly as it can be had."""
    made = Terminal(COLUMNS, LINES)
    old, new = terminal.screen, made.screen
    cursor, device = new.cursor, new.device
    _take(new, old, {"cursor", "device", "marks", "scrollback"})
    cursor.x, cursor.y, cursor.hidden = old.cursor.x, old.cursor.y, old.cursor.hidden
    new.buffer = [row if row.shared else row.copy() for row in old.buffer]
    new.other = [row if row.shared else row.copy() for row in old.other]
    colours = device.colours
    _take(device, old.device, {"colours"})
    _take(colours, old.device.colours, set())
    _take(new.scrollback, old.scrollback, set())
    _take(made._parser, terminal._parser, {"screen"})
    _take(made._decoder, terminal._decoder, {"_device"})
    return made


def _take(new: object, old: object, left_out: set[str]) -> None:
    for name, value in vars(old).items():
        if name not in left_out:
            setattr(new, name, value.copy() if isinstance(value, _CONTAINERS) else value)


def _look_of(row: Row) -> tuple[Any, ...]:
    return row.chars, [pen.style for pen in row.pens], row.wrapped


def _look_alike(one: Row, other: Row) -> bool:
    """Return whether two rows show the same with the same pens."""
    return one.chars == other.chars and one.pens == other.pens and one.wrapped == other.wrapped


def _styles(value: Any) -> Any:
    """Return plain values: pens of equal style may be different ones."""
    if isinstance(value, dict):
        return {name: _styles(part) for name, part in value.items()}
    if isinstance(value, tuple | list):
        return [_styles(part) for part in value]
    return value.style if hasattr(value, "after") else value


def state(terminal: Terminal, lines: int = LINES) -> tuple[Any, ...]:
    """Return everything that decides what is shown and what comes next, with the newest of the lines kept."""
    screen: Screen = terminal.screen
    back = terminal.scrollback
    parser = terminal._parser
    screen.latest = screen.last
    return (
        [_look_of(row) for row in screen.buffer],
        [_look_of(row) for row in screen.other],
        _styles(repeats.state_of(screen)),
        (back.total, len(back)),
        [(line.text, line.wrapped, [pen.style for pen in line.row().pens]) for line in back[-lines:]],
        (parser._pending, parser._string, "".join(parser._body) if parser._string else ""),
        terminal._decoder._rest,
    )


def _is_same(one: Terminal, other: Terminal) -> bool:
    """Return whether two terminals are in the same state; pens that are the same objects are quicker."""
    mine, yours = one.screen, other.screen
    if one._parser._string:
        return state(one) == state(other)
    # Of the text written last its end counts alone.
    mine.latest, yours.latest = mine.last, yours.last
    quick = (
        (one._parser._pending, one._parser._string) == (other._parser._pending, other._parser._string)
        and repeats.state_of(mine) == repeats.state_of(yours)
        and all(map(_look_alike, mine.buffer + mine.other, yours.buffer + yours.other))
        and (one.scrollback.total, len(one.scrollback)) == (other.scrollback.total, len(other.scrollback))
        and one._decoder._rest == other._decoder._rest
    )
    return quick or state(one) == state(other)


def cut_everywhere(data: bytes) -> list[int]:
    """Cut a capture in two at every byte; return the places where that makes a difference."""
    before = Terminal(COLUMNS, LINES)
    different = []
    for start in range(0, len(data), WINDOW):
        part = data[start : start + WINDOW]
        after = clone(before)
        for at in range(len(part)):
            after.feed(part[at : at + 1])
        for cut in range(len(part)):
            terminal = clone(before)
            terminal.feed(part[:cut])
            terminal.feed(part[cut:])
            if not _is_same(terminal, after):
                different.append(start + cut)
        before = after
    whole = Terminal(COLUMNS, LINES)
    whole.feed(data)
    if state(whole, 10_000) != state(before, 10_000):
        different.append(len(data))
    return different


def mutated(corpora: list[bytes], size: int) -> bytes:
    """Return captures with one byte in fifty changed, lost or doubled."""
    source = random.Random(8)
    data = bytearray()
    while len(data) < size:
        piece = bytearray(source.choice(corpora))
        for _ in range(len(piece) // 50):
            at = source.randrange(len(piece))
            byte = bytes(piece[at : at + 1])
            piece[at : at + 1] = source.choice((b"", source.randbytes(1), b"\x1b", byte * 2))
        data += piece
    return bytes(data[:size])


def same_in_all_pieces(data: bytes) -> bool:
    """Feed three terminals whole, in pieces, byte by byte; return whether all is the same, cursors inside."""
    whole, pieces, single = terminals = [Terminal(COLUMNS, LINES) for _ in range(3)]
    source = random.Random(9)
    for at in range(0, len(data), CHECKED):
        part = data[at : at + CHECKED]
        whole.feed(part)
        position = 0
        while position < len(part):
            size = source.choice((1, 2, 7, 100, 4096))
            pieces.feed(part[position : position + size])
            position += size
        for position in range(len(part)):
            single.feed(part[position : position + 1])
        states = [state(terminal) for terminal in terminals]
        if states[0] != states[1] or states[0] != states[2]:
            return False
        if len({terminal.take_replies() for terminal in terminals}) != 1:
            return False
        cursor = whole.screen.cursor
        if not (0 <= cursor.x < COLUMNS and 0 <= cursor.y < LINES):
            return False
    return state(whole, 10_000) == state(single, 10_000) == state(pieces, 10_000)


def main(arguments: list[str] | None = None) -> int:
    """Try it all and print; 1 when anything made a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=BYTES, help="of each capture (default: %(default)s)")
    parser.add_argument("--fuzz", type=int, default=FUZZ, help="bytes of random input (default: %(default)s)")
    options = parser.parse_args(arguments or [])
    corpora, _ = captures()
    bad = 0
    start = time.process_time()
    for name, data in corpora.items():
        found = cut_everywhere(data[: options.bytes])
        bad += bool(found)
        verdict = f"DIFFERENT at {found[:9]}" if found else "the same"
        print(f"{name:12} cut at each of {min(len(data), options.bytes)} bytes: {verdict}", flush=True)
    source = random.Random(10)
    made = [b"".join(line(source, n).encode() + b"\r\n" for n in range(300)) for line in MADE.values()]
    for name, data in (
        ("random", source.randbytes(options.fuzz)),
        ("mutated", mutated([*made, *corpora.values()], options.fuzz)),
    ):
        good = same_in_all_pieces(data)
        bad += not good
        verdict = "the same whole, in pieces and byte by byte, cursor inside" if good else "DIFFERENT"
        print(f"{len(data)} bytes of {name} input: {verdict}", flush=True)
    print(f"{time.process_time() - start:.0f} s of processor time")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
