"""What the verbs need of a hypervisor beyond starting and stopping: saved states, dumps, names, labels.

As in :mod:`tuivm.core.ports` every method may block and raises a
:class:`~tuivm.model.errors.HypervisorError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tuivm.model.domain import DomainKey
from tuivm.model.labels import Labels


class Saving(Protocol):
    """Saved states, sleep, dumps."""

    def boot_once(
        self, key: DomainKey, device: str, *, paused: bool = False, discard_saved: bool = False
    ) -> None:
        """Boot a persistent domain that is off from another device, until it is off again.

        ``device`` is ``hd``, ``cdrom``, ``network``, ``fd``, the target of a disk (``vdb``), or ``firmware``
        for the firmware's menu. The stored definition is not touched. Raises Invalid where it has no such
        device, or a saved state that is not to be discarded.
        """

    def save(self, key: DomainKey, *, paused: bool = False) -> None:
        """Managed save: memory to disk, then off; ``paused`` for a later restore that does not run on."""

    def discard_saved(self, key: DomainKey) -> None:
        """Remove the managed save image. Raises Invalid without one."""

    def sleep(self, key: DomainKey, target: str = "mem") -> None:
        """Have the guest's agent suspend it to ``mem``, ``disk`` or ``hybrid``."""

    def thaw(self, key: DomainKey) -> int:
        """Have the guest's agent thaw its file systems; returns how many were frozen, 0 for none."""

    def wake(self, key: DomainKey) -> None:
        """Wake a guest that sleeps in RAM."""

    def dump(self, key: DomainKey, path: str, options: frozenset[str] = frozenset()) -> None:
        """Write memory to the file ``path`` of the hypervisor's host, which must not exist.

        ``options`` are ``memory-only``, ``live``, ``crash`` and ``reset``.
        """

    def inject_nmi(self, key: DomainKey) -> None:
        """A non-maskable interrupt, as the button of a server does."""


class Naming(Protocol):
    """The name of a domain, and what people wrote on it."""

    def rename(self, key: DomainKey, name: str) -> None:
        """Give a domain that is off another name. Raises Invalid for one that cannot be used."""

    def labels(self, key: DomainKey) -> Labels:
        """Title, tags and lock, read anew. Raises NotFound."""

    def unlabelled(self) -> tuple[DomainKey, ...]:
        """The domains listed last whose labels were not read since they may have changed; asks nobody."""

    def probe_verbs(self) -> None:
        """Learn by questions that change nothing which verbs the driver lacks, for ``unsupported``."""

    def set_title(self, key: DomainKey, title: str) -> None:
        """Set the title, one line; none when empty."""

    def set_description(self, key: DomainKey, text: str) -> None:
        """Set the description, perhaps of several lines; none when empty."""

    def set_tags(self, key: DomainKey, tags: Sequence[str]) -> None:
        """Set the tags, in place of all that it has."""

    def set_locked(self, key: DomainKey, locked: bool) -> None:
        """Lock it against destructive verbs, or unlock it."""
