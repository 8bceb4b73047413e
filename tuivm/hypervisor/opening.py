"""Opening a libvirt connection, and what to tell the user when it cannot be opened."""

from __future__ import annotations

import grp
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

import libvirt

from tuivm.hypervisor import eventloop
from tuivm.hypervisor.errors import translate
from tuivm.model.errors import Denied, HypervisorError, Invalid, Unreachable
from tuivm.model.line import one_line

KEEPALIVE_SECONDS = 5
KEEPALIVE_COUNT = 3

_ELSEWHERE = frozenset({"test", "esx", "gsx", "vpx", "hyperv", "phyp", "xenapi"})
_SCHEMES = _ELSEWHERE | {
    "qemu",
    "lxc",
    "xen",
    "vbox",
    "ch",
    "bhyve",
    "vz",
    "openvz",
    "vmwareplayer",
    "vmwarews",
}
_EXAMPLE = "a URI looks like qemu:///system or qemu+ssh://host/system"
_PACKAGES = {"qemu": "qemu", "lxc": "lxc", "xen": "xen", "vbox": "vbox", "ch": "ch"}
_ALIAS = re.compile(r"[A-Za-z0-9_.-]+")
_SOCKET = re.compile(r"(?:socket to|connect socket to) '([^']+)'")


def open_link(uri: str, *, read_only: bool) -> libvirt.virConnect:
    """Connect, with keepalive where the transport has it. Raises Unreachable, Denied or Invalid."""
    _check(uri)
    eventloop.start()
    try:
        target = _without_prompts(uri)
        link = libvirt.openReadOnly(target) if read_only else libvirt.open(target)
    except libvirt.libvirtError as error:
        raise _explain(uri, error) from error
    except (TypeError, ValueError) as error:
        # An embedded NUL never reaches libvirt.
        raise Invalid(
            f"{one_line(uri)}: {one_line(str(error))}", "see https://libvirt.org/uri.html"
        ) from error
    with suppress(libvirt.libvirtError):
        # Refused by drivers without a wire: there is nothing to keep alive.
        link.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_COUNT)
    return link


def is_local(uri: str) -> bool:
    """Whether the URI's hypervisor runs this machine, so that psutil's figures are the host's own."""
    parts = urlsplit(uri)
    return parts.scheme.partition("+")[0].lower() not in _ELSEWHERE and not parts.netloc


def _is_simulated(uri: str) -> bool:
    """Whether it names libvirt's test driver in this process: no daemon, no host, a file at most."""
    parts = urlsplit(uri)
    return parts.scheme.lower() == "test" and not parts.netloc


def canonical(uri: str) -> str:
    """``virConnectGetURI``'s answer less what :func:`open_link` added: the identity of a connection."""
    return re.sub(r"\?$", "", re.sub(r"([?&])no_tty=1(?:&|$)", r"\1", uri)).removesuffix("&")


def _check(uri: str) -> None:
    """Refuse what libvirt would answer with a misleading error, or with noise on standard error."""
    if _ALIAS.fullmatch(uri):
        return  # libvirt.conf may know it (uri_aliases).
    try:
        parts = urlsplit(uri)
    except ValueError as error:
        raise Invalid(f"{one_line(uri)}: not a URI: {error}", _EXAMPLE) from error
    driver = parts.scheme.partition("+")[0].lower()
    if driver not in _SCHEMES:
        raise Invalid(f"{one_line(uri) or 'no URI'}: no libvirt driver is called {driver!r}", _EXAMPLE)
    path = Path(parts.path)
    if _is_simulated(uri) and path.name != "default" and not path.is_file():
        raise Invalid(f"{one_line(uri)}: no such file: {one_line(str(path))}", "test:///default needs none")


def _without_prompts(uri: str) -> str:
    """Forbid ssh to ask for a password on the terminal, which belongs to the screen."""
    try:
        parts = urlsplit(uri)
        asked = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        return uri
    if parts.scheme.partition("+")[2] != "ssh" or "no_tty" in asked:
        return uri
    return f"{uri}{'&' if parts.query else '?'}no_tty=1"


