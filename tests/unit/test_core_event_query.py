"""The filter line of the log."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.event_query import KIND_WORDS, EventQuery, EventTerm, local, parse
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind, Severity

KEY = DomainKey("test:///default", "11111111-1111-4111-8111-111111111111")
BROKEN = Event(
    EventKind.IO_ERROR,
    1_790_000_000.0,
    KEY,
    "Web-1",
    "I/O error on vda: paused",
    severity=Severity.ERROR,
)
QUIET = Event(EventKind.NODE_DEVICE, 1_790_000_000.0, None, "usb_1", "device of the host came")
WARNED = Event(EventKind.POOL, 1_790_000_000.0, None, "images", "stopped", severity=Severity.WARNING)


@pytest.mark.parametrize(
    ("line", "matches"),
    [
        ("", True),
        ("web", True),
        ("WEB paused", True),
        ("web db", False),
        ("!web", False),
        ("domain:web", True),
        ("domain:vda", False),
        ("vda", True),
        ("kind:io", True),
        ("kind:IO-Error", True),
        ('kind:"io error"', True),
        ("kind:pool,io", True),
        ("kind:pool", False),
        ("!kind:io", False),
        ("kind:", True),
        ("!", True),
        ("severity:error", True),
        ("severity:warn", True),
        ("!severity:error", False),
        ("severity:fatal", False),
        ('"error on"', True),
        ('"on error"', False),
        ("colour:red", False),
        (f"time:{local(1_790_000_000.0)[:10]}", True),
        (f"time:{local(1_790_000_000.0)[11:14]}", True),
        ("time:1999-", False),
    ],
)
def test_what_a_line_finds(line: str, matches: bool) -> None:
    assert parse(line).matches(BROKEN) is matches


def test_severity_is_at_least() -> None:
    found = [event for event in (BROKEN, QUIET, WARNED) if parse("severity:warning").matches(event)]
    assert found == [BROKEN, WARNED]
    lesser = [event for event in (BROKEN, QUIET, WARNED) if parse("!severity:error").matches(event)]
    assert lesser == [QUIET, WARNED]


def test_a_line_is_its_words() -> None:
    assert parse('!kind:IO  "two words" x:y') == EventQuery(
        '!kind:IO  "two words" x:y',
        (EventTerm("kind", "io", True), EventTerm("text", "two words"), EventTerm("text", "x:y")),
    )


def test_every_kind_has_a_short_word() -> None:
    assert set(KIND_WORDS) == set(EventKind)
    assert all(len(word) <= 9 for word in KIND_WORDS.values())
    assert len(set(KIND_WORDS.values())) == len(KIND_WORDS)


@given(st.text(max_size=60))
def test_nothing_typed_is_an_error(line: str) -> None:
    query = parse(line)
    assert all(term.value for term in query.terms)
    assert query.matches(BROKEN) in (True, False)


@given(st.lists(st.sampled_from(["web", "kind:io", "severity:error", "zzz", "domain:db"]), max_size=5))
def test_a_word_turned_round_finds_the_others(words: list[str]) -> None:
    for word in words:
        assert parse(word).matches(BROKEN) is not parse(f"!{word}").matches(BROKEN)
    assert parse(" ".join(words)).matches(BROKEN) is all(parse(word).matches(BROKEN) for word in words)
