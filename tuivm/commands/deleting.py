"""``tuivm delete``: what the options choose of what belongs to a domain."""

from __future__ import annotations

import argparse

from tuivm.commands.output import plain
from tuivm.core import deletion
from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import Arguments
from tuivm.model.deletion import Belongings
from tuivm.model.domain import Domain
from tuivm.model.errors import TuivmError


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    parser.add_argument(
        "--disk",
        dest="disks",
        metavar="TARGET",
        action="append",
        default=[],
        help="with this disk (vda); may be repeated",
    )
    parser.add_argument("--all-disks", action="store_true", help="with every disk that nobody else uses")
    parser.add_argument("--nvram", action="store_true", help="with its NVRAM")
    parser.add_argument("--tpm", action="store_true", help="with the state of its TPM")
    parser.add_argument("--force-off", action="store_true", help="cut its power first when it runs")


def arguments_of(hypervisor: Hypervisor, domain: Domain, values: argparse.Namespace) -> Arguments:
    """What the verb is to remove of this domain. Raises TuivmError for what is not there or must stay."""
    found = hypervisor.belongings(domain.key)
    chosen = deletion.proposed(found)
    for kind in ("nvram", "tpm"):
        if getattr(values, kind):
            chosen = _with(found, chosen, kind, kind.upper())
    for target in values.disks:
        chosen = _with(found, chosen, f"disk:{target}", target)
    if values.all_disks:
        more = deletion.with_disks(found, chosen)
        chosen = more if more > chosen else chosen
    return Arguments(removal=deletion.removal(found, chosen, force_off=values.force_off))


def _with(found: Belongings, chosen: deletion.Choice, part_id: str, name: str) -> deletion.Choice:
    if part_id in chosen:
        return chosen
    part = found.part(part_id)
    if part is None:
        raise TuivmError(f"{plain(found.name)} has no {plain(name)}", "nothing was removed")
    why = deletion.why_fixed(found, chosen, part)
    if why:
        raise TuivmError(f"{plain(found.name)}: {plain(name)} stays: {why}", "nothing was removed")
    return chosen | {part_id}
