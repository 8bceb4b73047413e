"""Themes: TOML files with named roles, made into textual themes and into :class:`Roles`.

A theme file::

    name = "mine"             # letters, digits and dashes
    dark = true
    [colors]                  # primary, foreground and background are needed; the others are derived
    primary = "#5cb3ff"       # every colour is written "#rrggbb"
    [states]                  # running, blocked, paused, stopping, off, crashed, suspended, unknown
    [graph]                   # cpu, memory, disk_read, disk_write, net_rx, net_tx
    [terminal]                # foreground, background, palette (the 16 ANSI colours)

Every role becomes a variable of the stylesheet (``$state-running``, ``$graph-cpu``, ``$graph-disk-read``,
``$terminal-foreground``, ``$muted``). Widgets that draw their own lines ask :func:`roles_of`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from textual.theme import Theme

from tuivm import paths
from tuivm.config import load_state
from tuivm.model.domain import State
from tuivm.model.errors import ConfigError
from tuivm.ui.colour import blend, contrasting_palette

if TYPE_CHECKING:
    from textual.app import App

COLORS = (
    "primary",
    "secondary",
    "accent",
    "foreground",
    "muted",
    "background",
    "surface",
    "panel",
    "success",
    "warning",
    "error",
)
STATES = tuple(state.value for state in State)
GRAPHS = ("cpu", "memory", "disk_read", "disk_write", "net_rx", "net_tx")
PALETTE_SIZE = 16
DEFAULT_DARK = "tuivm-dark"
"""Theme used when none is chosen."""
DEFAULT_LIGHT = "tuivm-light"
HIGH_CONTRAST = "tuivm-contrast"

_REQUIRED = ("primary", "foreground", "background")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STATE_SOURCE = {
    "running": "success",
    "blocked": "success",
    "paused": "warning",
    "stopping": "warning",
    "off": "muted",
    "crashed": "error",
    "suspended": "secondary",
    "unknown": "muted",
}
_GRAPH_SOURCE = {
    "cpu": "primary",
    "memory": "secondary",
    "disk_read": "success",
    "disk_write": "accent",
    "net_rx": "success",
    "net_tx": "warning",
}


@dataclass(frozen=True, slots=True)
class ThemeSpec:
    """One theme file, complete: what it left out has been derived."""

    name: str
    """Name it is chosen by."""
    dark: bool
    """Whether the background is dark."""
    colors: Mapping[str, str]
    """Every name of COLORS -> ``#rrggbb``."""
    states: Mapping[str, str]
    """Every name of STATES -> ``#rrggbb``."""
    graph: Mapping[str, str]
    """Every name of GRAPHS -> ``#rrggbb``."""
    terminal_foreground: str
    """Default text colour of the console."""
    terminal_background: str
    """Default background of the console."""
    palette: tuple[str, ...]
    """The console's 16 ANSI colours."""

    def variables(self) -> dict[str, str]:
        """Return the stylesheet variables of every role that is not a textual one."""
        found = {"muted": self.colors["muted"]}
        found.update((f"state-{name}", colour) for name, colour in self.states.items())
        found.update((f"graph-{_dashed(name)}", colour) for name, colour in self.graph.items())
        found["terminal-foreground"] = self.terminal_foreground
        found["terminal-background"] = self.terminal_background
        found.update((f"terminal-{index}", colour) for index, colour in enumerate(self.palette))
        return found

    def to_textual(self) -> Theme:
        """Return the theme as textual takes it (``app.register_theme``)."""
        colors = self.colors
        return Theme(
            name=self.name,
            dark=self.dark,
            primary=colors["primary"],
            secondary=colors["secondary"],
            accent=colors["accent"],
            foreground=colors["foreground"],
            background=colors["background"],
            surface=colors["surface"],
            panel=colors["panel"],
            success=colors["success"],
            warning=colors["warning"],
            error=colors["error"],
            variables=self.variables(),
        )


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def parse(text: str, source: str) -> ThemeSpec:
    """Read a theme from TOML text. ``source`` names the file in errors. Raises ConfigError."""
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    reader = _Reader(source)
    reader.only(table, ("name", "dark", "colors", "states", "graph", "terminal"), "")
    name = table.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise reader.wrong("name", "a name of letters, digits and dashes, at most 40")
    dark = table.get("dark", True)
    if not isinstance(dark, bool):
        raise reader.wrong("dark", "true or false")
    given = reader.colours(table, "colors", COLORS)
    for needed in _REQUIRED:
        if needed not in given:
            raise reader.wrong(f"colors.{needed}", 'a colour such as "#5cb3ff"')
    colors = _complete(given, dark)
    states = reader.colours(table, "states", STATES)
    graph = reader.colours(table, "graph", GRAPHS)
    terminal, palette = reader.terminal(table)
    return ThemeSpec(
        name=name,
        dark=dark,
        colors=MappingProxyType(colors),
        states=MappingProxyType({key: states.get(key, colors[_STATE_SOURCE[key]]) for key in STATES}),
        graph=MappingProxyType({key: graph.get(key, colors[_GRAPH_SOURCE[key]]) for key in GRAPHS}),
        terminal_foreground=terminal.get("foreground", colors["foreground"]),
        terminal_background=terminal.get("background", colors["background"]),
        palette=palette or contrasting_palette(dark),
    )


