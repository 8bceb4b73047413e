"""``tuivm doctor``: checks of this host, one line each, with the remedy."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from tuivm import paths
from tuivm.commands import checks_files, checks_host, checks_libvirt, checks_terminal
from tuivm.commands.findings import Finding, Level, System, fail
from tuivm.commands.output import plain
from tuivm.commands.settings import open_log, read_config, theme_names, with_theme
from tuivm.commands.terminal import is_terminal

_COLOURS = {Level.OK: "32", Level.WARN: "33", Level.FAIL: "1;31"}
_TOPIC = 13
"""Width of the column of topics: the longest one."""


def run(arguments: argparse.Namespace) -> int:
    """Print every check as it is made; 1 when one failed."""
    open_log()
    colour = is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    counts = dict.fromkeys(Level, 0)
    for finding in checks(arguments, System()):
        counts[finding.level] += 1
        print(line(finding, colour=colour), flush=True)
    print(summary(counts))
    return 1 if counts[Level.FAIL] else 0


def checks(arguments: argparse.Namespace, system: System) -> Iterator[Finding]:
    """Yield every check there is."""
    settings, errors = read_config(arguments)
    yield from checks_host.all_checks(system)
    yield from libvirt_checks(system, settings.connection)
    yield from checks_terminal.all_checks(checks_terminal.look(system))
    yield from checks_files.configuration(arguments.config or paths.config_file(), errors)
    themed, wrong = with_theme(settings, None)
    yield from checks_files.theme(themed, theme_names(), wrong)
    yield checks_files.state(paths.state_dir())


def libvirt_checks(system: System, connection: str | None) -> Iterator[Finding]:
    """Yield the checks that need libvirt's library; that it cannot be loaded is a finding of its own.

    ``connection`` is what the option or the configuration says, if anything.
    """
    try:
        from tuivm.hypervisor.discovery import named_uri
        from tuivm.hypervisor.facts import facts
    except ImportError as error:
        yield fail(
            "libvirt",
            f"its library cannot be loaded: {error}",
            "pip install --force-reinstall libvirt-python",
        )
        return
    named = named_uri(connection, None, system.environment)
    yield from checks_libvirt.all_checks(system, facts, named.uri if named is not None else None)


def line(finding: Finding, *, colour: bool) -> str:
    """Return one check as it is printed: level, topic, what was found, and the remedy after an arrow."""
    level = f"{finding.level:<4}"
    if colour:
        level = f"\x1b[{_COLOURS[finding.level]}m{level}\x1b[0m"
    remedy = f"  -> {plain(finding.remedy)}" if finding.remedy else ""
    return f"{level}  {finding.topic:<{_TOPIC}}  {plain(finding.text)}{remedy}"


def summary(counts: dict[Level, int]) -> str:
    """Return the last line: how many checks went how."""
    total = sum(counts.values())
    if counts[Level.OK] == total:
        return f"{total} checks, all well"
    return f"{total} checks: {counts[Level.WARN]} to look at, {counts[Level.FAIL]} failed"
