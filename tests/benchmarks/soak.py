"""An hour in a fifth of the time: 3,600 readings of the building, with keys, changes and pages in between.

What is kept grows until its rings are full; from then on memory, threads and files must not. The history on
disk goes by the clock, which is not compressed: ``python -m tests.benchmarks.soak --hour`` takes a whole one.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import libvirt

from tests.benchmarks.building import DOMAINS, RUNNING, building
from tests.benchmarks.line import Distant

INTERVAL = 0.2
"""Seconds between two readings: the shortest that can be configured."""
READINGS = 3600
"""An hour at one a second."""
FILLED = 0.4
"""Part of the time after which every ring is full."""
PARTS = 6
"""How often memory is looked at on the way."""
GROWTH_BAR = 1.03
"""Memory at the end against memory when the rings were full."""
PAGES = ("?", "L", "J", "V", "T")
"""Keys that open a page or dialog; Esc closes it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the program holds."""

    memory: int
    """Bytes of its own, resident."""
    threads: int
    """Threads."""
    files: int
    """Open files."""


def held(distant: Distant) -> Held:
    """Look at it from outside."""
    process = distant.process
    own = process.memory_full_info().uss
    return Held(int(own), process.num_threads(), process.num_fds())


def busy(distant: Distant, link: libvirt.virConnect, seconds: float) -> None:
    """Use it for so long, while another program changes domains."""
    end, step = time.monotonic() + seconds, 0
    domains = [domain for domain in link.listAllDomains(0) if domain.isActive()]
    while time.monotonic() < end:
        step += 1
        domain = domains[step % len(domains)]
        domain.suspend()
        distant.type("j" * 5 + "o" + PAGES[step % len(PAGES)])
        distant.watch(1.0)
        domain.resume()
        distant.type("\x1b")
        distant.watch(1.0)
        distant.type("G" if step % 2 else "g")
        distant.watch(1.0)


def main(interval: float = INTERVAL) -> int:
    """Measure and print, with so many seconds between two readings; 1 when something grew."""
    with building() as uri, tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        config.write_text(f"interval = {interval}\n")
        for kind in ("STATE", "DATA"):
            os.environ[f"XDG_{kind}_HOME"] = name
        link = libvirt.open(uri)
        total = READINGS * interval
        with Distant([sys.executable, "-m", "tuivm", "-c", uri, "--config", str(config)]) as distant:
            distant.until(f"{RUNNING}/{DOMAINS}")
            busy(distant, link, total * FILLED)
            before = held(distant)
            for _ in range(PARTS):
                busy(distant, link, total * (1 - FILLED) / PARTS)
                after = held(distant)
                print(f"        {after.memory / 2**20:.1f} MiB", flush=True)
        link.close()
    growth = after.memory / before.memory
    print(f"{READINGS} readings of {RUNNING} of {DOMAINS} domains, in {total:.0f} s")
    full, end = before.memory / 2**20, after.memory / 2**20
    print(f"memory  {full:.1f} MiB when full, {end:.1f} MiB at the end: {growth:.3f}, at most {GROWTH_BAR}")
    print(f"threads {before.threads}, then {after.threads}; files {before.files}, then {after.files}")
    return int(growth > GROWTH_BAR or after.threads > before.threads + 1 or after.files > before.files + 1)


if __name__ == "__main__":
    sys.exit(main(1.0 if "--hour" in sys.argv else INTERVAL))
