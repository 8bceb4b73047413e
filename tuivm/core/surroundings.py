"""What a verb can reach beside the hypervisor, as values: handed to it by whoever runs the jobs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from tuivm.model.domain import DomainKey


class Heard(Protocol):
    """What a domain's console printed since somebody began to listen."""

    def has(self, *words: bytes) -> bool:
        """Whether each of these words came."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """By default there is nothing around."""

    hear: Callable[[DomainKey], AbstractContextManager[Heard | None]] = lambda _: nullcontext()
    """Opens a domain's console while the block lasts, also when it starts meanwhile; None where it cannot."""
    is_asked: Callable[[DomainKey], bool] = lambda _: False
    """Whether something else is asked of the domain, and waits for the verb that is under way."""
    left_frozen: Callable[[DomainKey], None] = lambda _: None
    """Told of a domain whose file systems may still be frozen, so that they are thawed when that can be."""


NOTHING = Surroundings()
"""For a verb that is done by itself."""
