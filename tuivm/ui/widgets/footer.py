"""The one line at the bottom: the keys that matter for the selected domain, and the jobs under way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from tuivm.ui.text import width_of
from tuivm.ui.words import counted

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_ASCII_FRAMES = "|/-\\"
_TURN = 0.12
"""Seconds between two frames of the spinner."""


@dataclass(frozen=True, slots=True)
class Hint:
    """One key of the footer."""

    id: str
    """What a click on it presses: an id of the keymap."""
    key: str
    """The key, for people."""
    label: str
    """What it does, short."""
    possible: bool = True
    """False to grey it."""

    @property
    def width(self) -> int:
        """Cells taken, without the gap that follows."""
        return width_of(self.key) + 1 + width_of(self.label)


class KeyFooter(Widget):
    """As many hints as fit: those of the domain from the left, those of the program at the right."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "footer--key",
        "footer--label",
        "footer--greyed",
        "footer--jobs",
        "footer--marked",
    }
    """
    | Class | Description |
    | :- | :- |
    | `footer--key` | A key. |
    | `footer--label` | What it does. |
    | `footer--greyed` | A key that cannot be used now. |
    | `footer--jobs` | The count of jobs under way. |
    | `footer--marked` | The count of marked domains. |
    """

    class Pressed(Message):
        """A hint was clicked."""

        def __init__(self, footer: KeyFooter, id: str) -> None:  # noqa: A002 - the hint's own field
            super().__init__()
            self.footer = footer
            """The footer."""
            self.id = id
            """The hint's id."""

        @property
        def control(self) -> KeyFooter:
            """The footer."""
            return self.footer

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._left: tuple[Hint, ...] = ()
        self._right: tuple[Hint, ...] = ()
        self._jobs = 0
        self._marked = ""
        self._frames = _ASCII_FRAMES if ascii_only else _FRAMES
        self._frame = 0
        self._timer: Timer | None = None
        self._spots: list[tuple[int, int, str]] = []

    def show(self, left: Iterable[Hint], right: Iterable[Hint], jobs: int, marked: str = "") -> None:
        """Show these; redraws only what differs. The spinner turns only while ``jobs`` > 0.

        ``marked`` says how many domains are marked; empty for none.
        """
        shown = (tuple(left), tuple(right), jobs, marked)
        if shown == (self._left, self._right, self._jobs, self._marked):
            return
        self._left, self._right, self._jobs, self._marked = shown
        if jobs and self._timer is None:
            self._timer = self.set_interval(_TURN, self._turn)
        elif not jobs and self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.refresh()

    def _turn(self) -> None:
        self._frame = (self._frame + 1) % len(self._frames)
        self.refresh()

    def render(self) -> Content:
        """The line. What does not fit is left out: the last of the left, the first of the right."""
        width = self.size.width - 2
        jobs = f"{counted(self._jobs, 'job')} {self._frames[self._frame]}" if self._jobs else ""
        ends = [(self._marked, "footer--marked"), (jobs, "footer--jobs")]
        right = list(self._right)
        tail = sum(2 + width_of(words) for words, _ in ends if words)
        while right and _width(right) + tail > width * 2 // 3:
            right.pop(0)
        room = width - (_width(right) + 3 if right else 0) - tail
        left = _fitting(self._left, room)
        gap = width - _width(left) - _width(right) - tail
        self._spots = []
        parts = [Content(" "), *self._row(left, 1)]
        parts.append(Content(" " * max(0, gap)))
        parts += self._row(right, 1 + _width(left) + gap)
        for words, component in ends:
            if words:
                parts += [Content("  "), self._part(words, component)]
        return Content.assemble(*parts)

    def _row(self, hints: Sequence[Hint], start: int) -> list[Content]:
        """The hints as content; notes where each is, for the mouse."""
        parts: list[Content] = []
        at = start
        for index, hint in enumerate(hints):
            if index:
                parts.append(Content("  "))
                at += 2
            key, label = ("footer--key", "footer--label") if hint.possible else ("footer--greyed",) * 2
            parts += [self._part(hint.key, key), Content(" "), self._part(hint.label, label)]
            self._spots.append((at, at + hint.width, hint.id))
            at += hint.width
        return parts

    def _part(self, text: str, component: str) -> Content:
        return Content.styled(text, self.get_visual_style(component))

    def on_click(self, event: events.Click) -> None:
        """Press the hint under the mouse."""
        for left, right, id_ in self._spots:
            if left <= event.x < right:
                event.stop()
                self.post_message(self.Pressed(self, id_))


def _width(hints: Sequence[Hint]) -> int:
    return sum(hint.width for hint in hints) + 2 * max(0, len(hints) - 1)


def _fitting(hints: Sequence[Hint], room: int) -> list[Hint]:
    """As many as fit, in order; a long one that does not is passed over for none after it."""
    taken: list[Hint] = []
    for hint in hints:
        if _width([*taken, hint]) > room:
            break
        taken.append(hint)
    return taken
