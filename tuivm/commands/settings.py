"""What every command begins with: the configuration, the log."""

from __future__ import annotations

import argparse
import logging
import sys
import threading
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from tuivm import __version__, config, paths
from tuivm.commands.output import plain
from tuivm.config import Config
from tuivm.core import actions
from tuivm.model.column import understand
from tuivm.model.errors import ConfigError

_LOG = logging.getLogger("tuivm")
_LOG_BYTES = 256 * 1024
"""Size above which the log is put aside at the next start; one older file is kept."""


def read_config(arguments: argparse.Namespace) -> tuple[Config, tuple[ConfigError, ...]]:
    """Return the configuration with the command line's options over it, and what is wrong with the file.

    Raises ConfigError for a file named on the command line that does not exist.
    """
    path = arguments.config or paths.config_file()
    if arguments.config is not None and not path.exists():
        raise ConfigError(f"{path}: no such file", "--config names the configuration to read")
    settings, errors = config.load(path, actions.bindings())
    if arguments.connect is not None:
        settings = replace(settings, connection=arguments.connect)
    if getattr(arguments, "readonly", False):
        settings = replace(settings, readonly=True)
    return settings, errors


def with_theme(settings: Config, wanted: str | None) -> tuple[Config, tuple[ConfigError, ...]]:
    """Return the configuration with a theme that exists: the option's, its own, or the remembered one.

    Raises ConfigError when ``wanted`` (the option) names none; for the other two the default stands
    and the error is returned.
    """
    if wanted is None and settings.theme is None:
        remembered = config.load_state().theme
        known = remembered is not None and remembered in theme_names()
        return replace(settings, theme=remembered if known else None), ()
    names = theme_names()
    there_are = (
        f"there are {', '.join(names)}" if names else f"expected a TOML file in {paths.theme_dirs()[0]}"
    )
    if wanted is not None:
        if wanted not in names:
            raise ConfigError(f"there is no theme {wanted!r}", there_are)
        return replace(settings, theme=wanted), ()
    if settings.theme not in names:
        missing = ConfigError(f"the configuration's theme {settings.theme!r} does not exist", there_are)
        return replace(settings, theme=None), (missing,)
    return settings, ()


def with_columns(settings: Config) -> tuple[Config, tuple[ConfigError, ...]]:
    """Return the configuration with the remembered columns where it names none, and what of them is wrong."""
    if settings.list.is_fixed:
        return settings, ()
    wishes, problems = understand(config.load_state().columns or ())
    errors = tuple(ConfigError(f"the columns chosen: {problem}", "it is left out") for problem in problems)
    return replace(settings, list=replace(settings.list, columns=wishes)), errors


def theme_names() -> tuple[str, ...]:
    """Return the name of every theme that can be read, the user's first."""
    import tomllib

    names: dict[str, None] = {}
    for folder in paths.theme_dirs():
        try:
            for path in sorted(folder.glob("*.toml")):
                name = tomllib.loads(path.read_text(encoding="utf-8")).get("name", path.stem)
                names[str(name)] = None
        except (OSError, ValueError, RecursionError):
            continue
    return tuple(names)


class _OneLine(logging.Formatter):
    """Escapes control characters, which a message from outside may hold: the log is read with ``cat``."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record with every control character but line ends escaped."""
        return "\n".join(plain(line) for line in super().format(record).split("\n"))


def open_log(path: Path | None = None) -> None:
    """Send Python's logging, warnings and the tracebacks of threads to the log file.

    A log that cannot be written is done without.
    """
    path = path or paths.log_file()
    handler: logging.Handler
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        if path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".old.log"))
            path.touch(mode=0o600)
        handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_OneLine("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _LOG.setLevel(logging.INFO)
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    threading.excepthook = _log_thread
    sys.unraisablehook = _log_unraisable
    _LOG.info("tuivm %s starts", __version__)


def _log_thread(failure: threading.ExceptHookArgs) -> None:
    """Log what ended a thread; the screen belongs to the program."""
    trace = (failure.exc_type, failure.exc_value or failure.exc_type(), failure.exc_traceback)
    name = failure.thread.name if failure.thread else "?"
    _LOG.error("thread %s ended", name, exc_info=trace)


def _log_unraisable(failure: sys.UnraisableHookArgs) -> None:
    """Log an exception that nobody could catch."""
    trace: tuple[type[BaseException], BaseException, TracebackType | None] | None = None
    if failure.exc_value is not None:
        trace = (failure.exc_type, failure.exc_value, failure.exc_traceback)
    _LOG.error("%s", failure.err_msg or "exception ignored", exc_info=trace)
