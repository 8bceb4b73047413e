"""The figures of a building in words, for the screen and for a plain terminal alike."""

from __future__ import annotations

from tuivm.model.building import Cure, HugePages, Pool, Resource
from tuivm.model.sharing import Order, Share
from tuivm.model.survey import Survey
from tuivm.model.units import NOT_KNOWN, rate, size

UNKNOWN = "not known"
"""Stands where a figure is not known."""


def ratio(value: float | None) -> str:
    """How much was given for each there is: ``1.8:1``."""
    if value is None:
        return UNKNOWN
    digits = 2 if 0 < value < 0.095 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f}:1"


def processors(cpu: float | None) -> str:
    """Processors used: ``0.63``, ``12``."""
    if cpu is None:
        return NOT_KNOWN
    return f"{cpu:.2f}" if cpu < 9.995 else f"{cpu:.0f}"


def load(found: Survey) -> str:
    """The load average: ``1.92 1.41 0.88``."""
    told = found.facts.load
    return " ".join(f"{value:.2f}" for value in told) if told is not None else UNKNOWN


def pressure(found: Survey) -> str:
    """Who waited for what over ten seconds, and over five minutes: ``cpu 6% (5 min 4%)``."""
    told = found.facts.pressure
    parts = [
        f"{resource} {told[resource].some:.0f}% (5 min {told[resource].some_long:.0f}%)"
        for resource in Resource
        if resource in told
    ]
    return ", ".join(parts) if parts else UNKNOWN


def merging(found: Survey) -> str:
    """What keeping equal pages once saves: ``on, saves 1.2G``."""
    told = found.facts.merging
    if told is None:
        return UNKNOWN
    state = {True: "on, ", False: "off, ", None: ""}[told.on]
    return f"{state}saves {size(told.saved)}"


def pool(one: Pool) -> str:
    """A pool without its name: ``58G of 200G free, 420G promised (2.1:1)``."""
    if not one.active:
        return "not active"
    words = f"{size(one.free)} of {size(one.capacity)} free"
    if one.promised is None:
        return f"{words}, volumes being counted"
    return f"{words}, {size(one.promised)} promised ({ratio(one.ratio)})"


def pages(one: HugePages) -> str:
    """Huge pages of a size: ``2.0M: 124 of 1024 in use``."""
    return f"{size(one.size)}: {one.total - one.free} of {one.total} in use"


def mitigations(found: Survey) -> str:
    """How many weaknesses of the processor there are, and what becomes of them."""
    told = found.facts.weaknesses
    if not told:
        return UNKNOWN
    counts = {cure: sum(1 for one in told if one.cure is cure) for cure in Cure}
    parts = [f"{count} {cure}" for cure, count in counts.items() if count]
    return ", ".join(parts)


def switch(value: bool | None) -> str:
    """Yes, no, or not known."""
    return {True: "yes", False: "no", None: UNKNOWN}[value]


def figure(share: Share, order: Order) -> str:
    """What a machine takes: ``1.26`` processors, ``3.4G``, ``1.2M/s``."""
    if order is Order.CPU:
        return processors(share.cpu)
    if order is Order.MEMORY:
        return size(share.held) if share.held is not None else f"{size(share.given)} given"
    return f"{rate(share.disk if order is Order.DISK else share.net)}/s"
