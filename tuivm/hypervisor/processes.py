"""The processes of active domains: found by their command line, described by what the kernel tells."""

from __future__ import annotations

import pwd
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tuivm.model import procfiles

if TYPE_CHECKING:
    from tuivm.model.room import Process

PROC = Path("/proc")
_LIMIT = 1 << 16
"""Bytes of a file of ``/proc`` that are read."""


@dataclass(frozen=True, slots=True)
class Active:
    """An active domain whose process is looked for."""

    uuid: str
    """Its UUID."""
    id: int
    """libvirt's id: a new one means that it was started again."""
    name: str
    """Its name, by which a container's process is found."""


def find(wanted: Iterable[Active], proc: Path = PROC) -> Iterator[tuple[str, int]]:
    """UUID and process of each, in one pass over ``proc``; more than one where several claim to be it.

    QEMU carries ``-uuid UUID`` in its command line, a container's controller ``libvirt_lxc --name NAME``.
    """
    domains = list(wanted)
    by_uuid = {one.uuid.encode(): one.uuid for one in domains}
    by_name = {one.name.encode(errors="surrogateescape"): one.uuid for one in domains}
    for entry in proc.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # It ended meanwhile, or is not ours to read.
        uuid = by_uuid.get(_after(words, b"-uuid"))
        if uuid is None and words[0].endswith(b"libvirt_lxc"):
            uuid = by_name.get(_after(words, b"--name"))
        if uuid is not None:
            yield uuid, int(entry.name)


def _after(words: list[bytes], option: bytes) -> bytes:
    """The word that follows ``option``; empty when there is none."""
    try:
        return words[words.index(option) + 1]
    except (ValueError, IndexError):
        return b""


def eldest(pids: list[int], proc: Path = PROC) -> list[int]:
    """Those that are no child of another one: what was forked just now still carries its parent's words."""
    if len(pids) < 2:
        return pids
    parents = {pid: procfiles.status(read(proc / str(pid) / "status")).get("PPid") for pid in pids}
    return [pid for pid in pids if parents[pid] not in {str(one) for one in pids}]


def first_child(pid: int, proc: Path = PROC) -> int | None:
    """The oldest child of a process: of a container's controller, the container's first process."""
    words = read(proc / str(pid) / "task" / str(pid) / "children").split()
    return int(words[0]) if words and words[0].isdigit() else None


def describe(pid: int, proc: Path = PROC) -> Process | None:
    """What the kernel tells of a process; None when it is gone or tells nothing."""
    from tuivm.model.room import Process  # the list does without

    folder = proc / str(pid)
    told = procfiles.status(read(folder / "status"))
    uid = procfiles.number(told.get("Uid"))
    if uid is None:
        return None
    privileges = procfiles.number(told.get("NoNewPrivs"))
    return Process(
        pid,
        uid,
        _user(uid),
        procfiles.number(told.get("Seccomp")),
        None if privileges is None else privileges == 1,
        _bits(told.get("CapEff")),
        _profile(folder),
    )


def read(path: Path) -> str:
    """A small file of the kernel's; empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LIMIT).decode(errors="replace")
    except OSError:
        return ""


def _user(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)


def _bits(text: str | None) -> int | None:
    try:
        return int(text, 16) if text else None
    except ValueError:
        return None


def _profile(folder: Path) -> str:
    """Label of the security module; what confines nothing is no label."""
    label = "".join(char for char in read(folder / "attr" / "current") if char.isprintable()).strip()
    return "" if label.startswith("unconfined") or label == "kernel" else label
