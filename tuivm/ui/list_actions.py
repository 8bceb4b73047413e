"""What each action of the keymap does with the list as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from tuivm.config import State
from tuivm.model.column import ColumnWish, Grouping
from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.ui.screens.main import MainScreen

Do = Callable[["MainScreen"], object]

_GROUPINGS = (Grouping.NONE, Grouping.TAG, Grouping.STATE, Grouping.HOST)
"""In the order in which the key goes through them."""


def _next_order(main: MainScreen) -> None:
    """Go to the next column that is shown."""
    columns = [column.id for column in main.table.plan.columns]
    at = columns.index(main.sort) + 1 if main.sort in columns else 0
    main.sort_by(columns[at % len(columns)])


def _reverse(main: MainScreen) -> None:
    main.sort_by(main.sort, reverse=not main.sort_reverse)


def _group(main: MainScreen) -> None:
    at = _GROUPINGS.index(main.listing.wish.group)
    main.group_by(_GROUPINGS[(at + 1) % len(_GROUPINGS)])


def _fold(main: MainScreen) -> None:
    row = main.table.cursor_row
    group = main.listing.group(row) if isinstance(row, DomainKey) else row
    if group is None:
        key = main.context.keymap["group"].key(ascii_only=main.context.ascii_only)
        main.tuivm.tell(f"there are no groups: {key} makes them", log=False, severity="warning")
    else:
        main.fold(group, folded=not main.listing.is_folded(group))


def _fold_all(main: MainScreen) -> None:
    groups = main.listing.groups
    main.fold(*groups, folded=not all(map(main.listing.is_folded, groups)))


def _scroll(main: MainScreen, columns: int) -> None:
    if not main.details_focused:
        main.table.action_scroll_columns(columns)


def _columns(main: MainScreen) -> None:
    """Choose the columns, and keep the choice."""
    from tuivm.ui.dialogs.columns import ColumnsScreen

    def chosen(wishes: tuple[ColumnWish, ...] | None) -> None:
        if wishes is None:
            return
        state = State(columns=tuple(map(str, wishes)))
        main.app.run_worker(lambda: main.tuivm.remember(state), thread=True, exit_on_error=False)
        if main.context.config.list.is_fixed:
            main.tuivm.tell("columns: until the end only, the configuration names others", log=False)

    main.app.push_screen(ColumnsScreen(main.table.columns, main.table.set_columns), chosen)


LIST_ACTS: Mapping[str, Do] = {
    "sort": _next_order,
    "sort-reverse": _reverse,
    "columns": _columns,
    "scroll-left": lambda main: _scroll(main, -1),
    "scroll-right": lambda main: _scroll(main, 1),
    "group": _group,
    "fold": _fold,
    "fold-all": _fold_all,
    "hide-stopped": lambda main: main.hide_stopped(),
}
"""By id."""
