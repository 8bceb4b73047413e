"""``tuivm VERB NAME...``: the verbs for scripts, done by the same jobs as on the screen."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from tuivm import paths
from tuivm.commands import keeping, leaving
from tuivm.commands.choosing import find_all
from tuivm.commands.output import passing, plain, say
from tuivm.commands.settings import read_config
from tuivm.commands.terminal import is_terminal
from tuivm.core.audit import Audit
from tuivm.core.session import Session
from tuivm.core.verbs import Arguments, Verb, command, verb
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.errors import TuivmError
from tuivm.model.event import Event
from tuivm.model.inventory import Change, Inventory
from tuivm.model.job import Job, JobState

NAMED = 10
"""Domains that a question names one by one."""
_INTERVAL = 2.0
"""Seconds between two looks at the domains, beside the events."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a verb on one domain."""

    domain: Domain
    """On which."""
    result: str
    """``done``, ``asked`` (of the guest, and not waited for), ``failed``, ``refused`` or ``cancelled``."""
    message: str = ""
    """What there is to say about it; one line."""
    remedy: str = ""
    """What would help."""
    error: str = ""
    """libvirt's error in full."""
    seconds: float = 0.0
    """How long it took."""

    @property
    def is_good(self) -> bool:
        """Whether it is as it was wanted."""
        return self.result in ("done", "asked")


class Waiter:
    """A session's listener that waits for the end of jobs."""

    def __init__(self, *, until_off: bool) -> None:
        """``until_off`` waits for guests that were asked to shut down, too."""
        self._until_off = until_off
        self._condition = threading.Condition()
        self._jobs: dict[int, Job] = {}

    def on_job(self, job: Job) -> None:
        """Keep the newest step of a job."""
        with self._condition:
            self._jobs[job.id] = job
            self._condition.notify_all()

    def on_inventory(self, inventory: Inventory, change: Change) -> None:
        """Nothing that is waited for."""

    def on_detail(self, detail: Detail) -> None:
        """Nothing that is waited for."""

    def on_event(self, event: Event) -> None:
        """Nothing that is waited for."""

    def on_console(self, key: DomainKey) -> None:
        """Nothing that is waited for."""

    def wait(self, jobs: Sequence[Job]) -> list[Job]:
        """Wait for the last word on each of these jobs."""
        with self._condition:
            while not all(self._is_told(self._jobs.get(job.id, job)) for job in jobs):
                self._condition.wait(1.0)  # with a limit, so that Ctrl+C is heard
            return [self._jobs[job.id] for job in jobs]

    def _is_told(self, job: Job) -> bool:
        return job.state.is_over or (not self._until_off and job.waiting)


def run(arguments: argparse.Namespace) -> int:
    """Do the verb on the domains named; returns 0 when it was done on each, else 1.

    Raises TuivmError when there is no connection or no such domain, or when nobody can be asked.
    """
    from tuivm.commands.connection import choose
    from tuivm.hypervisor import connect

    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    wanted = verb(arguments.verb)
    with leaving.orderly():
        timeout = arguments.timeout if arguments.timeout is not None else settings.shutdown_timeout
        choice = choose(settings.connection, read_only=settings.readonly)
        hypervisor = connect(choice.uri, read_only=settings.readonly)
        audit = Audit(paths.audit_file())
        session = Session(hypervisor, interval=_INTERVAL, shutdown_timeout=timeout, history=1, audit=audit)
        session.start()
        try:
            _connected(session, hypervisor.uri)
            domains = find_all(arguments.names, session.inventory.domains.values())
            tasks = [(domain, arguments.given(hypervisor, domain, arguments)) for domain in domains]
            if arguments.dry_run:
                print("\n".join(command(wanted, domain, given) for domain, given in tasks))
                return 0
            if not arguments.yes and not _agreed(wanted, tasks):
                return 1
            results = act(session, wanted, tasks, until_off=arguments.wait)
        finally:
            with leaving.undisturbed():
                session.close()
                keeping.add_results(settings.history, session)
    if audit.problem:
        say(audit.problem)
    _tell(wanted, results, as_json=arguments.json)
    return 0 if all(result.is_good for result in results) else 1


