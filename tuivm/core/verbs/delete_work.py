"""What the verb does that deletes a domain.

In this order, so that a failure in the middle loses nothing that was not reached: look again at what belongs
to it, and do nothing at all when that is no longer what the user agreed to; force it off where that was
agreed; remove the definition, after which nobody can start it and another client that deletes it too is told
so; then each disk by itself, what is built on others before these, each looked at once more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tuivm.core import deletion
from tuivm.core.editing import definition
from tuivm.core.editing.versions import Versions
from tuivm.core.verbs.verb import Work
from tuivm.model.deletion import Belongings, Part, PartKind, Removal
from tuivm.model.errors import Busy, Failed, HypervisorError, Invalid, NotFound, Unreachable

_AGAIN = "look at what belongs to it again"


@dataclass(slots=True)
class _Account:
    """What was done so far, in words."""

    done: list[str] = field(default_factory=list)
    """What is gone."""
    failed: list[str] = field(default_factory=list)
    """What is not, each with its reason."""
    unknown: list[str] = field(default_factory=list)
    """What may be gone."""

    def line(self) -> str:
        """Everything on one line."""
        parts = [f"removed: {', '.join(self.done)}" if self.done else "removed: nothing"]
        if self.failed:
            parts.append(f"NOT removed: {'; '.join(self.failed)}")
        if self.unknown:
            parts.append(f"not known: {', '.join(self.unknown)}")
        return "; ".join(parts)

    def full(self) -> str:
        """The same, a line each."""
        lines = [f"removed: {one}" for one in self.done]
        lines += [f"NOT removed: {one}" for one in self.failed]
        return "\n".join(lines + [f"not known whether it is gone: {one}" for one in self.unknown])


def delete(work: Work) -> None:
    """Remove what the user agreed to. Raises what libvirt says, Failed where something stayed."""
    found = work.hypervisor.belongings(work.key)
    agreed = work.arguments.removal or deletion.removal(found, deletion.proposed(found))
    if found.active and not agreed.force_off:
        raise Invalid("it runs: it must be off first", "shut it down, or let it be forced off first")
    _check(found, agreed)
    if found.active:
        work.say("forcing it off")
        work.hypervisor.destroy(work.key)
    work.stop_if_cancelled()
    account = _Account()
    if found.persistent:
        kept = _keep(work, found)
        _undefine(work, found, agreed)
        account.done.append(f"definition ({kept})")
        kinds = [part.kind for part in agreed.parts if not part.kind.is_storage]
        account.done += [kind.value for kind in kinds if kind is not PartKind.DEFINITION]
    else:
        account.done.append("the transient domain")
    _remove_storage(work, agreed, account)
    if account.failed or account.unknown:
        told = Failed(account.line(), "what was not removed is where it was: see to it by hand")
        told.full = account.full()
        raise told
    work.say(account.line())


def _keep(work: Work, found: Belongings) -> str:
    """Keep the definition as a version of the domain, from which it can be defined again; says where."""
    try:
        text = definition.read(work.hypervisor, work.key)
    except HypervisorError:
        text = found.xml
    versions = Versions(work.key)
    try:
        kept = versions.keep(text, "delete") or next(iter(versions.all()), None)
    except OSError as error:
        return f"no copy could be kept: {error.strerror or error}"
    return f"a copy is kept: {kept.path}" if kept is not None else "no copy is kept"


def _check(found: Belongings, agreed: Removal) -> None:
    """Raises, with nothing done, unless what belongs to the domain is what the user agreed to remove."""
    chosen = {part.id for part in agreed.parts}
    for new in found.parts:
        if new.required and new.id not in chosen:
            raise Busy(f"nothing was removed: by now there is also its {new.kind.value}", _AGAIN)
    for old in agreed.parts:
        part = found.part(old.id)
        if part is None or part.path != old.path or not part.stamp.startswith(old.stamp):
            if not old.kind.is_storage and part is None:
                continue  # A saved state that was discarded meanwhile: nothing is lost by it.
            raise Busy(f"nothing was removed: {deletion.name_of(old)} is no longer the one shown", _AGAIN)
        if part.refused:
            raise Busy(f"nothing was removed: {deletion.name_of(part)}: {part.refused}", _AGAIN)


def _undefine(work: Work, found: Belongings, agreed: Removal) -> None:
    work.say("removing the definition")
    chosen = {part.id for part in agreed.parts}
    try:
        work.hypervisor.undefine_parts(work.key, nvram="nvram" in chosen, tpm="tpm" in chosen)
    except NotFound as error:
        words = "another client deleted it first; its disks were left alone"
        raise NotFound(words, code=error.code) from error
    except HypervisorError as error:
        words = f"the definition and every disk are still there: {error.message}{_lost(work, found)}"
        told = type(error)(words, error.remedy, error.code)
        told.full = error.full
        raise told from error


def _lost(work: Work, found: Belongings) -> str:
    """What is gone though the definition is not; libvirt removes several things in one call."""
    try:
        left = {part.id for part in work.hypervisor.belongings(work.key).parts}
    except HypervisorError:
        return "; what else is still there cannot be looked at"
    gone = [part.kind.value for part in found.parts if part.id not in left and not part.kind.is_storage]
    return f"; removed: {', '.join(gone)}" if gone else ""


def _remove_storage(work: Work, agreed: Removal, account: _Account) -> None:
    stays: set[str] = set()
    why_rest = ""
    for part in agreed.storage:
        if not why_rest and work.is_cancelled:
            why_rest = "cancelled"
        why = why_rest or _held(part, stays)
        if not why:
            work.say(f"removing {deletion.described(part)}")
            try:
                work.hypervisor.remove_storage(part)
            except Unreachable as error:
                account.unknown.append(f"{deletion.described(part)}: {error.message}")
                stays.add(part.id)
                why_rest = "the connection was lost"
                continue
            except NotFound:
                account.done.append(f"{deletion.described(part)} (gone already)")
                continue
            except HypervisorError as error:
                why = str(error)
            else:
                account.done.append(deletion.described(part))
                continue
        stays.add(part.id)
        account.failed.append(f"{deletion.described(part)}: {why}")


def _held(part: Part, stays: set[str]) -> str:
    """Why a file must stay because one that is built on it does; empty when none is."""
    return "what is built on it was not removed" if stays & set(part.needs) else ""
