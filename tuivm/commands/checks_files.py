"""Checks of tuivm's own files: the configuration, the theme, the folder it writes to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tuivm.commands.findings import Finding, fail, ok, warn
from tuivm.config import Config
from tuivm.model.errors import ConfigError


def configuration(path: Path, errors: Sequence[ConfigError]) -> Iterator[Finding]:
    """Yield what is wrong with the configuration file, or that nothing is."""
    for error in errors:
        yield fail("configuration", error.message, error.remedy)
    if not errors:
        there = os.path.lexists(path)
        yield ok("configuration", str(path) if there else f"{path} does not exist: the defaults hold")


def theme(settings: Config, names: Sequence[str], errors: Sequence[ConfigError]) -> Iterator[Finding]:
    """Yield whether the chosen theme can be used."""
    for error in errors:
        yield fail("theme", error.message, error.remedy)
    if not errors:
        yield ok("theme", settings.theme or f"the default; there are {', '.join(names) or 'none'}")


def state(folder: Path) -> Finding:
    """Whether what tuivm remembers, and its log, can be written."""
    nearest = folder
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    if os.access(nearest, os.W_OK | os.X_OK):
        return ok("state", str(folder))
    return warn(
        "state", f"{folder} cannot be written: no log, no remembered theme", f"check who owns {nearest}"
    )
