"""``tuivm record``: samples and events of a connection go into its history, without a screen."""

from __future__ import annotations

import argparse
import signal
from collections.abc import Iterator, Set
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tuivm.commands import keeping
from tuivm.commands.output import plain, say
from tuivm.commands.settings import open_log, read_config
from tuivm.core.archive.lease import Lease
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Denied, Invalid, TuivmError
from tuivm.model.event import Event, EventKind
from tuivm.model.inventory import Change, Inventory, Link
from tuivm.model.job import Job

if TYPE_CHECKING:
    from pathlib import Path

    from tuivm.model.detail import Detail

ROLE = "record"
"""What another tuivm calls who writes the history."""
_LEAVING = 5.0
"""Seconds in which everything is closed."""
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Teller:
    """A session's listener that says when the connection is lost and when it is back."""

    def __init__(self) -> None:
        self._link = Link.CONNECTING

    def on_inventory(self, inventory: Inventory, change: Change) -> None:
        """Say what became of the connection."""
        if not change.header:
            return
        before, self._link = self._link, inventory.link
        if self._link is Link.LOST and before is not Link.LOST:
            what = "connection lost" if before is Link.UP else "no connection yet"
            say(f"{what}: {inventory.link_message}")
        elif self._link is Link.UP and before is Link.LOST:
            say(f"connected again to {inventory.uri}")

    def on_event(self, event: Event) -> None:
        """Say what the program itself has to say; the rest is in the history."""
        if event.key is None and event.kind is EventKind.OTHER:
            say(event.detail)

    def on_job(self, job: Job) -> None:
        """There are no jobs."""

    def on_detail(self, detail: Detail) -> None:
        """Nobody looks at one domain."""

    def on_console(self, key: DomainKey) -> None:
        """No console is open."""


def run(arguments: argparse.Namespace) -> int:
    """Record until SIGTERM, SIGHUP or Ctrl+C; returns 0 then, as that is how it ends.

    Raises TuivmError when another recorder runs, or when libvirt refuses for good.
    """
    from tuivm.commands.connection import choose
    from tuivm.hypervisor import connect

    settings, errors = read_config(arguments)
    for error in errors:
        say(str(error))
    open_log()
    interval = arguments.interval if arguments.interval is not None else settings.interval
    with _held_back() as signals:
        uri = choose(settings.connection, read_only=settings.readonly).uri
        path = keeping.file_of(settings.history, uri)
        _refuse_a_second(path)
        kept = keeping.archive(settings.history, uri, ROLE)
        session = Session(
            connect(uri, read_only=settings.readonly),
            interval=interval,
            balloon_period=0 if settings.readonly else settings.balloon_period,
            history=1,
            keeper=kept,
            events=kept,
        )
        session.attach(Teller(), details=False)
        session.start()
        try:
            keeping.begin(kept, session)
            say(f"recording {uri} every {interval:g} s into {path}")
            _wait(session, signals)
        finally:
            session.close(_LEAVING)
    return 0


def _refuse_a_second(path: Path) -> None:
    """Raise TuivmError when another recorder writes this history. A screen that does is waited for."""
    lease = Lease(path, ROLE)
    if lease.take():
        lease.give_back()
        return
    process, role = lease.holder()
    if role == ROLE or not role:
        whose = f"process {process}" if process else "another process"
        raise TuivmError(
            f"{plain(str(path))} is recorded already, by {whose}", "one recorder for one connection"
        )


def _wait(session: Session, signals: Set[signal.Signals]) -> None:
    """Wait for one of the signals. Raises what libvirt says when another try would not help."""
    while not session.wait_ready(0.0):
        if signal.sigtimedwait(signals, 0.1) is not None:
            return
    if isinstance(session.error, Invalid | Denied):
        raise session.error
    signal.sigwait(signals)


@contextmanager
def _held_back() -> Iterator[Set[signal.Signals]]:
    """Hold back the signals that end the program, in every thread begun meanwhile; yields which they are."""
    signals = {each for each in _SIGNALS if signal.getsignal(each) is not signal.SIG_IGN}  # nohup's choice
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield signals
    finally:
        while signal.sigtimedwait(signals, 0.0) is not None:
            pass  # pressed twice
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
