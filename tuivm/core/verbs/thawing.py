"""File systems of a guest that stay frozen: said when a snapshot may have left them so, and let go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tuivm.core.shell import pasted
from tuivm.core.verbs import virsh
from tuivm.core.verbs.verb import Arguments, Work
from tuivm.model.domain import Domain
from tuivm.model.errors import Unreachable


def thaw(work: Work) -> None:
    """Have the guest's agent thaw them, and say how many were frozen."""
    try:
        count = work.hypervisor.thaw(work.key)
    except Unreachable:
        work.around.left_frozen(work.key)
        raise
    words = {0: "no file system was frozen", 1: "1 file system thawed"}
    work.say(words.get(count, f"{count} file systems thawed"))


@contextmanager
def telling(work: Work, domain: Domain) -> Iterator[None]:
    """A quiesced snapshot in the block: a connection lost in it may leave the guest frozen.

    libvirt's daemon thaws it, unless it ended too. The error says so and what to do; whoever runs the jobs
    thaws it when the connection is back.
    """
    try:
        yield
    except Unreachable as error:
        if error.code is not None:  # Else there was no connection, and nothing has begun.
            argv = virsh.plain("domfsthaw")(domain, Arguments())
            error.message += "; the guest's file systems may still be frozen"
            error.args = (error.message,)
            error.remedy = f"they are thawed once the connection is back; by hand: {pasted(argv)}"
            work.around.left_frozen(work.key)
        raise
