"""Figures as short words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.units import duration, nice_ceiling, percent, rates, size, size_of, span

KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (None, "-"),
        (math.nan, "-"),
        (0, "0"),
        (-5, "0"),
        (999, "999"),
        (1000, "1.0K"),
        (1024, "1.0K"),
        (10.2 * KIB, "10K"),
        (999 * KIB, "999K"),
        (1023 * KIB, "1.0M"),
        (9.94 * MIB, "9.9M"),
        (9.96 * MIB, "10M"),
        (3.4 * GIB, "3.4G"),
        (2**80, "999E"),
    ],
)
def test_size(value: float | None, word: str) -> None:
    assert size(value) == word


@given(st.floats(0, 1e30))
def test_size_is_short(value: float) -> None:
    assert 1 <= len(size(value)) <= 4


@pytest.mark.parametrize(
    ("used", "given_", "word"),
    [
        (3.4 * GIB, 4 * GIB, "3.4/4.0G"),
        (80 * MIB, 4 * GIB, "0.1/4.0G"),
        (38 * MIB, 96 * MIB, "38/96M"),
        (None, 4 * GIB, "-/4.0G"),
        (GIB, None, "1.0G"),
        (GIB, 0, "1.0G"),
        (5 * GIB, 4 * GIB, "5.0/4.0G"),
        (200 * GIB, 256 * GIB, "200/256G"),
    ],
)
def test_size_of(used: float | None, given_: float | None, word: str) -> None:
    assert size_of(used, given_) == word


@given(st.floats(0, 1e18), st.floats(1, 1e18))
def test_size_of_is_short(used: float, given_: float) -> None:
    assert len(size_of(used, given_)) <= 8


def test_rates() -> None:
    assert rates(1.2 * MIB, 80 * KIB) == "1.2M/ 80K"
    assert rates(None, 0) == "   -/   0"


@pytest.mark.parametrize(
    ("value", "word"), [(None, "-"), (0.4, "0%"), (62.6, "63%"), (100, "100%"), (-1, "0%"), (math.nan, "-")]
)
def test_percent(value: float | None, word: str) -> None:
    assert percent(value) == word


@pytest.mark.parametrize(
    ("seconds", "word"),
    [
        (None, "-"),
        (-3, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (7800, "2h10m"),
        (36000, "10h"),
        (86400 * 3 + 4 * 3600, "3d04h"),
        (86400 * 41, "41d"),
        (86400 * 1500, "4y"),
    ],
)
def test_duration(seconds: float | None, word: str) -> None:
    assert duration(seconds) == word


@given(st.floats(0, 3e9))
def test_duration_is_short(seconds: float) -> None:
    assert len(duration(seconds)) <= 5


@pytest.mark.parametrize(
    ("seconds", "word"),
    [(64, "64 s"), (120, "2 min"), (150, "2.5 min"), (300, "5 min"), (7200, "2 h"), (7 * 86400, "7 d")],
)
def test_span(seconds: float, word: str) -> None:
    assert span(seconds) == word


@pytest.mark.parametrize(
    ("value", "ceiling"),
    [(0, 1), (-1, 1), (1, 1), (1.1, 2), (2.1, 5), (7, 10), (10, 10), (340, 500), (0.03, 0.05)],
)
def test_nice_ceiling(value: float, ceiling: float) -> None:
    assert nice_ceiling(value) == pytest.approx(ceiling)


def test_nice_ceiling_of_bytes() -> None:
    assert nice_ceiling(3 * MIB, binary=True) == 4 * MIB
    assert nice_ceiling(4 * MIB, binary=True) == 4 * MIB
    assert nice_ceiling(math.inf) == 1


@given(st.floats(1e-9, 1e18), st.booleans())
def test_nice_ceiling_is_not_below(value: float, binary: bool) -> None:
    assert nice_ceiling(value, binary=binary) >= value * (1 - 1e-9)
