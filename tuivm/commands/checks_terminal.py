"""Checks of the terminal: what it is, its colours, its size and its characters."""

from __future__ import annotations

import codecs
import curses
import locale
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tuivm.commands.findings import Finding, System, fail, ok, warn
from tuivm.commands.terminal import is_terminal

_WIDTH, _HEIGHT = 80, 24
_UNUSABLE = frozenset({"", "dumb", "unknown"})


@dataclass(frozen=True, slots=True)
class Terminal:
    """The terminal as the checks look at it."""

    term: str
    """``$TERM``."""
    colorterm: str
    """``$COLORTERM``."""
    no_color: bool
    """Whether ``$NO_COLOR`` is set to something."""
    colours: int | None
    """Colours by terminfo; None when it has no entry for ``term``."""
    size: tuple[int, int] | None
    """Columns and lines; None when there is no terminal."""
    encoding: str
    """Character set of the locale."""


def look(system: System) -> Terminal:
    """Return the terminal that the program was started on."""
    environment = system.environment
    term = environment.get("TERM", "")
    return Terminal(
        term=term,
        colorterm=environment.get("COLORTERM", ""),
        no_color=bool(environment.get("NO_COLOR")),
        colours=None if term in _UNUSABLE else _terminfo_colours(term),
        size=_size(),
        encoding=_encoding(),
    )


def _terminfo_colours(term: str) -> int | None:
    """Return how many colours terminfo gives ``term``; None when it has no entry, -1 or more otherwise."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        try:
            curses.setupterm(term, null)
        finally:
            os.close(null)
        return curses.tigetnum("colors")
    except (curses.error, OSError, ValueError):
        return None


def _size() -> tuple[int, int] | None:
    """Return columns and lines of the terminal behind stdout, stderr or stdin."""
    for stream in (sys.__stdout__, sys.__stderr__, sys.__stdin__):
        if stream is not None and is_terminal(stream):
            try:
                size = os.get_terminal_size(stream.fileno())
            except OSError:
                continue
            return size.columns, size.lines
    return None


def _encoding() -> str:
    """Return the character set of the locale the user asked for."""
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        return "a locale that is not installed"
    return locale.nl_langinfo(locale.CODESET)


def all_checks(terminal: Terminal) -> Iterator[Finding]:
    """Yield every check of the terminal."""
    yield kind(terminal)
    if terminal.term not in _UNUSABLE:
        yield colours(terminal)
    yield size(terminal)
    yield characters(terminal)


def kind(terminal: Terminal) -> Finding:
    """Whether ``TERM`` names a terminal a screen can be drawn on."""
    if terminal.term in _UNUSABLE:
        what = f"TERM={terminal.term}" if terminal.term else "TERM is not set"
        return fail("terminal", f"{what}: no screen can be drawn", "set it, such as TERM=xterm-256color")
    return ok("terminal", f"TERM={terminal.term}")


def colours(terminal: Terminal) -> Finding:
    """How many colours there are."""
    if terminal.no_color:
        return ok("colours", "none, since NO_COLOR is set")
    if terminal.colorterm.lower() in ("truecolor", "24bit"):
        return ok("colours", f"16 million (COLORTERM={terminal.colorterm})")
    if terminal.colours is None:
        return warn(
            "colours",
            f"terminfo does not know {terminal.term}",
            "install ncurses-term, or set TERM=xterm-256color",
        )
    if terminal.colours >= 256:
        return ok(
            "colours", f"{terminal.colours}; COLORTERM=truecolor gives 16 million where the terminal can"
        )
    count = max(terminal.colours, 0) or "no"
    return warn(
        "colours", f"{count} by TERM={terminal.term}", "set TERM=xterm-256color if the terminal has 256"
    )


def size(terminal: Terminal) -> Finding:
    """Whether the screen is large enough."""
    if terminal.size is None:
        return warn("size", "there is no terminal here", "the screen needs one; tuivm list does not")
    columns, lines = terminal.size
    if not columns or not lines:
        return warn("size", "the terminal does not tell its size", "stty rows 24 cols 80")
    if columns < _WIDTH or lines < _HEIGHT:
        return warn("size", f"{columns}x{lines}", f"make it {_WIDTH}x{_HEIGHT} or larger")
    return ok("size", f"{columns}x{lines}")


def characters(terminal: Terminal) -> Finding:
    """Whether graphs can be drawn: UTF-8, and a font with braille."""
    try:
        unicode = codecs.lookup(terminal.encoding).name == "utf-8"
    except LookupError:
        unicode = False
    if not unicode:
        return warn("characters", f"{terminal.encoding}: no graphs of dots", "set LANG=C.UTF-8")
    if terminal.term == "linux":
        return warn(
            "characters", "the Linux console's font has no braille", "set ascii = true in the configuration"
        )
    return ok("characters", "UTF-8; the graph here must look like dots: ⣀⣠⣴⣾⣿")
