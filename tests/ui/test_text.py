"""Hostile strings made safe to show."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tuivm.ui.text import fit, plain, plain_lines, safe_text, truncate, width_of


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("web-1", "web-1"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("$(reboot)", "$(reboot)"),
        ("a\nb\tc\r\nd", "a b c  d"),
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("\x9b31m\x7f", "\ufffd31m\ufffd"),
        ("abc\u202egnp.exe", "abc\ufffdgnp.exe"),
        ("\u2066x\u2069", "\ufffdx\ufffd"),
        ("a\u200bb\ufeffc", "a\ufffdb\ufffdc"),
        ("\ud800", "\ufffd"),
        ("na\u0308ive", "na\u0308ive"),
        ("z" + "\u0336" * 50, "z\u0336\u0336"),
        ("\u0336x", "x"),
        ("❤\ufe0f", "❤"),
        ("日本", "日本"),
        ("a\u2028b\u00a0c", "a b c"),
        ("", ""),
    ],
)
def test_plain(raw: str, shown: str) -> None:
    assert plain(raw) == shown


@given(st.text())
def test_plain_never_acts_on_the_terminal(raw: str) -> None:
    shown = plain(raw)
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in shown)
    shown.encode("utf-8")
    assert plain(shown) == shown


def test_plain_is_bounded() -> None:
    assert len(plain("x" * 10**6)) == 2001


def test_plain_lines() -> None:
    assert plain_lines("a\tb\r\n\x1bc\n") == ["a       b", "\ufffdc"]


def test_safe_text_is_not_markup() -> None:
    text = safe_text("[bold]x[/bold]\n", "red")
    assert text.plain == "[bold]x[/bold] "
    assert not text.spans


@pytest.mark.parametrize(
    ("value", "width", "cut"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 4, "abc…"),
        ("abcdef", 1, "…"),
        ("abcdef", 0, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 2, "…"),
    ],
)
def test_truncate(value: str, width: int, cut: str) -> None:
    assert truncate(value, width) == cut


def test_fit_aligns() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, align="right") == "  ab"
    assert fit("ab", 5, align="center") == " ab  "
    assert fit("日本語", 4) == "日… "
    assert fit("日", 1) == "…"
    assert fit("日", 1, ellipsis="") == " "
    assert fit("x", -1) == ""


@given(st.text(max_size=60), st.integers(0, 30))
def test_fit_takes_exactly_the_width(raw: str, width: int) -> None:
    shown = fit(plain(raw), width)
    assert cell_len(shown) == width
    assert width_of(shown) == width
