"""How a case is written and checked.

A case is (what it shows, what is fed, what must come of it). In the text that is fed ``␛`` stands for ESC,
``⏎`` for CR LF and ``▦`` for five full rows of ten columns. What must come of it is one of

- a pair: column and line of the cursor, from 1;
- a list: the rows of the screen, blanks at the end left out, and empty rows at the end too;
- a string: everything the terminal answered;
- a dictionary: attributes of the screen by name, compared one by one;
- a function of the terminal that returns whether all is well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from tuivm.terminal import Terminal

Expected = tuple[int, int] | list[str] | str | dict[str, Any] | Callable[[Terminal], Any]
Case = tuple[str, str, Expected]

FULL = "abcdefghij\r\nklmnopqrst\r\nuvwxyz0123\r\nABCDEFGHIJ\r\nKLMNOPQRST"
"""Five rows of ten columns, the last one with its wrap pending."""
ROWS = FULL.split("\r\n")
"""The same as rows."""


def run(fed: str, columns: int = 10, lines: int = 5) -> Terminal:
    """Return a terminal that was fed a case's text."""
    terminal = Terminal(columns, lines)
    terminal.feed(fed.replace("▦", FULL).replace("⏎", "\r\n").replace("␛", "\x1b").encode())
    return terminal


def rows(terminal: Terminal) -> list[str]:
    """Return the rows of the screen without what is blank at their ends and at its end."""
    found = [row.rstrip() for row in terminal.screen.display]
    while found and not found[-1]:
        found.pop()
    return found


def check(fed: str, expected: Expected, columns: int = 10, lines: int = 5) -> None:
    """Feed a case and look at what came of it."""
    terminal = run(fed, columns, lines)
    screen = terminal.screen
    if isinstance(expected, tuple):
        assert (screen.cursor.x + 1, screen.cursor.y + 1) == expected
    elif isinstance(expected, list):
        assert rows(terminal) == expected
    elif isinstance(expected, str):
        assert terminal.take_replies().decode("latin-1") == expected.replace("␛", "\x1b")
    elif isinstance(expected, dict):
        assert {name: getattr(screen, name) for name in expected} == expected
    else:
        assert expected(terminal)


def parametrize(groups: Mapping[str, Iterable[Case]]) -> pytest.MarkDecorator:
    """Make one test of each case: ``fed`` and ``expected``, named by its function and what it shows."""
    return pytest.mark.parametrize(
        ("fed", "expected"),
        [
            pytest.param(fed, expected, id=f"{group.split(':')[0]}-{what}".replace(" ", "_"))
            for group, cases in groups.items()
            for what, fed, expected in cases
        ],
    )
