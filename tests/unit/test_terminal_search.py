"""The search: patterns, slices of time, hits and what marks them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.terminals import make
from tuivm.terminal import Terminal, search
from tuivm.terminal.pattern import BadPattern, compile_pattern
from tuivm.terminal.search import Finder, Hit


def found(terminal: Terminal, pattern: str, regex: bool = False, ignore_case: bool | None = None) -> Finder:
    finder = Finder(terminal, pattern, regex=regex, ignore_case=ignore_case)
    while finder.step():
        pass
    return finder


def texts(terminal: Terminal, finder: Finder) -> list[str]:
    """What lies under the hits that are on one row."""
    return [
        "".join(cell.data for cell in terminal.line(hit.number).cells()[hit.start : hit.end])
        for hit in finder.hits
    ]


# Patterns


def matches(pattern: str, text: str, ignore_case: bool | None = None) -> list[str]:
    spans = compile_pattern(pattern, regex=True, ignore_case=ignore_case)(text)
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a+", "caat a", ["aa", "a"]),
        ("^ab|cd$", "abcdabcd", ["ab", "cd"]),
        (r"\bfoo\b", "foo food foo", ["foo", "foo"]),
        (r"\Boo", "foo oo", ["oo"]),
        (r"[[a-c\]]+", "x[ab]c", ["[ab]c"]),
        (r"[^]x]+", "]ab]", ["ab"]),
        (r"\d{2,3}", "1 22 333 4444", ["22", "333", "444"]),
        (r"a{2}", "aaaaa", ["aa", "aa"]),
        ("a{b}", "a{b}", ["a{b}"]),
        (r"\x41\u0042\.", "AB. ABx", ["AB."]),
        (r"\w+@\w+\.(com|org)", "me@example.org, you@x.net", ["me@example.org"]),
        ("(?:ab)*?c", "ababc", ["ababc"]),
        ("(foo|foobar)", "foobar", ["foo"]),
        (r"(o)\1", "foobar", ["oo"]),
        ("a*", "bab", ["a"]),
        ("()", "ab", []),
        ("", "ab", None),
        ("漢.", "a漢字b", ["漢字"]),
    ],
)
def test_regular_expressions(pattern: str, text: str, expected: list[str] | None) -> None:
    if expected is None:
        with pytest.raises(BadPattern):
            matches(pattern, text)
    else:
        assert matches(pattern, text) == expected


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(a", "missing )"),
        ("a)", "unbalanced parenthesis"),
        ("[a", "unterminated character set"),
        ("[z-a]", "bad character range"),
        ("*a", "nothing to repeat"),
        ("a**", "multiple repeat"),
        ("a{3,2}", "min repeat greater than max repeat"),
        ("((a{1000}){1000}){1000}", "repeats too much"),
        ("a\\", "bad escape"),
        ("a" * 501, "longer than"),
        ("", "nothing to search"),
    ],
)
def test_bad_patterns_say_why_in_one_line(pattern: str, says: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(says)) as caught:
        compile_pattern(pattern, regex=True)
    assert "\n" not in str(caught.value)


def test_a_pattern_that_takes_too_long_ends_the_search() -> None:
    terminal = Terminal(80, 24)
    terminal.feed(b"a" * 2000 + b"\r\n" + b"words\r\n" * 30)
    finder = Finder(terminal, "(a+)+b", regex=True)
    while finder.step(0.005):
        pass
    assert finder.problem == "the pattern takes too long: make it simpler"
    assert not finder.step(0.005)


@pytest.mark.parametrize(
    ("pattern", "regex", "expected"),
    [
        ("error", False, ["Error", "ERROR", "error"]),
        ("Error", False, ["Error"]),
        (r"\S+rror", True, ["Error", "ERROR", "error"]),
        ("E[a-z]+", True, ["Error"]),
    ],
)
def test_the_case_counts_once_a_capital_is_typed(pattern: str, regex: bool, expected: list[str]) -> None:
    terminal = make("Error\r\nERROR\r\nerror")
    assert texts(terminal, found(terminal, pattern, regex)) == expected


def test_the_case_as_asked() -> None:
    terminal = make("Error\r\nerror")
    assert len(found(terminal, "error", ignore_case=False).hits) == 1
    assert len(found(terminal, "ERROR", ignore_case=True).hits) == 2


def test_plain_text_is_no_pattern() -> None:
    terminal = make("a.b(c)*\r\naxb")
    assert texts(terminal, found(terminal, "a.b(c)*")) == ["a.b(c)*"]


# Hits


def test_hits_stand_in_order_in_scrollback_and_screen() -> None:
    terminal = make("".join(f"{n} foo foo\r\n" for n in range(9)))
    finder = found(terminal, "foo")
    assert finder.hits == sorted(finder.hits)
    assert finder.hits[:2] == [Hit(0, 2, 0, 5), Hit(0, 6, 0, 9)]
    assert len(finder.hits) == 18
    assert not finder.more


def test_a_hit_over_the_margin() -> None:
    terminal = make("0123456foobar" + "\r\n" * 5 + "0123456789012345678foo")
    finder = found(terminal, "foo")
    assert finder.hits == [Hit(0, 7, 0, 10), Hit(7, 9, 8, 2)]
    finder = found(terminal, "foobar")
    assert finder.hits == [Hit(0, 7, 1, 3)]
    assert finder.spans_on(0) == [(7, 10)]
    assert finder.spans_on(1) == [(0, 3)]
    assert finder.spans_on(2) == []


def test_a_hit_over_three_rows() -> None:
    terminal = make("a" + "x" * 25 + "b")
    finder = found(terminal, "x" * 25)
    assert [finder.spans_on(number) for number in range(3)] == [[(1, 10)], [(0, 10)], [(0, 6)]]


def test_columns_of_wide_and_combined_characters() -> None:
    terminal = make("漢字e\u0301x漢x")
    assert found(terminal, "字").hits == [Hit(0, 2, 0, 4)]
    assert found(terminal, "x漢").hits == [Hit(0, 5, 0, 8)]
    assert found(terminal, "\u0301").hits == [Hit(0, 4, 0, 5)]


def test_a_blank_a_wide_character_left_is_not_in_the_way() -> None:
    terminal = make("012345678漢字")
    finder = found(terminal, "8漢字")
    assert finder.hits == [Hit(0, 8, 1, 4)]


def test_next_and_previous() -> None:
    terminal = make("foo foo\r\n\r\nfoo")
    finder = found(terminal, "foo")
    _, second, third = finder.hits
    assert finder.next((0, 0)) == second
    assert finder.next((0, 4)) == third
    assert finder.next((2, 0)) is None
    assert finder.previous((2, 0)) == second
    assert finder.previous((9, 0)) == third
    assert finder.previous((0, 0)) is None


def test_what_is_printed_meanwhile_is_found_and_what_fell_out_is_not() -> None:
    terminal = make("foo 1\r\n" * 6, scrollback=20)
    finder = found(terminal, "foo")
    assert len(finder.hits) == 6
    terminal.feed(b"foo 2\r\nbar\r\n" * 5)
    while finder.step():
        pass
    assert len(finder.hits) == 11
    terminal.feed(b"bar\r\n" * 15)
    assert [hit.number for hit in finder.hits] == [8, 10, 12, 14]
    while finder.step():
        pass
    assert texts(terminal, finder) == ["foo"] * len(finder.hits)


def test_rows_of_the_screen_are_searched_again() -> None:
    terminal = make("foo\r\nbar")
    finder = found(terminal, "foo")
    terminal.feed(b"\x1b[2J\x1b[3;3Hfoo")
    finder.step()
    assert finder.hits == [Hit(2, 2, 2, 5)]


def test_a_change_of_the_width_begins_anew() -> None:
    terminal = make("".join(f"01234567foo {n}\r\n" for n in range(9)))
    finder = found(terminal, "foo")
    terminal.resize(9, 4)
    while finder.step():
        pass
    assert len(finder.hits) == 9
    assert finder.hits[0] == Hit(0, 8, 1, 2)


def test_the_search_goes_in_slices() -> None:
    terminal = make("".join(f"line {n}\r\n" for n in range(2000)), scrollback=3000)
    finder = Finder(terminal, "line")
    assert finder.step(0)
    some = len(finder.hits)
    assert 0 < some < 2000
    assert finder.hits[-1].number == 1999
    while finder.step(0):
        pass
    assert [hit.number for hit in finder.hits] == list(range(2000))


def test_hits_are_bounded_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_HITS", 300)
    terminal = make("".join(f"{n}\r\n" for n in range(2000)), scrollback=3000)
    finder = found(terminal, "[0-9]+", regex=True)
    assert finder.more
    assert len(finder.hits) == 303
    assert finder.hits[-1].number == 1999
    terminal.feed(b"".join(b"%d\r\n" % n for n in range(2000)))
    while finder.step():
        pass
    assert (len(finder.hits), finder.hits[-1].number) == (303, 3999)
    assert finder.hits == sorted(finder.hits)


def test_a_line_without_an_end_is_searched_in_parts() -> None:
    terminal = make("x" * 5000 + "foo" + "x" * 5000, scrollback=5000)
    assert len(found(terminal, "foo").hits) == 1
    assert len(found(terminal, "fo+", regex=True).hits) == 1


def test_the_alternate_screen_does_not_go_on_with_the_scrollback() -> None:
    terminal = make("0123456789" * 6 + "\x1b[?1049h\x1b[H6789")
    assert found(terminal, "90").hits[-1].number < terminal.scrollback.total
    assert [hit.number for hit in found(terminal, "56789").hits] == [0, 1]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet="ab漢 ", max_size=25), max_size=20),
    st.sampled_from(["a", "ab", "漢", "b漢a", "a "]),
    st.integers(2, 12),
)
def test_what_is_found_is_what_the_lines_hold(lines: list[str], pattern: str, columns: int) -> None:
    terminal = make("\r\n".join(lines), columns=columns, lines=3, scrollback=1000)
    finder = found(terminal, pattern)
    assert len(finder.hits) == sum(line.rstrip(" ").count(pattern) for line in lines)
    for hit in finder.hits:
        assert terminal.line(hit.number)[hit.start].data == pattern[0]
        assert (hit.start, hit.end) in finder.spans_on(hit.number) or hit.end_number > hit.number
