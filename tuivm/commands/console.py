"""``tuivm console NAME...``: the screen, opened on the consoles named."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from tuivm.commands import screen
from tuivm.commands.output import plain
from tuivm.core.session import Session
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import TuivmError

MOST = 4
"""Consoles side by side."""


def run(arguments: argparse.Namespace) -> int:
    """Open the screen on ``arguments.names``.

    Raises TuivmError when there is no terminal, no connection, or no domain of such a name.
    """
    if len(arguments.names) > MOST:
        raise TuivmError(f"{len(arguments.names)} consoles", f"at most {MOST} can be shown side by side")
    return screen.run(arguments, start=lambda session: find(arguments.names, session))


def find(names: Sequence[str], session: Session) -> list[DomainKey]:
    """The domains of these names or UUIDs, each once. Raises TuivmError with names that are near."""
    domains = tuple(session.inventory.domains.values())
    return list(dict.fromkeys(_find(name, domains).key for name in names))


def _find(wanted: str, domains: Iterable[Domain]) -> Domain:
    """By name first: a name may look like a UUID."""
    domains = list(domains)
    for domain in domains:
        if domain.name == wanted:
            return domain
    for domain in domains:
        if domain.key.uuid.replace("-", "").lower() == wanted.replace("-", "").lower():
            return domain
    names = [domain.name for domain in domains]
    from difflib import get_close_matches

    near = get_close_matches(wanted, names, n=3, cutoff=0.5)
    near = near or [name for name in names if wanted and wanted.lower() in name.lower()][:3]
    if near:
        raise TuivmError(f"there is no domain {wanted!r}", f"did you mean {' or '.join(map(plain, near))}?")
    remedy = "tuivm list shows them" if names else "there is no domain at all"
    raise TuivmError(f"there is no domain {wanted!r}", remedy)
