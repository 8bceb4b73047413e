"""Run every benchmark, one after the other: ``python -m tests.benchmarks [NAME...]``."""

from __future__ import annotations

import importlib
import os
import sys

from tests.benchmarks.building import SHARED, building

ALONE = ("terminal", "history", "hostile", "cuts", "echo", "flood", "bulk", "archive", "graphs", "list")
"""Benchmarks that want the machine for themselves."""
BUILDING = ("start", "rest", "sample", "keys", "line", "soak")
"""Benchmarks on the building of 200 domains, which stands for all of them."""


def main(names: list[str]) -> int:
    """Run those named, all by default; 1 when one missed its bar."""
    wanted = names or [*ALONE, *BUILDING]
    missed = [name for name in wanted if name not in BUILDING and _missed(name)]
    inside = [name for name in wanted if name in BUILDING]
    if inside:
        with building() as uri:
            os.environ[SHARED] = uri
            missed += [name for name in inside if _missed(name)]
    print(f"missed: {', '.join(missed)}" if missed else "every bar was reached")
    return int(bool(missed))


def _missed(name: str) -> bool:
    """Run one; whether it missed its bar."""
    print(f"== {name}", flush=True)
    missed = bool(importlib.import_module(f"tests.benchmarks.{name}").main())
    print(flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
