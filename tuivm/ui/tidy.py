"""Garbage is looked for while nobody types: a full search takes as long as several frames."""

from __future__ import annotations

import gc
import time

from textual import events

from tuivm.ui.type_ahead import TypeAheadApp

_YOUNG, _MIDDLE = 700, 10
"""As Python has it: what was made lately is looked through often, and that takes a millisecond or two."""
_FORCED = 200
"""Searches of the middle kind after which a full one comes by itself, also while somebody types."""
_DUE = 10
"""And after which one is done in a quiet moment."""
_TICK = 1.0
"""Seconds between two looks."""
_QUIET = 1.0
"""Seconds since the last key that are a quiet moment."""


def begin() -> None:
    """Look for garbage from now on, in what is made from now on: code and types are never looked through."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _FORCED)
    gc.enable()


class TidyApp(TypeAheadApp, inherit_bindings=False):
    """An app that looks for garbage in quiet moments, where :func:`begin` was called."""

    _last_key = 0.0

    def on_mount(self) -> None:
        """Look now and then."""
        if gc.get_threshold()[2] == _FORCED:
            self.set_interval(_TICK, self._tidy)

    async def on_event(self, event: events.Event) -> None:
        """Know when a key came."""
        if isinstance(event, events.Key):
            self._last_key = time.monotonic()
        await super().on_event(event)

    def _tidy(self) -> None:
        if gc.get_count()[2] >= _DUE and time.monotonic() - self._last_key >= _QUIET:
            gc.collect()
