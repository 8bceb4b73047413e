"""The filter line and the order of rows."""

from __future__ import annotations

import time
from collections.abc import Container
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.listing import Listing, Wish
from tuivm.core.query import parse
from tuivm.core.sorting import natural
from tuivm.core.terms import FIGURE_NAMES, BadFilter, Scene
from tuivm.model.column import SortColumn
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.inventory import Change, Inventory
from tuivm.model.series import Metric, Series
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


GIB = 1 << 30
BUSY = domain(
    "busy", vcpus=4, memory=4 * GIB, started=NOW - 5400, id=7, tags=("prod", "eu"), title="The shop"
)
BUSY_SAMPLE = Sample(
    0.0,
    cpu=62.0,
    memory_used=int(1.5 * GIB),
    memory_given=4 * GIB,
    disk_read=3 << 20,
    disk_write=1 << 20,
    net_rx=100.0,
    more={Series(Metric.CPU_WAIT): 7.0, Series(Metric.DISK_READ_OPS): 20.0, Series(Metric.RSS): 2.0 * GIB},
)
REST = domain("rest", State.OFF, vcpus=1, memory=GIB)


@pytest.mark.parametrize(
    ("text", "busy", "rest"),
    [
        ("cpu>50", True, False),
        ("CPU>62", False, False),
        ("cpu>=62%", True, False),
        ("!cpu>50", False, True),
        ("!cpu<50", True, True),
        ("cpu=62", True, False),
        ("cpu!=62", False, False),
        ("mem>1G", True, False),
        ("memory>1.5gib", False, False),
        ("mem<=1536M", True, False),
        ("mem>37%", True, False),
        ("mem>38%", False, False),
        ("given>1G", True, False),
        ("given=1G", False, True),
        ("disk>3.9M/s", True, False),
        ("read>3M", False, False),
        ("write<2M", True, False),
        ("net>99", True, False),
        ("rx>99b", True, False),
        ("tx>0", False, False),
        ("vcpus>=4", True, False),
        ("vcpu==1", False, True),
        ("up>1h", True, False),
        ("up<1h", False, False),
        ("up<1h31m", True, False),
        ("up>90m", False, False),
        ("up>5399", True, False),
        ("id<8", True, False),
        ("wait>5", True, False),
        ("ops>=20", True, False),
        ("rss=2G", True, False),
        ("cpu>50 mem>1G !tag:lab", True, False),
        ("cpu>", True, True),
        ("!cpu>", True, True),
        ("/^b/", True, False),
        ("/B.S/", True, False),
        ("!/^b/", False, True),
        ("/^b", True, False),
        ("~u.y$", True, False),
        ('~"u.y$"', True, False),
        ("tag:~^e", True, False),
        ("tag:/^(eu|us)$/", True, False),
        ("title:/the shop/", True, False),
        ("host:~default$", True, True),
        ("~", True, True),
        ("/", True, True),
        ("//", True, True),
        ('"cpu>50"', False, False),
        ("a>b", False, False),
        ("a=5", False, False),
    ],
)
def test_figures_and_expressions(text: str, busy: bool, rest: bool) -> None:
    query = parse(text)
    assert not query.problem
    assert query.matches(BUSY, sample=BUSY_SAMPLE, now=NOW) is busy
    assert query.matches(REST, now=NOW) is rest


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cpu>x", "x is not a share in percent"),
        ("web cpu>5G", "5G is not a share"),
        ("mem>1.2.3", "1.2.3 is not a size"),
        ("mem>1X", "not a size"),
        ("mem>1i", "not a size"),
        ("up<soon", "soon is not a span of time"),
        ("vcpus>two", "two is not a number"),
        ("cup>50", "cup cannot be compared"),
        ("/(/", "is no regular expression"),
        ("tag:~[", "is no regular expression"),
        ("/(a{500}){500}/", "repeats too much"),
        ("cpu>²", "not a share"),
    ],
)
def test_what_cannot_be_understood_is_told(text: str, words: str) -> None:
    query = parse(text)
    assert words in query.problem
    assert not query.terms
    assert "\n" not in query.problem


def test_an_expression_that_goes_on_for_ever_is_given_up() -> None:
    query = parse("/(a|aa)+$/")
    hostile = inventory(domain("a" * 249 + "!"), domain("a" * 200 + "?"))
    began = time.monotonic()
    with pytest.raises(BadFilter, match="takes too long"):
        query.find(hostile, Scene())
    assert time.monotonic() - began < 20


def test_an_expression_that_is_slow_with_every_name_is_given_up() -> None:
    query = parse("/^(a|a|b|a+)+$/")
    many = inventory(*(domain("a" * 40 + str(number)) for number in range(5000)))
    with pytest.raises(BadFilter, match="takes too long"):
        query.find(many, Scene())


def test_an_expression_is_not_blamed_for_a_machine_that_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr("tuivm.core.terms.time.perf_counter", lambda: float(next(clock)))
    many = inventory(*(domain(f"name-{number}") for number in range(100)))
    assert len(parse("/[13579]$/").find(many, Scene())) == 50


def test_an_expression_that_takes_too_long_when_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tried = count(), count()

    def search(_: str) -> object:
        if next(tried):
            raise TimeoutError
        return True

    monkeypatch.setattr("tuivm.config.patterns.searcher", lambda *_, **__: search)
    monkeypatch.setattr("tuivm.core.terms.time.perf_counter", lambda: float(next(clock)))
    with pytest.raises(BadFilter, match="takes too long"):
        parse("/x/").find(inventory(domain("name")), Scene())


@given(st.sampled_from(FIGURE_NAMES), st.sampled_from([">", "<", ">=", "<="]), st.floats(0, 1e6))
def test_a_comparison_and_its_opposite_never_both_hold(name: str, sign: str, limit: float) -> None:
    opposite = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}[sign]
    first, second = (parse(f"{name}{each}{limit:.4f}") for each in (sign, opposite))
    assert not first.problem
    told = [query.matches(BUSY, sample=BUSY_SAMPLE, now=NOW) for query in (first, second)]
    assert sum(told) == (0 if name == "tx" else 1)
    assert not first.matches(replace(REST, vcpus=0, memory=0), now=NOW)


def test_readings_matter_to_some_filters_only() -> None:
    assert parse("cpu>5").is_restless
    assert parse("!up<5h").is_restless
    assert not parse("web vcpus>2 /x/").is_restless
