"""``tuivm snapshots NAME...``: the snapshots of domains, as a table or as JSON for a script."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence

from tuivm.commands.choosing import find_all
from tuivm.commands.output import plain, say
from tuivm.commands.settings import read_config
from tuivm.commands.table import table
from tuivm.model.domain import Domain
from tuivm.model.snapshot import Snapshot
from tuivm.model.units import size

_COLUMNS = ("machine", "snapshot", "taken", "state", "kind", "size", "description")
_RIGHT = frozenset({5})


def run(arguments: argparse.Namespace) -> int:
    """Print them; returns 1 when those of a domain cannot be had. Raises TuivmError for an unknown name."""
    from tuivm.commands.connection import choose, opened

    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    code = 0
    found: list[tuple[Domain, tuple[Snapshot, ...]]] = []
    uri = choose(settings.connection, read_only=settings.readonly).uri
    with opened(uri, read_only=settings.readonly) as hypervisor:
        for domain in find_all(arguments.names, hypervisor.list_domains(quick=True)):
            detail = hypervisor.detail(domain.key)
            if detail.snapshots_error:
                say(f"{plain(domain.name)}: {detail.snapshots_error}")
                code = 1
            found.append((domain, detail.snapshots))
    if arguments.json:
        print(json.dumps([record(domain, snapshots) for domain, snapshots in found], indent=2))
    elif any(snapshots for _, snapshots in found):
        print("\n".join(lines(found)))
    elif not code:
        say("no snapshots")
    return code


def record(domain: Domain, snapshots: Sequence[Snapshot]) -> dict[str, object]:
    """Return one domain as ``--json`` shows it: a stable shape, told in ``tuivm snapshots --help``."""
    return {
        "connection": domain.key.connection,
        "uuid": domain.key.uuid,
        "name": domain.name,
        "snapshots": [
            {
                "name": each.name,
                "description": each.description,
                "created": each.created,
                "state": each.state,
                "kind": each.kind,
                "parent": each.parent,
                "current": each.current,
                "size": each.size,
            }
            for each in snapshots
        ],
    }


def lines(found: Sequence[tuple[Domain, Sequence[Snapshot]]]) -> list[str]:
    """Return the table: a heading and a line for each snapshot, nothing from outside unescaped."""
    rows = [_COLUMNS]
    for domain, snapshots in found:
        for each in snapshots:
            taken = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(each.created))
            name = f"{plain(each.name)} *" if each.current else plain(each.name)
            words = " ".join(plain(each.description).split())
            rows.append(
                (plain(domain.name), name, taken, plain(each.state), each.kind, size(each.size), words)
            )
    return table(rows, _RIGHT)
