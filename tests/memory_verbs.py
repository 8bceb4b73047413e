"""What the verbs beyond starting and stopping do to the machines of the in-memory fake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.memory_world import World
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import Invalid
from tuivm.model.event import EventKind
from tuivm.model.labels import Labels, labels_of


class MemoryVerbs(World):
    """Implements ``core.ports_verbs``."""

    # -- memory to disk -----------------------------------------------------------------------

    def boot_once(
        self, key: DomainKey, device: str, *, paused: bool = False, discard_saved: bool = False
    ) -> None:
        with self._call("boot_once", Capability.START):
            machine = self._find(key)
            if machine.domain.state.is_active:
                raise Invalid("it is already running", "shut it down first")
            if device not in ("hd", "vda", "cdrom", "network", "firmware"):
                raise Invalid(f"it has no device '{device}' to boot from")
            if machine.domain.saved and not discard_saved:
                raise Invalid("it has a saved state", "restore it, or discard the saved state")
            self._boot(machine, State.PAUSED if paused else State.RUNNING, "booted")
            machine.booted_from = device
        self.emit(key, "started (booted)", started=True)

    def save(self, key: DomainKey, *, paused: bool = False) -> None:
        with self._call("save", Capability.SAVE):
            machine = self._active(key)
            machine.domain = replace(machine.domain, saved=True)
        self.power_off(key, "saved")

    def discard_saved(self, key: DomainKey) -> None:
        with self._call("discard_saved", Capability.SAVE):
            machine = self._find(key)
            if not machine.domain.saved:
                raise Invalid("it has no saved state")
            machine.domain = replace(machine.domain, saved=False)

    def sleep(self, key: DomainKey, target: str = "mem") -> None:
        with self._call("sleep", Capability.SLEEP):
            machine = self._active(key)
            machine.domain = replace(machine.domain, state=State.SUSPENDED, reason="")
        self.emit(key, "suspended by the guest")

    def thaw(self, key: DomainKey) -> int:
        with self._call("thaw", Capability.THAW):
            machine = self._active(key)
            machine.frozen, thawed = 0, machine.frozen
            return thawed

    def wake(self, key: DomainKey) -> None:
        with self._call("wake", Capability.WAKE):
            machine = self._active(key)
            if machine.domain.state is not State.SUSPENDED:
                raise Invalid("Unable to wake up domain: it is not suspended", code=55)
            machine.domain = replace(machine.domain, state=State.RUNNING, reason="wakeup")
        self.emit(key, "woken up")

    def dump(self, key: DomainKey, path: str, options: frozenset[str] = frozenset()) -> None:
        with self._call("dump", Capability.DUMP):
            machine = self._active(key)
            if not path.startswith("/"):
                raise Invalid("a dump needs the whole path of a file", "begin it with /")
            machine.dumps.append(path)
        if "crash" in options:
            self.power_off(key, "crashed")

    def inject_nmi(self, key: DomainKey) -> None:
        with self._call("inject_nmi", Capability.NMI):
            self._active(key).nmis += 1

    # -- names and labels ---------------------------------------------------------------------

    def rename(self, key: DomainKey, name: str) -> None:
        with self._call("rename", Capability.RENAME):
            machine = self._find(key)
            if machine.domain.state.is_active:
                raise Invalid("Requested operation is not valid: cannot rename active domain", code=55)
            if not name.strip() or "/" in name or "\n" in name:
                raise Invalid("a domain's name cannot hold a slash")
            if any(other.name == name for other in self._machines.values()):
                raise Invalid(f"operation failed: domain '{name}' already exists", code=9)
            machine.domain = replace(machine.domain, name=name)
        self.emit(key, "defined (renamed)")

    def labels(self, key: DomainKey) -> Labels:
        with self._call("labels"):
            return labels_of(self._find(key).domain)

    def unlabelled(self) -> tuple[DomainKey, ...]:
        return ()

    def probe_verbs(self) -> None:
        """Nothing to learn: a test says what is ``missing``."""

    def set_title(self, key: DomainKey, title: str) -> None:
        self._label(key, "set_title", title=title)

    def set_description(self, key: DomainKey, text: str) -> None:
        with self._call("set_description", Capability.METADATA):
            self._find(key).description = text
        self.emit(key, "description changed", EventKind.METADATA, relabelled=True)

    def set_tags(self, key: DomainKey, tags: Sequence[str]) -> None:
        self._label(key, "set_tags", tags=tuple(tags))

    def set_locked(self, key: DomainKey, locked: bool) -> None:
        self._label(key, "set_locked", locked=locked)

    def _label(self, key: DomainKey, call: str, **fields: object) -> None:
        with self._call(call, Capability.METADATA):
            machine = self._find(key)
            machine.domain = replace(machine.domain, **fields)  # type: ignore[arg-type]
        self.emit(key, "metadata changed", EventKind.METADATA, relabelled=True)
