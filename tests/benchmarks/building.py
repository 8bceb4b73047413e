"""A building of 200 domains on a daemon of the benchmarks' own, 20 of them real guests that run idle."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import libvirt

from tests.daemon import temporary_daemon
from tuivm import paths
from tuivm.demo import guest
from tuivm.demo.domains import Hardware, Role, domain_xml
from tuivm.demo.parts import find_emulator

DOMAINS = 200
RUNNING = 20
SETTLED = 0.25
"""The guests have booted when all of them together use less than this share of one core."""
PATIENCE = 600.0
"""Seconds they may take to boot."""
SHARED = "TUIVM_BENCHMARK_URI"
"""Environment variable: a building that stands already, so that several programs measure on one."""


@contextmanager
def building() -> Iterator[str]:
    """Yield the URI of a daemon with the domains; everything is gone afterwards."""
    if SHARED in os.environ:
        yield os.environ[SHARED]
        return
    with temporary_daemon() as daemon:
        _fill(libvirt.open(daemon.uri), daemon.directory)
        yield daemon.uri


def _fill(connection: libvirt.virConnect, directory: Path) -> None:
    parts = guest.build(paths.cache_dir() / "demo", print)
    hardware = Hardware(parts, find_emulator(parts.machine), kvm=False, user_network=False)
    started = []
    for index in range(DOMAINS):
        disk = directory / f"vm-{index:03}.qcow2"
        role = Role(f"vm-{index:03}", "idle", "one of many")
        domain = connection.defineXML(domain_xml(hardware, role, disk))
        if index % (DOMAINS // RUNNING) == 0:
            subprocess.run(["qemu-img", "create", "-qf", "qcow2", disk, "64M"], check=True)
            domain.create()
            started.append(domain)
    _settle(started)


def _settle(domains: list[libvirt.virDomain]) -> None:
    """Wait until the guests have booted and are idle."""
    deadline = time.monotonic() + PATIENCE
    used, clock = 0, time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(5)
        total, now = sum(domain.info()[4] for domain in domains), time.monotonic()
        if (total - used) / 1e9 / (now - clock) < SETTLED:
            return
        used, clock = total, now
    raise SystemExit(f"the guests were not idle after {PATIENCE:.0f} s")
