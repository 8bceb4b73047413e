"""Everything else of a domain: general facts, devices, addresses, isolation, and the XML."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from tuivm.model import units
from tuivm.model.detail import Address, Detail, Disk, Nic
from tuivm.model.domain import Domain
from tuivm.ui.text import fit
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content
from tuivm.ui.xmltext import highlight

_LABEL_WIDTH = 12


class InfoTab(LinesView):
    """Facts and XML as lines to scroll."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Domain, Detail | None] | None = None

    def show_domain(self, domain: Domain, detail: Detail | None) -> None:
        """Show it; nothing is done when nothing differs, and another domain begins at the top."""
        if self._shown == (domain, detail):
            return
        if self._shown is not None and self._shown[0].key != domain.key:
            self.scroll_home(animate=False)
        self._shown = (domain, detail)
        self.show(info_lines(domain, detail))


def info_lines(domain: Domain, detail: Detail | None) -> list[Content]:
    """The lines of the tab."""
    lines = [*_general(domain, detail)]
    if detail is None:
        return [*lines, Content(""), content("  Reading…", "$muted")]
    description = detail.description
    lines += _section("Disks", (_disk(disk) for disk in description.disks), "none")
    by_mac: dict[str, list[Address]] = {}
    for address in detail.addresses:
        by_mac.setdefault(address.mac.lower(), []).append(address)
    nics = [line for nic in description.nics for line in _nic(nic, by_mac.pop(nic.mac, []))]
    rest = [_address(address) for addresses in by_mac.values() for address in addresses]
    lines += _section("Network", [*nics, *rest], "none")
    consoles = [_pair(device.alias or f"port {device.port}", device.kind) for device in description.consoles]
    lines += _section(
        "Consoles", [*consoles, *(_pair("display", word) for word in description.graphics)], "none"
    )
    lines += _section("Other devices", (content(f"  {device}") for device in description.devices), "")
    lines += _section(
        "Isolation", [content(f"  {description.security}")] if description.security else [], "none told"
    )
    lines += [Content(""), _heading("XML"), *highlight(detail.xml, "  ")]
    return lines


def _general(domain: Domain, detail: Detail | None) -> list[Content]:
    lines = [_heading("General"), _pair("name", domain.name), _pair("UUID", domain.key.uuid)]
    lines.append(_pair("connection", domain.key.connection))
    memory = units.size(domain.memory)
    if domain.memory_max and domain.memory_max != domain.memory:
        memory += f" of at most {units.size(domain.memory_max)}"
    vcpus = "1 vCPU" if domain.vcpus == 1 else f"{domain.vcpus or '-'} vCPUs"
    lines.append(_pair("given", f"{vcpus}, {memory} memory"))
    traits = ["persistent" if domain.persistent else "transient: gone when it stops"]
    if domain.autostart is not None:
        traits.append("starts with the host" if domain.autostart else "does not start with the host")
    if domain.saved:
        traits.append("has a saved state")
    lines.append(_pair("kept", ", ".join(traits)))
    if detail is None:
        return lines
    description = detail.description
    if description.title:
        lines.append(_pair("title", description.title))
    system = [
        description.virt_type or domain.virt_type,
        description.os_type,
        description.arch,
        description.machine,
    ]
    lines.append(_pair("system", " ".join(word for word in system if word) or "not told"))
    if description.firmware or description.cpu_mode:
        lines.append(_pair("firmware", description.firmware or "not told"))
        lines.append(_pair("CPU", description.cpu_mode or "not told"))
    return lines


def _disk(disk: Disk) -> Content:
    words = [
        disk.bus,
        disk.format,
        disk.device if disk.device != "disk" else "",
        "read only" if disk.readonly else "",
    ]
    return _pair(disk.target, f"{disk.source or 'empty'}", " ".join(word for word in words if word))


def _nic(nic: Nic, addresses: list[Address]) -> list[Content]:
    words = " ".join(word for word in (nic.kind, nic.source, nic.model, nic.target) if word)
    return [_pair(nic.target or "nic", nic.mac, words), *(_address(address) for address in addresses)]


def _address(address: Address) -> Content:
    source = f"by {address.source}" if address.source else ""
    return _pair(
        "", f"{address.address}/{address.prefix}", " ".join(w for w in (address.interface, source) if w)
    )


def _section(title: str, lines: Iterable[Content], empty: str) -> list[Content]:
    """A heading and its lines; with none the word ``empty``, or nothing at all where that is empty too."""
    found = list(lines)
    if not found and not empty:
        return []
    return [Content(""), _heading(title), *(found or [content(f"  {empty}", "$muted")])]


def _heading(title: str) -> Content:
    return content(f" {title}", "bold $accent")


def _pair(label: str, value: str, remark: str = "") -> Content:
    return Content.assemble(
        "  ",
        content(fit(label, _LABEL_WIDTH), "$muted"),
        content(value),
        content(f"  {remark}" if remark else "", "$muted"),
    )
