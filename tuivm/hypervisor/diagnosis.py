"""What can be found out about a domain that does not start."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.images import UnknownImageError, below, is_open
from tuivm.hypervisor.logs import log_path, tail
from tuivm.model.diagnosis import FileFact, PlaceFact, StartFacts
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.model.line import one_line
from tuivm.xml import references
from tuivm.xml.document import accelerated
from tuivm.xml.references import Needs

_DEEPEST = 100
_KIB = 1024


class Diagnosis:
    """core's seam of diagnosis; see :mod:`tuivm.core.ports_diagnosis`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start_facts(self, key: DomainKey) -> StartFacts:
        """Look at everything that a start needs. Raises NotFound."""
        domain = self._connection.handle(key, fresh=True)
        with self._connection.asking("looking at the domain", key=key):
            name = domain.name()
            xml = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
            saved = False
            with suppress(libvirt.libvirtError):
                saved = bool(domain.hasManagedSaveImage(0))
        link, host = self._connection.link(), self._connection.host()
        here = self._connection.is_here()
        needs = references.needs(xml)
        log, note = _log(host.connection, name, here=here)
        return StartFacts(
            key,
            name,
            self._connection.uri,
            files=tuple(_files(needs, xml)) if here else (),
            places=tuple(_places(link, needs, here=here)),
            memory=needs.memory,
            memory_free=_free(link, needs, here=here),
            memory_total=host.memory,
            hugepages=needs.hugepages,
            kvm=needs.virt_type == "kvm",
            kvm_problem=_kvm(link, here=here) if needs.virt_type == "kvm" else "",
            conflicts=tuple(_conflicts(link, key, needs, xml, here=here)),
            saved=saved,
            log=log,
            log_note=note,
        )


def _log(connection: str, name: str, *, here: bool) -> tuple[tuple[str, ...], str]:
    path = log_path(connection, name)
    if path is None:
        return (), "this hypervisor keeps no log of a domain"
    return tail(path) if here else ((), f"the log is on the host: {path}")


def _files(needs: Needs, xml: str) -> Iterator[FileFact]:
    for source, target in references.folders(xml):
        if not _is_there(source):
            yield FileFact(source, f"folder {target}", "it is not there")
    disks = [(one.path, one.target) for one in references.disks(xml) if one.type == "file"]
    for path, what in [*needs.files, *disks]:
        if path:
            yield _file(path, what)
    for path, what in disks:
        seen, waiting = {path}, [path] if path else []
        while waiting and len(seen) < _DEEPEST:
            with suppress(UnknownImageError):
                for lower in below(waiting.pop()):
                    if lower not in seen:
                        seen.add(lower)
                        waiting.append(lower)
                        yield _file(lower, f"{what}, which is built on it")


def _is_there(path: str) -> bool:
    try:
        os.stat(path)  # noqa: PTH116 - the path is another program's
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def _file(path: str, what: str) -> FileFact:
    try:
        status = os.stat(path)  # noqa: PTH116 - the path is another program's
    except FileNotFoundError:
        return FileFact(path, what, "it is not there")
    except (OSError, ValueError):
        return FileFact(path, what)  # Nobody of us may look: the hypervisor perhaps may.
    if stat.S_ISDIR(status.st_mode):
        return FileFact(path, what, "it is a folder")
    closed = next((str(one) for one in Path(path).parents if not _open_to_all(one)), "")
    access = f"it belongs to user {status.st_uid}, mode {stat.S_IMODE(status.st_mode):04o}"
    return FileFact(path, what, "", f"{access}; others cannot enter {closed}" if closed else access)


def _open_to_all(folder: Path) -> bool:
    try:
        return bool(folder.stat().st_mode & stat.S_IXOTH)
    except OSError:
        return True


def _places(link: libvirt.virConnect, needs: Needs, *, here: bool) -> Iterator[PlaceFact]:
    if needs.networks:
        with suppress(libvirt.libvirtError):
            known = {one.name(): bool(one.isActive()) for one in link.listAllNetworks(0)}
            for name in needs.networks:
                yield PlaceFact(name, "network", name in known, known.get(name, False))
    if needs.pools:
        with suppress(libvirt.libvirtError):
            known = {one.name(): bool(one.isActive()) for one in link.listAllStoragePools(0)}
            for name in needs.pools:
                yield PlaceFact(name, "pool", name in known, known.get(name, False))
    for name in needs.bridges if here else ():
        if "/" not in name:
            exists = Path("/sys/class/net", name).exists()
            yield PlaceFact(name, "bridge", exists, exists)


def _free(link: libvirt.virConnect, needs: Needs, *, here: bool) -> int | None:
    """Bytes the host can give: huge pages where these are asked for, else what can be had at once."""
    if here:
        with suppress(OSError, ValueError, IndexError):
            lines = Path("/proc/meminfo").read_text("ascii", "replace").splitlines()
            told = {line.partition(":")[0]: int(line.split()[1]) for line in lines if ":" in line}
            if needs.hugepages:
                return told.get("HugePages_Free", 0) * told.get("Hugepagesize", 0) * _KIB
            if "MemAvailable" in told:
                return told["MemAvailable"] * _KIB
    if needs.hugepages:
        return None
    with suppress(libvirt.libvirtError):
        memory = link.getMemoryStats(-1)
        return sum(memory.get(word, 0) for word in ("free", "buffers", "cached")) * _KIB
    return None


def _kvm(link: libvirt.virConnect, *, here: bool) -> str:
    """Why KVM cannot be had; empty when it can."""
    if here and not Path("/dev/kvm").exists():
        return "this host has no /dev/kvm"
    with suppress(libvirt.libvirtError, Invalid):
        if not accelerated(link.getCapabilities()):
            return "libvirt offers no KVM on this host"
    return ""


def _conflicts(
    link: libvirt.virConnect, key: DomainKey, needs: Needs, xml: str, *, here: bool
) -> Iterator[str]:
    """Disks and ports that another domain, or another program of this machine, has."""
    own = {one.path: one.target for one in references.disks(xml) if one.path and not _shared(one)}
    taken: dict[int, str] = {}
    users: dict[str, str] = {}
    with suppress(libvirt.libvirtError):
        for domain in link.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
            if domain.UUIDString() == key.uuid:
                continue
            with suppress(libvirt.libvirtError, Invalid):
                text, name = domain.XMLDesc(0), one_line(domain.name())
                taken |= dict.fromkeys(references.needs(text).ports, name)
                taken |= dict.fromkeys(references.live_ports(text), name)
                users |= {
                    one.path: name for one in references.disks(text) if one.path in own and not _shared(one)
                }
    for path, name in users.items():
        yield f"{own[path]}: {name} runs with the same disk ({one_line(path)})"
    if here:
        for path, target in own.items():
            if path not in users and is_open(path):
                yield f"{target}: some QEMU has {one_line(path)} open"
    listening = _listening() if here else frozenset()
    for port in needs.ports:
        if port in taken:
            yield f"port {port}: the screen of {taken[port]} is there"
        elif port in listening:
            yield f"port {port}: another program listens there"


def _shared(image: references.Image) -> bool:
    return image.readonly or image.shareable


def _listening() -> frozenset[int]:
    """TCP ports of this machine that somebody listens on (proc(5): state 0A)."""
    found = set()
    for name in ("tcp", "tcp6"):
        with suppress(OSError, ValueError, IndexError):
            for line in Path("/proc/net", name).read_text("ascii", "replace").splitlines()[1:]:
                words = line.split()
                if words[3] == "0A":
                    found.add(int(words[1].rpartition(":")[2], 16))
    return frozenset(found)
