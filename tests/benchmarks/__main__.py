"""Run every benchmark, one after the other: ``python -m tests.benchmarks [NAME...]``."""

from __future__ import annotations

import importlib
import os
import sys

from tests.benchmarks.building import SHARED, building

NAMES = ("start", "rest", "sample", "keys", "terminal", "hostile")


def main(names: list[str]) -> int:
    """Run those named, all by default; 1 when one missed its bar."""
    missed = []
    with building() as uri:
        os.environ[SHARED] = uri
        for name in names or NAMES:
            print(f"== {name}", flush=True)
            if importlib.import_module(f"tests.benchmarks.{name}").main():
                missed.append(name)
            print(flush=True)
    print(f"missed: {', '.join(missed)}" if missed else "every bar was reached")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
