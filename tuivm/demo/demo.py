"""The demonstration: prepared before libvirt is loaded, launched on a connection, removed when it ends."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

from tuivm import paths
from tuivm.core.ports import Provisioner
from tuivm.demo import guest, parts, root
from tuivm.demo.accel import Accel, can_open, choice, kvm_works
from tuivm.demo.domains import ROLES, Hardware, domain_xml
from tuivm.demo.fetch import run
from tuivm.demo.guest import Guest
from tuivm.demo.memo import remembered, stamp
from tuivm.demo.parts import MissingPartError
from tuivm.demo.reaper import Reaper
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import HypervisorError, TuivmError

SIMULATED = "test:///default"
"""libvirt's test driver: machines that only pretend, in the process itself."""

Progress = Callable[[str], None]
_PATIENCE = 10.0
"""Seconds a start that is under way may take when the program is left."""
_NOTICED = 0.5
"""Seconds in which libvirt notices that a QEMU process is gone."""


class Machines(Provisioner, Protocol):
    """What the demonstration needs of a connection."""

    def start(self, key: DomainKey) -> None:
        """Boot."""

    def destroy(self, key: DomainKey) -> None:
        """Force off."""

    def list_domains(self) -> list[Domain]:
        """Every domain."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run of the demonstration is made of."""

    uri: str
    """The connection to open."""
    note: str
    """A short word for the header: ``KVM``, ``emulation`` or ``simulated machines``."""
    reason: str = ""
    """Why the machines are simulated, one line; empty when they are real."""
    domains: tuple[str, ...] = ()
    """XML of the domains to define; none when simulated, as the test driver brings its own."""


def _records() -> Path:
    return paths.state_dir() / "demo"


def clean_leftovers() -> int:
    """Clear what killed demonstrations left behind; return how many. Never raises."""
    return root.clean_leftovers(_records())


