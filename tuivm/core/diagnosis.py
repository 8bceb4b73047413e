"""Why a domain does not start: the facts, and libvirt's own words, made findings with a remedy each."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from tuivm.model import units
from tuivm.model.diagnosis import Finding, PlaceFact, StartFacts

STARTS = frozenset({"start", "restore"})
"""Ids of the verbs whose failure is looked into."""

_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        r"failed to get .*lock|another process using the image|already in use by (?:other|another)",
        "Another program has one of its disks open.",
        "stop the other machine, or give this one a disk of its own",
    ),
    (
        r"cannot set up guest memory|cannot allocate memory|unable to map backing store|out of memory",
        "The host cannot give it the memory it asks for.",
        "stop another machine, or give this one less memory",
    ),
    (
        (
            r"could not access kvm|failed to initialize kvm|invalid accelerator kvm|"
            r"virt type 'kvm'|kvm is not available|domain type kvm"
        ),
        "KVM cannot be used on this host.",
        (
            "load the module (modprobe kvm_intel or kvm_amd), switch virtualization on in the firmware, "
            "or make it type 'qemu'"
        ),
    ),
    (
        r"address already in use|failed to find an available port|unable to bind",
        "A port it wants is taken.",
        "let libvirt choose the port (port='-1' autoport='yes'), or stop what listens there",
    ),
    (
        r"permission denied|operation not permitted",
        "The hypervisor may not open a file.",
        "let the user that QEMU runs as (libvirt-qemu, qemu) read the file and enter the folders above it",
    ),
    (
        r"no space left|enospc",
        "A file system is full.",
        "make room where its disks, saved state or log lie",
    ),
    (
        r"unsupported machine|machine type|does not support machine",
        "This QEMU does not know its machine type.",
        "edit the XML: choose a machine type that 'virsh domcapabilities' names",
    ),
    (
        (
            r"cpu is incompatible|cpu.* not compatible|missing features|doesn't match specification|"
            r"cpu mode .* not supported|host-passthrough"
        ),
        "The host's CPU cannot be what it asks for.",
        "edit the XML: choose another CPU model, or mode 'host-model'",
    ),
    (
        r"unable to find any (?:firmware|master)|pflash|ovmf|firmware",
        "Its firmware was not found.",
        "install the firmware (package ovmf), or mend <loader> and <nvram>",
    ),
    (
        r"virtlogd|virtlockd",
        "A helper of libvirt does not answer.",
        "start it: systemctl start virtlogd virtlockd",
    ),
    (r"apparmor|selinux|security label|svirt", "A security policy forbids it.", "see the host's audit log"),
    (
        r"state change lock",
        "Another operation on it is still under way.",
        "wait for it, or look at the jobs",
    ),
    (
        r"invalid option|unexpectedly closed the monitor|exited while connecting|could not parse",
        "QEMU was started and ended at once.",
        "its last words are at the end of the log",
    ),
    (
        r"cannot find init path|libvirt_lxc startup",
        "The container's first process could not be started.",
        "see that <init> names a program below the container's folder",
    ),
    (
        r"restor|saved state|incoming migration|load of migration",
        "The saved state does not fit.",
        "discard the saved state; what was in its memory is lost",
    ),
)
_PATTERNS = tuple((re.compile(pattern), words, remedy) for pattern, words, remedy in _WORDS)


def findings(facts: StartFacts | None, error: str) -> tuple[Finding, ...]:
    """What may be why, the likeliest first; ``error``: what libvirt said, also without facts."""
    said = error.lower()
    found = list(_from_facts(facts, said)) if facts is not None else []
    log = " ".join(facts.log[-20:]).lower() if facts is not None else ""
    for pattern, words, remedy in _PATTERNS:
        if pattern.search(said) or pattern.search(log):
            found.append(Finding(words, remedy))
    unique: dict[str, Finding] = {}
    for one in sorted(found, key=lambda finding: not finding.certain):
        unique.setdefault(one.words, one)
    return tuple(unique.values())


def _from_facts(facts: StartFacts, said: str) -> Iterator[Finding]:
    for file in facts.files:
        if file.problem:
            remedy = "put it back, or take the device out of the XML"
            yield Finding(f"{file.what}: {file.path}: {file.problem}.", remedy, certain=True)
        elif file.access and (
            "permission denied" in said or "permission denied" in " ".join(facts.log).lower()
        ):
            yield Finding(f"{file.what}: {file.path}: {file.access}.", "", certain=file.path.lower() in said)
    for place in facts.places:
        yield from _from_place(facts, place)
    yield from _from_memory(facts)
    if facts.kvm and facts.kvm_problem:
        remedy = "switch virtualization on in the host's firmware, load the module, or make it type 'qemu'"
        yield Finding(f"It asks for KVM: {facts.kvm_problem}.", remedy, certain=True)
    for words in facts.conflicts:
        yield Finding(f"{words}.", "stop that one first, or change this one's XML", certain=True)
    if facts.saved:
        yield Finding("It has a saved state, which a start restores.", "if it cannot be restored, discard it")


def _from_place(facts: StartFacts, place: PlaceFact) -> Iterator[Finding]:
    if place.exists and place.active:
        return
    virsh = f"virsh -c {shlex.quote(facts.connection)}"
    name = shlex.quote(place.name)
    if not place.exists:
        remedy = {
            "network": f"define it, or choose another: {virsh} net-list --all",
            "pool": f"define it, or choose another: {virsh} pool-list --all",
        }.get(place.kind, "make it, or choose another in the XML")
        yield Finding(f"There is no {place.kind} '{place.name}'.", remedy, certain=True)
        return
    command = {"network": "net-start", "pool": "pool-start"}.get(place.kind)
    remedy = f"{virsh} {command} {name}" if command else f"ip link set {name} up"
    yield Finding(f"The {place.kind} '{place.name}' is not active.", remedy, certain=place.kind != "bridge")


def _from_memory(facts: StartFacts) -> Iterator[Finding]:
    asked = units.size(facts.memory)
    less = "give it less memory"
    if facts.hugepages and facts.memory_free is not None and facts.memory > facts.memory_free:
        free = units.size(facts.memory_free)
        words = f"It asks for {asked} of huge pages; the host has {free} of them free."
        yield Finding(words, "reserve more (sysctl vm.nr_hugepages), or use none", certain=True)
    elif facts.memory_total and facts.memory > facts.memory_total:
        words = f"It asks for {asked} of memory; the whole host has {units.size(facts.memory_total)}."
        yield Finding(words, less, certain=True)
    elif facts.memory_free is not None and facts.memory > facts.memory_free:
        words = f"It asks for {asked} of memory; the host has {units.size(facts.memory_free)} free."
        yield Finding(words, f"stop another machine, or {less}")
