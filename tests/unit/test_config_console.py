"""The tables [console] and [[console.trigger]], and which patterns are refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuivm.config import DEFAULT_TRIGGERS, Config, ConsoleConfig, TriggerRule, load, patterns
from tuivm.model.errors import ConfigError

FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)


def read(tmp_path: Path, text: str) -> tuple[ConsoleConfig, tuple[ConfigError, ...]]:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    config, errors = load(path, {})
    assert config == Config(console=config.console)
    return config.console, errors


def only_error(tmp_path: Path, text: str) -> ConfigError:
    config, errors = read(tmp_path, text)
    assert config == ConsoleConfig()
    assert len(errors) == 1, errors
    assert str(errors[0]).isprintable()
    return errors[0]


def test_every_setting_is_read(tmp_path: Path) -> None:
    config, errors = read(
        tmp_path,
        """
        [console]
        scrollback = 500
        background = true
        backspace = "ctrl-h"
        log = true
        log_timestamps = true
        log_size = 0.5
        log_count = 2
        default_triggers = false

        [[console.trigger]]
        name = "backup"
        pattern = 'backup (done|failed)'
        severity = "info"
        domains = "web-*"
        command = ["notify-send", "x"]
        once_per = 0

        [[console.trigger]]
        name = "disk"
        pattern = "disk"
        """,
    )
    assert errors == ()
    assert config == ConsoleConfig(
        scrollback=500,
        background=True,
        backspace="ctrl-h",
        log=True,
        log_timestamps=True,
        log_size=512 * 1024,
        log_count=2,
        default_triggers=False,
        triggers=(
            TriggerRule("backup", "backup (done|failed)", "info", "web-*", ("notify-send", "x"), 0.0),
            TriggerRule("disk", "disk"),
        ),
    )


def test_a_default_trigger_is_changed_by_its_name(tmp_path: Path) -> None:
    config, errors = read(
        tmp_path,
        '[[console.trigger]]\nname = "login prompt"\nseverity = "warning"\n'
        '[[console.trigger]]\nname = "disk error"\nseverity = "off"\n',
    )
    assert errors == ()
    login, disk = config.triggers
    assert (login.severity, disk.severity) == ("warning", "off")
    assert login.pattern == next(rule.pattern for rule in DEFAULT_TRIGGERS if rule.name == "login prompt")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("scrollback = -1", "lines from 0 to 100000"),
        ("scrollback = 100001", "lines from 0 to 100000"),
        ("scrollback = 1.5", "whole number"),
        ("scrollback = true", "whole number"),
        ('background = "yes"', "true or false"),
        ('backspace = "del"', "'delete', 'ctrl-h'"),
        ("backspace = []", "'delete', 'ctrl-h'"),
        ("log = 1", "true or false"),
        ("log_size = 0", "MiB from 0.01 to 1024"),
        ("log_count = 0", "files from 1 to 99"),
        ("log_cont = 1", "did you mean log_count?"),
        ("trigger = 1", "[[console.trigger]]"),
    ],
)
def test_a_wrong_value_names_file_line_and_key(tmp_path: Path, line: str, expected: str) -> None:
    error = only_error(tmp_path, f"# mine\n[console]\n{line}\n")
    assert f"{tmp_path / 'config.toml'}, line 3: console.{line.split()[0]}: " in error.message
    assert expected in error.remedy


@pytest.mark.parametrize(
    ("lines", "where", "expected"),
    [
        ("pattern = 'x'", "line 1: console.trigger[1]: it has no name", "name ="),
        ("name = 'x'", "line 1: console.trigger[1]: it has no pattern", "regular expression"),
        ("name = 'x'\npattern = '('", "line 3: console.trigger[1].pattern", "regular expression"),
        ("name = 'x'\npattern = ''", "line 3: console.trigger[1].pattern", "regular expression"),
        ("name = 'x'\npattern = 5", "line 3: console.trigger[1].pattern", "regular expression"),
        ("name = 'x'\npattern = 'a*'", "line 3: console.trigger[1].pattern", "regular expression"),
        ("name = ''\npattern = 'x'", "line 2: console.trigger[1].name", "a name"),
        ("name = 'x'\npattern = 'x'\nseverity = 'bad'", "line 4: console.trigger[1].severity", "'warning'"),
        ("name = 'x'\npattern = 'x'\ncommand = 'reboot'", "line 4: console.trigger[1].command", "list of"),
        ("name = 'x'\npattern = 'x'\ncommand = []", "line 4: console.trigger[1].command", "list of"),
        ("name = 'x'\npattern = 'x'\ncommand = ['a', 1]", "line 4: console.trigger[1].command", "list of"),
        ("name = 'x'\npattern = 'x'\ncommand = ['']", "line 4: console.trigger[1].command", "list of"),
        ("name = 'x'\npattern = 'x'\nonce_per = -1", "line 4: console.trigger[1].once_per", "from 0 to"),
        ("name = 'x'\npattern = 'x'\ndomains = 1", "line 4: console.trigger[1].domains", "web-*"),
        ("name = 'x'\npattern = 'x'\ncolour = 1", "line 4: console.trigger[1].colour", "expected one of"),
    ],
)
def test_a_wrong_trigger_is_none_and_names_its_line(
    tmp_path: Path, lines: str, where: str, expected: str
) -> None:
    error = only_error(tmp_path, f"[[console.trigger]]\n{lines}\n")
    assert where in error.message
    assert expected in error.remedy


def test_the_second_of_two_triggers_is_the_one_that_is_told(tmp_path: Path) -> None:
    config, (error,) = read(
        tmp_path,
        "[[console.trigger]]\nname = 'x'\npattern = 'x'\n[[console.trigger]]\nname = 'x'\npattern = 'y'\n",
    )
    assert [rule.pattern for rule in config.triggers] == ["x"]
    assert "line 5: console.trigger[2].name" in error.message


def test_inline_tables_are_pointed_at(tmp_path: Path) -> None:
    assert "line 1: console.log" in only_error(tmp_path, "console = {log = 1}\n").message
    text = "[console]\ntrigger = [{name = 'x', pattern = '('}]\n"
    assert "line 2: console.trigger[1].pattern" in only_error(tmp_path, text).message


def test_no_more_triggers_than_can_be_tried(tmp_path: Path) -> None:
    text = "".join(f"[[console.trigger]]\nname = 'n{at}'\npattern = 'x'\n" for at in range(70))
    config, (error,) = read(tmp_path, text)
    assert len(config.triggers) == 64
    assert "at most 64" in error.remedy


VALUES = st.recursive(
    st.text(max_size=8) | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
NAMES = st.sampled_from(
    ["scrollback", "log", "log_size", "log_count", "backspace", "trigger", "background"]
) | st.text(max_size=6)
TRIGGER_NAMES = st.sampled_from(["name", "pattern", "severity", "domains", "command", "once_per"])


@FRESH
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.dictionaries(TRIGGER_NAMES, VALUES, max_size=6))
def test_any_values_end_in_a_usable_configuration(
    tmp_path: Path, table: dict[str, object], trigger: dict[str, object]
) -> None:
    lines = ["[console]", *(f"{json.dumps(name)} = {toml(value)}" for name, value in table.items())]
    if "trigger" not in table:
        lines += ["[[console.trigger]]", *(f"{name} = {toml(value)}" for name, value in trigger.items())]
    config, errors = read(tmp_path, "\n".join(lines))
    assert 0 <= config.scrollback <= 100_000
    assert 10_000 < config.log_size <= 1 << 30
    assert 1 <= config.log_count <= 99
    assert all(regex.compile(rule.pattern) for rule in config.triggers)
    assert all(str(error).isprintable() for error in errors)


def toml(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, list):
        return f"[{', '.join(toml(item) for item in value)}]"
    return json.dumps(value).replace("\\ud", "\\u0").replace("\x7f", "\\u007f")


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("((a{999}){999}){999}", "repeats too much"),
        ("x*", "matches an empty line"),
        ("", "matches an empty line"),
        ("(", "is no regular expression"),
        ("[", "is no regular expression"),
        ("a**", "is no regular expression"),
        ("(" * 5000 + ")" * 5000, "longer than"),
        ("(" * 499 + "a" + ")" * 499, "nested too deeply"),
    ],
)
def test_patterns_that_are_refused(pattern: str, problem: str) -> None:
    assert problem in patterns.problem_of(pattern)


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    search = patterns.searcher("(a+)+$")
    assert search("aaa")
    with pytest.raises(TimeoutError):
        search("a" * 400 + "!")


@pytest.mark.parametrize(
    "pattern",
    [
        *(rule.pattern for rule in DEFAULT_TRIGGERS),
        r"^\[ *\d+\.\d+\] Kernel",
        "disk (.+) failed",
        "(?:foo|bar)+x",
        r"(?:\d+\.)+",
        r"\p{Lu}+ failed",
        "(?i)panic",
        r"(\w+): \1",
        "é+",
    ],
)
def test_patterns_that_can_be_used(pattern: str) -> None:
    assert patterns.problem_of(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("Kernel panic", ("kernel panic",)),
        ("a+bcd?", ("bc",)),
        ("(?:one|other) thing", (" thing",)),
        ("one|two", ("one", "two")),
        (r"\d+", ()),
        ("(?:abc)?x", ("x",)),
        ("one|.*", ()),
        ("(?i)PANIC", ("panic",)),
        ("(?i)straße", ()),
        ("(?:panic){e<=1}", ()),
        ("[[:alpha:]]x", ()),
        (r"\p{Lu}x", ()),
        ("(?!abc)x", ("x",)),
        ("(?<!Last )login: $", ("login: ",)),
    ],
)
def test_the_texts_that_a_pattern_needs(pattern: str, texts: tuple[str, ...]) -> None:
    assert patterns.needed(pattern) == texts


@settings(deadline=None, max_examples=300)
@given(st.text("ab|()[]*+?.{}2,^$\\d", max_size=12), st.text("ab2 ", max_size=20))
def test_what_a_pattern_needs_is_in_what_it_matches(pattern: str, line: str) -> None:
    if not patterns.problem_of(pattern):
        texts = patterns.needed(pattern)
        if regex.search(pattern, line, timeout=5):
            assert not texts or any(text in line.lower() for text in texts)
