"""What every part of the screen shares."""

from __future__ import annotations

import codecs
import locale
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from tuivm.config import Config
from tuivm.core.session import Session
from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.keymap import Keymap


@dataclass(frozen=True, slots=True)
class Context:
    """The session, and how it is to be shown."""

    session: Session
    """What the screen shows and asks."""
    config: Config
    """What the user configured."""
    keymap: Keymap
    """Every key."""
    note: str = ""
    """A short word for the header."""
    ascii_only: bool = False
    """Draw without braille, blocks and boxes."""
    clock: Callable[[], float] = time.time
    """Unix seconds now; tests give a clock that stands still."""

    def current(self, domain: Domain | None) -> Domain | None:
        """The domain with what its detail knows better: a snapshot made by another program sends no event."""
        if domain is None or domain.has_snapshots:
            return domain
        detail = self.session.detail(domain.key)
        return replace(domain, has_snapshots=True) if detail is not None and detail.snapshots else domain

    def console_sign(self, key: DomainKey) -> tuple[str, str]:
        """The value of the sign of a domain's console, and how bad its alert is (empty without one)."""
        console = self.session.consoles.find(key)
        if console is None:
            return "", ""
        alert = console.alert
        return self.session.consoles.sign(key).value, alert.severity if alert is not None else ""


def needs_ascii(config: Config) -> bool:
    """Whether braille and blocks cannot be shown: as configured, else by the terminal and the locale."""
    if config.ascii is not None:
        return config.ascii
    if os.environ.get("TERM", "") in ("linux", "dumb", "vt100", "vt220"):
        return True
    try:
        return codecs.lookup(locale.getpreferredencoding(False)).name != "utf-8"
    except LookupError:
        return True
