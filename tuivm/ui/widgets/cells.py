"""The cells of a row of the domain list. Pure: everything they show comes in as arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style

from tuivm.core.figures import further, memory_share, operations
from tuivm.model.braille import bar, sparkline
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, State
from tuivm.model.series import Metric
from tuivm.model.stats import Sample
from tuivm.model.units import NOT_KNOWN, percent, rate, rates, size, size_of
from tuivm.ui.colour import blend
from tuivm.ui.columns import Column
from tuivm.ui.roles import Roles
from tuivm.ui.signs import (
    AUTOSTART,
    AUTOSTART_ASCII,
    HOST_VIEW,
    LOCK,
    LOCK_ASCII,
    console_sign,
    job_word,
    state_sign,
    state_word,
)
from tuivm.ui.text import fit, plain

HOT = 90.0
"""Percent of its vCPUs from which a domain's CPU figure is shown as a warning."""


@dataclass(frozen=True, slots=True)
class Row:
    """What one row shows. Equal rows look the same."""

    domain: Domain
    """The domain."""
    sample: Sample | None
    """Its latest sample; None while off."""
    uptime: str
    """Time since it was started, in words; empty when not known."""
    verb: str = ""
    """Id of the verb under way; empty for none."""
    spinner: str = ""
    """The sign shown while a verb is under way."""
    percent: float | None = None
    """How far the verb is; None when that is not known."""
    stale: bool = False
    """The link is lost: what is shown is the last that was known."""
    console: str = ""
    """Value of its console's sign (``open``, ``new``, ``alert``); empty for none."""
    severity: str = ""
    """How bad the alert is: ``warning`` or ``error``; empty without one."""
    marked: bool = False
    """Whether it is marked for the next verb."""


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are drawn."""

    roles: Roles
    """Colours."""
    base: Style
    """Style of an empty cell of the row (background)."""
    ascii_only: bool = False
    """Whether only ASCII may be used."""
    flat: bool = False
    """Whether everything takes the base's colours (the cursor's row in reverse)."""

    @property
    def track(self) -> str:
        """Colour of the empty part of a bar."""
        return blend(self.roles.background, self.roles.foreground, 0.14)


Cell = list[tuple[str, Style]]
"""Pieces of text with their style, exactly as wide as the column."""


def ink(row: Row, look: Look, colour: str, *, bold: bool = False) -> Style:
    """Choose the style for ``colour`` on the row's ground, muted when the row is stale."""
    if look.flat:
        return mix(look.base, None, bold)
    if row.stale:
        return mix(look.base, look.roles.muted, False)
    return mix(look.base, colour, bold)


@lru_cache(maxsize=512)
def mix(base: Style, colour: str | None, bold: bool, ground: str | None = None) -> Style:
    """Lay a colour over a style; one object for the same arguments."""
    return base + Style(color=colour, bold=bold or None, bgcolor=ground)


def is_quiet(row: Row) -> bool:
    """Whether the row's domain is stopped."""
    return not row.domain.state.is_active


def figure_ink(row: Row, look: Look, text: str) -> Style:
    """Choose the style of a figure: muted where it tells of nothing."""
    if is_quiet(row) or text.strip(" -/0") == "":
        return ink(row, look, look.roles.muted)
    return ink(row, look, look.roles.foreground)


def _state(row: Row, column: Column, look: Look) -> Cell:
    wide = column.width >= 10
    if row.verb:
        text = f"{row.spinner} {_progress(row, wide=wide)}"
        return [(fit(text, column.width, ellipsis=""), ink(row, look, look.roles.primary, bold=True))]
    state = row.domain.state
    sign = state_sign(state, ascii_only=look.ascii_only)
    text = fit(f"{sign} {state_word(row.domain, wide=wide)}", column.width, ellipsis="")
    return [(text, ink(row, look, look.roles.states[state], bold=state is State.CRASHED))]


def _progress(row: Row, *, wide: bool) -> str:
    """What is under way: a word, a figure, or both where there is room; at most 5 cells, or 8."""
    if row.percent is None:
        return job_word(row.verb, wide=wide)
    figure = f"{min(max(row.percent, 0.0), 100.0):.0f}%"
    return f"{job_word(row.verb)[: 7 - len(figure)]} {figure}" if wide else f"{figure:>5}"


def _name(row: Row, column: Column, look: Look) -> Cell:
    """The name and, at the right of its column, the signs of a lock and of its console."""
    sign = console_sign(row.console, ascii_only=look.ascii_only)
    lock = (LOCK_ASCII if look.ascii_only else LOCK) if row.domain.locked else ""
    width = column.width - (2 if sign else 0) - (2 if lock else 0)
    text = words(row.domain.name, width, look)
    active = row.domain.state.is_active
    colour = look.roles.foreground if active else look.roles.muted
    if row.marked:
        colour = look.roles.accent
    cell = [(text, ink(row, look, colour, bold=active or row.marked))]
    if lock:
        cell.append((f" {lock}", ink(row, look, look.roles.secondary, bold=True)))
    if sign:
        colour = _console_colour(row, look.roles)
        cell.append((f" {sign}", ink(row, look, colour, bold=row.console != "open")))
    return cell


def _console_colour(row: Row, roles: Roles) -> str:
    if row.console == "alert":
        return roles.error if row.severity == "error" else roles.warning
    return roles.accent if row.console == "new" else roles.muted


