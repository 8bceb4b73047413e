"""What the kernel's small files in ``/proc`` and ``/sys`` say, read into figures. Pure functions.

The formats: ``Documentation/accounting/psi.rst``, ``admin-guide/mm/ksm.rst`` and
``admin-guide/hw-vuln`` of the kernel, proc(5). A text that is not of the format is not known: None.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from tuivm.model.building import Cure, Merging, Pressure, Weakness
from tuivm.model.procfiles import number

_LONGEST = 200
"""Characters of the kernel's words that are kept."""


def pressure(text: str) -> Pressure | None:
    """One file of ``/proc/pressure``."""
    lines: dict[str, dict[str, float]] = {}
    for line in text.splitlines()[:4]:
        name, *fields = line.split()[:6] or [""]
        found = {}
        for field in fields:
            key, _, value = field.partition("=")
            share = _share(value)
            if share is not None:
                found[key] = share
        lines[name] = found
    some = lines.get("some", {})
    if "avg10" not in some or "avg300" not in some:
        return None
    return Pressure(some["avg10"], some["avg300"], lines.get("full", {}).get("avg10", 0.0))


def _share(text: str) -> float | None:
    """A percentage, brought into 0..100; None for anything that is no number."""
    try:
        value = float(text)
    except ValueError:
        return None
    return min(max(value, 0.0), 100.0) if math.isfinite(value) else None


def load_average(text: str) -> tuple[float, float, float] | None:
    """``/proc/loadavg``: the mean of 1, 5 and 15 minutes."""
    try:
        first, second, third = (float(word) for word in text.split()[:3])
    except ValueError:
        return None
    if not all(math.isfinite(value) and value >= 0 for value in (first, second, third)):
        return None
    return first, second, third


def merging(files: Mapping[str, str], page: int) -> Merging | None:
    """The folder ``/sys/kernel/mm/ksm``, text by name; ``page`` is the size of a page in bytes.

    ``pages_sharing`` counts the uses beyond the one that is kept: what is saved.
    """
    shared, saved = number(files.get("pages_shared")), number(files.get("pages_sharing"))
    if shared is None or saved is None:
        return None
    state = number(files.get("run"))
    return Merging(None if state is None else state == 1, shared * page, saved * page)


def weakness(name: str, text: str) -> Weakness:
    """One file of ``/sys/devices/system/cpu/vulnerabilities``."""
    words = " ".join(text.split())[:_LONGEST]
    # The line of itlb_multihit is about KVM and begins so.
    said = words.removeprefix("KVM: ").removeprefix("Processor ").lower()
    cure = Cure.UNKNOWN
    if said.startswith("not affected"):
        cure = Cure.NONE_NEEDED
    elif said.startswith("mitigation"):
        cure = Cure.MITIGATED
    elif said.startswith("vulnerable"):
        cure = Cure.VULNERABLE
    return Weakness(name, cure, words)


def switch(text: str | None) -> bool | None:
    """A parameter of a kernel module that is on or off: ``Y``, ``N``, ``1``, ``0``."""
    return {"Y": True, "1": True, "N": False, "0": False}.get((text or "").strip().upper())
