"""The world of the in-memory fake: its machines, and what another program or a guest does to them."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.memory_console import MemoryConsole
from tests.memory_jobs import MemoryJobs
from tests.memory_machine import GIB, Machine
from tuivm.core.ports import EventSink
from tuivm.model.capability import Capability
from tuivm.model.detail import Address, Snapshot
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, Invalid, NotFound, NotSupported
from tuivm.model.event import Event, EventKind
from tuivm.model.host import Host, Kind

NAMES = ("web-1", "db", "build", "win11", "mail", "old-ci", "router", "kiosk")
_STATES = (
    (State.RUNNING, "booted", False),
    (State.RUNNING, "booted", False),
    (State.PAUSED, "user", False),
    (State.OFF, "saved", True),
    (State.RUNNING, "booted", False),
    (State.CRASHED, "panicked", False),
    (State.RUNNING, "booted", False),
    (State.OFF, "shutdown", False),
)


class World(MemoryJobs):
    """Machines, their consoles, who listens to events, and the knobs of a test."""

    def __init__(
        self,
        count: int = 5,
        *,
        running: int | None = None,
        names: Sequence[str] = (),
        uri: str = "memory:///default",
        now: float | None = None,
        step: float = 1.0,
        delay: float = 0.0,
        host: Host | None = None,
    ) -> None:
        super().__init__()
        self.uri = uri
        self.delay = delay
        self.fault: Exception | None = None
        self.refuse: dict[Capability, str] = {}
        self.missing: dict[Capability, str] = {}
        self.calls: Counter[str] = Counter()
        self.modes: list[str] = []
        """The ways in which guests were asked to shut down or reboot."""
        self.released = threading.Event()
        self.step = step
        self.focused: frozenset[DomainKey] | None = frozenset()
        """The domains asked for their costly figures at the last tick; None for all."""
        self.clock = 1000.0
        self.now = time.time() if now is None else now
        self.host = host or Host(
            uri, "lab1", "QEMU", "7.2.9", "9.0.0", Kind.TYPE1, "KVM", 8, 32 * GIB, is_local=False
        )
        self.opened = False
        self.lock = threading.RLock()
        self._sinks: list[EventSink] = []
        self._machines: dict[DomainKey, Machine] = {}
        self._consoles: dict[DomainKey, MemoryConsole] = {}
        self._ids = 0
        for index in range(max(count, len(names))):
            name = names[index] if index < len(names) else _plain_name(index)
            state, reason, saved = _STATES[index % len(_STATES)]
            if running is not None:
                up = index < running
                state, reason, saved = (
                    (State.RUNNING, "booted", False) if up else (State.OFF, "shutdown", False)
                )
            self.add(name, state=state, reason=reason, saved=saved, quiet=True)

    # -- the world outside: what another program or the guest does ------------------------------

    def add(
        self,
        name: str,
        *,
        state: State = State.OFF,
        reason: str = "",
        saved: bool = False,
        memory: int | None = None,
        vcpus: int | None = None,
        quiet: bool = False,
    ) -> DomainKey:
        """A domain comes, as if defined by virsh; ``quiet`` sends no event."""
        with self.lock:
            index = len(self._machines)
            key = DomainKey(self.uri, str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.uri}/{index}/{name}")))
            domain = Domain(
                key,
                name,
                state,
                reason,
                id=self._next_id() if state.is_active else None,
                vcpus=vcpus or (1, 2, 4, 8)[index % 4],
                memory=memory or (1, 2, 4, 8)[index % 4] * GIB,
                memory_max=memory or (1, 2, 4, 8)[index % 4] * GIB,
                autostart=index % 2 == 0,
                saved=saved,
                started=self.now - 3600.0 * (index + 1) ** 2 if state.is_active else None,
                virt_type="kvm",
            )
            address = Address(f"192.168.122.{10 + index % 240}", 24, "", "vnet0", "lease")
            machine = Machine(domain, index, booted=self.clock - 100.0, addresses=(address,))
            machine.reports_balloon = index % 3 != 1
            self._machines[key] = machine
        if not quiet:
            self.emit(key, "defined")
        return key

    def remove(self, key: DomainKey, *, quiet: bool = False) -> None:
        """A domain goes, as if undefined by virsh."""
        with self.lock:
            name = self._machines.pop(key).name
        if not quiet:
            self._send(Event(EventKind.LIFECYCLE, time.time(), key, name, "undefined", gone=True))

    def change(self, key: DomainKey, **fields: Any) -> None:
        """Change fields of a domain without an event, as ``virsh autostart`` does."""
        with self.lock:
            machine = self._machines[key]
            machine.domain = replace(machine.domain, **fields)

    def machine(self, key: DomainKey) -> Machine:
        """The machine itself, to look at or to set knobs of (``ignores_shutdown``)."""
        return self._machines[key]

    def key(self, name: str) -> DomainKey:
        """The first domain of that name."""
        return next(key for key, machine in self._machines.items() if machine.name == name)

    def keys(self) -> list[DomainKey]:
        """Every domain, in the order made."""
        return list(self._machines)

    def prints(self, key: DomainKey, data: bytes) -> None:
        """The guest writes to its serial console; nobody listening means lost."""
        console = self._consoles.get(key)
        if console is not None:
            console.receive(data)

    def console_of(self, key: DomainKey) -> MemoryConsole | None:
        """The open console session, for tests to look into."""
        return self._consoles.get(key)

    def steal_console(self, key: DomainKey) -> None:
        """Another client opens the console, taking it from whoever has it."""
        console = self._consoles.pop(key, None)
        self._consoles[key] = MemoryConsole(lambda data: None, lambda error: None)
        if console is not None:
            console.end(Busy("Active console session exists for this domain"))

    def release_console(self, key: DomainKey) -> None:
        """Whoever has the console lets it go."""
        self._consoles.pop(key, None)

    def emit(self, key: DomainKey, detail: str, kind: EventKind = EventKind.LIFECYCLE, **flags: Any) -> None:
        """Send an event about a domain that exists."""
        name = self._machines[key].name
        self._send(Event(kind, time.time(), key, name, detail, **flags))

    def power_off(self, key: DomainKey, reason: str = "shutdown") -> None:
        """The machine goes off (also what a guest does by itself: the world outside)."""
        with self.lock:
            machine = self._machines[key]
            machine.domain = replace(machine.domain, state=State.OFF, reason=reason, id=None, started=None)
            gone = not machine.domain.persistent
            console = self._consoles.pop(key, None)
        if console is not None:
            console.end(None)
        self.emit(key, f"stopped ({reason})", stopped=True, gone=gone)
        if gone:
            self.remove(key, quiet=True)

    # -- inside -------------------------------------------------------------------------------

    @contextmanager
    def _call(self, name: str, needs: Capability | None = None, *, needs_open: bool = True) -> Iterator[None]:
        self.calls[name] += 1
        if self.delay:
            self.released.wait(self.delay)
        if self.fault is not None:
            raise self.fault
        if needs in self.refuse:
            self.missing[needs] = self.refuse[needs]
        if needs in self.missing:
            raise NotSupported(self.missing[needs], code=3)
        if needs_open and not self.opened:
            raise Invalid("the connection is not open")
        with self.lock:
            yield

    def _find(self, key: DomainKey) -> Machine:
        try:
            return self._machines[key]
        except KeyError:
            raise NotFound(f"Domain not found: no domain with matching uuid '{key.uuid}'", code=42) from None

    def _active(self, key: DomainKey) -> Machine:
        machine = self._find(key)
        if not machine.domain.state.is_active:
            raise Invalid("Requested operation is not valid: domain is not running", code=55)
        return machine

    def _snapshot(self, machine: Machine, name: str) -> Snapshot:
        try:
            return machine.snapshots[name]
        except KeyError:
            raise NotFound(
                f"Domain snapshot not found: no domain snapshot with matching name '{name}'", code=72
            ) from None

    def _boot(self, machine: Machine, state: State, reason: str) -> None:
        machine.booted = self.clock
        machine.domain = replace(
            machine.domain, state=state, reason=reason, id=self._next_id(), saved=False, started=time.time()
        )

    def _next_id(self) -> int:
        self._ids += 1
        return self._ids

    def _send(self, event: Event) -> None:
        for sink in self._sinks:
            sink(event)


def _plain_name(index: int) -> str:
    return NAMES[index] if index < len(NAMES) else f"vm-{index:03d}"
