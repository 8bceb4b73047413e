"""Which columns fit a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.column import SortColumn
from tuivm.ui.columns import AUTOMATIC, MIN_NAME, plan

FIGURES = {
    SortColumn.CPU: 4,
    SortColumn.MEMORY: 9,
    SortColumn.DISK: 9,
    SortColumn.NET: 9,
    SortColumn.UPTIME: 5,
}

DEFAULT = {wish.id for wish in AUTOMATIC}


def widths(width: int) -> dict[SortColumn, int]:
    return {column.id: column.width for column in plan(width).columns}


def pictures(width: int) -> dict[SortColumn, int]:
    return {column.id: column.picture for column in plan(width).columns}


@pytest.mark.parametrize("width", [79, 80])
def test_the_essential_fits_80_columns(width: int) -> None:
    shown = widths(width)
    assert set(shown) == DEFAULT - {SortColumn.AUTOSTART}
    assert shown[SortColumn.NAME] >= MIN_NAME
    assert pictures(width)[SortColumn.CPU] >= 6
    assert pictures(width)[SortColumn.MEMORY] >= 5


def test_everything_fits_100_columns() -> None:
    assert set(widths(100)) == DEFAULT
    assert widths(100)[SortColumn.NAME] >= 16


def test_200_columns_have_wider_pictures() -> None:
    assert set(widths(200)) == DEFAULT
    assert pictures(200)[SortColumn.CPU] > 2 * pictures(80)[SortColumn.CPU]
    assert pictures(200)[SortColumn.MEMORY] > 2 * pictures(80)[SortColumn.MEMORY]


@given(st.integers(1, 500))
def test_columns_never_overlap_nor_cut_figures(width: int) -> None:
    at = 0
    for column in plan(width).columns:
        assert column.x > at
        assert column.width >= 1
        assert column.width - column.picture >= FIGURES.get(column.id, 1)
        at = column.x + column.width
    if width >= 5:
        assert at <= width
        assert SortColumn.NAME in widths(width)
    if len(widths(width)) > 2:
        assert widths(width)[SortColumn.NAME] >= MIN_NAME


@given(st.integers(1, 400))
def test_a_column_that_is_shown_stays_when_there_is_more_room(width: int) -> None:
    assert set(widths(width)) <= set(widths(width + 1))


def test_column_under_the_pointer() -> None:
    columns = plan(80)
    for column in columns.columns:
        assert columns.at(column.x) is column
        assert columns.at(column.x + column.width - 1) is column
    assert columns.at(0) is None
    assert columns.has(SortColumn.CPU)
