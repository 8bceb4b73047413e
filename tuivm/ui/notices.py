"""Notices that make room: for the same one said again, and for a dialog that is shown below them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from textual.notifications import SeverityLevel
from textual.screen import Screen

from tuivm.ui.type_ahead import TypeAheadApp

_FRESH = 1.0
"""Seconds for which a notice stays though a dialog is shown: nobody has read it yet."""

_LEVELS: Mapping[str, SeverityLevel] = {"warning": "warning", "error": "error"}


def as_level(severity: str) -> SeverityLevel:
    """How a notice of that severity looks."""
    return _LEVELS.get(severity, "information")


class NoticeApp(TypeAheadApp, inherit_bindings=False):
    """An app whose notices never lie over the dialog that was asked for after them."""

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a notice, once: the same words are shown again, not twice."""
        self._drop([shown.identity for shown in self._notifications if shown.message == message])
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def push_screen(self, screen: Screen[Any] | str, *args: Any, **kwargs: Any) -> Any:
        """Show a screen. Notices that were there go: they stand in the log, if they matter."""
        old = time.time() - _FRESH
        self._drop([shown.identity for shown in self._notifications if shown.raised_at < old])
        return super().push_screen(screen, *args, **kwargs)

    def _drop(self, identities: list[str]) -> None:
        for shown in list(self._notifications):
            if shown.identity in identities:
                self._unnotify(shown)
