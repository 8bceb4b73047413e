"""libvirt's numbers in words, its records as counters, and the stub against the real module."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import libvirt
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tuivm.hypervisor
from tuivm.hypervisor import stats, words
from tuivm.model.domain import DomainKey, State

KEY = DomainKey("test:///default", "11111111-1111-4111-8111-111111111111")
STUB = Path(tuivm.hypervisor.__file__).parent / "typings" / "libvirt.pyi"


class Handle:
    """The part of virDomain that a bulk record's reader looks at."""

    def __init__(self, number: int) -> None:
        self.number = number

    def ID(self) -> int:  # noqa: N802
        return self.number

    def name(self) -> str:
        return "[b]"


def test_a_full_record() -> None:
    record: dict[str, Any] = {
        "state.state": libvirt.VIR_DOMAIN_RUNNING,
        "state.reason": libvirt.VIR_DOMAIN_RUNNING_BOOTED,
        "cpu.time": 5_000,
        "balloon.current": 1024,
        "balloon.maximum": 2048,
        "balloon.available": 1000,
        "balloon.unused": 400,
        "balloon.usable": 600,
        "balloon.rss": 900,
        "block.count": 2,
        "block.0.name": "vda",
        "block.0.rd.bytes": 1,
        "block.0.wr.bytes": 2,
        "block.0.capacity": 3,
        "block.0.allocation": 4,
        "block.1.name": "sda",
        "net.count": 2,
        "net.0.name": "vnet0",
        "net.0.rx.bytes": 7,
        "net.0.tx.bytes": 8,
    }
    found = stats.from_record(KEY, Handle(4), record, 1.5, 3)  # type: ignore[arg-type]
    assert (found.key, found.name, found.time, found.id, found.vcpus) == (KEY, "[b]", 1.5, 4, 3)
    assert (found.state, found.reason, found.cpu_time) == (State.RUNNING, "booted", 5_000)
    assert (found.memory, found.memory_max, found.rss) == (1 << 20, 2 << 20, 900 * 1024)
    assert (found.guest_available, found.guest_unused, found.guest_usable) == (1_024_000, 409_600, 614_400)
    assert [(one.name, one.read_bytes, one.write_bytes, one.capacity) for one in found.disks] == [
        ("vda", 1, 2, 3)
    ]
    assert [(one.name, one.rx_bytes, one.tx_bytes) for one in found.nics] == [("vnet0", 7, 8)]


def test_a_record_of_a_domain_that_a_job_holds() -> None:
    found = stats.from_record(KEY, Handle(4), {"state.state": 1}, 0.0, 2)  # type: ignore[arg-type]
    assert (found.state, found.vcpus, found.cpu_time, found.memory, found.disks) == (
        State.RUNNING,
        2,
        None,
        None,
        (),
    )


@pytest.mark.parametrize(
    ("event", "detail", "told"),
    [
        (libvirt.VIR_DOMAIN_EVENT_STARTED, libvirt.VIR_DOMAIN_EVENT_STARTED_BOOTED, "started (booted)"),
        (
            libvirt.VIR_DOMAIN_EVENT_STARTED,
            libvirt.VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT,
            "started (from snapshot)",
        ),
        (libvirt.VIR_DOMAIN_EVENT_STOPPED, libvirt.VIR_DOMAIN_EVENT_STOPPED_SAVED, "stopped (saved)"),
        (
            libvirt.VIR_DOMAIN_EVENT_SUSPENDED,
            libvirt.VIR_DOMAIN_EVENT_SUSPENDED_IOERROR,
            "paused (I/O error)",
        ),
        (libvirt.VIR_DOMAIN_EVENT_DEFINED, libvirt.VIR_DOMAIN_EVENT_DEFINED_UPDATED, "defined (changed)"),
        (libvirt.VIR_DOMAIN_EVENT_CRASHED, libvirt.VIR_DOMAIN_EVENT_CRASHED_PANICKED, "crashed (panicked)"),
        (libvirt.VIR_DOMAIN_EVENT_UNDEFINED, libvirt.VIR_DOMAIN_EVENT_UNDEFINED_REMOVED, "undefined"),
    ],
)
def test_lifecycle_words(event: int, detail: int, told: str) -> None:
    assert words.lifecycle(event, detail) == told


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        (State.OFF, libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED, "destroyed"),
        (State.OFF, libvirt.VIR_DOMAIN_SHUTOFF_SAVED, "saved"),
        (State.OFF, libvirt.VIR_DOMAIN_SHUTOFF_DAEMON, "daemon"),
        (State.PAUSED, libvirt.VIR_DOMAIN_PAUSED_USER, "user"),
        (State.PAUSED, libvirt.VIR_DOMAIN_PAUSED_IOERROR, "I/O error"),
        (State.PAUSED, libvirt.VIR_DOMAIN_PAUSED_STARTING_UP, "starting up"),
        (State.RUNNING, libvirt.VIR_DOMAIN_RUNNING_CRASHED, "crashed"),
        (State.RUNNING, libvirt.VIR_DOMAIN_RUNNING_POSTCOPY, "post-copy"),
        (State.CRASHED, libvirt.VIR_DOMAIN_CRASHED_PANICKED, "panicked"),
    ],
)
def test_reason_words(state: State, reason: int, told: str) -> None:
    assert words.reason(state, reason) == told


@given(st.integers(), st.integers())
def test_numbers_of_the_future_are_no_error(one: int, other: int) -> None:
    assert words.lifecycle(one, other)
    assert isinstance(words.state(one), State)
    for state in State:
        assert isinstance(words.reason(state, one), str)


@pytest.mark.parametrize(("number", "told"), [(9_000_000, "9.0.0"), (7_002_022, "7.2.22"), (0, "")])
def test_versions(number: int, told: str) -> None:
    assert words.version(number) == told


def test_every_name_of_the_stub_is_libvirts() -> None:
    names: list[str] = []
    for node in ast.parse(STUB.read_text()).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
        elif isinstance(node, ast.FunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.ClassDef):
            names += [f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)]
    assert len(names) > 80
    for name in names:
        owner: Any = libvirt
        for part in name.split("."):
            owner = getattr(owner, part)
