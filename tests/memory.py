"""A fake: MemoryHypervisor implements ``core.ports.Hypervisor`` and ``Provisioner`` in memory.

No libvirt anywhere. Domains really change state and refuse what does not fit, events are sent on
the calling thread, counters are a function of a clock that every ``sample()`` moves on by ``step``
seconds, and the console prints a banner and echoes what is sent.

Knobs for a test: ``delay`` (seconds slept in every call; ``released.set()`` ends the sleep),
``fault`` (raised by every call), ``refuse`` (capability -> reason), ``calls`` (count per method),
and the methods under "the world outside", which do what another program or the guest would.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from xml.etree import ElementTree

from tests.memory_building import MemoryBuilding
from tests.memory_cloning import MemoryCloning
from tests.memory_console import MemoryConsole
from tests.memory_deletion import MemoryDeletion
from tests.memory_editing import MemoryEditing
from tests.memory_machine import GIB, MIB
from tests.memory_snapshots import MemorySnapshots
from tests.memory_verbs import MemoryVerbs
from tuivm.core.ports import Console, EventSink
from tuivm.model.capability import Capability
from tuivm.model.detail import Address, Detail
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Busy, HypervisorError, Invalid, NotFound
from tuivm.model.event import EventKind
from tuivm.model.host import Host, HostLoad
from tuivm.model.stats import Counters


class MemoryHypervisor(
    MemoryBuilding, MemoryCloning, MemoryDeletion, MemoryEditing, MemorySnapshots, MemoryVerbs
):
    """The fake. ``running`` makes the first so many domains run and the rest be off."""

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

    def list_domains(self, *, quick: bool = False) -> list[Domain]:
        with self._call("list_domains"):
            return [machine.domain for machine in self._machines.values()]

    def read_domain(self, key: DomainKey) -> Domain:
        with self._call("read_domain"):
            return self._find(key).domain

    def sample(self, focus: Collection[DomainKey] | None = ()) -> list[Counters]:
        with self._call("sample"):
            self.focused = None if focus is None else frozenset(focus)
            self.clock += self.step
            return [
                machine.counters(self.clock, costly=focus is None or machine.domain.key in focus)
                for machine in self._machines.values()
            ]

    def host_load(self) -> HostLoad:
        with self._call("host_load"):
            busy = 40.0 + (self.clock % 10)
            return HostLoad(busy, 18 * GIB + int(self.clock % 10) * 64 * MIB, self.host.memory)

    def detail(self, key: DomainKey) -> Detail:
        with self._call("detail"):
            return self._find(key).detail()

    def addresses(self, key: DomainKey) -> tuple[Address, ...]:
        with self._call("addresses", Capability.ADDRESSES):
            machine = self._find(key)
            return machine.addresses if machine.domain.state.is_active else ()

    def report_memory(self, key: DomainKey, seconds: int) -> bool:
        with self._call("report_memory", Capability.MEMORY_REPORTS):
            machine = self._active(key)
            if machine.balloon_period == 0:
                machine.balloon_period = seconds
            return machine.balloon_period is not None

    # -- changing -----------------------------------------------------------------------------

    def start(self, key: DomainKey, *, paused: bool = False, discard_saved: bool = False) -> None:
        with self._call("start", Capability.START):
            machine = self._find(key)
            if machine.domain.state.is_active:
                raise Invalid("Requested operation is not valid: domain is already running", code=55)
            reason = "restored" if machine.domain.saved and not discard_saved else "booted"
            self._boot(machine, State.PAUSED if paused else State.RUNNING, reason)
        self.emit(key, "started (booted)", started=True)

    def shutdown(self, key: DomainKey, mode: str = "") -> None:
        with self._call("shutdown", Capability.SHUTDOWN):
            self.modes.append(mode)
            machine = self._active(key)
            obeys = not machine.ignores_shutdown and machine.domain.state is State.RUNNING
        if obeys:
            self.power_off(key, "shutdown")

    def reboot(self, key: DomainKey, mode: str = "") -> None:
        with self._call("reboot", Capability.REBOOT):
            self.modes.append(mode)
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
            machine.paused_age = machine.age(self.clock)
            machine.domain = replace(machine.domain, state=State.PAUSED, reason="user")
        self.emit(key, "suspended (paused)")

    def resume(self, key: DomainKey) -> None:
        with self._call("resume", Capability.SUSPEND):
            machine = self._active(key)
            if machine.domain.state is not State.PAUSED:
                raise Invalid("Requested operation is not valid: domain is already running", code=55)
            machine.booted = self.clock - machine.paused_age
            machine.domain = replace(machine.domain, state=State.RUNNING, reason="unpaused")
        self.emit(key, "resumed (unpaused)")

    def set_autostart(self, key: DomainKey, enabled: bool) -> None:
        with self._call("set_autostart", Capability.AUTOSTART):
            machine = self._find(key)
            machine.domain = replace(machine.domain, autostart=enabled)

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
            known = [one.alias for one in machine.detail().description.consoles]
            if device is not None and device not in known:
                raise NotFound(f"invalid argument: cannot find character device {device}", code=8)
            console = MemoryConsole(on_data, on_end, lambda: self._hang_up(key, console), device=device)
            self._consoles[key] = console
        if other is not None:
            other.end(Busy("Active console session exists for this domain", code=9))
        console.receive(f"Debian GNU/Linux 12 {machine.name} ttyS0\r\n\r\n{machine.name} login: ".encode())
        return console

    def _hang_up(self, key: DomainKey, console: MemoryConsole) -> None:
        with self.lock:
            if self._consoles.get(key) is console:
                del self._consoles[key]

    def send_keys(self, key: DomainKey, names: Sequence[str], hold: float = 0.1) -> None:
        with self._call("send_keys", Capability.SEND_KEYS):
            machine = self._active(key)
            if not names or any(not name.startswith("KEY_") for name in names):
                raise Invalid(f"there is no key called {', '.join(names)}")
            machine.pressed.append(tuple(names))

    def send_break(self, key: DomainKey, device: str | None = None) -> None:
        with self._call("send_break", Capability.SEND_BREAK):
            self._active(key).breaks.append(device)

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
