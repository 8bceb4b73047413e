"""What a verb is: one thing a person does to a domain, declared as a value.

Whether it can be used now is ``why_not(domain, unsupported)``: None for yes, else the reason shown beside the
greyed entry. A job does it on a worker thread and hands it a :class:`Work`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from tuivm.core.ports import Hypervisor
from tuivm.core.shell import pasted
from tuivm.core.surroundings import NOTHING, Surroundings
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import Cancelled
from tuivm.model.job import Progress

if TYPE_CHECKING:
    from tuivm.model.cloning import Clone
    from tuivm.model.deletion import Removal
    from tuivm.model.snapshot import Retention, SnapshotRequest

LOCKED = "locked: unlock it first"
"""Why nothing destructive is done to a domain that is locked."""
_OBJECT_WIDTH = 40


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a verb may need beyond its domain."""

    snapshot: str = ""
    """Name of the snapshot to take, revert to or delete."""
    description: str = ""
    """Words stored with a new snapshot."""
    mode: str = ""
    """Which way of several: ``acpi``, ``agent``, ``signal``..., empty for the hypervisor's choice."""
    options: frozenset[str] = frozenset()
    """Switches of the verb, each one of those that it names in ``Verb.options``."""
    text: str = ""
    """A new name, title, description, tags, or the path of a file: what the verb sets or writes."""
    device: str = ""
    """A device: what to boot from this once, or the disk that is meant."""
    disks: tuple[str, ...] = ()
    """Targets of the disks that are meant (``vda``); empty for all of them."""
    xml: str = ""
    """A new definition of the domain."""
    base: str = ""
    """The definition that it was made from."""
    request: SnapshotRequest | None = None
    """The snapshot to take, where ``snapshot`` and ``description`` do not say enough."""
    retention: Retention | None = None
    """What to keep of the domain's snapshots."""
    clone: Clone | None = None
    """The clone to be made; None for one of every disk that can be copied, under a name of its own."""
    removal: Removal | None = None
    """What of the domain is to go; None for the definition and what libvirt insists on."""


