"""The errors tuivm shows to its user.

::

    TuivmError                  everything that is reported as one line
    ├── ConfigError             a file of the user's own is wrong (config, theme)
    └── HypervisorError         libvirt, or the hypervisor behind it, refused
        ├── NotFound            no such domain, snapshot, device
        ├── NotSupported        this hypervisor cannot do it
        ├── Denied              authentication or permission
        ├── Busy                another operation, or another console session, holds it
        ├── Unreachable         no daemon, no host, connection lost
        ├── Invalid             wrong state, wrong argument, wrong XML, wrong URI
        ├── TimedOut            the hypervisor did not answer in time
        ├── Cancelled           ended early, because the user wanted it to
        └── Failed              anything else; libvirt's own words

Only :mod:`tuivm.hypervisor` turns a ``libvirtError`` into one of these.
"""

from __future__ import annotations


class TuivmError(Exception):
    """An error with one line for the user and, where known, what to do next."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What went wrong, one line, plain text (never markup)."""
        self.remedy = remedy
        """What the user can do about it; empty when nothing better than the message is known."""

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class ConfigError(TuivmError):
    """A configuration or theme file cannot be used: names file, key and what was expected."""


class HypervisorError(TuivmError):
    """libvirt refused or failed."""

    def __init__(self, message: str, remedy: str = "", code: int | None = None) -> None:
        super().__init__(message, remedy)
        self.code = code
        """libvirt's error number (``virErrorNumber``) when there is one."""
        self.full = ""
        """What libvirt said, perhaps several lines of plain text; empty when ``message`` is all."""


class NotFound(HypervisorError):
    """The domain, snapshot or device does not exist (any more)."""


class NotSupported(HypervisorError):
    """The hypervisor or its driver has no such operation."""


class Denied(HypervisorError):
    """Authentication failed or permission is missing."""


class Busy(HypervisorError):
    """Another operation or console session holds the domain."""


class Unreachable(HypervisorError):
    """The daemon or host cannot be reached, or the connection was lost."""


class Invalid(HypervisorError):
    """The request does not fit: wrong state, argument, XML or URI."""


class TimedOut(HypervisorError):
    """No answer within the time allowed."""


class Cancelled(HypervisorError):
    """It ended early because the user wanted it to; what it had begun is undone or told in the message."""


class Failed(HypervisorError):
    """Any other failure, in libvirt's own words."""
