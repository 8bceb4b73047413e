"""What an edit of the definition does, and when: the definition counts when the domain starts.

Which parts a guest that runs could be given at once by other means is said with the virsh command that does
it (virsh(1): setmem, setvcpus, attach-device, update-device, change-media and so on).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from tuivm.core.editing.text import canonical
from tuivm.model.domain import Domain
from tuivm.xml.document import parse

_LIVE: Mapping[str, str] = {
    "currentMemory": "setmem",
    "title": "desc --title",
    "description": "desc",
    "metadata": "metadata",
    "memtune": "memtune",
    "blkiotune": "blkiotune",
    "cputune": "schedinfo, vcpupin, emulatorpin",
    "numatune": "numatune",
    "iothreads": "iothreadadd, iothreaddel",
    "perf": "perf",
    "on_poweroff": "set-lifecycle-action",
    "on_reboot": "set-lifecycle-action",
    "on_crash": "set-lifecycle-action",
}
"""virsh's command for parts beside the devices."""
_PLUGGED = frozenset({"interface", "hostdev", "redirdev", "rng", "memory", "shmem", "channel", "vsock"})
"""Devices that can come and go while a guest runs, whatever they hang on."""
_PLUGGED_BUSES = frozenset({"virtio", "scsi", "usb"})
_CHANGED_LIVE = frozenset({"interface", "graphics"})
"""Devices of which some properties can be changed while a guest runs."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the definition that differs."""

    name: str
    """``memory``, ``disk vda``, ``interface 52:54:00:00:00:01``; hostile data."""
    change: str
    """``added``, ``removed`` or ``changed``."""
    live: str = ""
    """The virsh command that does the same to a guest that runs; empty where it must be started anew."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit does."""

    when: str
    """When it takes effect: a sentence or two."""
    parts: tuple[Part, ...] = ()
    """What differs, in the order of the new definition, what was removed last; empty: nothing that counts."""


def effect(base: str, text: str, domain: Domain) -> Effect:
    """What defining ``text`` in the place of ``base`` does to ``domain``. Raises Invalid."""
    parts = tuple(_parts(parse(base, "domain"), parse(text, "domain"), active=domain.state.is_active))
    return Effect(_when(domain) if parts else "Nothing that libvirt keeps differs.", parts)


def _when(domain: Domain) -> str:
    if domain.state.is_active:
        return (
            "It runs: this takes effect at its next start. Shut it down and start it; a reboot is not enough."
        )
    if domain.saved:
        return "It is saved, and goes on as it was saved: this takes effect at the start after that."
    return "It is off: this takes effect when it starts."


def _parts(before: ET.Element, after: ET.Element, *, active: bool) -> Iterator[Part]:
    if before.attrib != after.attrib:
        yield Part(f"domain {' '.join(sorted(_differing(before.attrib, after.attrib)))}", "changed")
    old, new = dict(_named(before)), dict(_named(after))
    for name, element in new.items():
        was = old.get(name)
        if was is None:
            yield Part(name, "added", _plugged(element, "attach") if active else "")
        elif canonical(was) != canonical(element):
            yield Part(name, "changed", _live(was, element) if active else "")
    for name, element in old.items():
        if name not in new:
            yield Part(name, "removed", _plugged(element, "detach") if active else "")


def _differing(first: Mapping[str, str], second: Mapping[str, str]) -> set[str]:
    return {name for name in {*first, *second} if first.get(name) != second.get(name)}


def _named(root: ET.Element) -> Iterator[tuple[str, ET.Element]]:
    """Each part with a name of its own; those that have none are numbered."""
    seen: dict[str, int] = {}
    devices = root.find("devices")
    parts = [part for part in root if part.tag != "devices"]
    for part in (*parts, *(devices if devices is not None else ())):
        name = _name(part)
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} {seen[name]}"), part


def _name(part: ET.Element) -> str:
    """A disk by its target, an interface by its address, anything else by its tag and type."""
    tag = part.tag.rpartition("}")[2]
    if tag == "disk":
        return f"disk {_attribute(part, 'target', 'dev')}".rstrip()
    if tag == "interface":
        return f"interface {_attribute(part, 'mac', 'address')}".rstrip()
    if tag in ("controller", "graphics", "input", "channel", "hostdev"):
        return f"{tag} {part.get('type', '')} {part.get('index', '')}".rstrip()
    return tag


def _attribute(part: ET.Element, child: str, name: str) -> str:
    found = part.find(child)
    return found.get(name, "") if found is not None else ""


def _plugged(part: ET.Element, how: str) -> str:
    """The virsh command that attaches or detaches it while the guest runs; empty where there is none."""
    if part.tag in _LIVE:
        return f"virsh {_LIVE[part.tag]} --live"
    bus = _attribute(part, "target", "bus") or part.get("bus", "")
    can = part.tag in _PLUGGED or (part.tag in ("disk", "input") and bus in _PLUGGED_BUSES)
    return f"virsh {how}-device --live" if can else ""


def _live(before: ET.Element, after: ET.Element) -> str:
    """The virsh command that changes it while the guest runs; empty where there is none."""
    tag = after.tag
    if tag in _LIVE:
        return f"virsh {_LIVE[tag]} --live"
    if tag == "vcpu":
        only_current = (before.text or "").strip() == (after.text or "").strip()
        return "virsh setvcpus --live" if only_current else ""
    if tag == "disk":
        return _live_disk(before, after)
    if tag in _CHANGED_LIVE and before.attrib.get("type") == after.attrib.get("type"):
        return "virsh update-device --live"
    return ""


def _live_disk(before: ET.Element, after: ET.Element) -> str:
    """A medium can be changed, and the limits of any disk; nothing else."""
    differing = {
        tag
        for tag in {child.tag for child in (*before, *after)}
        if [canonical(one) for one in before.findall(tag)] != [canonical(one) for one in after.findall(tag)]
    }
    if before.attrib == after.attrib and differing == {"iotune"}:
        return "virsh blkdeviotune --live"
    if after.get("device") in ("cdrom", "floppy") and differing <= {"source", "driver"}:
        return "virsh change-media --live"
    return ""
