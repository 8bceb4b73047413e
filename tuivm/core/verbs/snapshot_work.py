"""How the verbs on snapshots are done, each step looked at again right before it: on a job's thread.

What a person was told when they said yes may be old: the plan is made anew from what is there now, and what
it refuses is not done.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace

from tuivm.core.snapshots import plan, retention
from tuivm.core.snapshots.parts import and_list, quoted
from tuivm.core.verbs import thawing
from tuivm.core.verbs.verb import Work
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.errors import Failed, HypervisorError, Invalid, NotFound
from tuivm.model.labels import Labels
from tuivm.model.snapshot import DeleteScope, Plan, Snapshot, SnapshotFacts, SnapshotRequest

_AFTER = ("running", "paused")


def take(work: Work) -> None:
    """Take what is asked for, then let go what the domain's rule no longer keeps."""
    arguments = work.arguments
    request = arguments.request or SnapshotRequest(arguments.snapshot, arguments.description)
    domain, detail, facts = _look(work)
    _heed(plan.plan_take(domain, detail, facts, request))
    with thawing.telling(work, domain) if request.quiesce else nullcontext():
        made = work.hypervisor.take_snapshot(work.key, request)
    _conclude(work, f"taken: {made.kind}", {made.name})


def revert(work: Work) -> None:
    """Go back, after a safety snapshot where one is wanted: without it nothing is touched."""
    chosen = work.arguments.options & frozenset(_AFTER)
    if len(chosen) > 1:
        raise Invalid("afterwards it runs or is paused, not both")
    after, safety = "".join(chosen), "safety" in work.arguments.options
    name = work.arguments.snapshot
    domain, detail, facts = _look(work)
    _heed(plan.plan_revert(domain, detail, facts, name, after, safety=safety))
    kept = _keep_present(work, detail, name) if safety else ""
    work.stop_if_cancelled()
    labels = work.hypervisor.labels(work.key)
    try:
        work.hypervisor.revert_snapshot(work.key, name, after)
    except HypervisorError as error:
        if kept:
            told = f"the state before is in {quoted(kept)}"
            error.remedy = f"{error.remedy}; {told}" if error.remedy else told
        raise
    note = _keep_labels(work, labels, facts)
    told = f"reverted; the state before is in {quoted(kept)}" if kept else "reverted"
    _conclude(work, told + note, {name, kept})


def _keep_labels(work: Work, labels: Labels, facts: SnapshotFacts) -> str:
    """Put back what people wrote on the domain and its rule: its definition went back, and these with it.

    They belong to the domain, not to a state of its disks. Returns what to tell when that cannot be done.
    """
    hypervisor, key = work.hypervisor, work.key
    try:
        now = hypervisor.labels(key)
        if now.title != labels.title:
            hypervisor.set_title(key, labels.title)
        if now.tags != labels.tags:
            hypervisor.set_tags(key, labels.tags)
        if now.locked != labels.locked:
            hypervisor.set_locked(key, labels.locked)
        if hypervisor.retention(key) != facts.retention:
            hypervisor.set_retention(key, facts.retention)
    except HypervisorError as error:
        return f"; title, tags or rule are of then: {error.message}"
    return ""


def delete(work: Work) -> None:
    """Delete one, its tree or its children; external ones one by one, as libvirt cannot do more at once."""
    name, options = work.arguments.snapshot, work.arguments.options
    scope = scope_of(options)
    metadata_only = "metadata-only" in options
    domain, detail, facts = _look(work)
    told = plan.plan_delete(domain, detail, facts, name, scope, metadata_only=metadata_only)
    _heed(told)
    external = any(one.external for one in detail.snapshots if one.name in told.removes)
    if scope is DeleteScope.ONE or not external:
        work.hypervisor.delete_snapshot(work.key, name, scope, metadata_only=metadata_only)
    else:
        for number, each in enumerate(told.removes):
            work.say(f"deleting {quoted(each)}")
            with _telling("deleted", told.removes[:number]):
                work.hypervisor.delete_snapshot(work.key, each, metadata_only=metadata_only)
    work.say(f"deleted {len(told.removes)}" if len(told.removes) > 1 else "deleted")


def scope_of(options: frozenset[str]) -> DeleteScope:
    """What is deleted with these switches. Raises Invalid."""
    if {"children", "children-only"} <= options:
        raise Invalid("with its children, or its children only: not both")
    if "children-only" in options:
        return DeleteScope.CHILDREN
    return DeleteScope.TREE if "children" in options else DeleteScope.ONE


def describe(work: Work) -> None:
    """Give it other words, another name or both; a new name alone keeps the words."""
    arguments = work.arguments
    name = arguments.text or arguments.snapshot
    description = arguments.description
    if name != arguments.snapshot and not description:
        known = work.hypervisor.detail(work.key).snapshots
        description = next((one.description for one in known if one.name == arguments.snapshot), "")
    work.hypervisor.redefine_snapshot(work.key, arguments.snapshot, name, description)


def merge(work: Work) -> None:
    """Merge the overlays of one disk, or of every disk that has any; the entries of what is no more go."""
    pull = "pull" in work.arguments.options
    domain, detail, facts = _look(work)
    wanted = work.arguments.device
    targets = [wanted] if wanted else [chain.target for chain in facts.chains if chain.can_merge]
    if not targets:
        raise Invalid("no disk of it has an overlay: there is nothing to merge")
    left: list[str] = []
    for number, target in enumerate(targets):
        with _telling("merged", targets[:number]):
            if number:
                domain, detail, facts = _look(work)
            told = plan.plan_merge(domain, detail, facts, target, pull=pull)
            _heed(told)
            left += _merge_one(work, detail, facts, target, told, pull=pull)
    files = f"; left behind: {and_list([quoted(path) for path in left])}" if left else ""
    work.say(f"merged {and_list(targets)}{files}")


