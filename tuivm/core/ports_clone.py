"""The seam of cloning a domain. Every method may block; each raises a HypervisorError."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tuivm.model.cloning import CloneFacts, DiskCopy, Made
    from tuivm.model.domain import DomainKey


class Cloning(Protocol):
    """What cloning needs of a hypervisor."""

    def clone_facts(self, key: DomainKey) -> CloneFacts:
        """The disks, where copies of them would go and how much is free there. Raises NotFound."""

    def copy_disk(
        self,
        copy: DiskCopy,
        begun: Callable[[Made], None],
        progress: Callable[[int], None],
        cancelled: Callable[[], bool],
    ) -> Made:
        """Copy a disk; blocks until that is over. Never overwrites.

        ``progress`` hears how many bytes the copy takes by now; ``cancelled`` is asked at least twice a
        second. ``begun`` is told of what there is new and stays, though it may be cut off: that is for
        :meth:`discard_copy` unless the clone comes about. Raises Cancelled once it was cancelled: at once
        where ``copy.source.stoppable``, else when the copy is done.
        """

    def discard_copy(self, made: Made) -> None:
        """Remove a copy that :meth:`copy_disk` told of, and nothing else.

        Raises Invalid when it is another file by now; one that is gone already is no error.
        """

    def define_new(self, xml: str) -> DomainKey:
        """Define a domain of a new name and UUID. Raises Busy when the name is taken: nothing has changed."""

    def reconnected(self, seconds: float) -> bool:
        """Wait at most so long for a connection that answers; returns whether there is one."""
