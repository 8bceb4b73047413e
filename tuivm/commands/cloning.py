"""``tuivm clone``: the clone that the options describe."""

from __future__ import annotations

import argparse

from tuivm.commands.output import plain, say
from tuivm.core import cloning
from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import Arguments
from tuivm.model.cloning import Way
from tuivm.model.domain import Domain
from tuivm.model.errors import TuivmError

_OPTIONS = (
    (Way.COPY, "--copy", "copy this disk (vda), though it is read-only or shareable; may be repeated"),
    (Way.SHARE, "--share", "let both have this disk; may be repeated"),
    (Way.OMIT, "--leave-out", "without this disk; may be repeated"),
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add what can be chosen."""
    parser.add_argument("--name", metavar="NEW", help="its name (default NAME-clone)")
    for way, flag, words in _OPTIONS:
        parser.add_argument(
            flag, dest=f"disks_{way.name}", metavar="TARGET", action="append", default=[], help=words
        )


def arguments_of(hypervisor: Hypervisor, domain: Domain, values: argparse.Namespace) -> Arguments:
    """What the verb is to make of this domain. Raises TuivmError where that cannot be."""
    name = plain(domain.name)
    if values.name is not None and len(values.names) > 1:
        raise TuivmError("--name is for one machine", "nothing was cloned")
    found = hypervisor.clone_facts(domain.key)
    ways = cloning.proposed(found)
    for way, _, _ in _OPTIONS:
        for target in getattr(values, f"disks_{way.name}"):
            if target not in ways:
                raise TuivmError(f"{name} has no disk {plain(target)}", "nothing was cloned")
            ways[target] = way
    new = values.name if values.name is not None else cloning.proposed_name(domain.name, found.taken)
    chosen = cloning.clone(found, new, ways)
    why = cloning.refusal(found, chosen)
    if why:
        raise TuivmError(f"{name}: {plain(why)}", "nothing was cloned")
    for remark in cloning.remarks(found, chosen):
        say(f"{name}: {remark}")
    return Arguments(text=new, clone=chosen)
