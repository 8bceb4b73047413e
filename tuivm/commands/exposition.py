"""The latest figures in Prometheus' text format: gauges in base units, parts apart from the whole.

Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4). A sum over a family is
the sum over domains or over parts, never both: the whole of a domain is ``tuivm_domain_...``, a part of it
has another name and a label. There are no time stamps: node_exporter's collector of text files refuses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tuivm.commands.output import plain
from tuivm.model.domain import DomainKey
from tuivm.model.series import Metric, Series

_PARTS = {"cpu": ("vcpu", "vcpu"), "disk": ("disk", "disk"), "interface": ("interface", "interface")}
"""What a part is called, and the label of its name."""


@dataclass(frozen=True, slots=True)
class Family:
    """How a metric is called."""

    of: str
    """What it is of, a key of the parts."""
    name: str
    """The rest of its name; its end is the unit."""
    help: str
    """One line."""

    @property
    def unit(self) -> str:
        """``percent``, ``bytes``, ``bytes/s``, ``1/s`` or ``seconds``: what the history holds."""
        for ending, unit in _UNITS:
            if self.name.endswith(ending):
                return unit
        return "1/s"


_UNITS = (
    ("_ratio", "percent"),
    ("_bytes_per_second", "bytes/s"),
    ("_per_second", "1/s"),
    ("_bytes", "bytes"),
    ("_seconds", "seconds"),
)
FAMILIES = {
    Metric.CPU: Family("cpu", "usage_ratio", "Share of the time in which vCPUs ran."),
    Metric.CPU_WAIT: Family("cpu", "wait_ratio", "Share of the time in which vCPUs waited for the host."),
    Metric.CPU_USER: Family("cpu", "user_ratio", "Share of CPU time outside the kernel of the host."),
    Metric.CPU_SYSTEM: Family("cpu", "system_ratio", "Share of CPU time within the kernel of the host."),
    Metric.MEMORY: Family("memory", "used_bytes", "Memory in use, by the guest where it reports."),
    Metric.MEMORY_GIVEN: Family("memory", "given_bytes", "Memory given (the size of the balloon)."),
    Metric.MEMORY_CACHE: Family("memory", "cache_bytes", "Memory that the guest uses as file cache."),
    Metric.RSS: Family("memory", "resident_bytes", "Memory that the host holds for the domain."),
    Metric.SWAP_IN: Family("memory", "swap_in_bytes_per_second", "What the guest reads from its swap."),
    Metric.SWAP_OUT: Family("memory", "swap_out_bytes_per_second", "What the guest writes to its swap."),
    Metric.DIRTY_RATE: Family("memory", "dirty_bytes_per_second", "Memory that the guest changes."),
    Metric.DISK_READ: Family("disk", "read_bytes_per_second", "What is read."),
    Metric.DISK_WRITE: Family("disk", "written_bytes_per_second", "What is written."),
    Metric.DISK_READ_OPS: Family("disk", "reads_per_second", "Requests to read."),
    Metric.DISK_WRITE_OPS: Family("disk", "writes_per_second", "Requests to write."),
    Metric.DISK_FLUSH_OPS: Family("disk", "flushes_per_second", "Requests to flush."),
    Metric.DISK_READ_LATENCY: Family("disk", "read_latency_seconds", "Mean time of a request to read."),
    Metric.DISK_WRITE_LATENCY: Family("disk", "write_latency_seconds", "Mean time of a request to write."),
    Metric.DISK_FLUSH_LATENCY: Family("disk", "flush_latency_seconds", "Mean time of a request to flush."),
    Metric.NET_RX: Family("interface", "receive_bytes_per_second", "What the guest receives."),
    Metric.NET_TX: Family("interface", "transmit_bytes_per_second", "What the guest sends."),
    Metric.NET_RX_PACKETS: Family("interface", "receive_packets_per_second", "Packets received."),
    Metric.NET_TX_PACKETS: Family("interface", "transmit_packets_per_second", "Packets sent."),
    Metric.NET_RX_LOST: Family("interface", "receive_lost_packets_per_second", "Packets lost on the way in."),
    Metric.NET_TX_LOST: Family(
        "interface", "transmit_lost_packets_per_second", "Packets lost on the way out."
    ),
}


def exposition(told: Iterable[tuple[DomainKey, str, Mapping[Series, float]]]) -> str:
    """Key, name and latest figures of each domain as text; empty for none."""
    samples: dict[Metric, dict[bool, list[str]]] = {}
    for key, name, figures in told:
        whose = {"connection": key.connection, "domain": name, "uuid": key.uuid}
        for series, value in figures.items():
            family, is_part = FAMILIES[series.metric], bool(series.instance)
            labels = whose | ({_part(family)[1]: series.instance} if is_part else {})
            amount = value / 100 if family.unit == "percent" else value
            line = f"{_name(family, is_part=is_part)}{{{_labels(labels)}}} {amount:.10g}"
            samples.setdefault(series.metric, {}).setdefault(is_part, []).append(line)
    lines: list[str] = []
    for metric, family in FAMILIES.items():
        for is_part, found in sorted(samples.get(metric, {}).items()):
            name = _name(family, is_part=is_part)
            lines += [f"# HELP {name} {family.help}", f"# TYPE {name} gauge", *found]
    return "".join(f"{line}\n" for line in lines)


def _part(family: Family) -> tuple[str, str]:
    return _PARTS.get(family.of, (family.of, "part"))


def _name(family: Family, *, is_part: bool) -> str:
    return f"tuivm_{_part(family)[0] if is_part else f'domain_{family.of}'}_{family.name}"


def _labels(labels: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())


def _escaped(text: str) -> str:
    r"""A label's value: ``\``, ``"`` and the end of a line as the format has them, other controls plain."""
    lines = "\n".join(plain(line) if not line.isprintable() else line for line in text.split("\n"))
    return lines.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
