"""The one place where a ``libvirtError`` becomes one of tuivm's own errors.

The class follows libvirt's error number (``virErrorNumber`` in ``virterror.h``); where libvirt uses one
number for several things (an internal error for a closed socket, a failed operation for a console in
use) the message decides too. Messages are made one line of plain text: they quote names and guest data.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import libvirt

from tuivm.hypervisor.remedies import remedy
from tuivm.model.errors import (
    Busy,
    Denied,
    Failed,
    HypervisorError,
    Invalid,
    NotFound,
    NotSupported,
    TimedOut,
    Unreachable,
)
from tuivm.model.line import one_line

_BY_CODE: Mapping[int, type[HypervisorError]] = {
    libvirt.VIR_ERR_NO_DOMAIN: NotFound,
    libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT: NotFound,
    libvirt.VIR_ERR_DEVICE_MISSING: NotFound,
    libvirt.VIR_ERR_NO_STORAGE_VOL: NotFound,
    libvirt.VIR_ERR_NO_NETWORK: NotFound,
    libvirt.VIR_ERR_NO_SUPPORT: NotSupported,
    libvirt.VIR_ERR_OPERATION_UNSUPPORTED: NotSupported,
    libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED: NotSupported,
    libvirt.VIR_ERR_CONFIG_UNSUPPORTED: NotSupported,
    libvirt.VIR_ERR_AUTH_FAILED: Denied,
    libvirt.VIR_ERR_AUTH_CANCELLED: Denied,
    libvirt.VIR_ERR_AUTH_UNAVAILABLE: Denied,
    libvirt.VIR_ERR_OPERATION_DENIED: Denied,
    libvirt.VIR_ERR_ACCESS_DENIED: Denied,
    libvirt.VIR_ERR_RESOURCE_BUSY: Busy,
    libvirt.VIR_ERR_OPERATION_TIMEOUT: TimedOut,
    libvirt.VIR_ERR_AGENT_UNRESPONSIVE: TimedOut,
    libvirt.VIR_ERR_NO_CONNECT: Unreachable,
    libvirt.VIR_ERR_INVALID_CONN: Unreachable,
    libvirt.VIR_ERR_UNKNOWN_HOST: Unreachable,
    libvirt.VIR_ERR_RPC: Unreachable,
    libvirt.VIR_ERR_GNUTLS_ERROR: Unreachable,
    libvirt.VIR_ERR_SSH: Unreachable,
    libvirt.VIR_ERR_LIBSSH: Unreachable,
    libvirt.VIR_ERR_OPERATION_INVALID: Invalid,
    libvirt.VIR_ERR_INVALID_ARG: Invalid,
    libvirt.VIR_ERR_XML_ERROR: Invalid,
    libvirt.VIR_ERR_XML_DETAIL: Invalid,
    libvirt.VIR_ERR_XML_INVALID_SCHEMA: Invalid,
    libvirt.VIR_ERR_DOM_EXIST: Invalid,
    libvirt.VIR_ERR_PARSE_FAILED: Invalid,
    libvirt.VIR_ERR_NO_NAME: Invalid,
    libvirt.VIR_ERR_NO_OS: Invalid,
    libvirt.VIR_ERR_OS_TYPE: Invalid,
    libvirt.VIR_ERR_CONF_SYNTAX: Invalid,
    libvirt.VIR_ERR_INVALID_DOMAIN_SNAPSHOT: Invalid,
    libvirt.VIR_ERR_SNAPSHOT_REVERT_RISKY: Invalid,
}

REFUSED_FLAGS = frozenset(
    {libvirt.VIR_ERR_NO_SUPPORT, libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED}
)
"""Codes with which drivers refuse a call's flags, each in its own way."""
_TRANSPORT = frozenset(
    {libvirt.VIR_FROM_RPC, libvirt.VIR_FROM_REMOTE, libvirt.VIR_FROM_NET, libvirt.VIR_FROM_SSH}
)
_LOST = (
    "client socket is closed",
    "connection closed due to keepalive timeout",
    "cannot recv data",
    "cannot write data",
    "end of file while reading data",
    "failed to connect socket",
    "unable to connect to server",
)
_LEVELS = frozenset({"VIR_ERR_WARNING", "VIR_ERR_ERROR"})
"""Names of virErrorLevel, which begin as those of virErrorNumber do."""
_SILENT = ("respond", "timeout", "timed out")
"""What libvirt says, under several numbers, of an agent that did not answer in time."""
_WRONG_STATE = ("is already running", "is not running", "not in shutoff state")


def translate(error: libvirt.libvirtError, doing: str = "") -> HypervisorError:
    """``error`` as one of our own; ``doing`` says what was tried and leads the message when given."""
    code = error.get_error_code()
    words = one_line(error.get_error_message() or str(error)) or "libvirt failed without a word"
    message = f"{doing}: {words}" if doing else words
    kind = _kind(code, error.get_error_domain(), words.lower())
    ours = kind(message, _remedy(kind, words.lower()), code)
    ours.full = whole(error)
    return ours


def whole(error: libvirt.libvirtError) -> str:
    """Everything that libvirt said, in its own lines, with its names of the error and of who raised it."""
    said = error.get_error_message() or str(error)
    lines = [one_line(line) for line in said.splitlines()]
    code, source = error.get_error_code(), error.get_error_domain()
    if code is not None:
        origin = f" from {_name('VIR_FROM_', source)}" if source else ""
        lines.append(f"({_name('VIR_ERR_', code)}{origin})")
    return "\n".join(line for line in lines if line)


@cache
def _name(prefix: str, number: int | None) -> str:
    """Libvirt's own name of a number, to look for elsewhere."""
    names = (
        name
        for name in vars(libvirt)
        if name.startswith(prefix) and name not in _LEVELS and getattr(libvirt, name) == number
    )
    return next(names, f"{prefix}{number}")


def _kind(code: int | None, domain: int | None, words: str) -> type[HypervisorError]:
    if code is None:
        return Failed
    if any(sign in words for sign in _LOST):
        return Unreachable
    if "active console session" in words or "state change lock" in words:
        return Busy
    if "guest agent" in words and any(sign in words for sign in _SILENT):
        return TimedOut
    if "cannot find character device" in words or "cannot find console device" in words:
        return NotFound
    if any(sign in words for sign in _WRONG_STATE):
        return Invalid
    if code == libvirt.VIR_ERR_SYSTEM_ERROR and domain in _TRANSPORT:
        return Unreachable
    return _BY_CODE.get(code, Failed)


def _remedy(kind: type[HypervisorError], words: str) -> str:
    known = remedy(words)
    if known:
        return known
    if kind is TimedOut and "agent" in words:
        return "the guest agent does not answer; is qemu-guest-agent running in the guest?"
    if kind is Denied and "read only" in words:
        return "connect without --readonly"
    return ""
