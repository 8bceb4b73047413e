"""The configuration file and the remembered state."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuivm.config import Config, State, load, load_state, save_state
from tuivm.model.errors import ConfigError

BINDINGS = {
    "start": ("s",),
    "shutdown": ("S",),
    "force-off": ("D",),
    "pause": ("p",),
    "resume": ("p",),
    "up": ("up", "k"),
    "filter": ("slash",),
    "leave-console": ("ctrl+right_square_bracket",),
}


def read(tmp_path: Path, text: str) -> tuple[Config, tuple[ConfigError, ...]]:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path, BINDINGS)


def only_error(tmp_path: Path, text: str) -> ConfigError:
    config, errors = read(tmp_path, text)
    assert config == Config()
    assert len(errors) == 1
    return errors[0]


def test_missing_file_is_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml", BINDINGS) == (Config(), ())


def test_every_setting_is_read(tmp_path: Path) -> None:
    config, errors = read(
        tmp_path,
        """
        connection = "qemu:///system"
        interval = 2
        balloon_period = 0
        theme = "light"
        shutdown_timeout = 90.5
        ascii = true
        [keys]
        force-off = "F9"
        filter = ["/", "ctrl+f"]
        """,
    )
    assert errors == ()
    assert config == Config(
        connection="qemu:///system",
        interval=2.0,
        balloon_period=0,
        theme="light",
        keys={"force-off": "f9", "filter": "slash,ctrl+f"},
        shutdown_timeout=90.5,
        ascii=True,
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("interval = 0.1", "from 0.2 to 60"),
        ("interval = 61", "from 0.2 to 60"),
        ("interval = nan", "from 0.2 to 60"),
        ("interval = true", "number of seconds"),
        ('interval = "1"', "number of seconds"),
        ("interval = 1979-05-27", "number of seconds"),
        ("shutdown_timeout = 0", "from 1 to 3600"),
        ("balloon_period = -1", "from 0 to 3600"),
        ("balloon_period = 2.5", "whole number"),
        ("connection = 1", "libvirt URI"),
        ('connection = ""', "libvirt URI"),
        ('connection = "qemu\\u0000"', "libvirt URI"),
        ("theme = []", "name of a theme"),
        ('ascii = "yes"', "true or false"),
        ("keys = 1", "[keys]"),
        ("intervall = 1", "did you mean interval?"),
        ("zzz = 1", "connection, interval, theme"),
    ],
)
def test_wrong_value_names_file_line_key_and_expectation(tmp_path: Path, line: str, expected: str) -> None:
    error = only_error(tmp_path, f"# mine\n\n{line}\n")
    assert f"{tmp_path / 'config.toml'}, line 3: {line.split()[0]}: " in error.message
    assert expected in error.remedy


def test_the_rest_of_the_file_holds_when_one_value_is_wrong(tmp_path: Path) -> None:
    config, errors = read(tmp_path, 'interval = 1000\ntheme = "light"\n[keys]\nfrob = "x"\nstart = "f2"\n')
    assert config == Config(theme="light", keys={"start": "f2"})
    assert [error.message.split(": ")[1] for error in errors] == ["interval", "keys.frob"]


def test_unknown_verb_is_answered_with_the_nearest(tmp_path: Path) -> None:
    error = only_error(tmp_path, '[keys]\nforceoff = "x"\n')
    assert "line 2: keys.forceoff" in error.message
    assert error.remedy == "did you mean force-off?"


@pytest.mark.parametrize("value", ['"foo"', '""', "7", "[]", '["x", "foo"]', "true", '"\\u001b"'])
def test_what_is_no_key_is_said(tmp_path: Path, value: str) -> None:
    error = only_error(tmp_path, f"[keys]\nstart = {value}\n")
    assert "line 2: keys.start" in error.message
    assert "key" in error.remedy
    assert str(error).isprintable()


def test_key_of_another_is_a_conflict(tmp_path: Path) -> None:
    error = only_error(tmp_path, '[keys]\nstart = "shift+s"\n')
    assert "keys.start: the key 'S' is taken by shutdown" in error.message


def test_two_rebound_to_one_key_keep_the_first(tmp_path: Path) -> None:
    config, errors = read(tmp_path, '[keys]\nstart = "f2"\nshutdown = "f2"\n')
    assert config.keys == {"start": "f2"}
    assert ["keys.shutdown" in error.message for error in errors] == [True]


def test_two_may_change_keys(tmp_path: Path) -> None:
    config, errors = read(tmp_path, '[keys]\nstart = "S"\nshutdown = "s"\n')
    assert errors == ()
    assert config.keys == {"start": "S", "shutdown": "s"}


def test_a_dropped_key_makes_the_default_count_again(tmp_path: Path) -> None:
    # shutdown cannot have p, so it keeps S, so start cannot have S
    config, errors = read(tmp_path, '[keys]\nstart = "S"\nshutdown = "p"\n')
    assert config.keys == {}
    assert len(errors) == 2


def test_verbs_that_share_a_default_may_share_another(tmp_path: Path) -> None:
    config, errors = read(tmp_path, '[keys]\npause = "f4"\nresume = "f4"\n')
    assert errors == ()
    assert config.keys == {"pause": "f4", "resume": "f4"}


def test_second_default_key_counts_too(tmp_path: Path) -> None:
    assert "taken by up" in only_error(tmp_path, '[keys]\nstart = "k"\n').message


def test_leaving_the_console_needs_a_key_the_guest_does_not(tmp_path: Path) -> None:
    error = only_error(tmp_path, '[keys]\nleave-console = "q"\n')
    assert "ctrl" in error.remedy
    assert read(tmp_path, '[keys]\nleave-console = "ctrl+a"\n') == (
        Config(keys={"leave-console": "ctrl+a"}),
        (),
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("interval = = 1\n", "line 1: "),
        ('\n\ntheme = "x\n', "line 3: "),
        ("[keys\n", "line 1: "),
        ("a = " + "[" * 5000, "nested too deeply"),
        ("interval = " + "9" * 5000, "config.toml"),
        ("interval = 1\ninterval = 2\n", "line 2"),
    ],
)
def test_what_is_no_toml_names_the_line(tmp_path: Path, text: str, where: str) -> None:
    error = only_error(tmp_path, text)
    assert where in error.message
    assert str(tmp_path / "config.toml") in error.message
    assert str(error).isprintable()


def test_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"theme = 'x'\n\xff\xfe\n")
    config, (error,) = load(path, BINDINGS)
    assert config == Config()
    assert "line 2: not UTF-8" in error.message


def test_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    _, (error,) = load(Path("/dev/zero"), BINDINGS)
    assert "larger than 1 MiB" in error.message


def test_folder_in_place_of_the_file(tmp_path: Path) -> None:
    config, (error,) = load(tmp_path, BINDINGS)
    assert config == Config()
    assert "Is a directory" in error.message


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            ["connection", "interval", "balloon_period", "theme", "shutdown_timeout", "ascii", "keys"]
        )
        | st.text(max_size=8),
        st.text() | st.booleans() | st.integers() | st.floats() | st.lists(st.text(max_size=5), max_size=3),
        max_size=6,
    )
)
def test_any_values_end_in_a_usable_configuration(tmp_path: Path, table: dict[str, object]) -> None:
    # JSON's strings, numbers and arrays are TOML's, but for its three words
    lines = [f"{json.dumps(key)} = {toml(value)}" for key, value in table.items()]
    config, errors = read(tmp_path, "\n".join(lines))
    assert 0.2 <= config.interval <= 60
    assert 1 <= config.shutdown_timeout <= 3600
    assert config.keys == {}
    assert all(str(error).isprintable() for error in errors)


def toml(value: object) -> str:
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value).replace("\\ud", "\\u0").replace("\x7f", "\\u007f")


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_bytes_never_raise(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    _, errors = load(path, BINDINGS)
    assert all(str(error).isprintable() for error in errors)


def test_state_is_kept_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state.json"
    save_state(State(theme="light"), path)
    assert load_state(path) == State(theme="light")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"theme": 7}', b'{"theme": "\\u001b"}', b"\xff", b"[" * 5000]
)
def test_damaged_state_is_no_state(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(data)
    assert load_state(path) == State()


def test_state_that_cannot_be_written_is_logged_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    save_state(State(theme="light"), tmp_path / "file" / "state.json")
    assert "cannot be written" in caplog.text


def test_failed_replacement_leaves_the_old_state_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.json"
    save_state(State(theme="dark"), path)

    def refuse(source: object, target: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", refuse)
    save_state(State(theme="light"), path)
    assert load_state(path) == State(theme="dark")
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]
    assert "No space left" in caplog.text


def test_editor_and_readonly(tmp_path: Path) -> None:
    assert (Config().editor, Config().readonly) == (None, False)
    config, errors = read(tmp_path, 'editor = "vim -n"\nreadonly = true\n')
    assert (config.editor, config.readonly, errors) == ("vim -n", True, ())
    assert "neither true nor false" in str(only_error(tmp_path, 'readonly = "yes"\n'))
    assert 'such as "vim", or "builtin"' in str(only_error(tmp_path, "editor = 3\n"))
