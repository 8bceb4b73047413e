"""Which graphs there are: views of one domain, or of several, as panels of curves. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tuivm.model.measure import Unit, unit_of
from tuivm.model.series import Metric, Series

MOST = 8
"""Domains that can be compared; more colours could not be told apart."""


class View(StrEnum):
    """What is shown of a domain."""

    TOTALS = "totals"
    VCPUS = "vCPUs"
    WAIT = "CPU wait"
    MEMORY = "memory"
    DISKS = "disks"
    REQUESTS = "disk requests"
    LATENCY = "disk latency"
    NETWORK = "network"


class Form(StrEnum):
    """How the curves of a panel share it."""

    AREA = "area"
    """The first as an area, the others as lines over it."""
    MIRRORED = "mirrored"
    """The first upwards, the second downwards from a common base."""
    LINES = "lines"
    """All as lines."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve of a panel."""

    series: Series
    """What it shows."""
    role: str
    """Role of the theme's ``[graph]`` that colours it; a number of :data:`MOST` colours where compared."""
    name: str = ""
    """Short name; hostile where it is a domain's or a device's. Empty for a single curve."""
    of: int = 0
    """Whose: number of the domain among those shown."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph."""

    label: str
    """What it shows; hostile where it names a device or a domain."""
    unit: Unit
    """Unit of its axis."""
    curves: tuple[Curve, ...]
    """At least one."""
    form: Form = Form.AREA
    """How they share the plot."""
    top: float | None = None
    """Top of the axis; None for a round number above what is shown."""
    family: str = ""
    """Panels of the same family have the same axis; empty for one of its own."""
    ceiling: Series | None = None
    """What the axis goes up to where it is known (the memory given); None for nothing."""


_ROLES = {
    Metric.CPU: "cpu",
    Metric.CPU_WAIT: "net_tx",
    Metric.MEMORY: "memory",
    Metric.MEMORY_GIVEN: "muted",
    Metric.MEMORY_CACHE: "cpu",
    Metric.RSS: "disk_write",
    Metric.DIRTY_RATE: "net_tx",
    Metric.SWAP_IN: "disk_read",
    Metric.SWAP_OUT: "disk_write",
    Metric.NET_RX: "net_rx",
    Metric.NET_TX: "net_tx",
    Metric.NET_RX_PACKETS: "net_rx",
    Metric.NET_TX_PACKETS: "net_tx",
}
_WORDS = {
    Metric.CPU: "cpu",
    Metric.CPU_WAIT: "cpu wait",
    Metric.MEMORY_GIVEN: "memory given",
    Metric.MEMORY_CACHE: "file cache",
    Metric.RSS: "held by the host",
    Metric.DIRTY_RATE: "memory changed",
    Metric.DISK_READ_OPS: "disk read requests",
    Metric.DISK_WRITE_OPS: "disk write requests",
    Metric.NET_RX: "network in",
    Metric.NET_TX: "network out",
    Metric.NET_RX_PACKETS: "packets in",
    Metric.NET_TX_PACKETS: "packets out",
}
_READ, _WRITE = (Metric.DISK_READ, "read"), (Metric.DISK_WRITE, "write")
_PAIRS: dict[View, tuple[tuple[str, tuple[tuple[Metric, str], tuple[Metric, str]]], ...]] = {
    View.DISKS: (("disk", (_READ, _WRITE)),),
    View.REQUESTS: (("disk requests", ((Metric.DISK_READ_OPS, "read"), (Metric.DISK_WRITE_OPS, "write"))),),
    View.LATENCY: (
        ("disk latency, ms", ((Metric.DISK_READ_LATENCY, "read"), (Metric.DISK_WRITE_LATENCY, "write"))),
    ),
    View.NETWORK: (
        ("network", ((Metric.NET_RX, "in"), (Metric.NET_TX, "out"))),
        ("packets", ((Metric.NET_RX_PACKETS, "in"), (Metric.NET_TX_PACKETS, "out"))),
    ),
}
_SINGLE = {View.VCPUS: Metric.CPU, View.WAIT: Metric.CPU_WAIT}
_COMPARED = {
    View.TOTALS: (
        *(Metric.CPU, Metric.MEMORY, Metric.DISK_READ, Metric.DISK_WRITE),
        *(Metric.NET_RX, Metric.NET_TX),
    ),
    View.VCPUS: (Metric.CPU,),
    View.WAIT: (Metric.CPU_WAIT,),
    View.MEMORY: (
        *(Metric.MEMORY, Metric.MEMORY_GIVEN, Metric.MEMORY_CACHE, Metric.RSS),
        *(Metric.SWAP_IN, Metric.SWAP_OUT, Metric.DIRTY_RATE),
    ),
    View.DISKS: (Metric.DISK_READ, Metric.DISK_WRITE),
    View.REQUESTS: (Metric.DISK_READ_OPS, Metric.DISK_WRITE_OPS),
    View.LATENCY: (Metric.DISK_READ_LATENCY, Metric.DISK_WRITE_LATENCY),
    View.NETWORK: (Metric.NET_RX, Metric.NET_TX, Metric.NET_RX_PACKETS, Metric.NET_TX_PACKETS),
}
Known = Collection[Series]
"""The series of which something is known."""


