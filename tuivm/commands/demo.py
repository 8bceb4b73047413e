"""``tuivm demo``: the screen on machines made for it, which leave no trace."""

from __future__ import annotations

import argparse

from tuivm.commands import leaving, screen, terminal
from tuivm.commands.output import say
from tuivm.config import Config
from tuivm.demo import Demo, Prepared
from tuivm.model.inventory import Link


def run(arguments: argparse.Namespace) -> int:
    """Make the machines, open the screen, remove the machines. Raises TuivmError with one line."""
    terminal.require()
    settings, notices = screen.prepare(arguments)
    with leaving.orderly(), Demo(accel=arguments.accel) as demo:
        prepared = demo.prepare(say)
        if prepared.reason:
            notices.append(prepared.reason)
        return _play(demo, prepared, settings, notices)


def _play(demo: Demo, prepared: Prepared, settings: Config, notices: list[str]) -> int:
    """Show the machines until the user leaves, then remove them, whatever happened."""
    from tuivm.hypervisor import connect  # not earlier: the demonstration sets where libvirt logs to

    hypervisor = connect(prepared.uri)
    session = screen.begin(hypervisor, settings)
    try:
        screen.wait(session, prepared.uri)
        demo.launch_in_background(
            hypervisor, ready=lambda: session.inventory.link is Link.UP, failed=session.announce
        )
        return screen.show(session, settings, notices, prepared.note)
    finally:
        with leaving.undisturbed():
            say("removing the demonstration's machines ...")
            demo.cleanup(hypervisor)
            session.close()
