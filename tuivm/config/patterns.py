"""The user's regular expressions: whether they can be used, and what a line needs to match.

They are tried on text that a guest chooses, so they are matched by ``regex``, which can stop: one that
backtracks for ever is given up after a moment.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from typing import Any

LONGEST = 1000
"""Characters of a pattern."""
LINE = 512
"""Characters of a line that a pattern is tried on."""
SECONDS = 0.05
"""How long one line may take."""
_OTHERWISE = re.compile(r"\{[^\d,]|\[\[|\[:|\\[A-Za-z]\{")
"""What ``regex`` reads otherwise than ``re``: approximate matches, sets within sets."""
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_Items = list[tuple[Any, Any]]


def searcher(pattern: str, *, ignore_case: bool = False, concurrent: bool = True) -> Callable[[str], object]:
    """Return what searches a line for the pattern: something true where it matches.

    It raises TimeoutError when a line takes longer than SECONDS. Other threads run meanwhile where
    ``concurrent``; to give way for each of very many short lines takes longer than they do.
    Raises ValueError with a few words for a pattern that is none.
    """
    import regex  # only those with patterns of their own pay for loading it

    try:
        search = regex.compile(pattern, regex.IGNORECASE if ignore_case else 0).search
    except (regex.error, OverflowError) as error:
        raise ValueError(str(error)) from error
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return lambda line: search(line[:LINE], timeout=SECONDS, concurrent=concurrent)


def problem_of(pattern: str) -> str:
    """What is wrong with a pattern, in words that follow it; empty when it can be used."""
    from tuivm.terminal.pattern import MAX_REPEAT, repeats  # the terminal, only for those with patterns

    if len(pattern) > LONGEST:
        return f"is longer than {LONGEST} characters"
    if repeats(pattern) > MAX_REPEAT:
        return "repeats too much"
    try:
        if searcher(pattern)(""):
            return "matches an empty line"
    except ValueError as error:
        return f"is no regular expression: {error}"
    except TimeoutError:
        return "takes too long: make it simpler"
    return ""


def needed(pattern: str) -> tuple[str, ...]:
    """Texts of which at least one is in every line that matches; empty when none can be told.

    They are lower case: to be looked for in the lower case of a text. Looking for them is so cheap that
    it can be done in a flood.
    """
    if _OTHERWISE.search(pattern) or not pattern.isascii():
        return ()
    try:
        # The standard library's own parser of patterns, there since Python 3.11.
        items = importlib.import_module("re._parser").parse(pattern)
        texts = _needed(list(items))
    except (re.error, OverflowError, RecursionError, FutureWarning):
        return ()
    return tuple(sorted({text.lower() for text in texts}))


def _inner(op: str, value: Any) -> Iterator[_Items]:
    """The sequence within an item that is matched at least once."""
    if op in _REPEATS and value[0] > 0:
        yield list(value[2])
    elif op == "SUBPATTERN":
        yield list(value[-1])
    elif op == "ATOMIC_GROUP":
        yield list(value)


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
        if op == "BRANCH":
            branches = [_needed(list(branch)) for branch in value[1]]
            if all(branches):
                best = _better(best, tuple(text for branch in branches for text in branch))
        for inner in _inner(op, value):
            best = _better(best, _needed(inner))
    return best


def _better(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The one whose shortest text is longer."""
    if not one or not other:
        return one or other
    return other if min(map(len, other)) > min(map(len, one)) else one
