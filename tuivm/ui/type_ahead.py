"""Keys typed while the keyboard is on its way from one widget to another reach the one it goes to."""

from __future__ import annotations

from collections import deque
from typing import Any
from weakref import ReferenceType, ref

from textual import events
from textual.screen import Screen
from textual.timer import Timer

from tuivm.ui.output.app import OutputApp

_BURST = 64
"""Keys that are remembered with the screen on which they were typed."""
_LONGEST = 1.0
"""Seconds after which held keys are let go, whoever has the keyboard by then."""


class TypeAheadApp(OutputApp, inherit_bindings=False):
    """An app that can hold keys back.

    A widget that is shown takes the keyboard some time after the key that asked for it: on a slow line a
    whole word is there by then, and its letters would be taken for keys of the list. Between
    :meth:`hold_keys` and :meth:`release_keys` keys wait, and then go to who has the keyboard.
    """

    _held: list[events.Key] | None = None
    _patience: Timer | None = None

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[tuple[events.Key, ReferenceType[Screen[Any]]]] = deque(maxlen=_BURST)

    def hold_keys(self) -> None:
        """Let keys wait from now on."""
        if self._held is None:
            self._held = []
            self._patience = self.set_timer(_LONGEST, self.release_keys)

    @property
    def holds_keys(self) -> bool:
        """Whether keys wait now."""
        return self._held is not None

    def release_keys(self) -> None:
        """Let the keys that wait go on, and those to come."""
        held, self._held = self._held, None
        if held is None:
            return
        if self._patience is not None:
            self._patience.stop()
        # One that a widget gave back comes late: the clock knows the order.
        for key in sorted(held, key=lambda key: key.time):
            self.post_message(events.Key(key.key, key.character))

    def push_screen(self, screen: Screen[Any] | str, *args: Any, **kwargs: Any) -> Any:
        """Show a screen; keys wait for one that says so (``HOLDS_KEYS``) until it has the keyboard."""
        if getattr(screen, "HOLDS_KEYS", False):
            self.hold_keys()
        return super().push_screen(screen, *args, **kwargs)

    def _is_late(self, key: events.Key) -> bool:
        """Whether a key comes back from a screen that a dialog covered meanwhile: then it is the dialog's."""
        if not key.is_forwarded:
            self._typed.append((key, ref(self.screen)))
            return False
        origin = next((screen for typed, screen in self._typed if typed is key), None)
        return (
            origin is not None and origin() is not self.screen and getattr(self.screen, "HOLDS_KEYS", False)
        )

    async def on_event(self, event: events.Event) -> None:
        """Hold a key: a new one, or one that the widget which had the keyboard before did not want."""
        if self._held is not None and isinstance(event, events.Key):
            self._held.append(event)
            return
        if isinstance(event, events.Key) and self._is_late(event):
            self.post_message(events.Key(event.key, event.character))
            return
        await super().on_event(event)
