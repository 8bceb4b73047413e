"""What libvirt does with a domain, by whoever's wish."""

from __future__ import annotations

from tests.memory import MemoryHypervisor
from tests.recorder import Recorder
from tuivm.core.session import Session
from tuivm.model.errors import NotSupported
from tuivm.model.job import Operation, Progress


def test_an_operation_that_another_program_began_shows_while_it_lasts() -> None:
    hypervisor = MemoryHypervisor(3)
    session, recorder = Session(hypervisor, interval=0.05), Recorder()
    session.attach(recorder)
    session.start()
    try:
        key, other = hypervisor.keys()[:2]
        recorder.wait_inventory(lambda inventory: key in inventory.domains)
        session.watch(key)
        dump = Operation("dump", Progress(10.0))
        hypervisor.operations = {key: dump, other: Operation("backup")}
        shown = recorder.wait_inventory(lambda inventory: inventory.operations)
        assert shown.operations == {key: dump}
        change = next(change for inventory, change in recorder.published if inventory is shown)
        assert key in change.changed
        hypervisor.operations = {key: Operation("dump", Progress(60.0))}
        recorder.wait_inventory(lambda inventory: inventory.operations.get(key) != dump)
        session.watch(other)
        hypervisor.operations = {other: Operation("backup")}
        recorder.wait_inventory(lambda inventory: inventory.operations == {other: Operation("backup")})
        hypervisor.operations = {}
        recorder.wait_inventory(lambda inventory: not inventory.operations)
    finally:
        session.close(timeout=10.0)


def test_a_driver_that_does_not_tell_is_asked_once() -> None:
    hypervisor = MemoryHypervisor(2)
    asked = []

    def operation(key: object) -> Operation | None:
        asked.append(key)
        raise NotSupported("this function is not supported by the connection driver")

    hypervisor.operation = operation  # type: ignore[method-assign]
    session, recorder = Session(hypervisor, interval=0.05), Recorder()
    session.attach(recorder)
    session.start()
    try:
        recorder.wait_inventory(lambda inventory: inventory.samples)
        session.watch(hypervisor.keys()[0])
        recorder.wait(lambda: hypervisor.calls["addresses"], "the lane that asks")
        ticks = hypervisor.calls["host_load"]
        recorder.wait(lambda: hypervisor.calls["host_load"] > ticks + 5, "more ticks")
        assert len(asked) == 1
    finally:
        session.close(timeout=10.0)