def panels(view: View, known: Known, *, apart: bool = False) -> tuple[Panel, ...]:
    """The graphs of a view of one domain, at least one; ``apart`` keeps lines out of areas."""
    if view is View.TOTALS:
        return (*_cpu(("",)), _memory(), *_pairs(View.DISKS, ("",)), *_pairs(View.NETWORK, ("",))[:1])
    if view is View.MEMORY:
        return _memories(known, apart=apart)
    if view in _SINGLE:
        metric = _SINGLE[view]
        parts = _parts(known, metric)
        if view is View.VCPUS:
            parts = tuple(part for part in parts if part) or ("",)
        return _cpu(parts, metric)
    metrics = [metric for _, pair in _PAIRS[view] for metric, _ in pair]
    return _pairs(view, _parts(known, *metrics), known)


def compared(view: View, known: Sequence[Known], names: Sequence[str], *, apart: bool) -> tuple[Panel, ...]:
    """The graphs of several domains: one a metric with a line for each, or ``apart`` one for each of them.

    ``known`` and ``names`` have one entry a domain.
    """
    found: list[Panel] = []
    metrics = _COMPARED[view]
    told = [metric for metric in metrics if any(Series(metric) in each for each in known)]
    for metric in (told or metrics[:1]) if view is View.MEMORY else metrics:
        curves = tuple(Curve(Series(metric), str(number), name, number) for number, name in enumerate(names))
        label, unit = _word(metric), unit_of(metric)
        top = 100.0 if metric is Metric.CPU else None
        if apart:
            found += [
                Panel(
                    f"{curve.name}  {label}",
                    unit,
                    (Curve(curve.series, curve.role, "", curve.of),),
                    top=top,
                    family=metric.value,
                )
                for curve in curves
            ]
        else:
            found.append(Panel(label, unit, curves, Form.LINES, top))
    return tuple(found)


def _word(metric: Metric) -> str:
    word = _WORDS.get(metric, metric.value.replace("-", " "))
    return f"{word}, ms" if unit_of(metric) is Unit.SECONDS else word


def _parts(known: Known, *metrics: Metric) -> tuple[str, ...]:
    """The instances that are known of these metrics: the whole first; it alone where nothing is known.

    The whole is left out where there is but one part, which is the same.
    """
    found = {one.instance for one in known if one.metric in metrics}
    if len(found) == 2 and "" in found:
        found.remove("")
    return tuple(sorted(found, key=natural)) or ("",)


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts numbers within words by their value: ``vda2`` before ``vda10``."""
    return tuple(
        (int(piece), "") if piece.isascii() and piece.isdigit() else (-1, piece)
        for piece in re.split(r"([0-9]{1,18})", text)
        if piece
    )


def _cpu(parts: Sequence[str], metric: Metric = Metric.CPU) -> tuple[Panel, ...]:
    role, word = _ROLES[metric], _WORDS[metric]
    alone = len(parts) == 1
    return tuple(
        Panel(
            f"vCPU {part}" + ("" if metric is Metric.CPU else f" {word.removeprefix('cpu ')}")
            if part
            else word,
            Unit.PERCENT,
            (Curve(Series(metric, part), role),),
            top=100.0 if metric is Metric.CPU else None,
            family="" if alone else metric.value,
        )
        for part in parts
    )


def _memory() -> Panel:
    used = Curve(Series(Metric.MEMORY), "memory")
    return Panel("memory", Unit.BYTES, (used,), ceiling=Series(Metric.MEMORY_GIVEN))


def _memories(known: Known, *, apart: bool) -> tuple[Panel, ...]:
    """Used as an area; cache, given and what the host holds as lines over it, or as graphs of their own."""
    others = [
        Curve(Series(metric), _ROLES[metric], name)
        for metric, name in (
            (Metric.MEMORY_CACHE, "cache"),
            (Metric.MEMORY_GIVEN, "given"),
            (Metric.RSS, "host"),
        )
        if Series(metric) in known
    ]
    ceiling = Series(Metric.MEMORY_GIVEN)
    found: list[Panel] = []
    if apart:
        found.append(Panel("memory", Unit.BYTES, _memory().curves, family="memory", ceiling=ceiling))
        found += [
            Panel(_word(one.series.metric), Unit.BYTES, (Curve(one.series, one.role),), family="memory")
            for one in others
        ]
    else:
        used = Curve(Series(Metric.MEMORY), "memory", "used" if others else "")
        found.append(Panel("memory", Unit.BYTES, (used, *others), ceiling=ceiling))
    if Series(Metric.SWAP_IN) in known or Series(Metric.SWAP_OUT) in known:
        found.append(_pair("swap", (Metric.SWAP_IN, "in"), (Metric.SWAP_OUT, "out")))
    if Series(Metric.DIRTY_RATE) in known:
        dirty = Curve(Series(Metric.DIRTY_RATE), _ROLES[Metric.DIRTY_RATE])
        found.append(Panel(_WORDS[Metric.DIRTY_RATE], Unit.RATE, (dirty,)))
    return tuple(found)


def _pairs(view: View, parts: Sequence[str], known: Known = ()) -> tuple[Panel, ...]:
    found: list[Panel] = []
    for part in parts:
        for label, (first, second) in _PAIRS[view]:
            here = {Series(first[0], part), Series(second[0], part)}
            if part and known and not here & set(known):
                continue
            title = label if not part else f"{part}{label.removeprefix('disk').removeprefix('network')}"
            title = f"all: {label}" if not part and len(parts) > 1 else title
            found.append(_pair(title, first, second, part))
    return tuple(found)


def _pair(label: str, first: tuple[Metric, str], second: tuple[Metric, str], part: str = "") -> Panel:
    curves = tuple(
        Curve(Series(metric, part), _ROLES.get(metric, role), name)
        for (metric, name), role in ((first, "disk_read"), (second, "disk_write"))
    )
    return Panel(label, unit_of(first[0]), curves, Form.MIRRORED)
