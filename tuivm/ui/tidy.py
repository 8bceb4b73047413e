"""What is done while nobody types: long searches for garbage, and loading what the next key may need."""

from __future__ import annotations

import gc
import time
from importlib import import_module

from textual import events
from textual._styles_cache import StylesCache
from textual.await_complete import AwaitComplete
from textual.widget import Widget

from tuivm.ui import strips
from tuivm.ui.type_ahead import TypeAheadApp

_YOUNG, _MIDDLE = 700, 10
"""As Python has it: what was made lately is looked through often, and that takes a millisecond or two."""
_FORCED = 100
"""Searches of the middle kind after which a full one comes by itself, also while somebody types."""
_DUE = 10
"""And after which one is done in a quiet moment."""
_TICK = 0.7
"""Seconds between two looks."""
_QUIET = 0.5
"""Seconds since the last key that are a quiet moment: a search takes some 20 ms."""
_LATER = (
    "tuivm.ui.questions",
    "tuivm.ui.verb_menu",
    "tuivm.ui.dialogs.form",
    "tuivm.ui.dialogs.results",
    "tuivm.ui.bulk_desk",
    "tuivm.ui.console_menu",
    "tuivm.ui.edit_desk",
    "tuivm.ui.diagnosis_desk",
    "tuivm.ui.deletion_desk",
    "tuivm.ui.job_desk",
    "tuivm.ui.dialogs.snapshot_form",
    "tuivm.ui.dialogs.jobs",
    "tuivm.ui.dialogs.log",
    "tuivm.ui.dialogs.help",
    "tuivm.ui.widgets.filter_bar",
    "tuivm.ui.screens.graphs",
    "tuivm.ui.screens.building",
)
"""Modules that the start does without, those wanted most first; one is loaded in each quiet moment."""


def begin() -> None:
    """Look for garbage from now on, in what is made from now on: code and types are never looked through."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _FORCED)
    gc.enable()


class TidyApp(TypeAheadApp, inherit_bindings=False):
    """An app that uses quiet moments, where :func:`begin` was called."""

    _last_key = 0.0
    _loaded = 0
    _is_settled = False

    def on_mount(self) -> None:
        """Look now and then."""
        strips.mend()
        if gc.get_threshold()[2] == _FORCED:
            self.set_interval(_TICK, self._tidy)

    async def on_event(self, event: events.Event) -> None:
        """Know when a key came."""
        if isinstance(event, events.Key):
            self._last_key = time.monotonic()
        await super().on_event(event)

    def pop_screen(self) -> AwaitComplete:
        """As textual's; the lines of the page go with it, not when garbage is looked for next.

        Textual remembers two colours for each of the last 1,024 widgets drawn, by the object that holds the
        widget's lines: these, some 50 KiB a page, would stay until as many others were drawn.
        """
        closed = list(self.screen.walk_children(Widget, with_self=True))
        closed += [bar for widget in closed for bar in widget._get_virtual_dom()]  # noqa: SLF001 - scroll bars
        gone = super().pop_screen()
        for widget in closed:
            widget._styles_cache.clear()  # noqa: SLF001 - nothing else lets go of it
        StylesCache.get_inner_outer.cache_clear()
        return gone

    def _tidy(self) -> None:
        if time.monotonic() - self._last_key < _QUIET:
            return
        if self._loaded < len(_LATER):
            import_module(_LATER[self._loaded])
            self._loaded += 1
        elif not self._is_settled and len(self.screen_stack) == 1:
            # What is there by now stays: later searches leave it out, and take a fraction of the time.
            self._is_settled = True
            gc.collect()
            gc.freeze()
        elif gc.get_count()[2] >= _DUE:
            gc.collect()
