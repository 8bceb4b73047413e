"""The virsh command that does the same as a verb, as argv."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.core.verbs.verb import Arguments
from tuivm.model.domain import Domain, State


def plain(command: str) -> Callable[[Domain, Arguments], tuple[str, ...]]:
    """``virsh COMMAND --domain NAME``."""
    return lambda domain, _: ("virsh", "-c", domain.key.connection, command, "--domain", domain.name)


def with_snapshot(command: str, option: str) -> Callable[[Domain, Arguments], tuple[str, ...]]:
    """The same with the snapshot's name behind ``option``."""
    words_of = plain(command)

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        words = (*words_of(domain, arguments), option, arguments.snapshot)
        described = option == "--name" and arguments.description
        return (*words, "--description", arguments.description) if described else words

    return argv


def start(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``start``, or ``resume`` for a paused domain."""
    return plain("resume" if domain.state is State.PAUSED else "start")(domain, arguments)


def autostart(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``autostart``, or its opposite."""
    argv = plain("autostart")(domain, arguments)
    return (*argv, "--disable") if domain.autostart else argv
