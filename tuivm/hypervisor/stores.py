"""Storage pools: what they hold, what is left, and what their volumes were promised."""

from __future__ import annotations

import time
from contextlib import suppress

import libvirt

from tuivm.hypervisor.errors import translate
from tuivm.model.building import Pool

LIST_EVERY = 30.0
"""Seconds between two looks at which volumes there are: a list may be long, and hardly changes."""
_RUNNING = 2
"""``VIR_STORAGE_POOL_RUNNING``."""


LACKS = "this hypervisor does not tell"


def reason(error: libvirt.libvirtError) -> str:
    """Why something cannot be known, one line."""
    if error.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT:
        return LACKS
    return str(translate(error))


class Stores:
    """The pools of one connection. The capacity of a volume is asked once and kept while it is there."""

    def __init__(self) -> None:
        self._capacities: dict[str, dict[str, int | None]] = {}
        self._waiting: list[tuple[str, libvirt.virStorageVol]] = []
        self._listed = -LIST_EVERY
        self.problem = ""
        """Why there were no pools at the last look."""

    def look(self, link: libvirt.virConnect, end: float) -> tuple[tuple[Pool, ...] | None, int]:
        """Every pool by name, and how many volumes are left unread at ``end`` (monotonic seconds).

        None where they cannot be had: then ``problem`` says why. A daemon of its own may serve them, which
        need not run though the connection is well.
        """
        try:
            pools = link.listAllStoragePools(0)
        except libvirt.libvirtError as error:
            self.problem = reason(error)
            return None, 0
        if time.monotonic() - self._listed >= LIST_EVERY:
            self._list(pools)
            self._listed = time.monotonic()
        while self._waiting and time.monotonic() < end:
            self._read(*self._waiting.pop())
        found = []
        for pool in pools:
            with suppress(libvirt.libvirtError):  # It went meanwhile.
                found.append(self._pool(pool))
        return tuple(sorted(found, key=lambda one: one.name)), len(self._waiting)

    def _list(self, pools: list[libvirt.virStoragePool]) -> None:
        """Note which volumes there are; those that are new wait to be read."""
        before, self._capacities, self._waiting = self._capacities, {}, []
        for pool in pools:
            with suppress(libvirt.libvirtError):  # It is not active, went, or is being built.
                name = pool.name()
                known = before.get(name, {})
                kept = self._capacities.setdefault(name, {})
                for volume in pool.listAllVolumes(0):
                    path = volume.name()
                    kept[path] = known.get(path)
                    if kept[path] is None:
                        self._waiting.append((name, volume))

    def _read(self, pool: str, volume: libvirt.virStorageVol) -> None:
        name = volume.name()
        try:
            self._capacities[pool][name] = int(volume.info()[1])
        except libvirt.libvirtError:
            self._capacities[pool].pop(name, None)

    def _pool(self, pool: libvirt.virStoragePool) -> Pool:
        state, capacity, _, free = pool.info()
        name = pool.name()
        volumes = self._capacities.get(name, {})
        promised = 0
        known = True
        for one in volumes.values():
            known = known and one is not None
            promised += one or 0
        active = state == _RUNNING
        return Pool(name, active, capacity, free, promised if known and active else None, len(volumes))
