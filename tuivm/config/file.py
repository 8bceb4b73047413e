"""Reading ``config.toml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tuivm.config.checks import Checks, plain
from tuivm.config.console import read_console
from tuivm.config.history import read_history
from tuivm.config.keys import Bindings, read_keys
from tuivm.config.listing import read_list
from tuivm.config.settings import Config
from tuivm.model.errors import ConfigError

_LIMIT = 1 << 20
"""Most bytes read."""
_POSITION = r"\s*\(at (?:line (\d+), column \d+|end of document)\)$"
_EDITOR = 'expected a command such as "vim", or "builtin"'
_KNOWN = (
    "connection",
    "interval",
    "theme",
    "balloon_period",
    "shutdown_timeout",
    "ascii",
    "low_bandwidth",
    "keys",
    "console",
    "history",
    "editor",
    "readonly",
    "list",
)


def load(path: Path, bindings: Bindings) -> tuple[Config, tuple[ConfigError, ...]]:
    """Read the configuration file; a missing one is the defaults. Never raises.

    ``bindings`` is every id that ``[keys]`` may name with its default keys
    (:func:`tuivm.core.actions.bindings`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
        if len(data) > _LIMIT:
            return Config(), (ConfigError(f"{plain(str(path))}: larger than 1 MiB", "expected a TOML file"),)
        text = data.decode()
        import tomllib  # most users have no such file

        table = tomllib.loads(text)
    except FileNotFoundError:
        return Config(), ()
    except OSError as error:
        return Config(), (ConfigError(f"{plain(str(path))}: cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Config(), (ConfigError(f"{plain(str(path))}, line {line}: not UTF-8", "expected a TOML file"),)
    except (ValueError, RecursionError) as error:
        return Config(), (_syntax_error(path, error),)
    checks = Checks(path, text)
    return _read(checks, table, bindings), tuple(checks.errors)


def _read(checks: Checks, table: Mapping[str, object], bindings: Bindings) -> Config:
    """The configuration with the defaults wherever the file is wrong."""
    config = Config()
    for key, value in table.items():
        match key:
            case "connection":
                uri = checks.text(key, value, 'expected a libvirt URI such as "qemu:///system"')
                config = replace(config, connection=uri)
            case "interval":
                config = replace(config, interval=checks.number(key, value, 0.2, 60, config.interval))
            case "balloon_period":
                period = checks.count(key, value, 0, 3600, config.balloon_period, "seconds")
                config = replace(config, balloon_period=period)
            case "shutdown_timeout":
                limit = checks.number(key, value, 1, 3600, config.shutdown_timeout)
                config = replace(config, shutdown_timeout=limit)
            case "theme":
                name = checks.text(key, value, 'expected the name of a theme such as "dark"')
                config = replace(config, theme=name)
            case "ascii":
                config = replace(config, ascii=checks.boolean(key, value))
            case "low_bandwidth":
                config = replace(config, low_bandwidth=checks.boolean(key, value))
            case "readonly":
                config = replace(config, readonly=checks.boolean(key, value) or False)
            case "editor":
                config = replace(config, editor=checks.text(key, value, _EDITOR))
            case "keys":
                config = replace(config, keys=read_keys(checks, value, bindings))
            case "console":
                config = replace(config, console=read_console(checks, value))
            case "history":
                config = replace(config, history=read_history(checks, value))
            case "list":
                config = replace(config, list=read_list(checks, value))
            case _:
                checks.unknown(key, key, _KNOWN)
    return config


def _syntax_error(path: Path, error: Exception) -> ConfigError:
    """A file that is no TOML, with the line where tomllib tells it."""
    text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    found = re.search(_POSITION, text)
    line = f", line {found[1]}" if found and found[1] else ", at its end" if found else ""
    what = re.sub(_POSITION, "", text)
    return ConfigError(f"{plain(str(path))}{line}: {plain(what)}", 'expected TOML, such as theme = "dark"')
