"""``tuivm list``: every domain as an aligned table, or as JSON for a script."""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Sequence

from tuivm.commands.output import plain, say
from tuivm.commands.settings import read_config
from tuivm.commands.table import table
from tuivm.model.domain import Domain
from tuivm.model.units import duration, size

_DIGITS = re.compile(r"(\d{1,18})")
_COLUMNS = ("state", "name", "vcpus", "memory", "autostart", "uptime")
_RIGHT = frozenset({2, 3, 5})
_AUTOSTART = {True: "yes", False: "no", None: "-"}


def run(arguments: argparse.Namespace) -> int:
    """Print the domains. Raises TuivmError when they cannot be had."""
    from tuivm.commands.connection import choose, opened

    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    uri = choose(settings.connection, read_only=settings.readonly).uri
    with opened(uri, read_only=settings.readonly) as hypervisor:
        domains = sorted(hypervisor.list_domains(), key=_order)
    if arguments.json:
        print(json.dumps([record(domain) for domain in domains], indent=2))
    elif domains:
        print("\n".join(lines(domains, time.time())))
    else:
        say(f"no machines on {uri}")
    return 0


def _order(domain: Domain) -> tuple[list[tuple[int, str, int]], str]:
    """Key of the natural order of names: ``web-2`` before ``web-10``."""
    parts = _DIGITS.split(domain.name.casefold())
    pieces = [(0, "", int(part)) if index % 2 else (1, part, 0) for index, part in enumerate(parts)]
    return pieces, domain.key.uuid


def record(domain: Domain) -> dict[str, str | int | float | bool | None]:
    """Return one domain as ``--json`` shows it: a stable shape, told in ``tuivm list --help``."""
    return {
        "connection": domain.key.connection,
        "uuid": domain.key.uuid,
        "name": domain.name,
        "state": str(domain.state),
        "reason": domain.reason,
        "id": domain.id,
        "vcpus": domain.vcpus,
        "memory": domain.memory,
        "memory_max": domain.memory_max,
        "autostart": domain.autostart,
        "persistent": domain.persistent,
        "saved": domain.saved,
        "has_snapshots": domain.has_snapshots,
        "started": domain.started,
    }


def lines(domains: Sequence[Domain], now: float) -> list[str]:
    """Return the table: a heading and a line for each domain, nothing from outside unescaped.

    ``now`` is the present in Unix seconds.
    """
    rows = [_COLUMNS]
    for domain in domains:
        state = (
            f"{domain.state} (saved)" if domain.saved and not domain.state.is_active else str(domain.state)
        )
        rows.append(
            (
                state,
                plain(domain.name),
                str(domain.vcpus) if domain.vcpus else "-",
                size(domain.memory or None),
                _AUTOSTART[domain.autostart],
                duration(now - domain.started if domain.started is not None else None),
            )
        )
    return table(rows, _RIGHT)
