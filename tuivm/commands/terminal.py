"""Whether this is a terminal that the screen can be drawn on, said in one line when it is not."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TextIO

from tuivm.model.errors import TuivmError

_FOR_SCRIPTS = "for a script use: tuivm list"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether ``stream`` is open on a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def require(environment: Mapping[str, str] = os.environ, *, instead: str = _FOR_SCRIPTS) -> None:
    """Raise TuivmError when the screen cannot be drawn here: no terminal, or one without a cursor.

    ``instead`` says what can be done without one.
    """
    for name, stream in (
        ("output", sys.__stdout__),
        ("input", sys.__stdin__),
        ("error", sys.__stderr__),
    ):
        if not is_terminal(stream):
            raise TuivmError(f"the screen needs a terminal, and standard {name} is none", instead)
    term = environment.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        what = f"TERM={term}" if term else "TERM is not set"
        raise TuivmError(
            f"{what}: a screen cannot be drawn on such a terminal",
            "set what it really is, such as TERM=xterm-256color or TERM=linux; tuivm list works on any",
        )
