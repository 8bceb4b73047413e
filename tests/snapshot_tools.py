"""What the tests of snapshots share: verbs done as a job does them, and the content of images."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

from tests.hypervisor.conftest import guest
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.domain import DomainKey
from tuivm.model.snapshot import Retention, Snapshot, SnapshotKind, SnapshotRequest

BLOCK = 65536
"""Bytes of one cluster of the images here."""


def work(hypervisor: LibvirtHypervisor, key: DomainKey, verb_id: str, arguments: Arguments) -> Work:
    """Do a verb as a job would; returns what it was done with, its result in ``message``."""
    made = Work(hypervisor, key, arguments)
    verb(verb_id).run(made)
    return made


def take(
    hypervisor: LibvirtHypervisor,
    key: DomainKey,
    name: str,
    kind: SnapshotKind = SnapshotKind.INTERNAL,
    **fields: object,
) -> Snapshot:
    """Take a snapshot by the verb; returns it as it is listed."""
    request = SnapshotRequest(name, kind=kind, **fields)  # type: ignore[arg-type]
    work(hypervisor, key, "snapshot", Arguments(snapshot=name, request=request))
    return next(one for one in hypervisor.snapshots(key) if one.name == name)


def revert(hypervisor: LibvirtHypervisor, key: DomainKey, name: str, *options: str) -> str:
    """Revert by the verb; returns its message."""
    arguments = Arguments(snapshot=name, options=frozenset(options))
    return work(hypervisor, key, "revert", arguments).message


def delete(hypervisor: LibvirtHypervisor, key: DomainKey, name: str, *options: str) -> str:
    """Delete by the verb; returns its message."""
    arguments = Arguments(snapshot=name, options=frozenset(options))
    return work(hypervisor, key, "delete-snapshot", arguments).message


def merge(hypervisor: LibvirtHypervisor, key: DomainKey, target: str = "", *options: str) -> str:
    """Merge by the verb; returns its message."""
    return work(hypervisor, key, "merge", Arguments(device=target, options=frozenset(options))).message


def keep(hypervisor: LibvirtHypervisor, key: DomainKey, rule: Retention, *options: str) -> str:
    """Set the rule of what is kept; returns the verb's message."""
    arguments = Arguments(retention=rule, options=frozenset(options))
    return work(hypervisor, key, "set-retention", arguments).message


def image(path: Path, size: str = "16M") -> Path:
    """Make an empty qcow2 image."""
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", path, size], check=True)
    return path


def overlay(path: Path, base: Path) -> Path:
    """Make an image on top of another."""
    subprocess.run(["qemu-img", "create", "-qf", "qcow2", "-F", "qcow2", "-b", base, path], check=True)
    return path


def put(path: Path, value: int, block: int = 0) -> None:
    """Write a block of an image that nobody has open: every byte is ``value``."""
    command = f"write -P {value} {block * BLOCK} {BLOCK}"
    done = subprocess.run(["qemu-io", "-c", command, path], capture_output=True, text=True, check=True)
    assert "failed" not in done.stdout + done.stderr, done.stdout


def got(path: Path | str, block: int = 0) -> int:
    """The value of a block, looked at through the whole chain, also while a guest runs on it."""
    command = ["qemu-img", "convert", "-U", "-O", "raw"]
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        subprocess.run([*command, str(path), str(raw)], check=True)
        content = raw.read_bytes()[block * BLOCK : (block + 1) * BLOCK]
    assert len(set(content)) == 1, "half of a block was written"
    return content[0]


def holds(path: Path | str, text: str) -> bool:
    """Whether the text stands anywhere in an image as a guest sees it."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        subprocess.run(["qemu-img", "convert", "-U", "-O", "raw", str(path), str(raw)], check=True)
        return text.encode() in raw.read_bytes()


def kept_in(path: Path) -> list[str]:
    """Names of the internal snapshots that the image itself holds."""
    listed = subprocess.run(
        ["qemu-img", "info", "-U", "--output=json", path], capture_output=True, check=True
    ).stdout
    return [one["name"] for one in json.loads(listed).get("snapshots", ())]


def two_disks(name: str, first: Path, second: Path) -> str:
    """XML of a guest with two qcow2 disks, vda and vdb."""
    disk = (
        f"<disk type='file'><driver name='qemu' type='qcow2'/><source file='{second}'/>"
        "<target dev='vdb' bus='virtio'/></disk>"
    )
    return guest(name, disk=first).replace("<serial", f"{disk}<serial", 1)
