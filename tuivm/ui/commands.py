"""The command palette: every verb and action of the keymap, every theme, order and grouping of the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from tuivm.model.column import Grouping, SortColumn
from tuivm.ui.words import content, short

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp

_NAME_WIDTH = 40
_HIDDEN = frozenset(
    {"up", "down", "page-up", "page-down", "first", "last", "back", "leave-console", "commands"}
)
"""Actions that make no sense once the palette had the keyboard."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette."""

    title: str
    """What is matched and shown; safe text."""
    help: str
    """The line below it; safe text."""
    run: Callable[[], object]
    """What it does."""


class Commands(Provider):
    """Finds commands by fuzzy match. Titles hold domain names, which are never read as markup."""

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for command in self._commands():
            yield DiscoveryHit(content(command.title), command.run, text=command.title, help=_help(command))

    async def search(self, query: str) -> Hits:
        """What matches, best first."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(
                    score,
                    _highlight(matcher, command.title),
                    command.run,
                    text=command.title,
                    help=_help(command),
                )

    def _commands(self) -> list[Command]:
        app = cast("TuivmApp", self.app)
        return [*_verbs(app), *_actions(app), *_orders(app), *_groups(app), *_themes(app)]


def _highlight(matcher: Matcher, title: str) -> Content:
    """The title with the letters found marked; ``Matcher.highlight`` would read it as markup."""
    line = content(title)
    for offset in matcher.fuzzy_search.match(matcher.query, title)[1]:
        if not title[offset].isspace():
            line = line.stylize(matcher.match_style, offset, offset + 1)
    return line


def _help(command: Command) -> str:
    """The help as content, which the palette takes as it is; a string it would read as markup."""
    return cast("str", content(command.help))


def _verbs(app: TuivmApp) -> list[Command]:
    """The verbs that can be used on the selected domain; the others with their reason, last."""
    domain = app.main.selected
    if domain is None:
        return []
    name = short(domain.name, _NAME_WIDTH)
    unsupported = app.session.inventory.unsupported
    possible, greyed = [], []
    for entry in app.context.keymap.verbs():
        if entry.verb is None:
            continue
        reason = entry.verb.why_not(domain, unsupported)
        title = f"{entry.label.capitalize()}: {name}"
        key = f" ({entry.key()})" if entry.keys else ""
        run = partial(app.main.press, entry.id)
        if reason is None:
            possible.append(Command(title, f"{entry.help}{key}", run))
        else:
            greyed.append(Command(title, f"Not now: {short(reason, 80)}", run))
    return possible + greyed


def _actions(app: TuivmApp) -> list[Command]:
    found = []
    for entry in app.context.keymap.actions():
        if entry.id not in _HIDDEN:
            key = f" ({entry.all_keys()})" if entry.keys else ""
            found.append(
                Command(entry.label.capitalize(), f"{entry.help}{key}", partial(app.main.press, entry.id))
            )
    return found


def _orders(app: TuivmApp) -> list[Command]:
    return [
        Command(
            f"Sort by {column.value}", "Order the list by this column.", partial(app.main.sort_by, column)
        )
        for column in SortColumn
    ]


def _groups(app: TuivmApp) -> list[Command]:
    return [
        Command(
            "No groups" if by is Grouping.NONE else f"Group by {by.value}",
            "Put the domains together, with their sums, or no longer.",
            partial(app.main.group_by, by),
        )
        for by in Grouping
    ]


def _themes(app: TuivmApp) -> list[Command]:
    return [
        Command(f"Theme: {name}", "Use these colours, and keep them.", partial(app.choose_theme, name))
        for name in app.theme_choices()
    ]


class ThemeCommands(Provider):
    """The palette with the themes alone."""

    async def discover(self) -> Hits:
        """Every theme."""
        for command in _themes(cast("TuivmApp", self.app)):
            yield DiscoveryHit(content(command.title), command.run, text=command.title, help=_help(command))

    async def search(self, query: str) -> Hits:
        """The themes that match."""
        matcher = self.matcher(query)
        for command in _themes(cast("TuivmApp", self.app)):
            score = matcher.match(command.title)
            if score > 0:
                yield Hit(
                    score,
                    _highlight(matcher, command.title),
                    command.run,
                    text=command.title,
                    help=_help(command),
                )
