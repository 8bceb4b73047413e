"""Graphs drawn with characters."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.braille import NAN, area, bar, last, levels, line, sparkline

VALUES = st.lists(
    st.one_of(st.just(NAN), st.floats(0, 200), st.just(math.inf), st.floats(-50, 0)), max_size=120
)


def dots(character: str) -> int:
    return (ord(character) - 0x2800).bit_count() if character != " " else 0


def test_levels_clip_and_keep_gaps() -> None:
    assert levels([0, 50, 100, 500, -3, NAN], 100, 4) == [1, 2, 4, 4, 1, 0]


def test_levels_of_a_maximum_of_nothing() -> None:
    assert levels([0, 3], 0, 4) == [1, 4]


def test_last_fills_with_gaps_on_the_left() -> None:
    found = last([1, 2], 3)
    assert math.isnan(found[0])
    assert found[1:] == [1, 2]
    assert last([1, 2, 3], 2) == [2, 3]
    assert last([1], 0) == []


def test_sparkline_shows_zero_but_not_a_gap() -> None:
    assert sparkline([0, 0], 1) == "⣀"
    assert sparkline([NAN, NAN], 1) == " "
    assert sparkline([NAN, 100], 1) == "⢸"
    assert sparkline([100, NAN], 1) == "⡇"


def test_sparkline_ramp() -> None:
    assert sparkline([0, 50, 75, 100], 2) == "⣠⣾"
    assert sparkline([0, 50, 75, 100], 4, ascii_only=True) == ".:|#"


def test_area_stands_on_its_base() -> None:
    assert area([100, 100], 1, 2, 100) == ["⣿", "⣿"]
    assert area([50, 50], 1, 2, 100) == [" ", "⣿"]
    assert area([0, 100], 1, 2, 100) == ["⢸", "⣸"]


def test_area_hung_from_the_top() -> None:
    assert area([50, 50], 1, 2, 100, down=True) == ["⣿", " "]
    assert area([0, 0], 1, 1, 100, down=True) == ["⠉"]


def test_area_in_ascii() -> None:
    assert area([0, 50, 100, NAN], 4, 2, 100, ascii_only=True) == ["  # ", ".## "]


def test_line_joins_steps() -> None:
    assert line([0, 100], 1, 1, 100) == ["⡸"]
    assert line([100, 100], 1, 2, 100) == ["⠉", " "]
    assert line([NAN, 100], 1, 1, 100) == ["⠈"]


@given(VALUES, st.integers(0, 40), st.integers(0, 12), st.booleans(), st.booleans())
def test_area_has_the_size_asked_for(
    values: list[float], width: int, height: int, ascii_only: bool, down: bool
) -> None:
    rows = area(values, width, height, 100, ascii_only=ascii_only, down=down)
    assert len(rows) == (height if width else 0)
    assert all(len(row) == width for row in rows)
    assert not ascii_only or all(row.isascii() for row in rows)


@given(VALUES, st.integers(0, 40), st.integers(0, 12), st.booleans())
def test_line_has_the_size_asked_for(values: list[float], width: int, height: int, ascii_only: bool) -> None:
    rows = line(values, width, height, 100, ascii_only=ascii_only)
    assert len(rows) == (height if width else 0)
    assert all(len(row) == width for row in rows)


@given(VALUES, st.integers(1, 40))
def test_area_dots_are_the_sum_of_levels(values: list[float], width: int) -> None:
    rows = area(values, width, 3, 100)
    expected = sum(levels(last(values, width * 2), 100, 12))
    assert sum(dots(character) for row in rows for character in row) == expected


def test_a_wide_graph_is_drawn() -> None:
    rows = area([float(at % 100) for at in range(1000)], 500, 10, 100)
    assert len(rows) == 10
    assert len(rows[0]) == 500


@pytest.mark.parametrize(
    ("share", "drawn"),
    [
        (0, "    "),
        (1, "████"),
        (0.5, "██  "),
        (0.53, "██▏ "),
        (0.0001, "▏   "),
        (7, "████"),
        (-1, "    "),
        (NAN, "    "),
    ],
)
def test_bar(share: float, drawn: str) -> None:
    assert bar(share, 4) == drawn


def test_bar_in_ascii() -> None:
    assert bar(0.5, 4, ascii_only=True) == "##.."
    assert bar(0.5, 0) == ""