def _connected(session: Session, uri: str) -> None:
    """Wait for the connection. Raises what libvirt says when it fails."""
    if not session.wait_ready(1.0):
        with passing(f"connecting to {uri} ... (Ctrl+C gives up)"):
            while not session.wait_ready(1.0):
                pass
    if session.error is not None:
        raise session.error


def act(
    session: Session, wanted: Verb, tasks: Sequence[tuple[Domain, Arguments]], *, until_off: bool = True
) -> list[Result]:
    """Do a verb on domains, several at once, and return what became of it, in their order.

    ``until_off`` waits for guests that were asked to shut down; those that are to be forced off when they do
    not are always waited for.
    """
    waiter = Waiter(until_off=until_off or any("graceful" in given.options for _, given in tasks))
    session.attach(waiter, details=False)
    begun: dict[DomainKey, Job] = {}
    refused: dict[DomainKey, str] = {}
    for domain, given in tasks:
        reason = wanted.why_not(domain, session.inventory.unsupported) or wanted.protected(domain, given)
        if reason is None:
            begun[domain.key] = session.run(wanted, domain, given)
        else:
            refused[domain.key] = reason
    try:
        ended = {job.key: job for job in waiter.wait(list(begun.values()))}
    except (KeyboardInterrupt, SystemExit) as leave:
        if wanted.undoes or isinstance(leave, KeyboardInterrupt):
            for job in begun.values():
                session.work.cancel(job.id)
        if wanted.undoes:
            say("cancelling: what was made is removed first (Ctrl+C leaves it)")
            waiter.wait(list(begun.values()))
        raise
    finally:
        session.detach()
    return [
        _result(domain, ended[domain.key])
        if domain.key in ended
        else Result(domain, "refused", refused[domain.key])
        for domain, _ in tasks
    ]


def _result(domain: Domain, job: Job) -> Result:
    seconds = (job.finished if job.finished is not None else time.time()) - job.created
    words = {JobState.DONE: "done", JobState.FAILED: "failed", JobState.CANCELLED: "cancelled"}
    result = words.get(job.state, "asked")
    return Result(domain, result, job.message, job.remedy, job.error, round(max(0.0, seconds), 3))


def _agreed(wanted: Verb, tasks: Sequence[tuple[Domain, Arguments]]) -> bool:
    """Ask whether what is lost may be lost. Raises TuivmError when nobody can be asked."""
    losses = tuple(dict.fromkeys(loss for domain, given in tasks if (loss := wanted.lost(domain, given))))
    if not losses:
        return True
    if sys.stdin is None or not is_terminal(sys.stdin) or not is_terminal(sys.stderr):
        raise TuivmError(f"{wanted.label} loses something, and nobody can be asked", "--yes does it unasked")
    names = ", ".join(plain(domain.name) for domain, _ in tasks[:NAMED])
    more = f" and {len(tasks) - NAMED} more" if len(tasks) > NAMED else ""
    count = f" {len(tasks)} domains" if len(tasks) > 1 else ""
    say(f"{wanted.label}{count}: {names}{more}")
    for loss in losses:
        say(loss)
    print("tuivm: type yes to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() == "yes":
        return True
    say("nothing was done")
    return False


def _tell(wanted: Verb, results: Sequence[Result], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps([record(wanted, result) for result in results], indent=2))
        return
    for result in results:
        name = plain(result.domain.name)
        if result.is_good:
            more = "asked" if result.result == "asked" else result.message or "done"
            print(f"{name}: {wanted.label}: {plain(more)}")
        else:
            remedy = f" ({result.remedy})" if result.remedy else ""
            cannot = "cannot " if result.result == "refused" else ""
            say(f"{name}: {cannot}{wanted.label}: {result.message or result.result}{remedy}")


def record(wanted: Verb, result: Result) -> dict[str, str | float]:
    """Return one result as ``--json`` shows it: a stable shape, told in ``tuivm start --help``."""
    return {
        "connection": result.domain.key.connection,
        "uuid": result.domain.key.uuid,
        "name": result.domain.name,
        "verb": wanted.id,
        "result": result.result,
        "message": result.message,
        "remedy": result.remedy,
        "error": result.error,
        "seconds": result.seconds,
    }
