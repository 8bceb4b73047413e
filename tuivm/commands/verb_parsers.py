"""One command for each verb, made of the verbs' table: ``tuivm start NAME...``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tuivm.commands import cloning, deleting
from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import VERBS, Arguments, Verb
from tuivm.core.verbs.lifecycle import BOOT_DEVICES, MODES
from tuivm.model.domain import Domain
from tuivm.model.errors import TuivmError
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest

Given = Callable[[Hypervisor, Domain, argparse.Namespace], Arguments]
"""What the options say to the verb for a domain; it may ask libvirt, and raise a TuivmError."""
NAMES = """\
NAME is a machine's name, its UUID, or a glob ('web-*', to be quoted) that stands for every name it matches.
"""
_RESULTS = """\
--json prints an array with one object for each machine, in the order they were named:
  connection, uuid, name   the machine
  verb                     what was to be done
  result                   done, asked (the guest was, and is not waited for), failed, refused, cancelled
  message, remedy, error   what is to be said of it; libvirt's error in full
  seconds                  how long it took
Fields may be added, never renamed. Exit code 0 when it was done on each, else 1; 2 for wrong usage.
"""


TAKING = ("disk-only", "external", "no-memory", "quiesce")
"""The switches of taking a snapshot."""
SCREEN_ONLY = frozenset({"edit", "set-retention"})
"""Verbs that need the screen."""
OFFERED = tuple(each for each in VERBS if each.id not in SCREEN_ONLY)
"""The verbs that are commands."""
IDS = frozenset(each.id for each in OFFERED)
"""The names of the commands."""


@dataclass(frozen=True, slots=True)
class Extra:
    """An option of some verbs that sets a field of their arguments."""

    flag: str
    """As it is typed (``--to``)."""
    field: str
    """The field of :class:`~tuivm.core.verbs.Arguments`."""
    metavar: str
    """What stands for its value."""
    help: str
    """In a few words."""
    required: bool = False
    """Whether the verb can do nothing without it."""
    choices: tuple[str, ...] = ()
    """What it can be; empty for anything."""
    many: bool = False
    """Whether it may be given several times."""


_SNAPSHOT = Extra("--snapshot", "snapshot", "NAME", "which snapshot", required=True)
_MODE = Extra("--mode", "mode", "HOW", f"how the guest is asked: {', '.join(MODES)}", choices=MODES)
_SLEEPS = ("mem", "disk", "hybrid")
_DESCRIPTION = Extra("--description", "description", "TEXT", "words to keep with it")
_WORDS = Extra("--set", "text", "TEXT", "what it is from now on; empty removes it", required=True)
EXTRAS: dict[str, tuple[Extra, ...]] = {
    "start": (
        Extra("--boot", "device", "DEVICE", f"boot from it this once: {', '.join(BOOT_DEVICES)}, or a disk"),
    ),
    "shutdown": (_MODE,),
    "reboot": (_MODE,),
    "rename": (Extra("--to", "text", "NAME", "the new name", required=True),),
    "title": (_WORDS,),
    "description": (_WORDS,),
    "tags": (_WORDS,),
    "dump": (
        Extra(
            "--file",
            "text",
            "PATH",
            "the file to write on libvirt's host, or a folder (FOLDER/)",
            required=True,
        ),
    ),
    "sleep": (Extra("--mode", "mode", "HOW", "mem (the default), disk or hybrid", choices=_SLEEPS),),
    "snapshot": (
        Extra("--name", "snapshot", "NAME", "its name (default snap- and the time)"),
        _DESCRIPTION,
        Extra("--disk", "disks", "TARGET", "of this disk (vda), with --external; may be repeated", many=True),
    ),
    "describe-snapshot": (Extra("--to", "text", "NAME", "its new name"), _DESCRIPTION),
    "merge": (Extra("--disk", "device", "TARGET", "which disk (vda)", required=True),),
}
"""By the verb's id; a verb that needs a snapshot has ``--snapshot`` too."""


def add(
    make: Callable[[str, str, str], argparse.ArgumentParser],
    common: Callable[[argparse.ArgumentParser], None],
    only: Sequence[str] | None = None,
) -> None:
    """Add the commands; of all verbs, or of those whose ids are in ``only``.

    ``make`` returns the parser of a command by name, summary and text behind its options; ``common`` adds the
    options that all commands share.
    """
    for each in OFFERED:
        if only is None or each.id in only:
            common(_add(make, each))