def set_retention(work: Work) -> None:
    """Keep the rule; with ``apply`` let go at once what it does not keep."""
    rule = work.arguments.retention
    if rule is None:
        raise Invalid("no rule was given")
    work.hypervisor.set_retention(work.key, rule)
    words = retention.describe(rule)
    if "apply" in work.arguments.options:
        _conclude(work, words)
    else:
        work.say(words)


def _look(work: Work) -> tuple[Domain, Detail, SnapshotFacts]:
    """The domain as it is now."""
    hypervisor = work.hypervisor
    domain = hypervisor.read_domain(work.key)
    detail = hypervisor.detail(work.key)
    if detail.snapshots_error:
        raise Invalid(detail.snapshots_error)
    return domain, detail, hypervisor.snapshot_facts(work.key)


def _heed(told: Plan) -> None:
    if told.refusal:
        raise Invalid(told.refusal)


def _keep_present(work: Work, detail: Detail, name: str) -> str:
    """Take the safety snapshot; returns its name."""
    chosen = next(one for one in detail.snapshots if one.name == name)
    safe = retention.safety_name(time.time(), [one.name for one in detail.snapshots])
    work.say(f"taking {safe} first")
    try:
        work.hypervisor.take_snapshot(work.key, plan.safety_request(chosen, safe))
    except HypervisorError as error:
        _lead(error, "nothing was reverted: the safety snapshot failed: ")
        raise
    return safe


@contextmanager
def _telling(did: str, names: Sequence[str]) -> Iterator[None]:
    """Of several that are done one after the other: an error tells which were done before it."""
    try:
        yield
    except HypervisorError as error:
        if names:
            _lead(error, f"{did} {and_list([quoted(name) for name in names])}; then: ")
        raise


def _lead(error: HypervisorError, words: str) -> None:
    """Put words before an error's message."""
    error.message = words + error.message
    error.args = (error.message,)


def _merge_one(
    work: Work, detail: Detail, facts: SnapshotFacts, target: str, told: Plan, *, pull: bool
) -> list[str]:
    """Merge one disk; returns the files that are left behind."""
    chain = next(one for one in facts.chains if one.target == target)
    base = plan.merge_base(detail, chain)
    merged = work.hypervisor.merge_disk(
        work.key, target, work.report, lambda: work.is_cancelled, base="" if pull else base.path, pull=pull
    )
    if not merged:
        work.stop_if_cancelled()
        raise Failed(
            f"merging {target} ended early; the chain is as it was, and nothing is lost",
            "look for room where the image lies, and at the domain's QEMU log",
        )
    with _telling("merged", (target,)):
        for name in _unused(work, detail, told):
            with suppress(NotFound):  # Another client took the entry away.
                work.hypervisor.delete_snapshot(work.key, name, metadata_only=True)
    return [] if pull else [layer.path for layer in chain.layers[: chain.layers.index(base)]]


def _unused(work: Work, detail: Detail, told: Plan) -> list[str]:
    """Of the snapshots whose entries are to go, those whose images really are no longer in use."""
    used = {layer.path for chain in work.hypervisor.disk_chains(work.key) for layer in chain.layers}
    return [one.name for one in detail.snapshots if one.name in told.removes and not one.images & used]


def _conclude(work: Work, message: str, used: Collection[str] = ()) -> None:
    """Say ``message``, and let go what the domain's rule no longer keeps, never one of those just ``used``.

    What cannot be deleted stays, and is told: what was to be done is done, whatever comes of this.
    """
    try:
        gone = _let_go(work, used)
    except HypervisorError as error:
        gone = f"; what has expired cannot be told: {error.message}"
    work.say(message + gone)


def _let_go(work: Work, used: Collection[str]) -> str:
    """Delete what has expired; returns what to say of it. Raises HypervisorError with nothing deleted."""
    hypervisor = work.hypervisor
    domain, detail, facts = _look(work)
    expired = retention.expired(detail.snapshots, facts.retention, time.time())
    gone = [one for one in expired if one.name not in used]
    if gone and hypervisor.labels(work.key).locked:
        return f"; {len(gone)} expired, kept as the domain is locked"
    dropped: list[str] = []
    failed: list[str] = []
    for one in gone:
        refusal = plan.plan_delete(domain, detail, facts, one.name).refusal
        try:
            if refusal:
                raise Invalid(refusal)
            hypervisor.delete_snapshot(work.key, one.name)
        except HypervisorError as error:
            failed.append(f"{quoted(one.name)}: {error.message}")
        else:
            dropped.append(one.name)
            detail = replace(detail, snapshots=_without(detail.snapshots, one))
    told = f"; expired: {and_list([quoted(name) for name in dropped])}" if dropped else ""
    if failed:
        told += f"; expired but kept: {failed[0]}{f' and {len(failed) - 1} more' if failed[1:] else ''}"
    return told


def _without(snapshots: tuple[Snapshot, ...], gone: Snapshot) -> tuple[Snapshot, ...]:
    """The others, the children of the one gone with its parent."""
    return tuple(
        replace(one, parent=gone.parent) if one.parent == gone.name else one
        for one in snapshots
        if one.name != gone.name
    )
