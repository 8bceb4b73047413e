"""libvirt's events in words: how grave, what is worth a notice, which may change a row; nothing hostile."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.hypervisor import event_words, events_host
from tuivm.hypervisor.events import lifecycle
from tuivm.model.event import EventKind, Severity

EVERY = [*event_words.FIRST.values(), *event_words.REST.values(), lifecycle]
EVERY += [wanted.tell for wanted in events_host.HOST_EVENTS]


def test_an_io_error_that_pauses_is_grave_and_one_that_the_guest_is_told_is_not() -> None:
    paused = event_words.io_error("/images/web.raw", "virtio-disk0", 1, "enospc")
    assert paused.detail == "I/O error on virtio-disk0 /images/web.raw (no space left): paused"
    assert (paused.severity, paused.notice, paused.rereads) == (Severity.ERROR, "error", False)
    reported = event_words.io_error("/images/web.raw", "virtio-disk0", 2, "")
    assert reported.detail == "I/O error on virtio-disk0 /images/web.raw: reported to the guest"
    assert (reported.severity, reported.notice) == (Severity.WARNING, "")


@pytest.mark.parametrize(
    ("event", "detail", "words", "kind", "severity"),
    [
        (2, 0, "started (booted)", EventKind.LIFECYCLE, Severity.INFORMATION),
        (3, 2, "paused (I/O error)", EventKind.LIFECYCLE, Severity.WARNING),
        (5, 2, "stopped (crashed)", EventKind.LIFECYCLE, Severity.ERROR),
        (5, 1, "stopped (destroyed)", EventKind.LIFECYCLE, Severity.INFORMATION),
        (8, 0, "crashed (panicked): the guest panicked", EventKind.PANIC, Severity.ERROR),
        (99, 1, "event 99", EventKind.LIFECYCLE, Severity.INFORMATION),
    ],
)
def test_lifecycle(event: int, detail: int, words: str, kind: EventKind, severity: Severity) -> None:
    told = lifecycle(event, detail)
    assert (told.detail, told.kind, told.severity) == (words, kind, severity)
    assert told.rereads
    assert not told.topic, "a change of state is never held back"
    assert bool(told.notice) is (kind is EventKind.PANIC)


def test_what_comes_in_floods_has_a_topic_and_reads_nothing() -> None:
    for told in (
        event_words.balloon(524288),
        event_words.io_error("/a", "vda", 1, ""),
        event_words.watchdog(1),
        event_words.clock(3600),
        event_words.block_threshold("vda", "/a", 1, 2),
        event_words.tuned({"cputune.vcpu_quota": 1}),
        event_words.memory_failure(1, 1, 0),
        events_host.pool_refreshed(),
        events_host.device(0, 0),
    ):
        assert told.topic, told
        assert not told.rereads, told
    assert event_words.balloon(524288).detail == "balloon: 512M left to the guest"


def test_a_pool_that_is_gone_is_worth_a_notice() -> None:
    assert events_host.pool(3, 0).notice == "warning"
    assert events_host.pool(2, 0).notice == ""
    assert events_host.network(3, 0).detail == "network stopped"


def test_only_what_changes_labels_has_them_read() -> None:
    told = [event_words.metadata(1, None), event_words.agent(1, 0), event_words.block_job("vda", 4, 0)]
    assert [one.relabelled for one in told] == [True, True, False]
    assert all(one.rereads for one in told)
    assert told[2].detail == "active commit of vda completed"


values: st.SearchStrategy[Any] = st.one_of(
    st.text(max_size=2000), st.integers(-(2**31), 2**63), st.none(), st.just({"node": "\x1b[31m\n"})
)


@given(st.data())
def test_whatever_libvirt_says_is_one_short_line(data: st.DataObject) -> None:
    tell = data.draw(st.sampled_from(EVERY))
    given_values = []
    for parameter in signature(tell).parameters.values():
        kind = str(parameter.annotation)
        if "int" in kind:
            given_values.append(data.draw(st.integers(-(2**31), 2**40)))
        elif "Mapping" in kind:
            given_values.append(data.draw(st.dictionaries(st.text(max_size=300), values, max_size=9)))
        elif kind == "object":
            given_values.append(data.draw(values))
        else:
            given_values.append(data.draw(st.one_of(st.text(max_size=2000), st.none())))
    told = tell(*given_values)
    assert told.detail.isprintable()
    assert 0 < len(told.detail) <= 2000
    assert told.notice in ("", "warning", "error")