def _explain(uri: str, error: libvirt.libvirtError) -> HypervisorError:
    plain = translate(error)
    shown = one_line(uri)
    words = plain.message
    lower = words.lower()
    code = error.get_error_code()
    path = _socket_path(words)
    if path is not None and "permission denied" in lower:
        return Denied(f"{shown}: no permission for {path}", _permission(path), code)
    if isinstance(plain, Denied) or "permission denied" in lower or "authentication" in lower:
        return Denied(f"{shown}: {words}", _authentication(uri, lower), code)
    if path is not None:
        return Unreachable(f"{shown}: no daemon answers at {path}", _daemon(path), code)
    if "no connection driver available" in lower:
        return Invalid(f"{shown}: {words}", _driver(uri), code)
    if code in (libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_NO_SUPPORT) or "uri" in lower:
        return Invalid(f"{shown}: {words}", _EXAMPLE, code)
    if _is_simulated(uri):
        return Invalid(f"{shown}: {words}", "mend the file, or use test:///default, which needs none", code)
    if isinstance(plain, Unreachable) or not is_local(uri):
        return Unreachable(f"{shown}: {words}", _remote(uri, lower), code)
    return type(plain)(f"{shown}: {words}", plain.remedy or _daemon_missing(lower), code)


def _socket_path(words: str) -> str | None:
    found = _SOCKET.search(words)
    return one_line(found[1]) if found else None


def _permission(path: str) -> str:
    """Which group may use the socket at ``path``, and how to join it."""
    group = ""
    with suppress(OSError, KeyError):
        status = Path(path).stat()
        if stat.S_IMODE(status.st_mode) & stat.S_IWGRP and status.st_gid:
            group = grp.getgrgid(status.st_gid).gr_name
    if not group:
        return "run as root, or use your own machines with -c qemu:///session"
    return f"it belongs to group {group}: sudo usermod -aG {group} $USER, then log in again"


def _authentication(uri: str, words: str) -> str:
    if "polkit" in words:
        return "join the group libvirt (sudo usermod -aG libvirt $USER) and log in again"
    if "ssh" in urlsplit(uri).scheme:
        return "load a key that the host accepts (ssh-add), and try ssh to it by hand"
    return "put user and password into ~/.config/libvirt/auth.conf"


def _daemon(path: str) -> str:
    name = Path(path).name
    if _run_directory(path) and not any(_installed(one) for one in ("libvirtd", "virtqemud", "virtlxcd")):
        return "install libvirt's daemon: package libvirt-daemon-system, or libvirt-daemon on Fedora"
    modular = re.fullmatch(r"(virt(?:qemu|lxc|xen|vbox|bhyve|ch)d)-sock.*", name)
    unit = modular[1] if modular else "libvirtd"
    if modular is None and _installed("virtqemud") and not _installed("libvirtd"):
        unit = "virtqemud.socket"
    if "/run/user/" in path or str(Path.home()) in path:
        return "is libvirt's daemon installed? package libvirt-daemon-system or libvirt-daemon"
    if name not in ("libvirt-sock", "libvirt-sock-ro") and modular is None:
        return f"start the daemon that owns {name}"
    if not _has_systemd():
        return f"start it: sudo virtlogd -d; sudo {unit} -d"
    return f"start it: sudo systemctl start {unit}"


def _run_directory(path: str) -> bool:
    """Whether the socket is where the system's daemon has its own."""
    return path.startswith(("/run/libvirt/", "/var/run/libvirt/"))


def _installed(daemon: str) -> bool:
    return any(Path(folder, daemon).exists() for folder in ("/usr/sbin", "/usr/bin", "/sbin"))


def _has_systemd() -> bool:
    return Path("/run/systemd/system").is_dir()


def _daemon_missing(words: str) -> str:
    return "install libvirt's daemon: package libvirt-daemon" if "libvirtd" in words else ""


def _driver(uri: str) -> str:
    scheme = urlsplit(uri).scheme.partition("+")[0].lower()
    if scheme in _PACKAGES:
        return f"install libvirt's driver for it: package libvirt-daemon-driver-{_PACKAGES[scheme]}"
    return _EXAMPLE


def _remote(uri: str, words: str) -> str:
    host = one_line(urlsplit(uri).hostname or "")
    if not host:
        return "start the daemon: sudo systemctl start libvirtd"
    if "ssh" in urlsplit(uri).scheme.lower():
        return f"try by hand: ssh {quote(host)} virsh list"
    if "certificate" in words or "tls" in words:
        return f"check the TLS certificates for {host}: https://libvirt.org/kbase/tlscerts.html"
    return f"is {host} up, and does libvirt listen there?"


def effective_root() -> bool:
    """Whether the program runs as root."""
    return os.geteuid() == 0
