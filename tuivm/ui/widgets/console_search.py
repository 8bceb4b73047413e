"""Searching the console's text: the prompt, the patterns used before, and the hits as they are found."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable

from tuivm.terminal import Terminal
from tuivm.terminal.search import BadPattern, Finder, Hit

PATTERNS_KEPT = 50
"""Patterns that can be had again with up and down."""
STEP = 0.004
"""Seconds of one slice of the search."""


class Prompt:
    """A line that is typed: text, cursor and the lines typed before."""

    def __init__(self, history: deque[str]) -> None:
        self.text = ""
        """What is typed so far."""
        self.cursor = 0
        """Place in it."""
        self._history = history
        self._at = len(history)
        self._draft = ""

    def press(self, key: str, character: str | None) -> bool:
        """Do what a key does to the line; whether the text is another one now."""
        before = self.text
        act = _EDITS.get(key)
        if act is not None:
            act(self)
        elif character and character.isprintable():
            self.insert(character)
        return self.text != before

    def insert(self, text: str) -> None:
        """Put text at the cursor."""
        self.text = self.text[: self.cursor] + text + self.text[self.cursor :]
        self.cursor += len(text)

    def delete(self, start: int, end: int) -> None:
        """Take characters out."""
        start, end = max(0, start), min(end, len(self.text))
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def delete_word(self) -> None:
        """Take the word before the cursor out."""
        head = self.text[: self.cursor].rstrip()
        self.delete(head.rfind(" ") + 1, self.cursor)

    def move(self, place: int) -> None:
        """Put the cursor somewhere."""
        self.cursor = max(0, min(place, len(self.text)))

    def recall(self, step: int) -> None:
        """Take an older or newer line; the one being typed is the newest."""
        if self._at == len(self._history):
            self._draft = self.text
        self._at = max(0, min(self._at + step, len(self._history)))
        self.text = self._history[self._at] if self._at < len(self._history) else self._draft
        self.cursor = len(self.text)


_EDITS: dict[str, Callable[[Prompt], None]] = {
    "backspace": lambda line: line.delete(line.cursor - 1, line.cursor),
    "ctrl+h": lambda line: line.delete(line.cursor - 1, line.cursor),
    "delete": lambda line: line.delete(line.cursor, line.cursor + 1),
    "ctrl+d": lambda line: line.delete(line.cursor, line.cursor + 1),
    "ctrl+w": Prompt.delete_word,
    "ctrl+u": lambda line: line.delete(0, line.cursor),
    "ctrl+k": lambda line: line.delete(line.cursor, len(line.text)),
    "left": lambda line: line.move(line.cursor - 1),
    "ctrl+b": lambda line: line.move(line.cursor - 1),
    "right": lambda line: line.move(line.cursor + 1),
    "ctrl+f": lambda line: line.move(line.cursor + 1),
    "home": lambda line: line.move(0),
    "ctrl+a": lambda line: line.move(0),
    "end": lambda line: line.move(len(line.text)),
    "ctrl+e": lambda line: line.move(len(line.text)),
    "up": lambda line: line.recall(-1),
    "ctrl+p": lambda line: line.recall(-1),
    "down": lambda line: line.recall(1),
    "ctrl+n": lambda line: line.recall(1),
}


class Search:
    """One pane's search: it lasts until another one, and finds what is printed meanwhile."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal
        """What is searched."""
        self.history: deque[str] = deque(maxlen=PATTERNS_KEPT)
        """Patterns, oldest first."""
        self.pattern = ""
        """What is searched for; empty for nothing."""
        self.is_regex = True
        """Whether patterns are regular expressions."""
        self.is_up = False
        """Whether ``n`` goes to older lines."""
        self.error = ""
        """Why the pattern cannot be searched for; one line."""
        self.current: Hit | None = None
        """The hit the user is at."""
        self.is_busy = False
        """Whether lines are still being searched."""
        self._finder: Finder | None = None
        self._wanted: tuple[tuple[int, int], bool] | None = None
        self._wrapped = False

    def use(self, pattern: str) -> None:
        """Search for a pattern from now on; the empty one for nothing."""
        self.pattern, self.error, self.current = pattern, "", None
        self._finder = self._wanted = None
        self.is_busy = False
        if pattern:
            try:
                self._finder = Finder(self.terminal, pattern, regex=self.is_regex)
            except BadPattern as error:
                self.error = str(error)

    def keep(self) -> None:
        """Remember the pattern for the next prompt."""
        if self.pattern:
            while self.pattern in self.history:
                self.history.remove(self.pattern)
            self.history.append(self.pattern)

    def go(self, place: tuple[int, int], *, up: bool) -> None:
        """Go to the nearest hit beyond a place; :meth:`step` says when it is found."""
        if self._finder is not None:
            self._wanted = (place, up)

    def step(self) -> Hit | None:
        """Search for a little while; the hit that was asked for, once it is known."""
        finder = self._finder
        if finder is None:
            return None
        self.is_busy = finder.step(STEP)
        self.error = finder.problem
        if self._wanted is None:
            return None
        (place, up), hit = self._wanted, None
        # Newer lines come first: upwards the first hit is the one, downwards all must be known.
        if up:
            hit = finder.previous(place)
        elif not self.is_busy:
            hit = finder.next(place)
        if hit is None and self.is_busy:
            return None
        self._wanted = None
        self._wrapped = hit is None and bool(finder.hits)
        if self._wrapped:
            hit = finder.hits[-1 if up else 0]
        self.current = hit
        return hit

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to search right now."""
        return self.is_busy or self._wanted is not None

    @property
    def state(self) -> tuple[object, ...]:
        """What is another one when something else is to be drawn."""
        return self.pattern, self.current, self.is_busy, len(self._finder.hits) if self._finder else 0

    def spans_on(self, number: int) -> list[tuple[int, int]]:
        """Columns of a line that are part of hits."""
        return self._finder.spans_on(number) if self._finder is not None else []

    def current_on(self, number: int, columns: int) -> tuple[int, int] | None:
        """Columns of a line that are part of the hit the user is at."""
        hit = self.current
        if hit is None or not hit.number <= number <= hit.end_number:
            return None
        return (hit.start if number == hit.number else 0), (hit.end if number == hit.end_number else columns)

    @property
    def words(self) -> str:
        """What the status line says of it."""
        if self.error:
            return self.error
        finder = self._finder
        if finder is None:
            return ""
        hits = finder.hits
        if not hits:
            return "searching…" if self.is_busy else f"not found: {self.pattern}"
        count = f"{len(hits):,}{'+' if finder.more else ''}"
        at = bisect_left(hits, self.current) if self.current is not None else len(hits)
        if at == len(hits) or hits[at] != self.current:
            return f"{count} hit{'s' * (len(hits) > 1)}"
        wrapped = ", from the other end" if self._wrapped else ""
        return f"hit {at + 1:,} of {count}{wrapped}"
