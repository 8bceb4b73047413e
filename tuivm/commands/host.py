"""``tuivm host``: how full a host is and what keeps its machines apart, in words or as JSON for a script."""

from __future__ import annotations

import argparse
import json
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

from tuivm.commands import host_text
from tuivm.commands.output import say
from tuivm.commands.settings import read_config
from tuivm.model.finding import Finding
from tuivm.model.host import as_seen
from tuivm.model.inventory import Inventory, Link
from tuivm.model.room import Room
from tuivm.model.sharing import Share
from tuivm.model.standing import Standing
from tuivm.model.survey import Survey, survey

if TYPE_CHECKING:
    from tuivm.core.ports import Hypervisor

BETWEEN = 1.0
"""Seconds between the two readings that rates are made of."""
_LOOK = 1.0
"""Seconds of one look at the machines; there are as many as it takes."""


def run(arguments: argparse.Namespace) -> int:
    """Print it. Raises TuivmError when it cannot be had."""
    from tuivm.commands.connection import choose, opened

    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    uri = choose(settings.connection, read_only=settings.readonly).uri
    with opened(uri, read_only=settings.readonly) as hypervisor:
        inventory, found = look(hypervisor)
    if arguments.json:
        print(json.dumps(record(inventory, found), indent=2))
    else:
        print("\n".join(host_text.lines(inventory, found)))
    return 0


def look(hypervisor: Hypervisor) -> tuple[Inventory, Survey]:
    """Look at all of an open connection: takes the second between two readings at least."""
    from tuivm.model.rates import make_sample

    begun = time.monotonic()
    hypervisor.host_load()
    before = {one.key: one for one in hypervisor.sample()}
    facts = hypervisor.building(_LOOK)
    while facts.unread:
        facts = hypervisor.building(_LOOK)
    time.sleep(max(0.0, begun + BETWEEN - time.monotonic()))
    samples = {one.key: make_sample(before.get(one.key), one) for one in hypervisor.sample()}
    domains = {domain.key: domain for domain in hypervisor.list_domains(quick=True)}
    types = (one.virt_type for one in domains.values() if one.state.is_active)
    inventory = Inventory(
        hypervisor.uri,
        Link.UP,
        host=as_seen(facts.host, types) if facts.host is not None else None,
        load=hypervisor.host_load(),
        domains=MappingProxyType(domains),
        samples=MappingProxyType(samples),
    )
    return inventory, survey(inventory, facts)


def record(inventory: Inventory, found: Survey) -> dict[str, object]:
    """Return it as ``--json`` shows it: a stable shape, told in ``tuivm host --help``."""
    host, facts, share = inventory.host, found.facts, found.sharing
    shares = {one.key: one for one in share.shares}
    return {
        "connection": inventory.uri,
        "host": None
        if host is None
        else {
            "name": host.name,
            "hypervisor": host.hypervisor,
            "version": host.version,
            "kind": str(host.kind),
            "acceleration": host.acceleration,
        },
        "machines": {"total": share.total, "running": share.running},
        "processors": {
            "there": share.cpus,
            "given": share.vcpus,
            "ratio": share.vcpu_ratio,
            "used": share.cpu,
        },
        "memory": {
            "there": share.memory,
            "given": share.given,
            "ratio": share.memory_ratio,
            "used": share.used,
            "held": share.held,
            "off": share.asleep,
        },
        **_facts(found),
        "domains": [
            _domain(found.names[key], standing, shares.get(key)) for key, standing in found.standings.items()
        ],
        "findings": [_finding(one) for one in found.findings],
        "unseen": [{"what": one.what, "why": one.why} for one in facts.unseen],
    }


def _facts(found: Survey) -> dict[str, object]:
    """The host's own figures; null and missing for what is not known."""
    facts = found.facts
    return {
        "load": facts.load,
        "pressure": {
            str(resource): {"some10": one.some, "some300": one.some_long, "full10": one.full}
            for resource, one in facts.pressure.items()
        },
        "merging": None
        if facts.merging is None
        else {"on": facts.merging.on, "shared": facts.merging.shared, "saved": facts.merging.saved},
        "pools": None
        if facts.pools is None
        else [
            {
                "name": one.name,
                "active": one.active,
                "capacity": one.capacity,
                "free": one.free,
                "promised": one.promised,
                "volumes": one.volumes,
            }
            for one in facts.pools
        ],
        "numa": [
            {"node": one.id, "cpus": one.cpus, "memory": one.memory, "free": one.free} for one in facts.cells
        ],
        "hugepages": [{"size": one.size, "total": one.total, "free": one.free} for one in facts.hugepages],
        "mitigations": [
            {"name": one.name, "state": str(one.cure), "words": one.words} for one in facts.weaknesses
        ],
        "nested": facts.nested,
        "iommu": facts.iommu,
        "security_drivers": facts.models,
        "networks": None
        if facts.networks is None
        else [
            {"name": one.name, "bridge": one.bridge, "forward": one.forward, "active": one.active}
            for one in facts.networks
        ],
    }


def _finding(one: Finding) -> dict[str, object]:
    return {
        "severity": one.severity.name.lower(),
        "topic": one.topic,
        "text": one.text,
        "remedy": one.remedy,
        "domains": [key.uuid for key in one.keys],
    }


def _domain(name: str, standing: Standing, share: Share | None) -> dict[str, object]:
    room: Room = standing.room
    process = room.process
    return {
        "uuid": room.key.uuid,
        "name": name,
        "active": room.active,
        "vcpus": share.vcpus if share else None,
        "memory": share.given if share else None,
        "held": share.held if share else None,
        "cpu": share.cpu if share else None,
        "disk": share.disk if share else None,
        "net": share.net if share else None,
        "grade": standing.grade.name.lower(),
        "process": None
        if process is None
        else {
            "pid": process.pid,
            "uid": process.uid,
            "user": process.user,
            "seccomp": process.seccomp,
            "no_new_privileges": process.no_new_privileges,
            "capabilities": process.capabilities,
            "label": process.profile,
        },
        "walls": [
            {
                "wall": str(one.wall),
                "grade": one.grade.name.lower(),
                "word": one.word,
                "words": one.words,
                "remedy": one.remedy,
            }
            for one in standing.aspects
        ],
    }
