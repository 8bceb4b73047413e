"""A locked ("precious") domain: nothing destructive is done to it, whoever locked it and when.

What the screen knows of a lock may be a moment old, or not read yet, so a job asks anew before it begins.
A lock is advice that tuivm heeds; libvirt and its other clients know nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

from tuivm.core.verbs import Arguments, Verb, Work
from tuivm.core.verbs.verb import LOCKED
from tuivm.model.errors import Denied


def perform(verb: Verb, work: Work) -> None:
    """Do a verb, unless it would destroy something of a domain that is locked now. Raises Denied."""
    if might_destroy(verb, work.arguments) and work.hypervisor.labels(work.key).locked:
        domain = replace(work.hypervisor.read_domain(work.key), locked=True)
        if verb.protected(domain, work.arguments) is not None:
            raise Denied(LOCKED, "unlock it, and do it again")
    verb.run(work)


def might_destroy(verb: Verb, arguments: Arguments) -> bool:
    """Whether a verb done so destroys something of some domain at least."""
    return verb.destructive or verb.ends or bool(arguments.options & verb.destructive_options)
