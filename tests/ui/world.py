"""An inventory that never changes, and an app with the shipped themes, for tests of single widgets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.widget import Widget

from tuivm.core.history import History
from tuivm.core.listing import Listing, Wish
from tuivm.core.query import parse
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.host import Host, HostLoad, Kind
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.stats import Sample
from tuivm.ui.roles import variable_defaults
from tuivm.ui.theme import DEFAULT_DARK, load_themes

URI = "memory:///default"
MIB, GIB = 1 << 20, 1 << 30
NOW = 1_700_000_000.0
"""Unix seconds of the clock that widgets under test read."""
HOST = Host(URI, "lab1", "QEMU", "7.2.9", "9.0.0", Kind.TYPE2, "emulation", 8, 64 * GIB, is_local=False)
LOAD = HostLoad(41.0, 18 * GIB, 64 * GIB)

_NAMES = ("web-1", "db", "build", "win11", "mail", "old-ci", "router", "[red]x[/red]")
_STATES = (
    State.RUNNING,
    State.RUNNING,
    State.PAUSED,
    State.OFF,
    State.RUNNING,
    State.CRASHED,
    State.BLOCKED,
    State.STOPPING,
)


def key(index: int) -> DomainKey:
    """The identity of the domain of that number."""
    return DomainKey(URI, f"00000000-0000-0000-0000-{index:012d}")


def domain(index: int) -> Domain:
    """A domain whose every figure follows from its number."""
    name = _NAMES[index] if index < len(_NAMES) else f"vm-{index:03d}"
    state = _STATES[index % len(_STATES)]
    return Domain(
        key(index),
        name,
        state,
        vcpus=1 + index % 4,
        memory=(1 + index % 3) * GIB,
        memory_max=4 * GIB,
        autostart=index % 2 == 0,
        saved=index == 3,
        started=NOW - 3600 * (1 + index * 7) if state.is_active else None,
    )


def sample(index: int, tick: int) -> Sample:
    """The sample of a domain at a tick."""
    wave = (1 + math.sin(tick / 9 + index)) / 2
    given = (1 + index % 3) * GIB
    return Sample(
        float(tick),
        cpu=100 * wave,
        memory_used=round(given * (0.3 + wave / 2)),
        memory_given=given,
        memory_is_guest=index % 2 == 0,
        disk_read=wave * 4 * MIB,
        disk_write=(1 - wave) * MIB,
        net_rx=None if index == 1 else wave * 300_000,
        net_tx=None if index == 1 else wave * 30_000,
    )


class World:
    """Domains with a history of ``ticks`` samples."""

    def __init__(self, count: int = 8, ticks: int = 200) -> None:
        domains = {key(index): domain(index) for index in range(count)}
        active = [index for index in range(count) if domains[key(index)].state.is_active]
        self.histories = {found: History() for found in domains}
        for index in active:
            for tick in range(ticks):
                self.histories[key(index)].append(sample(index, tick))
        samples = {key(index): sample(index, ticks - 1) for index in active}
        self.inventory = Inventory(URI, Link.UP, "", HOST, LOAD, domains, samples)

    def order(self, sort: SortColumn = SortColumn.NAME, text: str = "") -> list[DomainKey]:
        """The rows as the list shows them."""
        listing = Listing()
        listing.take(self.inventory, Change(added=frozenset(self.inventory.domains)), NOW)
        listing.arrange(Wish(parse(text), sort), NOW)
        return list(listing.order)


class WidgetApp(App[None]):
    """Shows the widgets given, in one of the shipped themes; keeps the messages it gets."""

    def __init__(
        self, make: Callable[[], Iterable[Widget]], theme: str = DEFAULT_DARK, css: str = ""
    ) -> None:
        self.make = make
        self.chosen = theme
        self.seen: list[object] = []
        self.CSS = css  # type: ignore[misc]
        super().__init__()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles a theme of textual's own lacks."""
        return variable_defaults(self.current_theme)

    def compose(self) -> ComposeResult:
        """The widgets."""
        yield from self.make()

    def on_mount(self) -> None:
        """Choose the theme."""
        themes, _ = load_themes([Path(__file__).parents[2] / "themes"])
        for spec in themes.values():
            self.register_theme(spec.to_textual())
        self.theme = self.chosen


def lines(widget: Widget) -> list[str]:
    """The text a Line API widget shows, one string a line."""
    return [widget.render_line(y).text for y in range(widget.size.height)]
