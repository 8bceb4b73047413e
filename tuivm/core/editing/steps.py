"""The steps of an edit that read libvirt or files. On worker threads."""

from __future__ import annotations

from dataclasses import dataclass

from tuivm.core.editing.check import Flaw, check
from tuivm.core.editing.definition import read
from tuivm.core.editing.difference import NONE, Difference, difference
from tuivm.core.editing.drafts import Draft, Drafts
from tuivm.core.editing.effect import Effect, effect
from tuivm.core.editing.merge import merge
from tuivm.core.editing.text import same, visible, with_name
from tuivm.core.editing.versions import Version, Versions
from tuivm.core.ports_edit import Editing
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import Failed, HypervisorError, Invalid


@dataclass(frozen=True, slots=True)
class Opened:
    """What an edit begins from."""

    base: str
    """The present definition."""
    drafts: tuple[Draft, ...] = ()
    """What was left behind, newest first, each locked for who asked."""


@dataclass(frozen=True, slots=True)
class Look:
    """What became of an edited text."""

    text: str
    """The text."""
    present: str
    """The definition as it is now."""
    is_changed: bool = False
    """Whether there is anything to define."""
    flaw: Flaw | None = None
    """Why it cannot be."""
    difference: Difference = NONE
    """From the present definition to the text."""
    effect: Effect | None = None
    """What defining it does, and when; None of a text with a flaw."""
    theirs: Difference | None = None
    """What somebody else changed since the edit began; None for nothing."""
    merged: str | None = None
    """The text with what somebody else changed; None where both touch the same lines, or nobody did."""
    warning: str = ""
    """Why the text is not safe on disk; empty when it is."""


@dataclass(frozen=True, slots=True)
class Past:
    """A version with what it holds."""

    version: Version
    """Which."""
    xml: str
    """Its XML, under the domain's present name."""
    difference: Difference | None = None
    """From the present definition to it; None where that cannot be read."""


def opened(hypervisor: Editing, key: DomainKey) -> Opened:
    """Read the definition, and find what was left behind. Raises HypervisorError."""
    base = read(hypervisor, key)
    left = []
    for draft in Drafts(key).left():
        if _is_defined(draft, base):
            draft.drop()
        else:
            left.append(draft)
    return Opened(base, tuple(left))


def _is_defined(draft: Draft, present: str) -> bool:
    """Whether the text came to be the definition after all: another way, or the program ended right after."""
    try:
        return same(draft.read(), present)
    except (OSError, Invalid):
        return False


def left_behind(draft: Draft, present: str) -> tuple[str, str, str]:
    """A draft's text, what it began from, and why it was refused."""
    try:
        return draft.read(), draft.base(), draft.why
    except (OSError, Invalid):
        # What it began from is lost, or the text is none.
        return "", present, "its text cannot be compared with what it began from"


def drafted(domain: Domain, base: str, text: str) -> Draft:
    """A new draft. Raises Failed when it cannot be written anywhere."""
    try:
        return Drafts(domain.key).begin(base, text, domain.name)
    except OSError as error:
        raise Failed(f"no file to edit can be made: {error.strerror or error}", "make room") from error


def look(hypervisor: Editing, domain: Domain, draft: Draft, base: str, text: str | None = None) -> Look:
    """Look at a text: the draft's file, or ``text``, which is put there first. Raises HypervisorError."""
    warning = draft.warning
    try:
        if text is None:
            text = draft.read()
        else:
            draft.write(text)
    except Invalid as error:
        return Look("", base, is_changed=True, flaw=Flaw(error.message))
    except OSError as error:
        if text is None:
            raise Failed(f"the edited file cannot be read: {error.strerror or error}") from error
        warning = f"the draft cannot be kept: {error.strerror or error}"
    text = visible(text)
    present = read(hypervisor, domain.key)
    if same(text, present) or same(text, base):
        return Look(text, present)
    theirs = None if same(base, present) else difference(base, present)
    flaw = check(present, text)
    return Look(
        text,
        present,
        is_changed=True,
        flaw=flaw,
        difference=difference(present, text),
        effect=effect(present, text, domain) if flaw is None else None,
        theirs=theirs,
        merged=merge(base, text, present) if theirs is not None else None,
        warning=warning,
    )


def pasts(hypervisor: Editing, domain: Domain) -> tuple[tuple[Past, ...], str, str]:
    """The versions that can be read, newest first; the present definition, else why it cannot be read."""
    present = why_not = ""
    try:
        present = read(hypervisor, domain.key)
    except HypervisorError as error:
        why_not = error.message
    found = []
    for version in Versions(domain.key).all():
        try:
            xml = with_name(version.read(), domain.name)
        except (OSError, Invalid):
            continue
        found.append(Past(version, xml, difference(present, xml) if present else None))
    return tuple(found), present, why_not
