"""The user's configuration and what the program remembers.

``config.toml`` is written by the user and only read here; ``state.json`` is written here and holds
choices made while the program ran. A wrong value never stops the program: the default stands, and a
:class:`~tuivm.model.errors.ConfigError` names the file, the line, the key and what was expected. ::

    connection = "qemu:///system"   # which libvirt
    interval = 1.0                  # seconds between two readings, 0.2 to 60
    theme = "dark"
    shutdown_timeout = 60           # seconds until an ignored shutdown is said, 1 to 3600
    ascii = false                   # true: no braille or block characters

    [keys]
    force-off = "f9"                # any verb or action by its name; a list gives several keys
    filter = ["/", "ctrl+f"]
"""

from __future__ import annotations

import logging
import math
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tuivm import paths
from tuivm.keynames import needs_modifier, normalise_key
from tuivm.model.errors import ConfigError

_LOG = logging.getLogger(__name__)
_LIMIT = 1 << 20
"""Most bytes read of either file."""
_NO_KEYS: Mapping[str, str] = MappingProxyType({})
_SECTION = r"\s*\[\s*([^\[\]]+?)\s*\]"
_KEY = r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]"""
_POSITION = r"\s*\(at (?:line (\d+), column \d+|end of document)\)$"


@dataclass(frozen=True, slots=True)
class Config:
    """What the user wants; the defaults where nothing was said."""

    connection: str | None = None
    """libvirt URI; None to find one."""
    interval: float = 1.0
    """Seconds between two readings, 0.2..60."""
    theme: str | None = None
    """Name of a theme; None for the remembered or the default one."""
    keys: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    """Rebound verbs and actions: id -> keys as textual names them, joined by commas."""
    shutdown_timeout: float = 60.0
    """Seconds to wait for a guest to shut down before saying that it ignores it, 1..3600."""
    ascii: bool | None = None
    """True for no braille or block characters; None to decide by the locale."""


class _Reader:
    """Takes one parsed file apart and collects what is wrong with it."""

    def __init__(self, path: Path, text: str, bindings: Mapping[str, tuple[str, ...]]) -> None:
        self.path = path
        self.bindings = bindings
        self.lines = _key_lines(text)
        self.errors: list[ConfigError] = []

    def wrong(self, key: str, what: str, expected: str) -> None:
        """Note that ``key`` is wrong; its default stands."""
        line = self.lines.get(key)
        where = f"{self.path}, line {line}" if line else str(self.path)
        self.errors.append(ConfigError(f"{_plain(where)}: {_plain(key)}: {_plain(what)}", expected))

    def number(self, key: str, value: object, low: float, high: float, default: float) -> float:
        """A number of seconds within the limits, else the default."""
        expected = f"expected a number of seconds from {low:g} to {high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, f"{_show(value)} is no number", expected)
        elif not math.isfinite(value) or not low <= value <= high:
            self.wrong(key, f"{_show(value)} is out of range", expected)
        else:
            return float(value)
        return default

    def text(self, key: str, value: object, expected: str) -> str | None:
        """A line of text without control characters, else None."""
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        self.wrong(key, f"{_show(value)} cannot be used", expected)
        return None

    def boolean(self, key: str, value: object) -> bool | None:
        """True or false, else None."""
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{_show(value)} is neither true nor false", "expected true or false")
        return None

    def read(self, table: Mapping[str, object]) -> Config:
        """The configuration with the defaults wherever the file is wrong."""
        config = Config()
        for key, value in table.items():
            match key:
                case "connection":
                    uri = self.text(key, value, 'expected a libvirt URI such as "qemu:///system"')
                    config = replace(config, connection=uri)
                case "interval":
                    config = replace(config, interval=self.number(key, value, 0.2, 60, config.interval))
                case "shutdown_timeout":
                    limit = self.number(key, value, 1, 3600, config.shutdown_timeout)
                    config = replace(config, shutdown_timeout=limit)
                case "theme":
                    name = self.text(key, value, 'expected the name of a theme such as "dark"')
                    config = replace(config, theme=name)
                case "ascii":
                    config = replace(config, ascii=self.boolean(key, value))
                case "keys":
                    config = replace(config, keys=self.keys(value))
                case _:
                    known = ("connection", "interval", "theme", "shutdown_timeout", "ascii", "keys")
                    self.wrong(key, "there is no such setting", _meant(key, known))
        return config

    def keys(self, table: object) -> Mapping[str, str]:
        """The rebound keys that can be used."""
        if not isinstance(table, dict):
            self.wrong(
                "keys", f"{_show(table)} is no table", 'expected [keys] with lines such as console = "c"'
            )
            return _NO_KEYS
        rebound: dict[str, tuple[str, ...]] = {}
        for name, value in table.items():
            if name not in self.bindings:
                self.wrong(
                    f"keys.{name}", "there is no such verb or action", _meant(name, tuple(self.bindings))
                )
            elif keys := self._key_list(name, value):
                rebound[name] = keys
        self._drop_conflicts(rebound)
        return MappingProxyType({name: ",".join(keys) for name, keys in rebound.items()})

    def _key_list(self, name: str, value: object) -> tuple[str, ...]:
        """The key or keys in ``value``, normalised; empty when one of them is wrong."""
        expected = 'expected a key such as "d", "D", "/", "f5", "delete" or "ctrl+x", or a list of keys'
        texts = value if isinstance(value, list) else [value]
        keys: list[str] = []
        for text in texts:
            key = normalise_key(text) if isinstance(text, str) else None
            if key is None:
                self.wrong(f"keys.{name}", f"{_show(text)} is no key", expected)
                return ()
            if name == "leave-console" and not needs_modifier(key):
                self.wrong(
                    f"keys.{name}",
                    f"{_show(text)} must reach the guest",
                    'expected a key with ctrl or a function key, such as "ctrl+]" or "f12"',
                )
                return ()
            if key not in keys:
                keys.append(key)
        if not keys:
            self.wrong(f"keys.{name}", "no key is given", expected)
        return tuple(keys)

    def _drop_conflicts(self, rebound: dict[str, tuple[str, ...]]) -> None:
        """Take out, one by one, the later of two that share a key, until none do."""
        while True:
            clash = next(self._conflicts(rebound), None)
            if clash is None:
                return
            name, other, key = clash
            del rebound[name]
            self.wrong(f"keys.{name}", f"the key {key!r} is taken by {other}", "expected a key of its own")

    def _conflicts(self, rebound: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, str]]:
        """(rebound name, other holder, key), last rebound first. Two that share a default may share."""
        for name in reversed(list(rebound)):
            for other, default in self.bindings.items():
                if other == name or set(default) & set(self.bindings[name]):
                    continue
                for key in rebound.get(other, default):
                    if key in rebound[name]:
                        yield name, other, key


def load(path: Path, bindings: Mapping[str, tuple[str, ...]]) -> tuple[Config, tuple[ConfigError, ...]]:
    """Read the configuration file; a missing one is the defaults. Never raises.

    ``bindings`` is every id that ``[keys]`` may name with its default keys
    (:func:`tuivm.core.actions.bindings`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
        if len(data) > _LIMIT:
            return Config(), (ConfigError(f"{_plain(str(path))}: larger than 1 MiB", "expected a TOML file"),)
        text = data.decode()
        import tomllib  # most users have no such file

        table = tomllib.loads(text)
    except FileNotFoundError:
        return Config(), ()
    except OSError as error:
        return Config(), (ConfigError(f"{_plain(str(path))}: cannot be read: {error.strerror}"),)
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Config(), (
            ConfigError(f"{_plain(str(path))}, line {line}: not UTF-8", "expected a TOML file"),
        )
    except (ValueError, RecursionError) as error:
        return Config(), (_syntax_error(path, error),)
    reader = _Reader(path, text, bindings)
    return reader.read(table), tuple(reader.errors)


def _syntax_error(path: Path, error: Exception) -> ConfigError:
    """A file that is no TOML, with the line where tomllib tells it."""
    text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    found = re.search(_POSITION, text)
    line = f", line {found[1]}" if found and found[1] else ", at its end" if found else ""
    what = re.sub(_POSITION, "", text)
    return ConfigError(f"{_plain(str(path))}{line}: {_plain(what)}", 'expected TOML, such as theme = "dark"')


def _key_lines(text: str) -> dict[str, int]:
    """``table.key`` -> line number, read leniently: only to point at a mistake, never for a value."""
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if table := re.match(_SECTION, line):
            section = table[1].strip("\"'") + "."
            lines.setdefault(section[:-1], number)
        elif key := re.match(_KEY, line):
            lines.setdefault(section + (key[1] or key[2] or key[3] or ""), number)
    return lines


def _plain(text: str) -> str:
    """One line without control characters, cut at a length that still fits a message."""
    return "".join(char if char.isprintable() else "?" for char in text)[:500]


def _show(value: object) -> str:
    """A value as the user would write it, short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _meant(name: str, known: tuple[str, ...]) -> str:
    """What could have been meant: the nearest names, else all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"expected one of {', '.join(known)}"


@dataclass(frozen=True, slots=True)
class State:
    """What the program remembers between two runs."""

    theme: str | None = None
    """The theme chosen by command; the configuration's comes first."""


def load_state(path: Path | None = None) -> State:
    """What was remembered; nothing when there is no such file or it is damaged. Never raises."""
    path = path or paths.state_file()
    try:
        with path.open("rb") as file:
            text = file.read(_LIMIT)
        import json  # at the first start there is no such file

        data = json.loads(text)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, RecursionError) as error:
        _LOG.warning("state %s cannot be read: %s", path, error)
        return State()
    theme = data.get("theme") if isinstance(data, dict) else None
    return State(theme=theme if isinstance(theme, str) and theme.isprintable() else None)


def save_state(state: State, path: Path | None = None) -> None:
    """Remember ``state``: written beside and renamed, readable by the user alone.

    Never raises; a failure is logged.
    """
    import json
    import tempfile

    path = path or paths.state_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".state-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(state), file)
            Path(name).replace(path)
        except OSError:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        _LOG.warning("state %s cannot be written: %s", path, error)
