"""Checks of single values, each mistake noted with file, line, key and what was expected."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path

from tuivm.model.errors import ConfigError

_SECTION = r"\s*\[\s*([^\[\]]+?)\s*\]"
_ITEM = r"\s*\[\[\s*([^\[\]]+?)\s*\]\]"
_KEY = r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]"""


class Checks:
    """Collects what is wrong with one file; every check answers with the value or its default."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = key_lines(text)
        self.errors: list[ConfigError] = []

    def wrong(self, key: str, what: str, expected: str) -> None:
        """Note that ``key`` is wrong; its default stands."""
        line = self.lines.get(key)
        table = key
        while line is None and "." in table:
            # Written as an inline table or with dots: the line of what holds it.
            table = table.rpartition(".")[0]
            line = self.lines.get(table) or self.lines.get(table.partition("[")[0])
        where = f"{self.path}, line {line}" if line else str(self.path)
        self.errors.append(ConfigError(f"{plain(where)}: {plain(key)}: {plain(what)}", expected))

    def number(
        self, key: str, value: object, low: float, high: float, default: float, unit: str = "seconds"
    ) -> float:
        """A number within the limits, else the default."""
        expected = f"expected a number of {unit} from {low:g} to {high:g}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(key, f"{show(value)} is no number", expected)
        elif not math.isfinite(value) or not low <= value <= high:
            self.wrong(key, f"{show(value)} is out of range", expected)
        else:
            return float(value)
        return default

    def count(self, key: str, value: object, low: int, high: int, default: int, unit: str) -> int:
        """A whole number within the limits, else the default."""
        expected = f"expected a whole number of {unit} from {low} to {high}"
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(key, f"{show(value)} is no whole number", expected)
        elif not low <= value <= high:
            self.wrong(key, f"{show(value)} is out of range", expected)
        else:
            return value
        return default

    def text(self, key: str, value: object, expected: str) -> str | None:
        """A line of text without control characters, else None."""
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value.strip()
        self.wrong(key, f"{show(value)} cannot be used", expected)
        return None

    def boolean(self, key: str, value: object) -> bool | None:
        """True or false, else None."""
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{show(value)} is neither true nor false", "expected true or false")
        return None

    def one_of(self, key: str, value: object, known: tuple[str, ...]) -> str | None:
        """One of the words, else None."""
        if isinstance(value, str) and value in known:
            return value
        self.wrong(
            key, f"{show(value)} cannot be used", f"expected {', '.join(f'{word!r}' for word in known)}"
        )
        return None

    def table(self, key: str, value: object, example: str) -> Mapping[str, object]:
        """A table, else an empty one."""
        if isinstance(value, dict):
            return value
        self.wrong(key, f"{show(value)} is no table", f"expected [{key}] with lines such as {example}")
        return {}

    def unknown(self, key: str, name: str, known: tuple[str, ...]) -> None:
        """Note a setting that does not exist."""
        self.wrong(key, "there is no such setting", meant(name, known))


def key_lines(text: str) -> dict[str, int]:
    """``table.key`` -> line number, read leniently: only to point at a mistake, never for a value.

    The keys of the second ``[[table]]`` are ``table[2].key``.
    """
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        if item := re.match(_ITEM, line):
            name = item[1].strip("\"'")
            counts[name] = counts.get(name, 0) + 1
            lines.setdefault(name, number)
            lines[f"{name}[{counts[name]}]"] = number
            section = f"{name}[{counts[name]}]."
        elif table := re.match(_SECTION, line):
            section = table[1].strip("\"'") + "."
            lines.setdefault(section[:-1], number)
        elif key := re.match(_KEY, line):
            lines.setdefault(section + (key[1] or key[2] or key[3] or ""), number)
    return lines


def plain(text: str) -> str:
    """One line without control characters, cut at a length that still fits a message."""
    return "".join(char if char.isprintable() else "?" for char in text)[:500]


def show(value: object) -> str:
    """A value as the user would write it, short."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def meant(name: str, known: tuple[str, ...]) -> str:
    """What could have been meant: the nearest names, else all of them."""
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=2, cutoff=0.6)
    return f"did you mean {' or '.join(near)}?" if near else f"expected one of {', '.join(known)}"
