"""A box whose list gives way to the rest of it, within one layout."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Vertical
from textual.geometry import Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.layouts.vertical import VerticalLayout
from textual.widget import Widget


class FittedBox(Vertical):
    """Its children below each other, as high as they are, or as there is room.

    Where they are too high together, the child of class ``fitted--list`` gets lower, down to one line. Where
    that is not enough those of class ``fitted--spare`` are left out, the last one first.
    """

    DEFAULT_CSS = "FittedBox { height: auto; }"
    LIST: ClassVar[str] = "fitted--list"
    """The class of the child that gives way."""
    SPARE: ClassVar[str] = "fitted--spare"
    """The class of those that can be done without."""

    @property
    def layout(self) -> Layout:
        """How its children are placed."""
        return _FITTING


class _Fitting(VerticalLayout):
    """The children of a :class:`FittedBox`."""

    name = "fitting"

    def arrange(
        self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True
    ) -> ArrangeResult:
        """Place them within ``size``; in a height of 0, which asks how high they are, as they are."""
        placed = super().arrange(parent, children, size, greedy)
        if not size.height:
            return placed
        while (over := _bottom(placed) - size.height) > 0:
            placed, left = _lowered(placed, over)
            spare = [child for child in children if child.has_class(FittedBox.SPARE)]
            if not left or not spare:
                break
            children = [child for child in children if child is not spare[-1]]
            placed = super().arrange(parent, children, size, greedy)
        return placed


_FITTING = _Fitting()


def _bottom(placed: ArrangeResult) -> int:
    return WidgetPlacement.get_bounds(placed).bottom


def _lowered(placed: ArrangeResult, over: int) -> tuple[ArrangeResult, int]:
    """With the list lower by ``over`` lines at most; how many are still too many."""
    done = 0
    result = []
    for each in placed:
        region = each.region.translate((0, -done))
        if each.widget.has_class(FittedBox.LIST):
            done = min(over, max(0, region.height - 1))
            region = Region(region.x, region.y, region.width, region.height - done)
        result.append(each._replace(region=region))
    return result, over - done