def _add(make: Callable[[str, str, str], argparse.ArgumentParser], wanted: Verb) -> argparse.ArgumentParser:
    summary = wanted.help[0].lower() + wanted.help[1:].rstrip(".")
    parser = make(wanted.id, summary, f"{NAMES}\n{_RESULTS}")
    parser.add_argument("names", metavar="NAME", nargs="+", help="a machine, or a glob")
    extras = extras_of(wanted)
    for extra in extras:
        parser.add_argument(
            extra.flag,
            dest=f"extra_{extra.field}",
            metavar=extra.metavar,
            help=extra.help,
            required=extra.required,
            choices=extra.choices or None,
            action="append" if extra.many else "store",
            default=[] if extra.many else None,
        )
    if wanted.id == "delete":
        deleting.add_options(parser)
    elif wanted.id == "clone":
        cloning.add_options(parser)
    for switch in TAKING if wanted.id == "snapshot" else wanted.options:
        parser.add_argument(
            f"--{switch}", dest="switches", action="append_const", const=switch, help=SWITCHES.get(switch, "")
        )
    parser.add_argument("--wait", action="store_true", help="wait for a guest that is asked to shut down")
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, help="seconds that a guest has to shut down (default 60)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, one object for each machine")
    parser.add_argument("-y", "--yes", action="store_true", help="ask nothing, though something is lost")
    parser.add_argument(
        "-n", "--dry-run", action="store_true", help="print the virsh commands and do nothing"
    )
    own: dict[str, Given] = {"clone": cloning.arguments_of, "delete": deleting.arguments_of}
    chosen = own.get(wanted.id, lambda _, __, values: given(wanted, values))
    parser.set_defaults(verb=wanted.id, given=chosen, switches=[])
    return parser


def extras_of(wanted: Verb) -> tuple[Extra, ...]:
    """The options with a value that a verb has."""
    return ((_SNAPSHOT,) if wanted.needs_snapshot else ()) + EXTRAS.get(wanted.id, ())


def given(wanted: Verb, values: argparse.Namespace) -> Arguments:
    """What the options of a command say to its verb. Raises TuivmError when they say nothing."""
    told = {extra.field: getattr(values, f"extra_{extra.field}") for extra in extras_of(wanted)}
    if wanted.id == "describe-snapshot" and told["text"] is None and told["description"] is None:
        raise TuivmError("nothing to change", "say --to, --description or both")
    fields: dict[str, Any] = {field: "" if value is None else value for field, value in told.items()}
    switches = frozenset(values.switches or ())
    if wanted.id == "snapshot":
        return _taking(fields["snapshot"], fields["description"], tuple(fields["disks"]), switches)
    return Arguments(**fields, options=switches)


def _taking(name: str, description: str, disks: tuple[str, ...], switches: frozenset[str]) -> Arguments:
    """What takes a snapshot of that kind."""
    kind = SnapshotKind.INTERNAL
    if "disk-only" in switches:
        kind = SnapshotKind.DISK_ONLY
    elif "external" in switches or disks:
        kind = SnapshotKind.EXTERNAL
    name = name or time.strftime("snap-%Y%m%d-%H%M%S")
    request = SnapshotRequest(
        name,
        description,
        kind,
        memory=kind is not SnapshotKind.DISK_ONLY and "no-memory" not in switches,
        quiesce="quiesce" in switches,
        disks=disks,
    )
    return Arguments(snapshot=name, description=description, request=request)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 1 <= value <= 86400:
        raise argparse.ArgumentTypeError("expected a number of seconds from 1 to 86400")
    return value


SWITCHES: dict[str, str] = {
    "paused": "leave its virtual CPUs stopped",
    "running": "let it run afterwards",
    "disk-only": "of the disks alone, in overlay files",
    "external": "in overlay files, the memory in a file of its own",
    "no-memory": "without the memory",
    "quiesce": "the guest's agent freezes its file systems for the moment",
    "pull": "pull the base up instead of committing the overlays down",
    "discard-saved": "boot afresh; the saved state is lost",
    "graceful": "ask it to shut down first",
    "safety": "take a snapshot of how it is now first",
    "children": "with the snapshots made after it",
    "children-only": "the snapshots made after it, and not itself",
    "metadata-only": "forget it, and leave its files",
    "memory-only": "of its memory alone",
    "live": "while it goes on running",
    "crash": "and stop it afterwards",
    "reset": "and reset it afterwards",
    "on": "turn it on, whatever it is",
    "off": "turn it off, whatever it is",
}
"""What the switches of the verbs mean."""
