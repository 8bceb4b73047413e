"""Where libvirt's drivers write what a domain's hypervisor says, and the end of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SYSTEM = "/var/log/libvirt"
"""Folder of the system daemons' logs."""
_FOLDERS = {"qemu": "qemu", "lxc": "lxc", "xen": "libxl", "ch": "ch"}
_BYTES = 65_536
_LINES = 60
_LONGEST = 400
_STARTED = "starting up"


def log_path(connection: str, name: str, environ: Mapping[str, str] | None = None) -> Path | None:
    """The log of a domain of that connection, on its host; None where the driver keeps none."""
    environ = os.environ if environ is None else environ
    if "/" in name or "\0" in name or name in ("", ".", ".."):
        return None
    parts = urlsplit(connection)
    driver = _FOLDERS.get(parts.scheme.partition("+")[0].lower())
    if driver is None:
        return None
    if parts.path == "/embed":
        root = parse_qs(parts.query).get("root", [""])[0]
        return Path(root, "log", driver, f"{name}.log") if root else None
    if parts.path == "/session":
        cache = environ.get("XDG_CACHE_HOME") or f"{environ.get('HOME', '~')}/.cache"
        return Path(cache, "libvirt", driver, "log", f"{name}.log")
    return Path(SYSTEM, driver, f"{name}.log")


def tail(path: Path) -> tuple[tuple[str, ...], str]:
    """The last lines since the domain was last started, and where they are from or why there are none."""
    try:
        with path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _BYTES))
            text = file.read(_BYTES).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return (), f"there is no log {path}"
    except PermissionError:
        return (), f"the log {path} can be read by root alone"
    except (OSError, ValueError) as error:
        return (), f"the log {path} cannot be read: {getattr(error, 'strerror', None) or error}"
    lines = text.splitlines()
    begun = next((index for index in reversed(range(len(lines))) if _STARTED in lines[index]), 0)
    kept = lines[begun:][-_LINES:]
    return tuple(line[:_LONGEST] for line in kept), str(path)
