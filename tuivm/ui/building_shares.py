"""The page that shows how full a host is: bars of what its machines share, its figures, and each machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from textual.content import Content

from tuivm.model import building_words as words
from tuivm.model.braille import bar
from tuivm.model.sharing import Order, Share, Sharing, cells, loudest, ordered
from tuivm.model.survey import Survey
from tuivm.model.units import NOT_KNOWN, percent, rate, size
from tuivm.ui.text import fit, plain, truncate, width_of
from tuivm.ui.widgets.picks import Pick, fixed

TONES = (
    "$graph-cpu",
    "$graph-memory",
    "$graph-disk-read",
    "$graph-disk-write",
    "$graph-net-rx",
    "$graph-net-tx",
)
"""Colours by which machines are told apart, with their names in the bars."""
_TITLE = 11
_FIGURE = 19
_WIDE = 96
"""Cells from which those who take most stand on one line."""
_MARGIN = 1
_MINI = 8
"""Cells of a machine's own small bar."""
_HEADS: Mapping[Order, str] = {
    Order.CPU: "CPU in use",
    Order.MEMORY: "memory held",
    Order.DISK: "disk/s",
    Order.NET: "net/s",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How the page is drawn."""

    width: int
    """Cells."""
    order: Order = Order.MEMORY
    """What the machines are ordered by."""
    edges: bool = False
    """Draw the ends of bars and of their parts: there are no colours, or no blocks."""
    ascii_only: bool = False
    """Fill bars with letters that every terminal has."""
    looking: bool = False
    """The first look at the host is not over."""


_TELLING = 4
"""Cells of a name that tell something when the rest of it is cut."""


class _Part(NamedTuple):
    """One part of a bar."""

    name: str
    value: float
    tone: str


def share_picks(found: Survey, look: Look) -> list[Pick]:
    """Every line of the page."""
    above = [*_bars(found.sharing, look), *_figures(found, look)]
    return [*map(fixed, above), *_machines(found, look)]


def _tone(one: Share) -> str:
    """The machine's colour."""
    return TONES[one.number % len(TONES)]


# Bars


def _bars(sharing: Sharing, look: Look) -> Iterator[Content]:
    shares = sharing.shares

    def parts(values: Sequence[float], everything: float | None = None) -> list[_Part]:
        found = [_Part(one.name, value, _tone(one)) for one, value in zip(shares, values, strict=True)]
        rest = 0.0 if everything is None else everything - sum(values)
        return [*found, _Part("others", rest, "$muted")] if rest > 0 else found

    over = sharing.vcpu_ratio is not None and sharing.vcpu_ratio > 1
    figure = f"{sharing.vcpus} on {sharing.cpus or '?'}"
    given = parts([one.vcpus for one in shares])
    yield _bar("processors", figure, sharing.vcpu_ratio, over, given, sharing.cpus, look)
    used = parts([one.cpu or 0.0 for one in shares], sharing.cpu)
    figure = f"{words.processors(sharing.cpu)} in use"
    yield _bar("", figure, None, False, used, sharing.cpus, look)
    over = sharing.memory_ratio is not None and sharing.memory_ratio > 1
    figure = f"{size(sharing.given)} on {size(sharing.memory or None)}"
    given = parts([one.given for one in shares])
    yield _bar("memory", figure, sharing.memory_ratio, over, given, sharing.memory, look)
    held = parts([one.held or 0 for one in shares], sharing.used)
    yield _bar("", f"{size(sharing.used)} in use", None, False, held, sharing.memory, look)


def _bar(
    title: str,
    figure: str,
    ratio: float | None,
    over: bool,
    parts: Sequence[_Part],
    there: float,
    look: Look,
) -> Content:
    """One line: title, figure, ratio, and the bar, whose part beyond what is there is red."""
    wanted = words.ratio(ratio) if ratio is not None else ""
    figures = fit(figure, _FIGURE - len(wanted) - 1) + " " + wanted if wanted else fit(figure, _FIGURE)
    room = look.width - 2 * _MARGIN - _TITLE - _FIGURE - 1
    head = Content.assemble(
        " " * _MARGIN,
        (fit(title, _TITLE), "$muted"),
        (figures, "bold $warning" if over else "$foreground"),
        " ",
    )
    return head + stacked(parts, there, room, look) if room >= 4 else head


def stacked(parts: Sequence[_Part], there: float, width: int, look: Look) -> Content:
    """A bar of ``width`` cells of which each part takes its share, with its name in it where it fits.

    It stands for ``there``, or for all parts where they are more: what goes beyond is red.
    """
    caps = look.edges or look.ascii_only
    inner = width - 2 * caps
    whole = max(there, sum(part.value for part in parts))
    limit = round(there / whole * inner) if whole > 0 else 0
    pieces: list[Content] = [Content.styled("▕", "$muted")] if caps else []
    at = 0
    for part, count in zip(parts, cells([part.value for part in parts], whole, inner), strict=True):
        if not count:
            continue
        is_rest = part.tone == "$muted"
        text = _filled(plain(part.name), count, look, whole=is_rest)
        within = min(max(limit - at, 0), count)
        ground = 30 if is_rest else 45
        for piece, tone in ((text[:within], part.tone), (text[within:], "$error")):
            if piece:
                pieces.append(Content.styled(piece, f"$foreground on {tone} {ground}%"))
        at += count
    if at < inner:
        pieces.append(Content.styled(("." if look.ascii_only else " ") * (inner - at), "$muted on $panel"))
    if caps:
        pieces.append(Content.styled("▏", "$muted"))
    return Content.assemble(*pieces)


def _filled(name: str, count: int, look: Look, *, whole: bool) -> str:
    """Text of a part: its name, and the edge to the next one; cells and characters are as many.

    A name of wide characters is left out, as the part is cut by cells, and one of which too little is left;
    one that is to stand there ``whole``, where not all of it fits.
    """
    edge = "│" if look.edges or look.ascii_only else "▕"
    if count <= 1:
        return edge[:count] if look.edges or look.ascii_only else " " * count
    room = count - 2
    wide = width_of(name) != len(name)
    least = len(name) if whole else min(len(name), _TELLING)
    shown = truncate(name, room, ellipsis="") if not wide and room >= least else ""
    filler = "=" if look.ascii_only else " "
    return f"{filler}{shown}".ljust(count - 1, filler) + edge


# Figures


def _figures(found: Survey, look: Look) -> Iterator[Content]:
    facts, unknown = found.facts, "looking…" if look.looking else ""
    yield Content("")
    yield _fact("load", unknown or words.load(found), look)
    yield _fact("pressure", unknown or words.pressure(found), look)
    yield _fact("merging", unknown or words.merging(found), look)
    if facts.pools is None or not facts.pools:
        yield _fact("pools", unknown or (words.UNKNOWN if facts.pools is None else "none"), look)
    for index, pool in enumerate(facts.pools or ()):
        over = pool.active and (pool.free < pool.capacity / 10 or (pool.ratio or 0) > 1)
        text = f"{truncate(plain(pool.name), 16)}: {words.pool(pool)}"
        yield _fact("" if index else "pools", text, look, "$warning" if over else "")
    if len(facts.cells) > 1:
        told = (
            f"{one.id}: {one.cpus} CPUs, {size(one.free)} of {size(one.memory)} free" for one in facts.cells
        )
        yield _fact("NUMA", "; ".join(told), look)
    if facts.hugepages:
        yield _fact("huge pages", "; ".join(words.pages(one) for one in facts.hugepages), look)
    yield from _loud(found, look)


def _fact(title: str, text: str, look: Look, style: str = "") -> Content:
    room = look.width - 2 * _MARGIN - _TITLE
    shown = truncate(text, room)
    style = style or ("$muted" if text in (words.UNKNOWN, "looking…") else "$foreground")
    return Content.assemble(" " * _MARGIN, (fit(title, _TITLE), "$muted"), (shown, style))


def _loud(found: Survey, look: Look) -> Iterator[Content]:
    """Who takes most of what, on one line where it is wide: as many of each as there is room for."""
    room = look.width - 2 * _MARGIN - _TITLE
    orders = (Order.CPU, Order.MEMORY, Order.DISK, Order.NET)
    for row in (orders,) if look.width >= _WIDE else (orders[:2], orders[2:]):
        for count, longest in ((3, 16), (2, 16), (1, 16), (1, 10), (1, 6)):
            line = _loudest(found.sharing, row, count, longest)
            if line.cell_length <= room:
                break
        head = (fit("loudest" if row[0] is Order.CPU else "", _TITLE), "$muted")
        yield Content.assemble(" " * _MARGIN, head) + line.truncate(room, ellipsis=True)


def _loudest(sharing: Sharing, orders: Sequence[Order], count: int, longest: int) -> Content:
    pieces: list[Content] = []
    for order in orders:
        top = loudest(sharing.shares, order, count)
        told = (f"{truncate(plain(one.name), longest)} {words.figure(one, order)}" for one in top)
        pieces.append(Content.styled(f"{'   ' if pieces else ''}{order.value} ", "$muted"))
        pieces.append(Content(", ".join(told) or NOT_KNOWN))
    return Content.assemble(*pieces)


# Machines


def _machines(found: Survey, look: Look) -> Iterator[Pick]:
    sharing = found.sharing
    yield fixed(Content(""))
    if not sharing.shares:
        yield fixed(Content.styled(" No machine runs: nothing is shared.", "$muted"))
        return
    name = _name_width(look)
    yield fixed(_heads(name, look))
    shares = sharing.shares if look.order is Order.MEMORY else ordered(sharing.shares, look.order)
    for one in shares:
        yield Pick(partial(_machine, one, sharing, name, look), one.key)


def _name_width(look: Look) -> int:
    """What the other columns leave: swatch 3, vCPUs 6, CPU 15, given 7, held 15, disk and net 8 each."""
    return max(8, min(40, look.width - 2 * _MARGIN - 62))


def _heads(name: int, look: Look) -> Content:
    down = " ▾" if not look.ascii_only else " v"
    titles = {order: title + (down if order is look.order else "") for order, title in _HEADS.items()}
    return Content.styled(
        " " * _MARGIN
        + " " * 3
        + fit("machine", name)
        + f"{'vCPUs':>6}  "
        + fit(titles[Order.CPU], 13)
        + f"{'given':>7}  "
        + fit(titles[Order.MEMORY], 13)
        + fit(titles[Order.DISK], 8, align="right")
        + fit(titles[Order.NET], 8, align="right"),
        "$muted",
    )


def _machine(one: Share, sharing: Sharing, name: int, look: Look) -> Content:
    tone = _tone(one)
    swatch = "#" if look.ascii_only else "█"
    cpu = None if one.cpu is None or not sharing.cpus else one.cpu / sharing.cpus
    held = None if one.held is None or not sharing.memory else one.held / sharing.memory
    return Content.assemble(
        " " * _MARGIN,
        (swatch * 2, tone),
        " ",
        fit(plain(one.name), name),
        f"{one.vcpus or NOT_KNOWN:>6}  ",
        *_mini(cpu, tone, look),
        f"{words.processors(one.cpu):>5}",
        f"{size(one.given or None):>7}  ",
        *_mini(held, tone, look),
        f"{size(one.held):>5}",
        f"{rate(one.disk):>8}{rate(one.net):>8}",
    )


def _mini(share: float | None, tone: str, look: Look) -> Iterator[tuple[str, str]]:
    """A small bar of a share of the whole host."""
    yield bar(share or 0.0, _MINI, ascii_only=look.ascii_only), f"{tone} on $panel"


def summary(found: Survey) -> str:
    """What stands beside the page's title: ``3 of 5 machines run``."""
    sharing = found.sharing
    used = percent(100 * sharing.used / sharing.memory) if sharing.used and sharing.memory else ""
    return f"{sharing.running} of {sharing.total} machines run" + (f", memory {used} in use" if used else "")
