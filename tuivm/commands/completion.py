"""Completion in bash, zsh and fish: what a shell evaluates, and the answer when it asks."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

import argcomplete
from argcomplete.completers import BaseCompleter
from argcomplete.shell_integration import shellcode

from tuivm.model.errors import TuivmError
from tuivm.model.series import Metric

_OF_DOMAINS = frozenset({"names"})
"""Arguments that take the names of domains."""


def run(arguments: argparse.Namespace) -> int:
    """Print what a shell evaluates to complete the commands of tuivm."""
    print(shellcode(["tuivm"], False, arguments.shell))
    return 0


def answer(parser: argparse.ArgumentParser) -> None:
    """Tell the shell that asks what may come next, and exit."""
    argcomplete.autocomplete(parser, default_completer=_Completer())


class _Completer(BaseCompleter):
    """Completes the arguments that no list of choices tells."""

    def __call__(
        self, prefix: str, action: argparse.Action, parsed_args: argparse.Namespace, **_: object
    ) -> Iterable[str]:
        """Return what may stand there."""
        if action.dest == "metric":
            return [metric.value for metric in Metric if metric.startswith(prefix)]
        if action.dest not in _OF_DOMAINS:
            return ()
        of_history = getattr(parsed_args, "command", None) == "history"
        names = kept_names(parsed_args) if of_history else domain_names(parsed_args)
        return [name for name in names if name.startswith(prefix)]


def kept_names(arguments: argparse.Namespace) -> list[str]:
    """The names of which there is a history that can be typed on one line."""
    from tuivm.commands import history

    try:
        names = history.names(arguments)
    except (TuivmError, OSError):
        return []
    return sorted(name for name in names if name.isprintable())


def domain_names(arguments: argparse.Namespace) -> list[str]:
    """The names that can be typed on one line, none when libvirt cannot be asked."""
    from tuivm.commands.connection import choose, opened
    from tuivm.commands.settings import read_config

    try:
        settings, _ = read_config(arguments)
        uri = choose(settings.connection, read_only=settings.readonly).uri
        with opened(uri, read_only=settings.readonly) as hypervisor:
            names = [domain.name for domain in hypervisor.list_domains(quick=True)]
    except (TuivmError, OSError):
        return []
    return sorted(name for name in names if name.isprintable())
