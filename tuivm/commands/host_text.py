"""``tuivm host`` for a person: sections of plain lines."""

from __future__ import annotations

from collections.abc import Iterator

from tuivm.commands.output import plain
from tuivm.commands.table import table
from tuivm.model import building_words as words
from tuivm.model.finding import Severity
from tuivm.model.inventory import Inventory
from tuivm.model.standing import Grade, Standing, Wall
from tuivm.model.survey import Survey
from tuivm.model.units import rate, size

_SIGNS = {
    Grade.NONE: "-",
    Grade.GOOD: "ok",
    Grade.DOOR: "ok",
    Grade.UNKNOWN: "?",
    Grade.WEAK: "weak",
    Grade.MISSING: "MISSING",
}
_SEVERITIES = {Severity.SERIOUS: "serious", Severity.WARNING: "warning", Severity.NOTE: "note"}
_WALLS = (Wall.BOUNDARY, Wall.USER, Wall.LABEL, Wall.SECCOMP, Wall.NETWORK)
_TITLE = 13
"""Width of the column of titles."""


def lines(inventory: Inventory, found: Survey) -> list[str]:
    """Return everything, nothing from outside unescaped."""
    shown = [*_figures(inventory, found), "", *_shares(found), *_walls(found), *_findings(found)]
    if found.unseen:
        shown += ["", "not looked at"]
        shown += table([("  " + plain(one.what), plain(one.why)) for one in found.unseen])
    return shown


def _line(title: str, text: str) -> str:
    return f"{title:<{_TITLE}} {plain(text)}"


def _figures(inventory: Inventory, found: Survey) -> Iterator[str]:
    share, facts, host = found.sharing, found.facts, inventory.host
    if host is not None:
        kind = [f"{host.hypervisor} {host.version}".strip(), host.acceleration, str(host.kind)]
        yield _line("host", ", ".join([host.name, *(word for word in kind if word)]))
    yield _line("machines", f"{share.running} of {share.total} run")
    vcpus = f"{share.vcpus} given on {share.cpus or '?'} ({words.ratio(share.vcpu_ratio)})"
    yield _line("processors", f"{vcpus}, {words.processors(share.cpu)} in use")
    memory = f"{size(share.given)} given of {size(share.memory or None)} ({words.ratio(share.memory_ratio)})"
    held = f", {size(share.held)} held for machines" if share.held else ""
    yield _line("memory", f"{memory}, {size(share.used)} in use{held}")
    yield _line("load", words.load(found))
    yield _line("pressure", words.pressure(found))
    yield _line("merging", words.merging(found))
    for pool in facts.pools or ():
        yield _line("pool", f"{pool.name}: {words.pool(pool)}")
    if len(facts.cells) > 1:
        for cell in facts.cells:
            free = f", {size(cell.free)} free" if cell.free is not None else ""
            yield _line("NUMA node", f"{cell.id}: {cell.cpus} processors, {size(cell.memory)}{free}")
    for pages in facts.hugepages:
        yield _line("huge pages", words.pages(pages))
    yield _line("mitigations", words.mitigations(found))
    drivers = words.UNKNOWN if facts.models is None else ", ".join(facts.models) or "none"
    yield _line("confinement", f"{drivers}; IOMMU {words.switch(facts.iommu)}")
    yield _line("nested", words.switch(facts.nested))


def _shares(found: Survey) -> Iterator[str]:
    shares = found.sharing.shares
    if not shares:
        yield "no machine runs"
        return
    rows = [("machine", "vcpus", "cpu", "memory", "held", "disk/s", "net/s")]
    rows += [
        (
            plain(one.name),
            str(one.vcpus),
            words.processors(one.cpu),
            size(one.given),
            size(one.held),
            rate(one.disk),
            rate(one.net),
        )
        for one in shares
    ]
    yield from table(rows, frozenset(range(1, 7)))


def _walls(found: Survey) -> Iterator[str]:
    if not found.standings:
        return
    yield ""
    rows = [("isolation", "machine", *(str(wall) for wall in _WALLS), "doors")]
    rows += [_row(plain(found.names[key]), standing) for key, standing in found.standings.items()]
    yield from table(rows)


def _row(name: str, standing: Standing) -> tuple[str, ...]:
    told = [standing.aspect(wall) for wall in _WALLS]
    doors = ", ".join(plain(one.word) for one in standing.doors) or "-"
    return (
        _SIGNS[standing.grade],
        name,
        *(plain(one.word) if one is not None else "-" for one in told),
        doors,
    )


def _findings(found: Survey) -> Iterator[str]:
    yield ""
    if not found.findings:
        yield "nothing was found that should be looked at"
        return
    yield "findings"
    for one in found.findings:
        remedy = f"  -> {plain(one.remedy)}" if one.remedy else ""
        yield f"  {_SEVERITIES[one.severity]:<7}  {plain(one.topic)}: {plain(one.text)}{remedy}"
