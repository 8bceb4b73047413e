"""The seams: what core needs of a hypervisor, and what a screen must accept from core.

Every method of :class:`Hypervisor` may block and is called from worker threads only, never
from the UI thread. Each raises a :class:`~tuivm.model.errors.HypervisorError`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from tuivm.core.ports_balloon import Ballooning
from tuivm.core.ports_building import BuildingPort
from tuivm.core.ports_clone import Cloning
from tuivm.core.ports_delete import Deletion
from tuivm.core.ports_diagnosis import Diagnosis
from tuivm.core.ports_edit import Editing
from tuivm.core.ports_jobs import JobPort
from tuivm.core.ports_snapshots import SnapshotKeeper
from tuivm.core.ports_verbs import Naming, Saving
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError
from tuivm.model.event import Event
from tuivm.model.host import Host, HostLoad
from tuivm.model.inventory import Change, Inventory
from tuivm.model.job import Job
from tuivm.model.stats import Counters

if TYPE_CHECKING:
    from tuivm.model.detail import Address, Detail

EventSink = Callable[[Event], None]


class Console(Protocol):
    """An open stream to a guest's serial console."""

    @property
    def waiting(self) -> int:
        """Bytes queued that the guest has not taken."""

    def send(self, data: bytes) -> None:
        """Queue bytes for the guest. Never blocks, never raises; lost when the stream has ended."""

    def close(self) -> None:
        """End the session. Never blocks; a second call does nothing."""


class Hypervisor(
    SnapshotKeeper,
    JobPort,
    Saving,
    Naming,
    Editing,
    Deletion,
    Cloning,
    Diagnosis,
    Ballooning,
    BuildingPort,
    Protocol,
):
    """One connection to libvirt. ``open`` may be called again after a loss."""

    uri: str
    """The URI asked for."""

    def open(self) -> Host:
        """Connect. Raises Unreachable, Denied or Invalid with a remedy."""

    def close(self) -> None:
        """Disconnect; never raises."""

    def subscribe(self, sink: EventSink) -> None:
        """Send events to ``sink``, called on any thread; the sink must not block. Survives re-opening."""

    def unsupported(self) -> Mapping[Capability, str]:
        """What is known to be missing, with the reason; grows as calls are refused."""

    def list_domains(self, *, quick: bool = False) -> list[Domain]:
        """Every domain, in a number of round trips that does not depend on how many there are.

        ``quick`` may leave ``started`` unknown: a first list does not wait for a look at every process.
        """

    def read_domain(self, key: DomainKey) -> Domain:
        """One domain, re-read. Raises NotFound."""

    def sample(self, focus: Collection[DomainKey] | None = ()) -> list[Counters]:
        """Counters of the active domains at least, in one round trip where the driver has bulk statistics.

        Those of ``focus`` (None: all) also with what is costly to read, in one more; the others with it now
        and then.
        """

    def host_load(self) -> HostLoad:
        """The host's gauges: psutil for this machine, libvirt's node statistics for another."""

    def detail(self, key: DomainKey) -> Detail:
        """XML, description and snapshots of one domain (no addresses)."""

    def addresses(self, key: DomainKey) -> tuple[Address, ...]:
        """Addresses by lease, then agent, then ARP. May take seconds."""

    def start(self, key: DomainKey, *, paused: bool = False, discard_saved: bool = False) -> None:
        """Boot, or restore from managed save unless that is to be discarded; ``paused`` before it runs."""

    def shutdown(self, key: DomainKey, mode: str = "") -> None:
        """Ask the guest to shut down; returns before it has.

        ``mode`` is ``acpi``, ``agent``, ``initctl``, ``signal``, ``paravirt``; empty for libvirt's choice.
        """

    def reboot(self, key: DomainKey, mode: str = "") -> None:
        """Ask the guest to reboot, in one of the modes of ``shutdown``."""

    def reset(self, key: DomainKey) -> None:
        """Hard reset, as the button does."""

    def destroy(self, key: DomainKey) -> None:
        """Force off, as pulling the cord does."""

    def suspend(self, key: DomainKey) -> None:
        """Pause the vCPUs."""

    def resume(self, key: DomainKey) -> None:
        """Let the vCPUs go on."""

    def set_autostart(self, key: DomainKey, enabled: bool) -> None:
        """Start with the host, or not."""

    def open_console(
        self,
        key: DomainKey,
        *,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        device: str | None = None,
        force: bool = False,
    ) -> Console:
        """Open the serial console. Raises Busy when another session has it and not ``force``.

        ``on_data`` and ``on_end`` are called on libvirt's event thread and must not block.
        ``on_end`` is called once; with None when the guest closed it (powered off).
        """

    def send_keys(self, key: DomainKey, names: Sequence[str], hold: float = 0.1) -> None:
        """Press keys of the machine's own keyboard together for ``hold`` seconds.

        ``names`` are Linux's (``KEY_LEFTCTRL``, at most 16). Raises Invalid for an unknown name.
        """

    def send_break(self, key: DomainKey, device: str | None = None) -> None:
        """Send a break on the serial line ``device`` (the first without one)."""


class Provisioner(Protocol):
    """What the demonstration needs beyond :class:`Hypervisor`: to make domains and unmake them."""

    def define(self, xml: str) -> DomainKey:
        """Define a persistent domain. Raises Invalid when libvirt refuses the XML."""

    def undefine(self, key: DomainKey) -> None:
        """Undefine a domain that is off, with its snapshot metadata and saved state."""


class Listener(Protocol):
    """What a screen implements. Called on worker threads; must return at once."""

    def on_inventory(self, inventory: Inventory, change: Change) -> None:
        """A new inventory; never called when nothing changed."""

    def on_detail(self, detail: Detail) -> None:
        """The watched domain's detail, when it was read or changed."""

    def on_job(self, job: Job) -> None:
        """A job took a step."""

    def on_event(self, event: Event) -> None:
        """Something happened; for the log."""

    def on_console(self, key: DomainKey) -> None:
        """The sign, alert, recording, paste or transfer of a domain's console changed. Never once a byte."""
