"""``tuivm demo``: the screen on machines made for it, which leave no trace."""

from __future__ import annotations

import argparse
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from tuivm.commands import leaving, screen, terminal
from tuivm.commands.output import passing, say
from tuivm.config import Config
from tuivm.core.session import Session
from tuivm.demo import SIMULATED, Demo, Prepared
from tuivm.model.errors import HypervisorError
from tuivm.model.inventory import Link

if TYPE_CHECKING:
    from tuivm.hypervisor import LibvirtHypervisor


def run(arguments: argparse.Namespace) -> int:
    """Make the machines, open the screen, remove the machines. Raises TuivmError with one line."""
    terminal.require()
    settings, notices = screen.prepare(arguments)
    # These machines are there to be tried on, and leave no trace.
    settings = replace(settings, readonly=False, history=replace(settings.history, enabled=False))
    with leaving.orderly(), Demo(accel=arguments.accel) as demo:
        prepared = demo.prepare(say)
        try:
            hypervisor, session = _open(prepared, settings)
        except HypervisorError as error:
            if prepared.uri == SIMULATED:
                raise
            prepared = demo.simulate(str(error))
            hypervisor, session = _open(prepared, settings)
        try:
            if prepared.reason:
                notices.append(f"these machines are simulated: {prepared.reason}")
            demo.launch_in_background(
                hypervisor, ready=lambda: session.inventory.link is Link.UP, failed=session.announce
            )
            return screen.show(session, settings, notices, prepared.note)
        finally:
            with leaving.undisturbed(), passing("removing the demonstration's machines ..."):
                demo.cleanup(hypervisor)
                session.close()


def _open(prepared: Prepared, settings: Config) -> tuple[LibvirtHypervisor, Session]:
    """Begin a session and wait until it is connected. Raises HypervisorError, with the session closed."""
    from tuivm.hypervisor import connect  # not earlier: the demonstration sets where libvirt logs to

    hypervisor = connect(prepared.uri)
    session = screen.begin(hypervisor, settings)
    with ExitStack() as undo:
        undo.callback(session.close)
        screen.wait(session, prepared.uri)
        undo.pop_all()
    return hypervisor, session
