"""A screen of which every widget learns its size."""

from __future__ import annotations

from typing import Any

from textual.geometry import Size
from textual.screen import Screen, ScreenResultType


class LaidOut(Screen[ScreenResultType]):
    """A screen whose layouts are compared with the last one that was told.

    Textual tells a widget of its size where that differs from what its map of the screen says. It makes that
    map anew also when somebody merely asks where a widget is; what changed since the last layout then counts
    as known, and the widget never hears of it (textual 8.2.8, ``Compositor.full_map``; its issue 5024).
    """

    _map_told: dict[Any, Any] | None = None
    """The map as it was after the last layout."""

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        compositor = self._compositor
        if self._map_told is not None and compositor._full_map is not self._map_told:  # noqa: SLF001 - see above
            compositor._full_map = self._map_told  # noqa: SLF001
            compositor._full_map_invalidated = True  # noqa: SLF001
        super()._refresh_layout(size, scroll)
        self._map_told = compositor._full_map  # noqa: SLF001
