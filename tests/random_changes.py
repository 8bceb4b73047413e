"""What other programs do to an inventory in the course of a long day, at random but the same every time."""

from __future__ import annotations

import random

from tests.memory import MemoryHypervisor
from tuivm.model.domain import DomainKey, State

MOST = 60
"""Domains there are at most."""


class Outside:
    """Changes the in-memory hypervisor; each change fits the state that the domain is in."""

    def __init__(self, hypervisor: MemoryHypervisor, seed: int) -> None:
        self.hypervisor = hypervisor
        self.random = random.Random(seed)
        self._made = 0

    def change(self) -> None:
        """Do one thing."""
        hypervisor, dice = self.hypervisor, self.random
        keys = hypervisor.keys()
        if len(keys) < MOST and (not keys or dice.random() < 0.1):
            self._made += 1
            hypervisor.add(f"new-{self._made}", quiet=dice.random() < 0.2)
            return
        key = dice.choice(keys)
        if hypervisor.machine(key).domain.state.is_active:
            self._change_active(key)
        else:
            self._change_resting(key)

    def _change_active(self, key: DomainKey) -> None:
        hypervisor, dice = self.hypervisor, self.random
        state = hypervisor.machine(key).domain.state
        match dice.randrange(6):
            case 0:
                hypervisor.power_off(key, dice.choice(["shutdown", "destroyed"]))
            case 1 if state is State.PAUSED:
                hypervisor.resume(key)
            case 1:
                hypervisor.suspend(key)
            case 2:
                # No event tells of it: a tick does.
                hypervisor.change(key, state=State.CRASHED, reason="panicked", id=None, started=None)
            case 3:
                hypervisor.power_off(key)
                hypervisor.start(key)
            case 4:
                hypervisor.change(key, memory=dice.choice([1, 2, 3]) * 2**29)
            case _:
                hypervisor.change(key, autostart=dice.random() < 0.5, has_snapshots=dice.random() < 0.5)

    def _change_resting(self, key: DomainKey) -> None:
        hypervisor, dice = self.hypervisor, self.random
        match dice.randrange(5):
            case 0:
                hypervisor.remove(key, quiet=dice.random() < 0.2)
            case 1:
                hypervisor.change(key, name=f"{dice.choice('abc')}-{dice.randrange(1000)}")
            case 2:
                hypervisor.change(key, saved=dice.random() < 0.5)
            case _:
                hypervisor.start(key)