def _complete(given: Mapping[str, str], dark: bool) -> dict[str, str]:
    """Derive the colours a theme leaves out from those it gives."""
    foreground, background = given["foreground"], given["background"]
    defaults = {
        "secondary": blend(foreground, background, 0.2),
        "accent": given["primary"],
        "muted": blend(foreground, background, 0.35),
        "surface": blend(background, foreground, 0.03),
        "panel": blend(background, foreground, 0.12),
        "success": "#6fd08c" if dark else "#17692f",
        "warning": "#f0c05a" if dark else "#855300",
        "error": "#ff7b72" if dark else "#b3261e",
    }
    return {name: given.get(name) or defaults[name] for name in COLORS}


class _Reader:
    """Checks of a theme's tables; every error names the file, the key and what was expected."""

    def __init__(self, source: str) -> None:
        self.source = source

    def wrong(self, key: str, expected: str) -> ConfigError:
        return ConfigError(f"{self.source}: {key}: expected {expected}")

    def only(self, table: Mapping[str, object], known: tuple[str, ...], prefix: str) -> None:
        for key in table:
            if key not in known:
                raise ConfigError(
                    f"{self.source}: {prefix}{key!r}: unknown key, expected one of {', '.join(known)}"
                )

    def table(self, table: Mapping[str, object], name: str, known: tuple[str, ...]) -> dict[str, object]:
        found = table.get(name, {})
        if not isinstance(found, dict):
            raise self.wrong(name, f"a table [{name}]")
        self.only(found, known, f"{name}.")
        return found

    def colours(
        self, table: Mapping[str, object], name: str, known: tuple[str, ...], *, more: tuple[str, ...] = ()
    ) -> dict[str, str]:
        found = self.table(table, name, known + more)
        return {key: self.colour(value, f"{name}.{key}") for key, value in found.items() if key not in more}

    def colour(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not _COLOUR.fullmatch(value):
            raise self.wrong(key, 'a colour such as "#5cb3ff"')
        return value.lower()

    def terminal(self, table: Mapping[str, object]) -> tuple[dict[str, str], tuple[str, ...]]:
        colours = self.colours(table, "terminal", ("foreground", "background"), more=("palette",))
        palette = self.table(table, "terminal", ("foreground", "background", "palette")).get("palette")
        if palette is None:
            return colours, ()
        if not isinstance(palette, list) or len(palette) != PALETTE_SIZE:
            raise self.wrong("terminal.palette", f"a list of {PALETTE_SIZE} colours")
        return colours, tuple(
            self.colour(value, f"terminal.palette[{index}]") for index, value in enumerate(palette)
        )


def load(path: Path) -> ThemeSpec:
    """Read one theme file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(f"{path}: cannot be read: {reason}") from error
    return parse(text, str(path))


def load_themes(directories: Iterable[Path]) -> tuple[dict[str, ThemeSpec], tuple[ConfigError, ...]]:
    """Read every theme of the folders, by name, and what was wrong with the others.

    A folder that comes first wins over a later one with a theme of the same name; a folder that
    does not exist is passed over.
    """
    themes: dict[str, ThemeSpec] = {}
    errors: list[ConfigError] = []
    for directory in directories:
        try:
            paths = sorted(directory.glob("*.toml"))
        except OSError as error:
            errors.append(ConfigError(f"{directory}: cannot be read: {error.strerror}"))
            continue
        for path in paths:
            try:
                spec = load(path)
            except ConfigError as error:
                errors.append(error)
            else:
                themes.setdefault(spec.name, spec)
    return themes, tuple(errors)


def use_theme(app: App[Any], wanted: str | None) -> tuple[str, ...]:
    """Let the app know every theme, and use one: that wanted, else that remembered, else the default.

    A name may be given without ``tuivm-``. Returns what was wrong, a line each.
    """
    specs, errors = load_themes(paths.theme_dirs())
    for spec in specs.values():
        app.register_theme(spec.to_textual())
    name = wanted or load_state().theme or DEFAULT_DARK
    known = (each for each in (name, f"tuivm-{name}", DEFAULT_DARK) if each in app.available_themes)
    app.theme = next(known, app.theme)
    problems = tuple(str(error) for error in errors)
    if name not in (app.theme, app.theme.removeprefix("tuivm-")):
        problems += (f"there is no theme '{name}'; {app.theme} is used",)
    return problems
