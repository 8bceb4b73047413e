"""Whether a regular expression is safe to try on what a guest prints, and what it needs to match.

Python's engine backtracks and cannot be interrupted: a pattern such as ``(a+)+$`` takes for ever on thirty
characters that the guest chooses. What makes that possible is a repeat within a repeat, or branches within a
repeat that can match the same text; both are refused. What is left is a polynomial in the length of the
line, which is bounded and tried out here on lines made to be slow.
"""

from __future__ import annotations

import importlib
import re
import time
import warnings
from collections.abc import Iterator
from typing import Any

LONGEST = 1000
"""Characters of a pattern."""
LINE = 512
"""Characters of a line that a pattern is tried on."""
SLOWEST = 0.05
"""Processor seconds that one search may take on a line made to be slow."""
_MOST_REPEATS = 4
"""Open-ended repeats of a pattern: each multiplies the time by the length of the line."""
_OPEN = 16
"""Repeats that end above this count as open-ended."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
_Items = list[tuple[Any, Any]]


def problem_of(pattern: str) -> str:
    """What is wrong with a pattern, in words that follow it; empty when it can be used."""
    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    try:
        with warnings.catch_warnings():
            # What will mean something else in a later Python.
            warnings.simplefilter("error", FutureWarning)
            compiled = re.compile(pattern)
        return _problem_of(compiled, pattern)
    except (re.error, OverflowError, FutureWarning) as error:
        return f"is no regular expression: {error}"
    except RecursionError:
        return "is nested too deeply"


def _problem_of(compiled: re.Pattern[str], pattern: str) -> str:
    items = _parse(pattern)
    if compiled.search(""):
        return "matches an empty line"
    if _is_nested(items, outer=False):
        return "repeats what is itself repeated or has branches; write the inner one as x++ or (?>...)"
    if _open_repeats(items) > _MOST_REPEATS:
        return f"has more than {_MOST_REPEATS} open-ended repeats"
    if _is_slow(compiled, pattern):
        return "takes too long on a long line (.* in front is never needed)"
    return ""


def needed(pattern: str) -> tuple[str, ...]:
    """Texts of which at least one is in every line that matches; empty when none can be told.

    They are lower case: to be looked for in the lower case of a text. Looking for them is so cheap that
    it can be done in a flood.
    """
    try:
        if re.compile(pattern).flags & re.IGNORECASE and not pattern.isascii():
            return ()
        texts = _needed(_parse(pattern))
    except (re.error, OverflowError, RecursionError):
        return ()
    return tuple(sorted({text.lower() for text in texts}))


def _parse(pattern: str) -> _Items:
    # The standard library's own parser, the only one that reads exactly what re compiles.
    parser = importlib.import_module("re._parser")
    return list(parser.parse(pattern))


def _inner(op: str, value: Any) -> Iterator[_Items]:
    """The sequences within one item."""
    if op in (*_REPEATS, "POSSESSIVE_REPEAT"):
        yield list(value[2])
    elif op == "SUBPATTERN":
        yield list(value[-1])
    elif op == "ATOMIC_GROUP":
        yield list(value)
    elif op in ("ASSERT", "ASSERT_NOT"):
        yield list(value[1])
    elif op == "BRANCH":
        for branch in value[1]:
            yield list(branch)
    elif op == "GROUPREF_EXISTS":
        for branch in value[1:]:
            yield list(branch or ())


def _is_nested(items: _Items, outer: bool) -> bool:
    """Whether something of variable length is repeated. ``outer``: whether all this is repeated."""
    for operation, value in items:
        op = str(operation)
        within = outer
        if op in _REPEATS:
            low, high = value[0], value[1]
            if outer and low != high:
                return True
            within = outer or high > 1
        elif outer and (op in ("GROUPREF", "GROUPREF_EXISTS") or (op == "BRANCH" and not _is_sure(value[1]))):
            return True
        elif op in ("ATOMIC_GROUP", "POSSESSIVE_REPEAT", "ASSERT", "ASSERT_NOT"):
            # Nothing is tried again within these once they have matched.
            within = op == "POSSESSIVE_REPEAT"
        if any(_is_nested(inner, within) for inner in _inner(op, value)):
            return True
    return False


def _is_sure(branches: list[Any]) -> bool:
    """Whether the first character says which branch it is."""
    firsts = []
    for branch in branches:
        operation, value = next(iter(branch), ("", None))
        firsts.append(value if str(operation) == "LITERAL" else None)
    return None not in firsts and len(set(firsts)) == len(firsts)


def _open_repeats(items: _Items) -> int:
    count = 0
    for operation, value in items:
        op = str(operation)
        times = 1
        if op in _REPEATS:
            count += value[1] > _OPEN
            times = min(value[1], _OPEN)
        for inner in _inner(op, value):
            count += _open_repeats(inner) * times
    return count


def _literals(items: _Items) -> Iterator[int]:
    for operation, value in items:
        op = str(operation)
        if op == "LITERAL":
            yield value
        for inner in _inner(op, value):
            yield from _literals(inner)


def _is_slow(compiled: re.Pattern[str], pattern: str) -> bool:
    """Try it on lines of its own characters, each twice as long as the one before."""
    text = "".join(map(chr, _literals(_parse(pattern))))
    probes = {*dict.fromkeys(text[:8]), "a", "0", " ", text[:16] or "x", "a ", "0."}
    size = 32
    while size <= LINE:
        for probe in probes:
            line = (probe * size)[: size - 1] + "\0"
            if min(_seconds(compiled, line) for _ in range(2)) > SLOWEST:
                return True
        size *= 2
    return False


def _seconds(compiled: re.Pattern[str], line: str) -> float:
    before = time.thread_time()
    compiled.search(line)
    return time.thread_time() - before


def _needed(items: _Items) -> tuple[str, ...]:
    """The texts of which one must be there for a sequence to match; the longest that can be told."""
    best: tuple[str, ...] = ()
    run = ""
    for operation, value in items:
        op = str(operation)
        if op == "LITERAL":
            run += chr(value)
            best = _better(best, (run,))
            continue
        if op in ("AT", "ASSERT_NOT"):
            continue
        run = ""
        if op in (*_REPEATS, "POSSESSIVE_REPEAT") and value[0] == 0:
            continue
        if op == "BRANCH":
            branches = [_needed(list(branch)) for branch in value[1]]
            if all(branches):
                best = _better(best, tuple(text for branch in branches for text in branch))
        elif op in (*_REPEATS, "POSSESSIVE_REPEAT", "SUBPATTERN", "ATOMIC_GROUP"):
            for inner in _inner(op, value):
                best = _better(best, _needed(inner))
    return best


def _better(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The one whose shortest text is longer."""
    if not one or not other:
        return one or other
    return other if min(map(len, other)) > min(map(len, one)) else one