def cpu_cell(row: Row, column: Column, look: Look, history: Sequence[float]) -> Cell:
    """CPU: a sparkline of ``history`` where the column has room for a picture, and the figure."""
    value = row.sample.cpu if row.sample else None
    roles = look.roles
    cell: Cell = []
    if column.picture:
        text = sparkline(history, column.picture - 1, ascii_only=look.ascii_only)
        cell.append((text + " ", ink(row, look, roles.graph["cpu"] if not is_quiet(row) else roles.muted)))
    figure = percent(value) if row.domain.state.is_active else ""
    style = figure_ink(row, look, figure)
    if value is not None and value >= HOT:
        style = ink(row, look, roles.warning, bold=True)
    cell.append((fit(figure, column.width - column.picture, align="right"), style))
    return cell


def _memory(row: Row, column: Column, look: Look) -> Cell:
    sample, domain = row.sample, row.domain
    used = sample.memory_used if sample else None
    given = (sample.memory_given if sample else None) or domain.memory
    cell: Cell = []
    if column.picture:
        cell.extend(_memory_bar(row, used, given, column.picture - 1, look))
        cell.append((" ", look.base))
    if not domain.state.is_active or used is None:
        text = size(given) if given else NOT_KNOWN
    else:
        view = "" if sample is not None and sample.memory_is_guest else HOST_VIEW
        text = view + size_of(used, given)
    width = column.width - column.picture
    cell.append((fit(text, width, align="right"), figure_ink(row, look, text)))
    return cell


def _memory_bar(row: Row, used: int | None, given: int, width: int, look: Look) -> Cell:
    if used is None or not given or is_quiet(row):
        return [(" " * width, look.base)]
    drawn = bar(used / given, width, ascii_only=look.ascii_only)
    colour = look.roles.muted if row.stale else blend(look.roles.graph["memory"], look.roles.background, 0.35)
    return [(drawn, look.base if look.flat else mix(look.base, colour, False, look.track))]


def _right(text: Callable[[Row], str]) -> Callable[[Row, Column, Look], Cell]:
    def paint_figure(row: Row, column: Column, look: Look) -> Cell:
        figure = text(row)
        return [(fit(figure, column.width, align="right"), figure_ink(row, look, figure))]

    return paint_figure


def _disk(row: Row) -> str:
    if row.sample is None or is_quiet(row):
        return ""
    return rates(row.sample.disk_read, row.sample.disk_write)


def _net(row: Row) -> str:
    if row.sample is None or is_quiet(row):
        return ""
    return rates(row.sample.net_rx, row.sample.net_tx)


def _uptime(row: Row) -> str:
    return row.uptime


def _vcpus(row: Row) -> str:
    return count(row.domain.vcpus or None)


def _autostart(row: Row, column: Column, look: Look) -> Cell:
    sign = AUTOSTART_ASCII if look.ascii_only else AUTOSTART
    text = {True: sign, False: "", None: ""}[row.domain.autostart]
    return [(fit(text, column.width, align="center"), ink(row, look, look.roles.secondary))]


def words(text: str, width: int, look: Look) -> str:
    """Bring a text from outside to ``width`` cells, in ASCII where nothing else can be shown."""
    ellipsis = "~" if look.ascii_only else "…"
    shown = fit(plain(text), width, ellipsis=ellipsis)
    if look.ascii_only and not shown.isascii():
        shown = fit(shown.encode("ascii", "replace").decode("ascii"), width, ellipsis=ellipsis)
    return shown


def _text(text: Callable[[Domain], str]) -> Callable[[Row, Column, Look], Cell]:
    def paint_text(row: Row, column: Column, look: Look) -> Cell:
        colour = look.roles.muted if is_quiet(row) else look.roles.foreground
        return [(words(text(row.domain), column.width, look), ink(row, look, colour))]

    return paint_text


def _running(text: Callable[[Sample], str]) -> Callable[[Row, Column, Look], Cell]:
    """What a sample tells; nothing of a domain that is stopped."""
    return _right(lambda row: "" if row.sample is None or is_quiet(row) else text(row.sample))


def _number(row: Row) -> str:
    return "" if row.domain.id is None else str(row.domain.id)


CELLS: dict[SortColumn, Callable[[Row, Column, Look], Cell]] = {
    SortColumn.STATE: _state,
    SortColumn.NAME: _name,
    SortColumn.MEMORY: _memory,
    SortColumn.VCPUS: _right(_vcpus),
    SortColumn.DISK: _right(_disk),
    SortColumn.NET: _right(_net),
    SortColumn.UPTIME: _right(_uptime),
    SortColumn.AUTOSTART: _autostart,
    SortColumn.MEMORY_PERCENT: _running(lambda sample: percent(memory_share(sample))),
    SortColumn.RSS: _running(lambda sample: size(further(sample, Metric.RSS))),
    SortColumn.WAIT: _running(lambda sample: percent(further(sample, Metric.CPU_WAIT))),
    SortColumn.DISK_READ: _running(lambda sample: rate(sample.disk_read)),
    SortColumn.DISK_WRITE: _running(lambda sample: rate(sample.disk_write)),
    SortColumn.OPS: _running(lambda sample: count(operations(sample))),
    SortColumn.NET_RX: _running(lambda sample: rate(sample.net_rx)),
    SortColumn.NET_TX: _running(lambda sample: rate(sample.net_tx)),
    SortColumn.TITLE: _text(lambda domain: domain.title),
    SortColumn.TAGS: _text(lambda domain: " ".join(domain.tags)),
    SortColumn.SNAPSHOTS: _right(lambda row: "yes" if row.domain.has_snapshots else ""),
    SortColumn.ID: _right(_number),
    SortColumn.HOST: _text(lambda domain: domain.key.connection),
}
"""How each column is drawn, but for the CPU's, which needs the history."""


def count(value: float | None) -> str:
    """Write a number of things in at most 5 characters: ``980``, ``12345``, ``120k``."""
    if value is None:
        return NOT_KNOWN
    return f"{value:.0f}" if value < 99_999.5 else f"{value / 1000:.0f}k"
