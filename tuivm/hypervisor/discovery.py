"""Which libvirt to speak to when several may be there: the order virsh users expect."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tuivm.hypervisor.opening import effective_root, open_link
from tuivm.model.errors import HypervisorError

SYSTEM = "qemu:///system"
SESSION = "qemu:///session"

_URI_DEFAULT = re.compile(r"""^\s*uri_default\s*=\s*(["'])(.*?)\1""", re.MULTILINE)
_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Choice:
    """The connection to use."""

    uri: str
    """libvirt URI."""
    source: str
    """Who chose it: ``--connect``, ``configuration``, ``LIBVIRT_DEFAULT_URI``, a file's path, ``default``."""


def default_uri(
    config: str | None,
    explicit: str | None,
    environ: Mapping[str, str],
    *,
    answers: Callable[[str], bool] | None = None,
    etc: Path = Path("/etc/libvirt"),
) -> Choice:
    """The first of: ``-c``, tuivm's configuration, ``LIBVIRT_DEFAULT_URI``, libvirt's client configuration.

    Without any, ``qemu:///system`` if it answers, else ``qemu:///session`` (root, whose session has no
    daemon of its own, stays with the system's). May block for as long as opening a connection takes.
    """
    named = named_uri(config, explicit, environ, etc=etc)
    if named is not None:
        return named
    if effective_root() or (answers or answering)(SYSTEM):
        return Choice(SYSTEM, "default")
    return Choice(SESSION, "default")


def named_uri(
    config: str | None, explicit: str | None, environ: Mapping[str, str], *, etc: Path = Path("/etc/libvirt")
) -> Choice | None:
    """The connection that somebody named, as :func:`default_uri` finds it; None when nobody did."""
    for uri, source in (
        (explicit, "--connect"),
        (config, "configuration"),
        (environ.get("LIBVIRT_DEFAULT_URI"), "LIBVIRT_DEFAULT_URI"),
    ):
        if uri:
            return Choice(uri, source)
    path = client_configuration(environ, etc=etc, root=effective_root())
    found = read_uri_default(path)
    return Choice(found, str(path)) if found else None


def answering(uri: str, *, read_only: bool = False) -> bool:
    """Whether a connection to ``uri`` can be opened now, with the right to change things or without."""
    try:
        open_link(uri, read_only=read_only)
    except HypervisorError:
        return False
    return True


def client_configuration(environ: Mapping[str, str], *, etc: Path, root: bool) -> Path:
    """Libvirt's client configuration: the system's for root, the user's own for anybody else."""
    if root:
        return etc / "libvirt.conf"
    home = environ.get("XDG_CONFIG_HOME") or os.path.join(environ.get("HOME", str(Path.home())), ".config")  # noqa: PTH118
    return Path(home) / "libvirt" / "libvirt.conf"


def read_uri_default(path: Path) -> str | None:
    """``uri_default`` of a libvirt.conf; None when the file or the setting is not there."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = _URI_DEFAULT.search(file.read(_LONGEST))
    except OSError:
        return None
    return found[2] or None if found else None
