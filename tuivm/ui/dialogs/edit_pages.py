"""The pages of an edit: lines with answers below, lines alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model.domain import Domain
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.difflines import folded
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content, short

_NAME_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a page."""

    value: str
    """What the page gives back."""
    label: str
    """Short, on the row of answers; empty for one that only its key gives."""
    key: str
    """Its key, as textual names it."""
    hint: str
    """What it does, for the line below."""


class AnswerPage(Dialog[str | None]):
    """Lines to scroll, and answers: the first is the one that Enter gives. ``None`` is Esc."""

    AUTO_FOCUS = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer('')", "back", show=False),
        Binding("up,k", "scroll('step', -1)", "up", show=False),
        Binding("down,j", "scroll('step', 1)", "down", show=False),
        Binding("pageup", "scroll('page', -1)", "page up", show=False),
        Binding("pagedown,space", "scroll('page', 1)", "page down", show=False),
        Binding("home", "scroll('edge', 0)", "first", show=False),
        Binding("end", "scroll('edge', 1)", "last", show=False),
    ]

    def __init__(
        self,
        domain: Domain,
        title: str,
        lines: Sequence[Content],
        replies: Sequence[Reply],
        escape: str,
        *,
        danger: bool = False,
    ) -> None:
        """``escape`` says what Esc does."""
        super().__init__(domain.key, domain.name)
        self._head = f"{title}: {short(domain.name, _NAME_WIDTH)}"
        self._text = tuple(lines)
        self._replies = tuple(replies)
        self._escape = escape
        self._danger = danger
        self._lines = LinesView()
        self._lines.can_focus = False
        for reply in replies:
            self._bindings.bind(reply.key, f"answer('{reply.value}')", reply.label, show=False)

    def compose(self) -> ComposeResult:
        """Title, lines, answers, hint."""
        with Vertical(classes="sheet danger" if self._danger else "sheet"):
            yield Static(content(self._head), classes="title")
            yield self._lines
            yield Answers(*(reply.label for reply in self._replies if reply.label))
            hints = [f"{reply.key} {reply.hint}" for reply in self._replies]
            yield Static(content("   ".join([*hints, f"Esc {self._escape}"])), classes="hint")

    def on_resize(self, event: events.Resize) -> None:
        """Long lines are broken to the width."""
        super().on_resize(event)
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        self._lines.show(folded(self._text, self._lines.scrollable_content_region.width - 1))

    def on_answers_given(self, event: Answers.Given) -> None:
        """Enter or a click."""
        event.stop()
        shown = [reply for reply in self._replies if reply.label]
        self.dismiss(shown[event.index].value)

    def action_answer(self, value: str) -> None:
        """Answer at a key."""
        self.dismiss(value or None)

    def action_scroll(self, how: str, step: int) -> None:
        """Move the lines."""
        if how == "edge":
            self._lines.action_edge(bool(step))
        elif how == "page":
            self._lines.action_page(step)
        else:
            self._lines.action_step(step)


class TextPage(Sheet[None]):
    """Lines alone, over the whole screen."""

    def __init__(self, title: str, lines: Iterable[Content]) -> None:
        super().__init__(("enter",))
        self._head = title
        self._text = tuple(lines)

    def on_mount(self) -> None:
        """Say what it is."""
        self.query_one(".title", Static).update(content(self._head))

    def on_resize(self) -> None:
        """Long lines are broken to the width."""
        self.call_after_refresh(self.renew)

    def renew(self) -> None:
        """Show them."""
        self.lines.show(folded(self._text, self.lines.scrollable_content_region.width - 1))
