"""``tuivm console NAME...``: the screen, opened on the consoles named."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tuivm.commands import screen
from tuivm.commands.choosing import find as find_domain
from tuivm.commands.settings import read_config
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.errors import TuivmError

MOST = 4
"""Consoles side by side."""


def run(arguments: argparse.Namespace) -> int:
    """Open the screen on ``arguments.names``.

    Raises TuivmError when there is no terminal, no connection, or no domain of such a name.
    """
    if len(arguments.names) > MOST:
        raise TuivmError(f"{len(arguments.names)} consoles", f"at most {MOST} can be shown side by side")
    if read_config(arguments)[0].readonly:
        remedy = "leave out --readonly" if arguments.readonly else "the configuration says readonly = true"
        raise TuivmError("a console cannot be opened read-only: who sees it can type on it", remedy)
    return screen.run(arguments, start=lambda session: find(arguments.names, session))


def find(names: Sequence[str], session: Session) -> list[DomainKey]:
    """The domains of these names or UUIDs, each once. Raises TuivmError with names that are near."""
    domains = tuple(session.inventory.domains.values())
    return list(dict.fromkeys(find_domain(name, domains).key for name in names))
