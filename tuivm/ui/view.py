"""What the main screen hands to the details."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tuivm.model.detail import Detail
    from tuivm.model.domain import Domain
    from tuivm.model.job import Operation
    from tuivm.model.stats import Sample


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the details show of one domain at one moment."""

    domain: Domain
    """The domain."""
    sample: Sample | None
    """Its latest rates; None while off."""
    detail: Detail | None
    """What its XML tells; None until read."""
    now: float
    """Unix seconds."""
    stale: bool
    """Whether the connection is lost."""
    operation: Operation | None = None
    """What libvirt does with it that takes long, whoever asked for it."""
