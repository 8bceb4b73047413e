"""``tuivm``: the screen on one connection."""

from __future__ import annotations

import argparse
import gc
import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuivm import paths
from tuivm.commands import leaving, terminal
from tuivm.commands.output import passing
from tuivm.commands.settings import open_log, read_config, with_columns, with_theme
from tuivm.commands.stderr import stderr_to_log
from tuivm.config import Config
from tuivm.core.ports import Hypervisor
from tuivm.core.session import Session
from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.terminal import Terminal

_LOG = logging.getLogger(__name__)
_SOON = 1.0
"""Seconds after which the user is told what is being waited for."""
_TURN = 0.001
"""Seconds after which a busy thread gives way to one that waits: the screen's does so often at a key."""
_RARELY = (700, 10, 200)
"""How rarely garbage is looked for among all that is known: of ten thousand domains that takes longer than
a key may wait. What is new is looked through as ever."""


def run(
    arguments: argparse.Namespace, *, start: Callable[[Session], Sequence[DomainKey]] = lambda _: ()
) -> int:
    """Open the screen, on the consoles that ``start`` finds once the domains are known.

    Raises TuivmError when there is no terminal or libvirt cannot be reached, and what ``start`` raises.
    """
    terminal.require()
    settings, notices = prepare(arguments)
    from tuivm.commands.connection import choose
    from tuivm.hypervisor import connect
    from tuivm.hypervisor.discovery import SESSION, SYSTEM

    with leaving.orderly():
        choice = choose(settings.connection, read_only=settings.readonly)
        if choice.source == "default" and choice.uri == SESSION:
            notices.append(
                f"{SYSTEM} does not answer; these are your own machines ({SESSION}): see tuivm doctor"
            )
        session = begin(connect(choice.uri, read_only=settings.readonly), settings)
        try:
            wait(session, choice.uri)
            note = "read-only" if settings.readonly else ""
            return show(session, settings, notices, note, start=start(session))
        finally:
            with leaving.undisturbed():
                session.close()


def prepare(arguments: argparse.Namespace) -> tuple[Config, list[str]]:
    """Open the log and return the configuration with what is wrong with it. Raises ConfigError."""
    settings, errors = read_config(arguments)
    settings, theme_errors = with_theme(settings, arguments.theme)
    settings, column_errors = with_columns(settings)
    open_log()
    notices = [str(error) for error in (*errors, *theme_errors, *column_errors)]
    for notice in notices:
        _LOG.warning("%s", notice)
    return settings, notices


def begin(hypervisor: Hypervisor, settings: Config) -> Session:
    """Return a session that connects in the background."""
    from tuivm.core.audit import Audit
    from tuivm.core.console_watch import ConsoleWatch

    def make_terminal() -> Terminal:
        from tuivm.terminal import Terminal

        return Terminal(scrollback=settings.console.scrollback)

    session = Session(
        hypervisor,
        interval=settings.interval,
        shutdown_timeout=settings.shutdown_timeout,
        terminal=make_terminal,
        watch=ConsoleWatch(settings.console),
        audit=Audit(paths.audit_file()),
    )
    session.start()
    return session


def wait(session: Session, uri: str) -> None:
    """Wait for the first connection, loading the screen meanwhile. Raises what libvirt says when it fails."""
    if not session.wait_ready(0.0):
        import tuivm.ui.app  # noqa: F401 - loading takes longer than connecting: both go on at once

        if not session.wait_ready(_SOON):
            with passing(f"connecting to {uri} ... (Ctrl+C gives up)"):
                while not session.wait_ready(_SOON):
                    pass
    if session.error is not None:
        raise session.error


def show(
    session: Session,
    settings: Config,
    notices: Sequence[str],
    note: str = "",
    *,
    start: Sequence[DomainKey] = (),
) -> int:
    """Run the screen until the user leaves, on the consoles of ``start`` first; returns the exit code."""
    from tuivm.ui import app

    gc.freeze()  # code and types are not worth looking through ever again
    gc.set_threshold(*_RARELY)
    sys.setswitchinterval(_TURN)
    gc.enable()
    with stderr_to_log():
        return app.run(session, settings, notices=notices, note=note, start=start)
