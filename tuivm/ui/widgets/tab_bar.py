"""The one-line head of the detail pane: whose details, and the tabs."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tuivm.ui.text import plain, truncate, width_of

_ALERT_MIN = 12
"""Cells that an alert's words need to be worth it."""


class TabBar(Widget, can_focus=True):
    """`` ─ web-1 ── 1 Overview  2 Console ●  3 Snapshots 3  4 Info ──── ``.

    Has the keyboard while the console is looked at and not typed on.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tabs--rule",
        "tabs--name",
        "tabs--name-focused",
        "tabs--active",
        "tabs--other",
        "tabs--alert",
        "tabs--alert-error",
    }
    """
    | Class | Description |
    | :- | :- |
    | `tabs--rule` | The line that the tabs sit on. |
    | `tabs--name` | The domain's name. |
    | `tabs--name-focused` | The same while the details have the keyboard. |
    | `tabs--active` | The tab that is shown. |
    | `tabs--other` | The other tabs. |
    | `tabs--alert` | What a trigger found on the console. |
    | `tabs--alert-error` | The same where it is grave. |
    """

    name_shown: reactive[str] = reactive("")
    """Safe or not: made safe when drawn."""
    active: reactive[int] = reactive(0)
    """Index of the tab that is shown."""
    badges: reactive[tuple[str, ...]] = reactive(())
    """A word after each tab's title (``●``, ``3``); empty for none."""
    alert: reactive[tuple[str, str]] = reactive(("", ""))
    """What a trigger found on the console, which may be hostile, and how bad that is; empty for nothing."""
    focused_pane: reactive[bool] = reactive(False)
    """Whether the details have the keyboard."""
    ascii_only: reactive[bool] = reactive(False)
    """Draw without box characters."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, bar: TabBar, index: int) -> None:
            super().__init__()
            self.bar = bar
            """The bar."""
            self.index = index
            """Which tab."""

        @property
        def control(self) -> TabBar:
            """The bar."""
            return self.bar

    def __init__(self, *titles: str) -> None:
        super().__init__()
        self._titles = titles
        self._spots: list[tuple[int, int]] = []

    def render(self) -> Content:
        """Name, tabs and rule; narrower panes pad the tabs less, then show the others' numbers alone."""
        width = self.size.width
        rule = "-" if self.ascii_only else "─"
        for names, pad in ((True, " "), (True, ""), (False, " ")):
            shown = [names or index == self.active for index in range(len(self._titles))]
            tabs = [f"{pad}{self._tab(index, titled)}{pad}" for index, titled in enumerate(shown)]
            room = width - sum(width_of(tab) + 1 for tab in tabs) - 6
            if room >= 8:
                break
        name = truncate(plain(self.name_shown), max(room, 6)) if self.name_shown else ""
        style = "tabs--name-focused" if self.focused_pane else "tabs--name"
        parts: list[Content] = [self._part(rule, "tabs--rule")]
        left = 1
        if name and room >= 4:
            parts += [self._part(f" {name} ", style), self._part(rule * 2, "tabs--rule")]
            left += width_of(name) + 4
        self._spots = []
        for index, tab in enumerate(tabs):
            self._spots.append((left, left + width_of(tab)))
            parts += [self._part(tab, "tabs--active" if index == self.active else "tabs--other")]
            parts += [self._part(" " if index < len(tabs) - 1 else "", "tabs--rule")]
            left += width_of(tab) + 1
        parts += self._tail(max(0, width - left), rule)
        return Content.assemble(*parts)

    def _tail(self, room: int, rule: str) -> list[Content]:
        """What follows the tabs: an alert's words where there is room for some, then the rule."""
        text, severity = self.alert
        words = truncate(f"! {plain(text)}", room - 4) if text and room >= _ALERT_MIN else ""
        if not words:
            return [self._part(rule * room, "tabs--rule")]
        component = "tabs--alert-error" if severity == "error" else "tabs--alert"
        left = room - width_of(words) - 2
        return [self._part(f" {words} ", component), self._part(rule * left, "tabs--rule")]

    def _tab(self, index: int, with_title: bool) -> str:
        badge = self.badges[index] if index < len(self.badges) else ""
        words = [str(index + 1), self._titles[index] if with_title else "", badge]
        return " ".join(word for word in words if word)

    def _part(self, text: str, component: str) -> Content:
        return Content.styled(text, self.get_visual_style(component)) if text else Content("")

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        for index, (left, right) in enumerate(self._spots):
            if left <= event.x < right:
                event.stop()
                self.post_message(self.Chosen(self, index))