class Demo:
    """One run. As a context manager it removes its files on leaving, whatever happened."""

    def __init__(self, *, accel: str | None = None) -> None:
        """Choose ``auto``, ``kvm`` or ``tcg``; None asks TUIVM_DEMO_ACCEL. Raises TuivmError."""
        self._accel = choice(accel)
        self._cache = paths.cache_dir() / "demo"
        self._root: Path | None = None
        self._xml: list[str] = []
        self._keys: list[DomainKey] = []
        self._reaper = Reaper()
        self._stop = threading.Event()
        self._launcher: threading.Thread | None = None

    def __enter__(self) -> Demo:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cleanup()

    def prepare(self, progress: Progress) -> Prepared:
        """Build what is needed, or fall back to simulated machines with the reason.

        Call it before libvirt is loaded: it names a file for libvirt's log in the environment. Raises
        TuivmError only when KVM is demanded and cannot be. ``progress`` gets a line before each slow step.
        """
        clean_leftovers()
        try:
            return self._prepare_real(progress)
        except MissingPartError as missing:
            return self.simulate(str(missing))

    def simulate(self, reason: str) -> Prepared:
        """Give up real machines, for a reason in one line, and take libvirt's test driver."""
        self._remove()
        self._xml.clear()
        os.environ["LIBVIRT_LOG_OUTPUTS"] = "3:file:/dev/null"
        return Prepared(SIMULATED, "simulated machines", reason)

    def _prepare_real(self, progress: Progress) -> Prepared:
        machine = parts.this_machine()
        emulator = parts.find_emulator(machine)
        image_tool = parts.find_image_tool()
        parts.check_driver(parts.driver_folders(), os.getuid())
        built = guest.build(self._cache, progress)
        kvm = self._use_kvm(emulator, built, progress)
        try:
            return self._furnish(built, emulator, image_tool, kvm=kvm)
        except OSError as error:
            raise MissingPartError(f"the demonstration cannot be set up: {error}") from error

    def _use_kvm(self, emulator: Path, built: Guest, progress: Progress) -> bool:
        if self._accel is Accel.KVM and not can_open():
            raise TuivmError("KVM was asked for, and /dev/kvm cannot be opened", "see tuivm doctor")
        if self._accel is Accel.AUTO:
            return kvm_works(emulator, built, self._cache, progress)
        return self._accel is Accel.KVM

    def _furnish(self, built: Guest, emulator: Path, image_tool: Path, *, kvm: bool) -> Prepared:
        """Make the folder of this run with everything the domains use."""
        self._reaper.start()
        folder = self._root = root.create(_records())
        os.environ["LIBVIRT_LOG_OUTPUTS"] = f"3:file:{folder}/libvirt.log"
        # What libvirt finds out about QEMU takes it half a second: let it keep that for the next run.
        known = self._cache / "libvirt"
        known.mkdir(parents=True, exist_ok=True)
        (folder / "cache").symlink_to(known)
        # A domain can be started as long as the run lasts, whatever becomes of tuivm's cache meanwhile.
        own = Guest(_own(built.kernel, folder), _own(built.initrd, folder), built.machine)
        hardware = Hardware(own, emulator, kvm, user_network=_has_user_network(emulator, self._cache))
        empty = _empty_disk(image_tool, self._cache)
        self._xml = []
        for role in ROLES:
            disk = folder / f"{role.name}.qcow2"
            shutil.copyfile(empty, disk)
            self._xml.append(domain_xml(hardware, role, disk))
        return Prepared(
            f"qemu:///embed?root={folder}", "KVM" if kvm else "emulation", domains=tuple(self._xml)
        )

    def launch(self, machines: Machines) -> None:
        """Define all domains, then start one after another. Blocks. Raises HypervisorError."""
        for xml in self._xml:
            self._keys.append(machines.define(xml))
        failure: HypervisorError | None = None
        for key in tuple(self._keys):
            if self._stop.is_set():
                return
            try:
                machines.start(key)
            except HypervisorError as error:
                # One that does not start need not keep the others from it.
                failure = failure or error
        if failure is not None:
            raise failure

    def launch_in_background(
        self, machines: Machines, ready: Callable[[], bool], failed: Callable[[str], None]
    ) -> None:
        """Launch on a thread of its own as soon as ``ready()``.

        ``failed`` is told in one line, on that thread. Returns at once.
        """

        def work() -> None:
            while not ready():
                if self._stop.wait(0.02):
                    return
            try:
                self.launch(machines)
            except HypervisorError as error:
                if not self._stop.is_set():
                    failed(f"the demonstration's guests did not start: {error}")

        self._launcher = threading.Thread(target=work, name="demo-launch", daemon=True)
        self._launcher.start()

    def cleanup(self, machines: Machines | None = None) -> None:
        """Destroy and undefine the domains, end what remains of them and remove every file.

        Give the connection while it is open. Never raises; may be called again, for what libvirt writes while
        it closes, and when nothing was prepared.
        """
        self._stop.set()
        if self._launcher is not None:
            self._launcher.join(_PATIENCE)
        if machines is not None:
            for key in self._keys:
                _unmake(machines, key)
        self._keys.clear()
        self._remove()

    def _remove(self) -> None:
        """Remove the files of this run and end the processes that have them open."""
        if self._root is not None and root.remove(_records(), self._root):
            # libvirt in this process notices that a domain was killed, and makes its folder for that.
            time.sleep(_NOTICED)
            root.remove(_records(), self._root)
        self._reaper.stop()


def _unmake(machines: Machines, key: DomainKey) -> None:
    for step in (machines.destroy, machines.undefine):
        try:
            step(key)
        except HypervisorError:
            # It may be off, or gone at the user's hand; what is left is ended with the folder.
            continue


def _own(source: Path, folder: Path) -> Path:
    """Put a file into the run's folder without a copy where the file system allows."""
    target = folder / source.name
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)
    return target


def _empty_disk(image_tool: Path, cache: Path) -> Path:
    """Return the disk image each domain gets a copy of."""
    empty = cache / "empty.qcow2"
    if not empty.is_file():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            made = Path(folder) / empty.name
            run([str(image_tool), "create", "-q", "-f", "qcow2", str(made), "256M"])
            made.replace(empty)
    return empty


def _has_user_network(emulator: Path, cache: Path) -> bool:
    def find() -> bool:
        machine = parts.this_machine()
        return "user" in run([str(emulator), "-machine", machine.type, "-netdev", "help"]).split()

    return remembered(cache / "network.json", [*stamp(emulator)], find)
