"""Which columns fit a width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.column import WIDEST, ColumnWish, SortColumn
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


# Chosen and scrolled

WISHES = st.lists(
    st.builds(ColumnWish, st.sampled_from(SortColumn), st.integers(0, WIDEST)), unique_by=lambda wish: wish.id
).map(tuple)


@given(st.integers(1, 300), WISHES, st.integers(0, 25))
def test_chosen_columns_never_overlap_nor_leave_the_row(
    width: int, wishes: tuple[ColumnWish, ...], skip: int
) -> None:
    found = plan(width, wishes, skip)
    at = 0
    for column in found.columns:
        assert column.x > at
        assert column.width - column.picture >= min(FIGURES.get(column.id, 1), width)
        at = column.x + column.width
    if width >= 20:
        assert at <= width
    assert found.has(SortColumn.NAME) or skip == 0


@given(st.integers(30, 300), WISHES.filter(bool))
def test_every_column_comes_into_sight_by_scrolling(width: int, wishes: tuple[ColumnWish, ...]) -> None:
    seen: set[SortColumn] = set()
    skip = 0
    while True:
        found = plan(width, wishes, skip)
        seen |= {column.id for column in found.columns}
        if not found.after or skip > len(wishes):
            break
        skip += 1
    too_wide = {wish.id for wish in wishes if max(wish.width, 20) > width // 2 - 2}
    assert seen >= {wish.id for wish in wishes} - too_wide


def test_chosen_columns_are_as_they_were_wished_for() -> None:
    wishes = tuple(
        ColumnWish(column, width) for column, width in ((SortColumn.CPU, 8), (SortColumn.NAME, 20))
    )
    shown = [(column.id, column.width, column.picture) for column in plan(80, wishes).columns]
    assert shown == [(SortColumn.CPU, 8, 4), (SortColumn.NAME, 20, 0)]
    assert plan(80, (ColumnWish(SortColumn.NET),)).columns[0].id is SortColumn.NAME
    narrow = plan(80, (ColumnWish(SortColumn.NAME), ColumnWish(SortColumn.CPU, 1)))
    assert [column.width for column in narrow.columns] == [74, 4]


def test_scrolling_keeps_state_and_name() -> None:
    there = plan(80, (), 3)
    assert [column.id for column in there.columns][:3] == [
        SortColumn.STATE,
        SortColumn.NAME,
        SortColumn.DISK,
    ]
    assert (there.before, there.after) == (3, 0)