class Work:
    """A verb while it is done: on what, with what, and how far it is. On the job's thread."""

    def __init__(
        self,
        hypervisor: Hypervisor,
        key: DomainKey,
        arguments: Arguments,
        report: Callable[[Progress | None, str], None] | None = None,
        around: Surroundings = NOTHING,
    ) -> None:
        """``report`` hears of every step: progress, None for none, and words, empty for none new."""
        self.hypervisor = hypervisor
        """The connection."""
        self.key = key
        """The domain."""
        self.arguments = arguments
        """What the user chose."""
        self.around = around
        """What else there is."""
        self.message = ""
        """What was said last: of a job that is done, its result."""
        self.waits_for_off = False
        """Whether it is done only when the domain is off; see :meth:`until_off`."""
        self.otherwise: Callable[[Work], None] | None = None
        """What to do when the domain is not off in time."""
        self._report = report
        self._cancelled = threading.Event()

    def say(self, message: str) -> None:
        """Say what is going on; what is said last is the job's result. One line."""
        self.message = message
        if self._report is not None:
            self._report(None, message)

    def report(self, progress: Progress) -> None:
        """Say how far it is."""
        if self._report is not None:
            self._report(progress, "")

    def cancel(self) -> None:
        """Ask for it to end early. Any thread."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the user wants it to end early."""
        return self._cancelled.is_set()

    def until_off(self, otherwise: Callable[[Work], None] | None = None) -> None:
        """Be done only when the domain is off, which is waited for after ``run`` returned, on no thread.

        Where it is not off in time ``otherwise`` is done; without one the job fails and offers force-off.
        """
        self.waits_for_off, self.otherwise = True, otherwise

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled when the user wants it to end early: between two steps that can be apart."""
        if self.is_cancelled:
            raise Cancelled("cancelled")

    def pause(self, seconds: float) -> bool:
        """Wait, at most until it is cancelled; returns whether it was."""
        return self._cancelled.wait(seconds)


class Later:
    """What a verb does, in a module that is loaded when it is first done: the start does without it."""

    def __init__(self, module: str, name: str) -> None:
        """``name`` is a function of ``module`` that takes a :class:`Work`."""
        self._place = module, name

    def find(self) -> Callable[[Work], None]:
        """Load the function. Raises ImportError or AttributeError where there is none."""
        module, name = self._place
        found: Callable[[Work], None] = getattr(import_module(module), name)
        return found

    def __call__(self, work: Work) -> None:
        """Do it."""
        self.find()(work)


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing a person does to a domain."""

    id: str
    """Name in the keymap file and on the command line (``force-off``)."""
    key: str
    """Default key, as textual names it (``D``)."""
    label: str
    """Short, for the footer (``force off``)."""
    help: str
    """One sentence for the help screen."""
    capability: Capability
    """What the hypervisor must be able to do."""
    possible: Callable[[Domain], str | None]
    """None when the domain's state allows it, else why not."""
    run: Callable[[Work], None]
    """Do it; blocks; called by a job on a worker thread."""
    virsh: Callable[[Domain, Arguments], tuple[str, ...]]
    """The equivalent virsh command, as argv."""
    loss: Callable[[Domain, Arguments], str] | None = None
    """What will be lost, one or two sentences for the question; None when nothing is (not dangerous)."""
    needs_snapshot: bool = False
    """Whether it acts on an existing snapshot."""
    options: tuple[str, ...] = ()
    """The switches that it knows (``Arguments.options``)."""
    measured: bool = False
    """Whether libvirt's job statistics tell how far it is while it runs, and can cancel it."""
    interruptible: bool = False
    """Whether ``run`` looks at ``Work.is_cancelled`` and then raises Cancelled; to return means done."""
    interruptible_with: Callable[[Arguments], bool] | None = None
    """Tells of what was chosen whether it makes ``run`` interruptible; None for never."""
    destructive: bool = False
    """Whether something is gone for good that a locked ("precious") domain must not lose."""
    destructive_options: frozenset[str] = frozenset()
    """The switches that make it destructive where it is not so by itself."""
    ends: bool = False
    """Whether the domain is off afterwards, and a transient one therefore gone."""
    undoes: bool = False
    """Whether one that is cancelled takes back what it did, which takes its time."""
    option_loss: Callable[[Domain, Arguments], str] | None = None
    """What the switches chosen lose, of a verb that else loses nothing; empty for nothing."""

    virsh_then: Callable[[Domain, Arguments], tuple[tuple[str, ...], ...]] | None = None
    """The commands that follow it, where one does not do the same."""

    @property
    def dangerous(self) -> bool:
        """Whether the user is asked first."""
        return self.loss is not None

    def can_be_ended(self, arguments: Arguments) -> bool:
        """Whether it can be ended while it runs; it may take long then."""
        chosen = self.interruptible_with is not None and self.interruptible_with(arguments)
        return self.measured or self.interruptible or chosen

    def why_not(self, domain: Domain, unsupported: Mapping[str, str]) -> str | None:
        """None when the verb can be used on ``domain`` now, else the reason in a few words."""
        if self.capability in unsupported:
            return unsupported[self.capability]
        return self.possible(domain) or self.protected(domain)

    def protected(self, domain: Domain, arguments: Arguments | None = None) -> str | None:
        """Why a locked domain must not have it done to it; None when it may."""
        chosen = arguments.options if arguments is not None else frozenset()
        destroys = self.destructive or bool(chosen & self.destructive_options)
        ends = self.ends and not domain.persistent
        return LOCKED if domain.locked and (destroys or ends) else None

    def lost(self, domain: Domain, arguments: Arguments) -> str:
        """What will be lost when it is done so, a sentence or two; empty for nothing."""
        told = self.loss or self.option_loss
        return told(domain, arguments) if told is not None else ""


def command(chosen: Verb, domain: Domain, arguments: Arguments) -> str:
    """What does the same as ``chosen``, on one line for a shell: one command, or several."""
    if arguments.removal is not None:
        from tuivm.core import deletion

        return deletion.pasted(domain, arguments.removal)
    if arguments.clone is not None:
        from tuivm.core import cloning

        return cloning.pasted(domain, arguments.clone)
    follow = chosen.virsh_then(domain, arguments) if chosen.virsh_then is not None else ()
    return " && ".join(pasted(words) for words in (chosen.virsh(domain, arguments), *follow))


def describe(chosen: Verb, arguments: Arguments) -> str:
    """Return the label with its object: ``take snapshot 'before-update'``."""
    said = " ".join((arguments.snapshot or arguments.text or arguments.device).split())
    if len(said) > _OBJECT_WIDTH:
        said = f"{said[: _OBJECT_WIDTH - 3]}..."
    if said and not arguments.snapshot and not arguments.text:
        if said == "firmware":
            return f"{chosen.label} into firmware setup"
        return f"{chosen.label} from {said}"
    return f"{chosen.label} '{said}'" if said else chosen.label
