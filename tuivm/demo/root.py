"""The folder of one run: libvirt's embedded driver lives in it, and it goes when the run ends.

It is made in the folder for temporary files, with a short name, because libvirt puts Unix sockets in it
and their paths are limited to 107 bytes. A record in tuivm's state folder names it and the process it
belongs to, so that a later run can clear what a killed one left.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tempfile
from pathlib import Path

from tuivm.demo.owner import Owner, kill_emulators, this_process
from tuivm.demo.parts import MissingPartError

PREFIX = "tuivm-demo-"
_OWNER = "owner.json"
"""The record again, in the folder itself, for when the state folder is another one or gone."""
_LONGEST = 40
"""Characters a folder for temporary files may have, to which libvirt adds up to 60."""

_CONFIGURATION = """\
# No virtlogd: QEMU's own words go to a file.
stdio_handler = "file"
# No security driver, mount namespace, control group, change of owner: nothing outside is touched.
security_driver = "none"
namespaces = []
cgroup_controllers = []
dynamic_ownership = 0
remember_owner = 0
"""
_AS_ROOT = """\
# Otherwise libvirt runs QEMU as a user who cannot open the disks in this folder.
user = "root"
group = "root"
"""


def _place() -> Path:
    told = Path(tempfile.gettempdir()).resolve()
    return told if len(str(told)) <= _LONGEST else Path("/tmp")  # noqa: S108 (mkdtemp makes it ours)


def configuration() -> str:
    """Return ``etc/qemu.conf`` of the embedded driver for the user who runs this."""
    return _CONFIGURATION + (_AS_ROOT if os.getuid() == 0 else "")


def create(records: Path) -> Path:
    """Make the folder of a run of this process, record it below ``records`` and return it.

    Raises MissingPartError when it cannot be made.
    """
    try:
        records.mkdir(parents=True, exist_ok=True, mode=0o700)
        root = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_place()))
        content = {"root": str(root), **dataclasses.asdict(this_process())}
        for record in (_record(records, root), root / _OWNER):
            record.write_text(json.dumps(content), encoding="utf-8")
        (root / "etc").mkdir()
        (root / "etc/qemu.conf").write_text(configuration(), encoding="utf-8")
    except OSError as error:
        raise MissingPartError(f"no folder for the demonstration: {error}") from error
    return root


def _record(records: Path, root: Path) -> Path:
    return records / f"{root.name}.json"


def remove(records: Path, root: Path) -> int:
    """Kill the QEMU processes of ``root``, remove it and its record; return how many were killed."""
    killed = kill_emulators(root)
    shutil.rmtree(root, ignore_errors=True)
    if not root.exists():
        try:
            _record(records, root).unlink(missing_ok=True)
        except OSError:
            # A record of a folder that is gone does no harm: the next run tries again.
            return killed
    return killed


def _is_ours(root: Path) -> bool:
    """Whether a recorded folder may be removed: named as we name them, a real folder, and our own."""
    if not root.is_absolute() or ".." in root.parts or not root.name.startswith(PREFIX):
        return False
    try:
        status = root.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return status.st_uid == os.getuid() and root.is_dir() and not root.is_symlink()


def _read(record: Path) -> tuple[Path, Owner] | None:
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        owner = Owner(
            int(content["pid"]), int(content["started"]), str(content["boot"]), str(content["space"])
        )
        return Path(str(content["root"])), owner
    except (OSError, ValueError, TypeError, KeyError):
        return None


def clean_leftovers(records: Path) -> int:
    """Clear what dead runs left (folders, QEMU processes, records); return how many runs. Never raises."""
    cleaned = 0
    inside = sorted(_place().glob(f"{PREFIX}*/{_OWNER}"))
    for record in (*sorted(records.glob(f"{PREFIX}*.json")), *inside):
        found = _read(record)
        if found is None or not _is_ours(found[0]) or found[1].is_alive:
            continue
        if record not in (_record(records, found[0]), found[0] / _OWNER):
            continue
        remove(records, found[0])
        cleaned += 1
    return cleaned
