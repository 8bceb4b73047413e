"""What the tests of cloning share: images, the program without its screen, a copy held in its middle."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.daemon import PrivateDaemon
from tests.hypervisor.conftest import GUEST, boot_sector, until
from tests.recorder import Recorder
from tuivm.core import cloning
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.cloning import CloneFacts, Way
from tuivm.model.domain import DomainKey
from tuivm.model.job import Job, JobState, Progress

MIB = 1 << 20


def sh(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def image(path: Path, *, data: int = MIB, size: int = 8 * MIB, below: Path | None = None) -> Path:
    """A qcow2 image that boots and holds ``data`` bytes of its own, perhaps on top of another."""
    options = ["-b", below, "-F", "qcow2"] if below is not None else []
    sh("qemu-img", "create", "-qf", "qcow2", *options, path, *([] if below else [size]))
    if data:
        sh("qemu-io", "-f", "qcow2", "-c", f"write -q -P 0x57 {MIB} {data}", path)
    return path


def bootable(path: Path, word: str) -> Path:
    """A qcow2 image whose boot sector says a word on the serial line."""
    raw = path.with_suffix(".sector")
    raw.write_bytes(boot_sector(word))
    sh("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, path)
    raw.unlink()
    return path


def disk(path: object, target: str = "vda", form: str = "qcow2", extra: str = "") -> str:
    return (
        f"<disk type='file'><driver name='qemu' type='{form}'/><source file='{path}'/>"
        f"<target dev='{target}' bus='virtio'/>{extra}</disk>"
    )


def define(qemu: LibvirtHypervisor, name: str, *devices: str) -> DomainKey:
    return qemu.define(GUEST.format(name=name, devices="".join(devices), vcpus=1))


def same(one: Path, other: Path) -> bool:
    """Whether a guest reads the same from both."""
    return "identical" in sh("qemu-img", "compare", one, other)


class Program:
    """The program without its screen, on the private daemon."""

    def __init__(self, uri: str) -> None:
        self.session = Session(connect(uri), interval=0.2)
        self._recorder = Recorder()
        self.session.start()
        assert self.session.wait_ready(60.0)
        self.session.attach(self._recorder, details=False)

    def begin(self, key: DomainKey, found: CloneFacts, name: str, **ways: Way) -> Job:
        until(lambda: key in self.session.inventory.domains, "the domain in the list")
        chosen = cloning.clone(found, name, cloning.proposed(found) | ways)
        assert cloning.refusal(found, chosen) == ""
        arguments = Arguments(text=name, clone=chosen)
        return self.session.run(verb("clone"), self.session.inventory.domains[key], arguments)

    def job(self, begun: Job) -> Job:
        return next(one for one in self.session.jobs if one.id == begun.id)

    def ended(self, begun: Job) -> Job:
        until(lambda: self.job(begun).state.is_over, "the end of the job")
        return self.job(begun)

    def told(self) -> list[Progress]:
        return [job.progress for job in list(self._recorder.jobs) if job.progress is not None]


def clone(qemu: LibvirtHypervisor, program: Program, key: DomainKey, name: str, **ways: Way) -> DomainKey:
    done = program.ended(program.begin(key, qemu.clone_facts(key), name, **ways))
    assert done.state is JobState.DONE, done.message
    return next(one.key for one in qemu.list_domains() if one.name == name)


def stored(qemu: LibvirtHypervisor, key: DomainKey) -> ET.Element:
    return ET.fromstring(qemu.definition(key))


def sources(root: ET.Element) -> dict[str, str]:
    found = {}
    for one in root.findall("./devices/disk"):
        source, target = one.find("source"), one.find("target")
        assert target is not None
        found[target.get("dev", "")] = "" if source is None else source.get("file", source.get("volume", ""))
    return found


def no_pools(daemon: PrivateDaemon) -> bool:
    return "tuivm-" not in daemon.virsh("pool-list", "--all")


class Held:
    """Stops the qemu-img that writes to ``path`` when it has written a little, until it is let go."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ended = threading.Event()
        self.pids: set[int] = set()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Held:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self.signal(signal.SIGCONT)

    def caught(self) -> bool:
        return bool(self.pids)

    def signal(self, number: int) -> None:
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _begun(self) -> bool:
        try:
            return self._path.stat().st_blocks * 512 > MIB
        except FileNotFoundError:
            return False

    def _watch(self) -> None:
        while not self._ended.is_set():
            for entry in os.scandir("/proc") if self._begun() else ():
                if entry.name.isdigit() and int(entry.name) not in self.pids:
                    with contextlib.suppress(OSError):
                        words = Path(entry.path, "cmdline").read_bytes().split(b"\0")
                        if words[0].endswith(b"qemu-img") and os.fsencode(self._path) in words:
                            os.kill(int(entry.name), signal.SIGSTOP)
                            self.pids.add(int(entry.name))
