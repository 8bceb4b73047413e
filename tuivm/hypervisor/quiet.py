"""Load libvirt so that it writes nothing to stderr by itself.

Its library warns there, of a host name without an address for one: into the midst of the screen, or between
the lines of a command. It reads where to log to from the environment, once, when it is loaded.
https://libvirt.org/logging.html
"""

from __future__ import annotations

import os

_OUTPUTS = "LIBVIRT_LOG_OUTPUTS"


def _load() -> None:
    """Import libvirt. What somebody set to see its log stays; programs that are started inherit nothing."""
    silent = _OUTPUTS not in os.environ and "LIBVIRT_DEBUG" not in os.environ
    if silent:
        os.environ[_OUTPUTS] = "4:file:/dev/null"
    try:
        import libvirt  # noqa: F401 - for what loading it does
    finally:
        if silent:
            del os.environ[_OUTPUTS]


_load()
