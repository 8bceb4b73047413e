"""The filter line and the order of rows."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.listing import Listing, Wish
from tuivm.core.query import parse
from tuivm.core.sorting import natural
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.inventory import Change, Inventory
from tuivm.model.stats import Sample

NOW = 1_000_000.0


def domain(name: str, state: State = State.RUNNING, **fields: object) -> Domain:
    return Domain(DomainKey("test:///default", f"uuid-{name}"), name, state, **fields)  # type: ignore[arg-type]


def inventory(*domains: Domain, samples: dict[DomainKey, Sample] | None = None) -> Inventory:
    return Inventory("test:///default", domains={d.key: d for d in domains}, samples=samples or {})


def order(
    inv: Inventory,
    text: str = "",
    sort: SortColumn = SortColumn.NAME,
    reverse: bool = False,
    marks: Container[DomainKey] = frozenset(),
) -> list[DomainKey]:
    listing = Listing(marks)
    listing.take(inv, Change(added=frozenset(inv.domains)), NOW)
    listing.arrange(Wish(parse(text), sort, reverse), NOW)
    return list(listing.order)


ROWS = (
    domain("Web-1"),
    domain("web-2", State.OFF),
    domain("db", State.PAUSED),
    domain("my db", State.CRASHED),
    domain("[red]x[/red]", State.OFF),
    domain("a:b"),
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", {"Web-1", "web-2", "db", "my db", "[red]x[/red]", "a:b"}),
        ("WEB", {"Web-1", "web-2"}),
        ("web 2", {"web-2"}),
        ("!web", {"db", "my db", "[red]x[/red]", "a:b"}),
        ("state:running", {"Web-1", "a:b"}),
        ("state:r", {"Web-1", "a:b"}),
        ("state:", {"Web-1", "web-2", "db", "my db", "[red]x[/red]", "a:b"}),
        ("!", {"Web-1", "web-2", "db", "my db", "[red]x[/red]", "a:b"}),
        ("State:OFF name:web", {"web-2"}),
        ("!state:off", {"Web-1", "db", "my db", "a:b"}),
        ("state:active", {"Web-1", "db", "a:b"}),
        ("state:stopped", {"web-2", "my db", "[red]x[/red]"}),
        ("state:nonsense", set()),
        ('"my db"', {"my db"}),
        ('name:"my d', {"my db"}),
        ('!"my db" db', {"db"}),
        ("a:b", {"a:b"}),
        ("[red]", {"[red]x[/red]"}),
        ("host:default", {"Web-1", "web-2", "db", "my db", "[red]x[/red]", "a:b"}),
        ("!host:default", set()),
        ("uuid:uuid-web", {"web-2"}),
    ],
)
def test_language(text: str, names: set[str]) -> None:
    query = parse(text)
    assert {row.name for row in ROWS if query.matches(row)} == names


TYPED = st.text() | st.lists(
    st.sampled_from(
        [*'!"~/:<>=.%() ', "cpu", "mem", "up", "state", "tag", "(a+)+b", "50", "1.5G", "2h", "[", "\\", "x"]
    ),
    max_size=12,
).map("".join)


@given(TYPED)
def test_nothing_typed_raises(text: str) -> None:
    query = parse(text)
    assert query.text == text
    for row in ROWS:
        query.matches(row)
    assert all(term.value for term in query.terms)
    assert not (query.terms and query.problem)


@given(
    st.text(st.characters(exclude_characters='"!:~/<>=', exclude_categories=("Z", "C")), min_size=1),
    st.text(),
)
def test_a_word_finds_its_own_name_and_its_negation_everything_else(word: str, other: str) -> None:
    rows = [domain(word), domain(other)]
    found = {row.name for row in rows if parse(word).matches(row)}
    rest = {row.name for row in rows if parse(f"!{word}").matches(row)}
    assert word in found
    assert found | rest == {word, other}
    assert not found & rest


def names(inv: Inventory, sort: SortColumn = SortColumn.NAME, reverse: bool = False) -> list[str]:
    return [inv.domains[key].name for key in order(inv, "", sort, reverse)]


def test_names_sort_as_people_count() -> None:
    inv = inventory(
        domain("vm-10"), domain("VM-9"), domain("vm-2"), domain("alpha"), domain("10"), domain("9")
    )
    assert names(inv) == ["9", "10", "alpha", "vm-2", "VM-9", "vm-10"]
    assert names(inv, reverse=True) == ["vm-10", "VM-9", "vm-2", "alpha", "10", "9"]


def test_rows_without_a_value_come_last_both_ways_and_ties_keep_the_names_order() -> None:
    rows = [domain("c"), domain("a"), domain("b"), domain("off", State.OFF), domain("silent")]
    samples = {row.key: Sample(0.0, cpu=cpu) for row, cpu in zip(rows, (5.0, 5.0, 90.0), strict=False)}
    samples[rows[4].key] = Sample(0.0)
    inv = inventory(*rows, samples=samples)
    assert names(inv, SortColumn.CPU, reverse=True) == ["b", "a", "c", "off", "silent"]
    assert names(inv, SortColumn.CPU) == ["a", "c", "b", "off", "silent"]


def test_uptime_sorts_by_length_and_memory_by_use() -> None:
    rows = [domain("young", started=900.0), domain("old", started=100.0), domain("off", State.OFF)]
    samples = {rows[0].key: Sample(0.0, memory_used=7), rows[1].key: Sample(0.0, memory_used=3)}
    inv = inventory(*rows, samples=samples)
    assert names(inv, SortColumn.UPTIME, reverse=True) == ["old", "young", "off"]
    assert names(inv, SortColumn.MEMORY, reverse=True) == ["young", "old", "off"]


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.sampled_from(State), st.none() | st.floats(0, 100)), max_size=12
    ),
    st.sampled_from(SortColumn),
    st.booleans(),
)
def test_any_order_holds_every_row_once(
    rows: list[tuple[str, State, float | None]], sort: SortColumn, reverse: bool
) -> None:
    domains = [Domain(DomainKey("t", str(n)), name, state) for n, (name, state, _) in enumerate(rows)]
    samples = {d.key: Sample(0.0, cpu=row[2]) for d, row in zip(domains, rows, strict=True)}
    inv = inventory(*domains, samples=samples)
    assert sorted(order(inv, "", sort, reverse)) == sorted(d.key for d in domains)


@given(st.text(), st.text())
def test_natural_keys_compare(first: str, second: str) -> None:
    assert (natural(first) < natural(second)) or (natural(first) >= natural(second))


def test_an_absurd_number_in_a_name_is_text() -> None:
    assert natural("9" * 10_000)[0][0] == 1
    assert natural("²")[0] == (1, 0, "²")


def test_tags_titles_and_traits() -> None:
    base = domain("web-1")
    tagged = replace(base, tags=("Production", "eu"), title="The Web Server", locked=True, saved=True)
    for text in (
        "tag:prod",
        "tag:EU",
        "title:web",
        "is:locked",
        "is:saved",
        "is:tagged",
        "is:lock",
        "!is:auto",
    ):
        assert parse(text).matches(tagged), text
        assert parse(text).matches(base) is text.startswith("!"), text
    assert not parse("tag:duction").matches(tagged)
    assert parse("is:").matches(base)
    assert parse("is:transient").matches(replace(base, persistent=False))


def test_marks_can_be_asked_for() -> None:
    one, two = domain("one"), domain("two")
    query = parse("is:marked")
    assert query.asks_marks
    assert not parse("is:locked marked").asks_marks
    assert query.matches(one, {one.key})
    assert not query.matches(two, {one.key})
    assert parse("!is:marked").matches(two, {one.key})
    assert order(inventory(one, two), "is:marked", marks={two.key}) == [two.key]
