"""A fake: MemoryHypervisor implements ``core.ports.Hypervisor`` and ``Provisioner`` in memory.

No libvirt anywhere. Domains really change state and refuse what does not fit, events are sent on
the calling thread, counters are a function of a clock that every ``sample()`` moves on by ``step``
seconds, and the console prints a banner and echoes what is sent.

Knobs for a test: ``delay`` (seconds slept in every call), ``fault`` (raised by every call),
``refuse`` (capability -> reason), ``calls`` (count per method), and the methods under "the world
outside", which do what another program or the guest would.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from tests.memory_console import MemoryConsole
from tests.memory_machine import GIB, MIB, Machine
from tuivm.core.ports import Console, EventSink
from tuivm.model.capability import Capability
from tuivm.model.detail import Address, Detail, Snapshot
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, HypervisorError, Invalid, NotFound, NotSupported
from tuivm.model.event import Event, EventKind
from tuivm.model.host import Host, HostLoad, Kind
from tuivm.model.stats import Counters

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


class MemoryHypervisor:
    """The fake. ``running`` makes the first so many domains run and the rest be off."""

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
        self.uri = uri
        self.delay = delay
        self.fault: Exception | None = None
        self.refuse: dict[Capability, str] = {}
        self.missing: dict[Capability, str] = {}
        self.calls: Counter[str] = Counter()
        self.step = step
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
            machine = Machine(
                domain, index, self.clock - 100.0, {}, (address,), reports_balloon=index % 3 != 1
            )
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

    def emit(self, key: DomainKey, detail: str, kind: EventKind = EventKind.LIFECYCLE, **flags: bool) -> None:
        """Send an event about a domain that exists."""
        name = self._machines[key].name
        self._send(Event(kind, time.time(), key, name, detail, **flags))

    # -- connection ---------------------------------------------------------------------------

    def open(self) -> Host:
        with self._call("open", needs_open=False):
            self.opened = True
            return self.host

    def close(self) -> None:
        self.calls["close"] += 1
        self.opened = False

    def subscribe(self, sink: EventSink) -> None:
        self._sinks.append(sink)

    def unsupported(self) -> Mapping[Capability, str]:
        return dict(self.missing)

    # -- reading ------------------------------------------------------------------------------

    def list_domains(self) -> list[Domain]:
        with self._call("list_domains"):
            return [machine.domain for machine in self._machines.values()]

    def read_domain(self, key: DomainKey) -> Domain:
        with self._call("read_domain"):
            return self._find(key).domain

    def sample(self) -> list[Counters]:
        with self._call("sample"):
            self.clock += self.step
            return [machine.counters(self.clock) for machine in self._machines.values()]

    def host_load(self) -> HostLoad:
        with self._call("host_load"):
            busy = 40.0 + (self.clock % 10)
            return HostLoad(busy, 18 * GIB + int(self.clock % 10) * 64 * MIB, self.host.memory)

    def detail(self, key: DomainKey) -> Detail:
        with self._call("detail"):
            return self._find(key).detail()

    def snapshot_names(self, key: DomainKey) -> tuple[str, ...]:
        with self._call("snapshot_names"):
            tree = self._find(key).tree()
            return tuple(s.name for s in tree if not s.current) + tuple(s.name for s in tree if s.current)

    def addresses(self, key: DomainKey) -> tuple[Address, ...]:
        with self._call("addresses", Capability.ADDRESSES):
            machine = self._find(key)
            return machine.addresses if machine.domain.state.is_active else ()

    # -- changing -----------------------------------------------------------------------------

    def start(self, key: DomainKey) -> None:
        with self._call("start", Capability.START):
            machine = self._find(key)
            if machine.domain.state.is_active:
                raise Invalid("Requested operation is not valid: domain is already running", code=55)
            self._boot(machine, State.RUNNING, "restored" if machine.domain.saved else "booted")
        self.emit(key, "started (booted)", started=True)

    def shutdown(self, key: DomainKey) -> None:
        with self._call("shutdown", Capability.SHUTDOWN):
            machine = self._active(key)
            obeys = not machine.ignores_shutdown and machine.domain.state is State.RUNNING
        if obeys:
            self.power_off(key, "shutdown")

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

    def reboot(self, key: DomainKey) -> None:
        with self._call("reboot", Capability.REBOOT):
            self._active(key)
        self.emit(key, "rebooted", EventKind.REBOOT)

    def reset(self, key: DomainKey) -> None:
        with self._call("reset", Capability.RESET):
            self._active(key)
        self.emit(key, "reset", EventKind.REBOOT)

    def destroy(self, key: DomainKey) -> None:
        with self._call("destroy", Capability.DESTROY):
            self._active(key)
        self.power_off(key, "destroyed")

    def suspend(self, key: DomainKey) -> None:
        with self._call("suspend", Capability.SUSPEND):
            machine = self._active(key)
            machine.domain = replace(machine.domain, state=State.PAUSED, reason="user")
        self.emit(key, "suspended (paused)")

    def resume(self, key: DomainKey) -> None:
        with self._call("resume", Capability.SUSPEND):
            machine = self._active(key)
            if machine.domain.state is not State.PAUSED:
                raise Invalid("Requested operation is not valid: domain is already running", code=55)
            machine.domain = replace(machine.domain, state=State.RUNNING, reason="unpaused")
        self.emit(key, "resumed (unpaused)")

    def set_autostart(self, key: DomainKey, enabled: bool) -> None:
        with self._call("set_autostart", Capability.AUTOSTART):
            machine = self._find(key)
            machine.domain = replace(machine.domain, autostart=enabled)

    def take_snapshot(self, key: DomainKey, name: str, description: str = "") -> Snapshot:
        with self._call("take_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            if name in machine.snapshots:
                raise Invalid(f"domain snapshot {name} already exists", code=71)
            if not name or "/" in name:
                raise Invalid(f"invalid snapshot name '{name}'", code=27)
            parent = _current(machine)
            state = {State.OFF: "shutoff", State.CRASHED: "shutoff"}.get(
                machine.domain.state, machine.domain.state.value
            )
            snapshot = Snapshot(
                name,
                self.now + len(machine.snapshots),
                state,
                parent.name if parent else None,
                current=True,
                description=description,
                memory=machine.domain.state.is_active,
            )
            if parent is not None:
                machine.snapshots[parent.name] = replace(parent, current=False)
            machine.snapshots[name] = snapshot
            machine.domain = replace(machine.domain, has_snapshots=True)
            return snapshot

    def revert_snapshot(self, key: DomainKey, name: str) -> None:
        with self._call("revert_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            chosen = self._snapshot(machine, name)
            machine.snapshots = {
                other: replace(snapshot, current=other == name)
                for other, snapshot in machine.snapshots.items()
            }
            was_active = machine.domain.state.is_active
            if chosen.state != "shutoff":
                self._boot(machine, State(chosen.state), "from snapshot")
        if chosen.state != "shutoff":
            self.emit(key, "started (from snapshot)", started=True)
        elif was_active:
            self.power_off(key, "from snapshot")

    def delete_snapshot(self, key: DomainKey, name: str) -> None:
        with self._call("delete_snapshot", Capability.SNAPSHOT):
            machine = self._find(key)
            gone = self._snapshot(machine, name)
            del machine.snapshots[name]
            for other, snapshot in machine.snapshots.items():
                if snapshot.parent == name:
                    machine.snapshots[other] = replace(snapshot, parent=gone.parent)
            if gone.current and gone.parent in machine.snapshots:
                parent = machine.snapshots[gone.parent]
                machine.snapshots[parent.name] = replace(parent, current=True)
            machine.domain = replace(machine.domain, has_snapshots=bool(machine.snapshots))

    # -- console ------------------------------------------------------------------------------

    def open_console(
        self,
        key: DomainKey,
        *,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        device: str | None = None,
        force: bool = False,
    ) -> Console:
        with self._call("open_console", Capability.CONSOLE):
            machine = self._active(key)
            other = self._consoles.get(key)
            if other is not None and not force:
                raise Busy("Active console session exists for this domain", code=9)
            console = MemoryConsole(on_data, on_end, lambda: self._hang_up(key, console))
            self._consoles[key] = console
        if other is not None:
            other.end(Busy("Active console session exists for this domain", code=9))
        console.receive(f"Debian GNU/Linux 12 {machine.name} ttyS0\r\n\r\n{machine.name} login: ".encode())
        return console

    def _hang_up(self, key: DomainKey, console: MemoryConsole) -> None:
        with self.lock:
            if self._consoles.get(key) is console:
                del self._consoles[key]

    # -- Provisioner --------------------------------------------------------------------------

    def define(self, xml: str) -> DomainKey:
        with self._call("define"):
            try:
                root = ElementTree.fromstring(xml)
            except ElementTree.ParseError as error:
                raise Invalid(f"XML error: {error}", code=27) from error
            name = root.findtext("name")
            if root.tag != "domain" or not name:
                raise Invalid("XML error: name is missing", code=27)
            memory = int(root.findtext("memory") or 0) * 1024
            vcpus = int(root.findtext("vcpu") or 1)
        return self.add(name, memory=memory or GIB, vcpus=vcpus)

    def undefine(self, key: DomainKey) -> None:
        with self._call("undefine"):
            if self._find(key).domain.state.is_active:
                raise Invalid("Requested operation is not valid: cannot undefine an active domain", code=55)
        self.remove(key)

    # -- inside -------------------------------------------------------------------------------

    @contextmanager
    def _call(self, name: str, needs: Capability | None = None, *, needs_open: bool = True) -> Iterator[None]:
        self.calls[name] += 1
        if self.delay:
            time.sleep(self.delay)
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


def _current(machine: Machine) -> Snapshot | None:
    return next((snapshot for snapshot in machine.snapshots.values() if snapshot.current), None)


def _plain_name(index: int) -> str:
    return NAMES[index] if index < len(NAMES) else f"vm-{index:03d}"
