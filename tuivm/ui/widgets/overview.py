"""The first tab: what the domain does now, and did in the last minutes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget

from tuivm.core.history import History
from tuivm.model import units
from tuivm.model.domain import State
from tuivm.model.series import Metric
from tuivm.ui.plot import Layout, Unit
from tuivm.ui.signs import state_sign, state_word
from tuivm.ui.text import plain, truncate
from tuivm.ui.view import View
from tuivm.ui.widgets.graph import Graph
from tuivm.ui.words import content

SPAN = 300
"""Seconds of history that the graphs show at most."""
_STACKED_HEIGHT = 28
"""Lines from which the four graphs stand in one column."""
_GRAPH_HEIGHT = 3
"""Least lines of a graph that says anything."""
_PATIENCE = 3
"""Samples after which a rate that is still unknown will not be told any more."""
_PAIR_WIDTH = 44
"""Cells from which two graphs stand side by side."""


class Facts(Widget):
    """One line: state, uptime, id, what was given, addresses; what does not fit is left out at the end."""

    parts: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Words with their style, the most important first. Safe text."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._separator = " - " if ascii_only else " · "

    def render(self) -> Content:
        """The words that fit."""
        room = self.size.width - 2
        shown: list[Content | str] = [" "]
        used = 0
        for text, style in self.parts:
            gap = len(self._separator) if used else 0
            piece = truncate(text, max(room, 1)) if not used else text
            line = content(piece, style)
            if used + gap + line.cell_length > room:
                break
            if used:
                shown.append(Content.styled(self._separator, "$muted"))
            shown.append(line)
            used += gap + line.cell_length
        return Content.assemble(*shown)


class Resting(Widget):
    """What is said of a domain that is off, in place of graphs."""

    lines: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    """Lines with their style. Safe text."""

    def render(self) -> Content:
        """The lines, one below the other."""
        return Content("\n").join(content(text, style) for text, style in self.lines)


class OverviewTab(Vertical, can_focus=True):
    """Facts on one line, and below them the graphs, or why there are none."""

    GRAPHS: ClassVar[int] = 4
    """CPU, memory, disk, network."""

    def __init__(self, *, start_key: str = "", ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._start_key = start_key
        self._facts = Facts(ascii_only=ascii_only)
        self._grid = Container(classes="graphs")
        self._resting = Resting()
        self._graphs = [Graph(ascii_only=ascii_only) for _ in range(self.GRAPHS)]

    def compose(self) -> ComposeResult:
        """Facts, graphs, and the words for a domain that is off."""
        yield self._facts
        with self._grid:
            yield from self._graphs
        yield self._resting

    def show(self, view: View) -> None:
        """Show it; what did not change is not drawn again."""
        self._facts.parts = tuple(_facts(view, self._ascii))
        active = view.domain.state.is_active
        self._grid.display, self._resting.display = active, not active
        if active:
            self._show_graphs(view)
        else:
            self._resting.lines = tuple(_resting(view, self._start_key))

    def _show_graphs(self, view: View) -> None:
        history = view.history
        if history is None:
            for graph in self._graphs:
                graph.clear()
            return
        cpu, memory, disk, network = self._graphs
        _show_cpu(cpu, view, history)
        _show_memory(memory, view, history)
        _show_pair(disk, view, history, "disk", _READ, _WRITE)
        _show_pair(network, view, history, "network", _IN, _OUT)

    def on_resize(self) -> None:
        """Lay the graphs out for the new size."""
        self.fit(self.size)

    def fit(self, size: Size) -> None:
        """Lay the graphs out for that size; called ahead of the first drawing too, so that nothing jumps."""
        columns, shown = arrangement(size.width, max(0, size.height - 1))
        self._grid.styles.grid_size_columns = columns
        self._grid.styles.grid_size_rows = -(-shown // columns) if shown else 1
        for index, graph in enumerate(self._graphs):
            graph.display = index < shown


_Curve = tuple[str, Metric, str]
"""Role of the theme, what it shows, its short name."""
_READ: _Curve = ("disk_read", Metric.DISK_READ, "read")
_WRITE: _Curve = ("disk_write", Metric.DISK_WRITE, "write")
_IN: _Curve = ("net_rx", Metric.NET_RX, "in")
_OUT: _Curve = ("net_tx", Metric.NET_TX, "out")


def _tail(view: View, history: History, metric: Metric) -> Sequence[float]:
    return history.tail(metric, max(2, int(SPAN / view.interval)))


def _show_cpu(graph: Graph, view: View, history: History) -> None:
    vcpus = view.domain.vcpus
    note = f"of {vcpus} vCPU{'s' if vcpus != 1 else ''}" if vcpus else ""
    curve = ("cpu", _tail(view, history, Metric.CPU))
    graph.show([curve], label="cpu", unit=Unit.PERCENT, maximum=100.0, note=note, interval=view.interval)


def _show_memory(graph: Graph, view: View, history: History) -> None:
    sample = view.sample
    given = (sample.memory_given if sample is not None else None) or view.domain.memory
    seen_by = "guest" if sample is not None and sample.memory_is_guest else "host"
    graph.show(
        [("memory", _tail(view, history, Metric.MEMORY))],
        label="memory",
        unit=Unit.BYTES,
        maximum=float(given) if given else None,
        note=f"of {units.size(given)}, {seen_by} view" if given else f"{seen_by} view",
        interval=view.interval,
    )


def _show_pair(graph: Graph, view: View, history: History, label: str, up: _Curve, down: _Curve) -> None:
    """Two rates, one upwards and one downwards."""
    curves = [(role, _tail(view, history, metric), name) for role, metric, name in (up, down)]
    told = any(not math.isnan(value) for _, values, _ in curves for value in values)
    # Two values are needed for a rate: before, nothing can be said of a device without counters.
    note = "" if told or len(history) < _PATIENCE else "libvirt gives no figures here"
    graph.show(curves, label=label, unit=Unit.RATE, interval=view.interval, layout=Layout.MIRRORED, note=note)


def arrangement(width: int, height: int) -> tuple[int, int]:
    """Columns, and how many of the four graphs, that serve an area of that size."""
    if height >= _STACKED_HEIGHT:
        return 1, 4
    if width >= _PAIR_WIDTH:
        rows = min(2, height // _GRAPH_HEIGHT)
        return 2, rows * 2
    return 1, min(4, height // _GRAPH_HEIGHT)


def _facts(view: View, ascii_only: bool) -> list[tuple[str, str]]:
    domain = view.domain
    word = f"{state_sign(domain.state, ascii_only=ascii_only)} {state_word(domain, wide=True)}"
    facts = [(word, f"bold $state-{domain.state.value}")]
    if view.stale:
        facts.append(("not up to date", "$warning"))
    if view.operation is not None:
        progress = view.operation.progress
        far = "under way" if progress is None else units.percent(progress.percent)
        facts.append((f"{view.operation.what} {far}", "$warning"))
    if domain.state not in (State.RUNNING, State.BLOCKED) and domain.reason and not domain.saved:
        facts.append((plain(domain.reason), ""))
    if domain.started is not None and domain.state.is_active:
        facts.append((f"up {units.duration(view.now - domain.started)}", ""))
    if view.detail is not None:
        facts += [(plain(address.address), "") for address in view.detail.addresses]
    if domain.id is not None:
        facts.append((f"id {domain.id}", "$muted"))
    if domain.vcpus:
        facts.append((f"{domain.vcpus} vCPU{'s' if domain.vcpus != 1 else ''}", "$muted"))
    if domain.memory:
        facts.append((units.size(domain.memory), "$muted"))
    if domain.autostart:
        facts.append(("autostart", "$muted"))
    if not domain.persistent:
        facts.append(("transient", "$warning"))
    return facts


def _resting(view: View, start_key: str) -> list[tuple[str, str]]:
    domain = view.domain
    if domain.saved:
        said, then = "Its state is saved.", "to restore it"
    elif domain.state is State.CRASHED:
        said, then = "It crashed.", "to start it again"
    else:
        said, then = "It is off.", "to start it"
    return [
        ("", ""),
        (said, "bold"),
        (f"Press {start_key} {then}." if start_key else "", "$muted"),
    ]
