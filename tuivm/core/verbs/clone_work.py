"""What the verb does that clones a domain.

In this order, so that a failure leaves nothing behind and touches nothing else: look again at its disks, and
do nothing at all when they are no longer those shown; copy them one by one under names that nobody has;
define the clone. Until that is done, whatever ends it removes the copies that this job made.
"""

from __future__ import annotations

import time
import uuid

from tuivm.core import cloning
from tuivm.core.verbs.verb import Work
from tuivm.model.cloning import Clone, CloneFacts, DiskCopy, Made
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, Failed, HypervisorError, Invalid, NotFound, Unreachable
from tuivm.model.job import Progress

_AGAIN = "look at its disks again"
_PATIENCE = 30.0
"""Seconds that a lost connection is waited for, to remove what was made."""
_ALMOST = 99.0
"""Percent told when all is there but the copy goes on: what was written is still brought to the disk."""


class _Cloning:
    """One clone while it is made."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._hypervisor = work.hypervisor
        self._made: list[Made] = []
        self._before = 0
        self._began = time.monotonic()

    def run(self) -> None:
        """Make it, or leave nothing of it. Raises a HypervisorError."""
        found = self._hypervisor.clone_facts(self._work.key)
        agreed = self._work.arguments.clone or _proposed(found)
        _check(found, agreed)
        done = False
        try:
            for copy in agreed.copies:
                self._work.stop_if_cancelled()
                self._copy(copy, agreed)
            self._work.stop_if_cancelled()
            self._untouched(agreed)
            self._define(agreed)
            done = True
        except HypervisorError as error:
            left = self._undo(error)
            error.message = f"{error.message}; {left}" if left else error.message
            raise
        finally:
            if not done:
                self._undo(None)  # A bug: what is left to do of it is nothing when it was done above.
        copied = ", ".join(f"{copy.source.target} is {copy.path}" for copy in agreed.copies)
        self._work.say(f"'{agreed.name}' is defined{f': {copied}' if copied else ''}")

    def _copy(self, copy: DiskCopy, agreed: Clone) -> None:
        total = max(agreed.needed, 1)
        target = copy.source.target
        self._work.say(f"copying {target} to {copy.path}")
        told = False

        def cancelled() -> bool:
            nonlocal told
            if self._work.is_cancelled and not told and not copy.source.stoppable:
                told = True
                self._work.say("cancelling: libvirt cannot stop a copy; it ends after this disk")
            return self._work.is_cancelled

        def progress(size: int) -> None:
            done = min(self._before + size, total)
            taken = time.monotonic() - self._began
            remaining = taken * (total - done) / done if done and taken > 1.0 else None
            percent = min(_ALMOST, 100.0 * done / total)
            self._work.report(Progress(percent, done, total, remaining, target))

        self._hypervisor.copy_disk(copy, self._made.append, progress, cancelled)
        self._before += copy.source.needed or 0
        progress(0)

    def _untouched(self, agreed: Clone) -> None:
        """Raises Busy when the original ran, or was written, while it was copied."""
        now = self._hypervisor.clone_facts(self._work.key)
        if now.active:
            raise Busy("it was started meanwhile: its copies may not fit together", "clone it when it is off")
        for copy in agreed.copies:
            disk = now.disk(copy.source.target)
            if disk is None or (disk.path, disk.stamp) != (copy.source.path, copy.source.stamp):
                words = f"{copy.source.target} was changed meanwhile: its copy may not fit"
                raise Busy(words, "clone it when nobody writes to it")

    def _define(self, agreed: Clone) -> None:
        from tuivm.xml.clone import Copied, clone

        self._work.say("defining it")
        new = str(uuid.uuid4())
        paths = {made.copy.source.target: Copied(made.path, made.copy.name) for made in self._made}
        left_out = [disk.target for disk in agreed.left_out]
        xml = clone(self._hypervisor.definition(self._work.key), agreed.name, new, paths, left_out)
        try:
            self._hypervisor.define_new(xml)
        except Unreachable as error:
            if self._exists(DomainKey(self._work.key.connection, new)):
                return
            raise error.with_traceback(None) from None

    def _exists(self, key: DomainKey) -> bool:
        """Whether it was defined before the connection was lost. Raises Failed when nobody can tell."""
        if not self._hypervisor.reconnected(_PATIENCE):
            kept = ", ".join(made.path for made in self._made)
            self._made.clear()  # The clone may be there, and need them.
            words = f"not known whether it is defined{f'; its disks were kept: {kept}' if kept else ''}"
            raise Failed(words, "look for it once the connection is back")
        try:
            self._hypervisor.read_domain(key)
        except NotFound:
            return False
        return True

    def _undo(self, error: HypervisorError | None) -> str:
        """Remove what was made; says so in a few words, empty where there was nothing."""
        made, self._made = self._made, []
        if isinstance(error, Unreachable):
            self._hypervisor.reconnected(_PATIENCE)
        left = []
        for one in reversed(made):
            try:
                self._hypervisor.discard_copy(one)
            except HypervisorError as why:
                left.append(f"{one.path} is left behind: {why.message}")
        if left:
            return "; ".join(left)
        return "what was copied is removed" if made else ""


def _proposed(found: CloneFacts) -> Clone:
    name = cloning.proposed_name(found.name, found.taken)
    return cloning.clone(found, name, cloning.proposed(found))


def _check(found: CloneFacts, agreed: Clone) -> None:
    """Raises, with nothing done, unless the disks are still those shown, and it can be done so."""
    everything = (*(copy.source for copy in agreed.copies), *agreed.shared, *agreed.left_out)
    shown = {disk.target: disk.path for disk in everything}
    if {disk.target: disk.path for disk in found.disks} != shown:
        raise Busy("nothing was copied: its disks are no longer those shown", _AGAIN)
    for copy in agreed.copies:
        disk = found.disk(copy.source.target)
        if disk is not None and disk.stamp != copy.source.stamp:
            raise Busy(f"nothing was copied: {disk.target} was written meanwhile", _AGAIN)
        if disk is not None and copy.name in disk.names:
            raise Invalid(f"nothing was copied: there is {copy.name} in {disk.place} already", _AGAIN)
    ways = cloning.ways_of(agreed)
    why = cloning.refusal(found, cloning.clone(found, agreed.name, ways))
    if why:
        raise Invalid(f"nothing was copied: {why[:1].lower()}{why[1:].rstrip('.')}")


def clone(work: Work) -> None:
    """Copy and define what the user agreed to, or leave nothing of it. Raises a HypervisorError."""
    _Cloning(work).run()
