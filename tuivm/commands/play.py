"""``tuivm play FILE``: a recording, played on a screen or printed as text."""

from __future__ import annotations

import argparse

from tuivm.commands import leaving, terminal
from tuivm.commands.output import passing, plain, say
from tuivm.core import asciicast
from tuivm.core.player import Player

_SOON = 4 << 20
"""Bytes of a file whose reading takes long enough to say so."""


def run(arguments: argparse.Namespace) -> int:
    """Play the file. Raises TuivmError with one line when it cannot be read or there is no terminal."""
    if not arguments.text:
        terminal.require(instead="print the text with: tuivm play --text FILE")
    recording = _read(arguments)
    player = Player(recording, speed=arguments.speed, idle_limit=arguments.idle_limit)
    return _print(player) if arguments.text else _show(player, arguments)


def _read(arguments: argparse.Namespace) -> asciicast.Recording:
    try:
        large = arguments.file.stat().st_size > _SOON
    except OSError:
        large = False
    if not large:
        return asciicast.read(arguments.file)
    with passing(f"reading {arguments.file} ..."):
        return asciicast.read(arguments.file)


def _print(player: Player) -> int:
    """Print scrollback and last screen."""
    from tuivm.terminal.export import as_text

    for note in player.recording.notes:
        say(note)
    player.play_all()
    for line in as_text(player.terminal):
        print(plain(line.replace("\N{NO-BREAK SPACE}", " ")))
    return 0


def _show(player: Player, arguments: argparse.Namespace) -> int:
    """Play it on the screen."""
    from tuivm.commands.settings import open_log, read_config, with_theme
    from tuivm.commands.stderr import stderr_to_log
    from tuivm.ui.screens import play

    settings, errors = read_config(arguments)
    settings, theme_errors = with_theme(settings, arguments.theme)
    open_log()
    for error in (*errors, *theme_errors):
        say(str(error))
    with leaving.orderly(), stderr_to_log():
        return play.run(player, settings)
