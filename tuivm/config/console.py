"""The table ``[console]`` and its ``[[console.trigger]]``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuivm.config import patterns
from tuivm.config.checks import Checks, show
from tuivm.config.settings import (
    BACKSPACES,
    DEFAULT_TRIGGERS,
    MIB,
    SEVERITIES,
    ConsoleConfig,
    TriggerRule,
)

_KNOWN = (
    "scrollback",
    "background",
    "backspace",
    "log",
    "log_timestamps",
    "log_size",
    "log_count",
    "default_triggers",
    "trigger",
)
_TRIGGER_KNOWN = ("name", "pattern", "severity", "domains", "command", "once_per")
_SWITCHES = ("background", "log", "log_timestamps", "default_triggers")
MOST_TRIGGERS = 64
"""Triggers that can be configured: each is tried on what every console prints."""
MOST_ARGUMENTS = 64
"""Words of a trigger's command."""


def read_console(checks: Checks, value: object) -> ConsoleConfig:
    """The table with the defaults wherever it is wrong."""
    config = ConsoleConfig()
    for name, item in checks.table("console", value, "scrollback = 10000").items():
        key = f"console.{name}"
        match name:
            case "scrollback":
                lines = checks.count(key, item, 0, 100_000, config.scrollback, "lines")
                config = replace(config, scrollback=lines)
            case "backspace":
                sent = checks.one_of(key, item, BACKSPACES)
                config = replace(config, backspace=sent or config.backspace)
            case "log_size":
                size = checks.number(key, item, 0.01, 1024, config.log_size / MIB, "MiB")
                config = replace(config, log_size=int(size * MIB))
            case "log_count":
                count = checks.count(key, item, 1, 99, config.log_count, "files")
                config = replace(config, log_count=count)
            case "trigger":
                config = replace(config, triggers=_read_triggers(checks, item))
            case _ if name in _SWITCHES:
                switches: dict[str, Any] = {name: checks.boolean(key, item)}
                if switches[name] is not None:
                    config = replace(config, **switches)
            case _:
                checks.unknown(key, name, _KNOWN)
    return config


def _read_triggers(checks: Checks, value: object) -> tuple[TriggerRule, ...]:
    """The triggers that can be used."""
    if not isinstance(value, list):
        checks.wrong(
            "console.trigger", f"{show(value)} is no list of tables", "expected [[console.trigger]] tables"
        )
        return ()
    if len(value) > MOST_TRIGGERS:
        checks.wrong("console.trigger", f"{len(value)} of them", f"expected at most {MOST_TRIGGERS}")
    rules: dict[str, TriggerRule] = {}
    for number, item in enumerate(value[:MOST_TRIGGERS], 1):
        key = f"console.trigger[{number}]"
        table = item if isinstance(item, dict) else None
        if table is None:
            checks.wrong(key, f"{show(item)} is no table", "expected a table with name and pattern")
            continue
        rule = _read_trigger(checks, key, table)
        if rule is None:
            continue
        if rule.name in rules:
            checks.wrong(f"{key}.name", f"{show(rule.name)} is there already", "expected a name of its own")
            continue
        rules[rule.name] = rule
    return tuple(rules.values())


def _read_trigger(checks: Checks, key: str, table: Mapping[str, object]) -> TriggerRule | None:
    """One trigger; None when it cannot be used: half a trigger would look for something else."""
    before = len(checks.errors)
    for name in table:
        if name not in _TRIGGER_KNOWN:
            checks.unknown(f"{key}.{name}", name, _TRIGGER_KNOWN)
    if "name" not in table:
        checks.wrong(key, "it has no name", 'expected name = "..."')
        return None
    called = checks.text(f"{key}.name", table["name"], "expected a name")
    base = next((rule for rule in DEFAULT_TRIGGERS if rule.name == called), None)
    rule = base or TriggerRule(called or "", "")
    if "pattern" in table:
        rule = replace(rule, pattern=_pattern(checks, f"{key}.pattern", table["pattern"]))
    elif base is None and called:
        checks.wrong(key, "it has no pattern", "expected pattern = '...', a regular expression")
    if "severity" in table:
        severity = checks.one_of(f"{key}.severity", table["severity"], SEVERITIES)
        rule = replace(rule, severity=severity or rule.severity)
    if "domains" in table:
        domains = checks.text(f"{key}.domains", table["domains"], 'expected names such as "web-*"')
        rule = replace(rule, domains=domains or rule.domains)
    if "command" in table:
        rule = replace(rule, command=_command(checks, f"{key}.command", table["command"]))
    if "once_per" in table:
        pause = checks.number(f"{key}.once_per", table["once_per"], 0, 86_400, rule.once_per)
        rule = replace(rule, once_per=pause)
    return rule if len(checks.errors) == before else None


def _pattern(checks: Checks, key: str, value: object) -> str:
    """A regular expression that is safe to try on a guest's output; empty when it is wrong."""
    expected = "expected a regular expression such as 'disk .* failed'"
    if not isinstance(value, str) or not value:
        checks.wrong(key, f"{show(value)} is no text", expected)
        return ""
    if problem := patterns.problem_of(value):
        checks.wrong(key, f"{show(value)} {problem}", expected)
        return ""
    return value


def _command(checks: Checks, key: str, value: object) -> tuple[str, ...] | None:
    """Program and arguments."""
    words = value if isinstance(value, list) else []
    if (
        not words
        or len(words) > MOST_ARGUMENTS
        or not all(isinstance(word, str) and "\0" not in word for word in words)
        or not words[0].strip()
    ):
        expected = 'expected a list of program and arguments, such as ["notify-send", "tuivm"]'
        checks.wrong(key, f"{show(value)} is no command", expected)
        return None
    return tuple(words)
