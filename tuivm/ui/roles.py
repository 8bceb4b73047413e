"""The colours of the theme in force, for widgets that draw their own lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme

from tuivm.model.domain import State
from tuivm.ui.colour import blend, contrast, contrasting_palette, distance
from tuivm.ui.theme import GRAPHS, PALETTE_SIZE

if TYPE_CHECKING:
    from textual.app import App


@dataclass(frozen=True, slots=True)
class Roles:
    """Every role as ``#rrggbb``. A new object for each theme, so that it can be compared by identity."""

    dark: bool
    """Whether the background is dark."""
    monochrome: bool
    """True when colours are not shown (NO_COLOR, a terminal without any): use bold, reverse and words."""
    foreground: str
    """Ordinary text."""
    muted: str
    """Text of less weight: units, labels, stale rows."""
    background: str
    """The screen."""
    surface: str
    """Panes."""
    panel: str
    """Headers, tracks of bars, the cursor row without focus."""
    primary: str
    """Titles, the cursor."""
    secondary: str
    """Second rank."""
    accent: str
    """What shall be noticed."""
    success: str
    """Good."""
    warning: str
    """To be looked at."""
    error: str
    """Bad."""
    states: Mapping[State, str]
    """Colour of each power state."""
    graph: Mapping[str, str]
    """``cpu``, ``memory``, ``disk_read``, ``disk_write``, ``net_rx``, ``net_tx``."""
    terminal_foreground: str
    """Console text."""
    terminal_background: str
    """Console background."""
    palette: tuple[str, ...]
    """The console's 16 ANSI colours."""

    def style(self, colour: str, **attributes: Any) -> Style:
        """Make a rich style with this foreground; ``attributes`` are those of ``rich.style.Style``."""
        return Style(color=colour, **attributes)


_ORDER = (4, 3, 2, 5, 6, 1, 7, 12, 10, 11, 13, 14, 9, 15, 0, 8)
"""ANSI colours in the order in which curves take them."""
_CONTRAST = 2.5
"""Least contrast of a curve with the background."""
_APART = 60.0
"""Least distance of two curves' colours."""


def compare_colours(roles: Roles, count: int = 8) -> tuple[str, ...]:
    """Colours for ``count`` curves in one graph, those first that are told apart best."""
    seen = [roles.palette[number] for number in _ORDER]
    seen = [colour for colour in seen if contrast(colour, roles.background) >= _CONTRAST]
    chosen: list[str] = []
    for apart in (_APART, _APART / 2, 1.0, 0.0):
        for colour in [*seen, roles.foreground, roles.muted]:
            if len(chosen) < count and all(distance(colour, other) >= apart for other in chosen):
                chosen.append(colour)
    return tuple(chosen + [roles.foreground] * (count - len(chosen)))


def variable_defaults(theme: Theme) -> dict[str, str]:
    """Return variables of tuivm's roles for a theme that lacks them (textual's own).

    For ``App.get_theme_variable_defaults``: ``return variable_defaults(self.current_theme)``.
    """
    colors = theme.to_color_system().generate()

    def pick(name: str) -> str:
        return _hex(colors.get(name, ""), "#808080")

    muted = blend(pick("foreground"), pick("background"), 0.35)
    by_name = {
        "muted": muted,
        "state-running": pick("success"),
        "state-blocked": pick("success"),
        "state-paused": pick("warning"),
        "state-stopping": pick("warning"),
        "state-off": muted,
        "state-crashed": pick("error"),
        "state-suspended": pick("secondary"),
        "state-unknown": muted,
        "graph-cpu": pick("primary"),
        "graph-memory": pick("accent"),
        "graph-disk-read": pick("success"),
        "graph-disk-write": pick("warning"),
        "graph-net-rx": pick("success"),
        "graph-net-tx": pick("error"),
        "terminal-foreground": pick("foreground"),
        "terminal-background": pick("background"),
    }
    for index, colour in enumerate(contrasting_palette(theme.dark)):
        by_name[f"terminal-{index}"] = colour
    return by_name


_cache: WeakKeyDictionary[App[Any], tuple[Mapping[str, str], bool, Roles]] = WeakKeyDictionary()


def roles_of(app: App[Any]) -> Roles:
    """Return the roles of the app's theme. Cheap: made once for each theme."""
    variables = app.theme_variables
    monochrome = app.no_color or app.console.color_system is None
    cached = _cache.get(app)
    if cached is not None and cached[0] is variables and cached[1] == monochrome:
        return cached[2]
    roles = make_roles(app.current_theme, variables, monochrome=monochrome)
    if cached is not None and cached[2] == roles:
        roles = cached[2]
    _cache[app] = (variables, monochrome, roles)
    return roles


def _hex(value: str, default: str) -> str:
    try:
        colour = Color.parse(value)
    except ColorParseError:
        return default
    if colour.ansi is not None:
        return default
    return f"#{colour.r:02x}{colour.g:02x}{colour.b:02x}"


def make_roles(
    theme: Theme, variables: Mapping[str, str] | None = None, *, monochrome: bool = False
) -> Roles:
    """Make the roles of a theme; ``variables`` are those of its stylesheet where they are known already."""
    if variables is None:
        variables = theme.to_color_system().generate()
    defaults = variable_defaults(theme)
    plain_foreground, plain_background = ("#e0e0e0", "#121212") if theme.dark else ("#202020", "#f0f0f0")

    def pick(name: str, default: str = plain_foreground) -> str:
        return _hex(variables.get(name) or defaults.get(name, default), default)

    return Roles(
        dark=theme.dark,
        monochrome=monochrome,
        foreground=pick("foreground"),
        muted=pick("muted"),
        background=pick("background", plain_background),
        surface=pick("surface", plain_background),
        panel=pick("panel", blend(plain_background, plain_foreground, 0.15)),
        primary=pick("primary"),
        secondary=pick("secondary"),
        accent=pick("accent"),
        success=pick("success"),
        warning=pick("warning"),
        error=pick("error"),
        states=MappingProxyType({state: pick(f"state-{state.value}") for state in State}),
        graph=MappingProxyType({name: pick(f"graph-{name.replace('_', '-')}") for name in GRAPHS}),
        terminal_foreground=pick("terminal-foreground"),
        terminal_background=pick("terminal-background", plain_background),
        palette=tuple(pick(f"terminal-{index}") for index in range(PALETTE_SIZE)),
    )
