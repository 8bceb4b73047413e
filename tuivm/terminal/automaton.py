"""Regular expressions without backtracking: the time to match grows with the text, whatever the pattern.

What guests print is searched on the thread that draws, so that no pattern and no text may hold it up, as the
backtracking of ``re`` can ((a+)+b). A pattern becomes a nondeterministic automaton (Thompson's construction)
and that, step by step as text comes, a deterministic one (Aho, Sethi, Ullman: Compilers, 3.7). Matches are
the leftmost and of these the longest, as POSIX has it and grep shows it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

MAX_STATES = 500
"""States of a pattern; counted repeats multiply them."""
MAX_KNOWN = 50_000
"""States in all steps that are remembered, before these start anew."""

Test = Callable[[str], bool]
"""Tells whether a character is one of a set."""


class TooLarge(ValueError):
    """A pattern with too many states."""


class Assertion(Enum):
    """What must be so between two characters."""

    BEGIN = "^"
    END = "$"
    BOUNDARY = "\\b"
    NO_BOUNDARY = "\\B"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part of a pattern several times."""

    part: Part
    """The part."""
    least: int
    """How often at least."""
    most: int | None
    """How often at most; None is no limit."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after another."""

    parts: tuple[Part, ...]
    """The parts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts."""

    parts: tuple[Part, ...]
    """The parts."""


Part = Test | Assertion | Repeat | Sequence | Choice
"""A pattern, or a part of one."""


class _Side(Enum):
    """What stands beside a place."""

    NOTHING = 0
    WORD = 1
    OTHER = 2


def _side(character: str) -> _Side:
    if not character:
        return _Side.NOTHING
    return _Side.WORD if character.isalnum() or character == "_" else _Side.OTHER


def _holds(assertion: Assertion, before: _Side, after: _Side) -> bool:
    if assertion is Assertion.BEGIN:
        return before is _Side.NOTHING
    if assertion is Assertion.END:
        return after is _Side.NOTHING
    is_boundary = (before is _Side.WORD) != (after is _Side.WORD)
    return is_boundary == (assertion is Assertion.BOUNDARY)


_END = 0
"""The state in which everything was matched."""


class _Node(dict[str, tuple[bool, "_Node | None"]]):
    """States the text so far can have led to, and the steps from there.

    A step is what the next character (empty at the end of the text) leads to: whether a match ends before it,
    and the node behind it, None when nothing can follow.
    """

    __slots__ = ("before", "machine", "states")

    def __init__(self, machine: Machine, states: frozenset[int], before: _Side) -> None:
        self.machine = machine
        self.states = states
        self.before = before

    def __missing__(self, character: str) -> tuple[bool, _Node | None]:
        step = self[character] = self.machine.step(self, character)
        return step


class Finder:
    """Finds the matches of a pattern in texts. Raises :class:`TooLarge`."""

    def __init__(self, pattern: Part) -> None:
        self._somewhere = Machine(Sequence((Repeat(_anything, 0, None), pattern)))
        self._here = Machine(pattern)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return (start, end) of each match in the text, none empty, none over another."""
        found: list[tuple[int, int]] = []
        if not self._somewhere.matches(text):
            return found
        at = 0
        while at < len(text):
            end = self._here.longest(text, at)
            if end > at:
                found.append((at, end))
            at = max(end, at + 1)
        return found


def _anything(_: str) -> bool:
    return True


class Machine:
    """The automaton of one pattern."""

    def __init__(self, pattern: Part) -> None:
        self._tests: dict[int, tuple[Test, int]] = {}
        self._asserts: dict[int, tuple[Assertion, int]] = {}
        self._splits: dict[int, list[int]] = {_END: []}
        self._begin = self._add(pattern, _END)
        self._nodes: dict[tuple[frozenset[int], _Side], _Node] = {}
        self._known = 0

    # From pattern to states; each part is told the state behind it and returns the state before it

    def _new(self) -> int:
        number = len(self._tests) + len(self._asserts) + len(self._splits)
        if number > MAX_STATES:
            raise TooLarge
        return number

    def _add(self, part: Part, behind: int) -> int:
        if isinstance(part, Sequence):
            for item in reversed(part.parts):
                behind = self._add(item, behind)
            return behind
        if isinstance(part, Repeat):
            return self._add_repeat(part, behind)
        state = self._new()
        if isinstance(part, Choice):
            targets = self._splits[state] = []
            targets.extend([self._add(item, behind) for item in part.parts])
        elif isinstance(part, Assertion):
            self._asserts[state] = (part, behind)
        else:
            self._tests[state] = (part, behind)
        return state

    def _add_repeat(self, repeat: Repeat, behind: int) -> int:
        start = behind
        if repeat.most is None:
            start = self._new()
            targets = self._splits[start] = [behind]
            targets.append(self._add(repeat.part, start))
        else:
            for _ in range(repeat.most - repeat.least):
                state = self._new()
                targets = self._splits[state] = [behind]
                targets.append(self._add(repeat.part, start))
                start = state
        for _ in range(repeat.least):
            start = self._add(repeat.part, start)
        return start

    # Matching

    def matches(self, text: str) -> bool:
        """Return whether the beginning of the text is a match."""
        node: _Node | None = self._node(frozenset((self._begin,)), _Side.NOTHING)
        for character in text:
            if node is None:
                return False
            is_match, node = node[character]
            if is_match:
                return True
        return node is not None and node[""][0]

    def longest(self, text: str, start: int) -> int:
        """Return the end of the longest match that begins at ``start``, 0 when there is none."""
        node: _Node | None = self._node(frozenset((self._begin,)), _side(text[start - 1 : start]))
        end = 0
        for at in range(start, len(text)):
            if node is None:
                return end
            is_match, node = node[text[at]]
            if is_match:
                end = at
        if node is not None and node[""][0]:
            end = len(text)
        return end

    def _node(self, states: frozenset[int], before: _Side) -> _Node:
        node = self._nodes.get((states, before))
        if node is None:
            node = self._nodes[states, before] = _Node(self, states, before)
        return node

    def step(self, node: _Node, character: str) -> tuple[bool, _Node | None]:
        """Work out what follows a node."""
        self._known += 1 + len(node.states)
        if self._known > MAX_KNOWN:
            self._nodes.clear()
            self._known = 0
        after = _side(character)
        reached = self._reach(node.states, node.before, after)
        states = frozenset(
            behind
            for test, behind in (self._tests[state] for state in reached if state in self._tests)
            if character and test(character)
        )
        return _END in reached, self._node(states, after) if states else None

    def _reach(self, states: frozenset[int], before: _Side, after: _Side) -> set[int]:
        """Return the states that are reached without a character."""
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state in reached:
                continue
            reached.add(state)
            if state in self._splits:
                waiting.extend(self._splits[state])
            elif state in self._asserts:
                assertion, behind = self._asserts[state]
                if _holds(assertion, before, after):
                    waiting.append(behind)
        return reached
