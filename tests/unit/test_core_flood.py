"""Events that repeat themselves: counted, never lost, in order, and few lines of many."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.flood import FIRST, LONGEST, QUIET, TOPICS, Flood
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind

KEY = DomainKey("test:///default", "11111111-1111-4111-8111-111111111111")
EVENT = Event(EventKind.BALLOON, 100.0, KEY, "web", "balloon: 1.0G left to the guest", topic="balloon")


def steps() -> st.SearchStrategy[list[tuple[float, int, str, bool]]]:
    """Seconds since the last event, which domain, its topic, and whether the queue is emptied after it."""
    gap = st.sampled_from([0.0, 0.001, 0.5, 1.0, QUIET - 0.1, QUIET, FIRST, 60.0, LONGEST])
    step = st.tuples(gap, st.integers(0, 2), st.sampled_from(["", "a", "b"]), st.booleans())
    return st.lists(step, max_size=80)


@given(steps())
def test_counts_add_up_and_order_is_kept(given_steps: list[tuple[float, int, str, bool]]) -> None:
    flood, now, told, put = Flood(), 0.0, [], Counter[tuple[str, str]]()
    for number, (gap, domain, topic, take) in enumerate(given_steps):
        now += gap
        event = replace(EVENT, time=float(number), key=None, name=str(domain), topic=topic)
        flood.put(event, now)
        put[event.name, topic] += 1
        if take:
            told.append(flood.take(now))
    told.append(flood.rest())
    assert not flood
    events = [event for batch in told for event in batch]
    counted = Counter[tuple[str, str]]()
    for event in events:
        counted[event.name, event.topic] += event.count
    assert counted == put
    for batch in told:
        assert batch == sorted(batch, key=lambda event: event.time)
    for name, topic in put:
        times = [event.time for event in events if (event.name, event.topic) == (name, topic)]
        assert times == sorted(times)
    assert [event.count for event in events if not event.topic] == [1] * sum(
        number for (_, topic), number in put.items() if not topic
    )


def told_of(flood: Flood, seconds: float, every: float) -> list[Event]:
    """What is told while an event comes every so many seconds, the queue looked at ten times a second."""
    now, due, told = 0.0, 0.0, []
    while now < seconds:
        while due <= now:
            flood.put(replace(EVENT, time=due), due)
            due += every
        told += flood.take(now)
        now += 0.1
    return told


def test_the_first_of_a_burst_is_told_at_once_and_the_others_as_one_when_it_is_over() -> None:
    flood = Flood()
    for number in range(500):
        flood.put(replace(EVENT, time=float(number)), number / 100)
    assert [event.count for event in flood.take(5.0)] == [1]
    assert flood.take(5.0) == []
    (rest,) = flood.take(5.0 + QUIET)
    assert (rest.count, rest.detail) == (499, EVENT.detail)
    assert rest.time == 499.0, "the time of the last of them"
    flood.put(EVENT, 60.0)
    assert [event.count for event in flood.take(60.0)] == [1], "the next burst begins anew"


def test_a_burst_without_end_is_told_ever_more_seldom() -> None:
    told = told_of(Flood(), 3600.0, 1.0)
    assert 6 <= len(told) <= 14
    assert sum(event.count for event in told) <= 3600


def test_events_without_a_topic_are_all_told() -> None:
    flood = Flood()
    for number in range(1000):
        flood.put(replace(EVENT, topic="", time=float(number)), 0.0)
    assert len(flood.take(0.0)) == 1000


def test_memory_is_bounded() -> None:
    flood = Flood()
    for number in range(3 * TOPICS):
        event = replace(EVENT, topic=f"{number}")
        flood.put(event, 0.0)
        flood.put(event, 0.0)
        flood.take(0.0)
    assert len(flood._bursts) == TOPICS


def test_domains_do_not_share_a_topic() -> None:
    flood = Flood()
    for number in range(200):
        flood.put(replace(EVENT, key=DomainKey("test:///default", f"{number}")), 0.0)
    assert len(flood.take(0.0)) == 200
