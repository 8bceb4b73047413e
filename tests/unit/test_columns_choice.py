"""The columns a user chose: as they are written, configured and remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.commands.settings import with_columns
from tuivm.config import Config, ListConfig, State, load, load_state, save_state
from tuivm.core.actions import bindings
from tuivm.core.figures import VALUES
from tuivm.model.column import HELP, WIDEST, ColumnWish, Grouping, SortColumn, understand

WISHES = st.lists(
    st.builds(ColumnWish, st.sampled_from(SortColumn), st.integers(0, WIDEST)), unique_by=lambda wish: wish.id
)


@given(WISHES)
def test_what_is_written_is_read(wishes: list[ColumnWish]) -> None:
    assert understand(map(str, wishes)) == (tuple(wishes), ())


@given(st.lists(st.text() | st.integers() | st.none() | st.sampled_from(["cpu", "name:0", "cpu:999", "x:1"])))
def test_nothing_written_raises(words: list[object]) -> None:
    wishes, problems = understand(words)
    assert len({wish.id for wish in wishes}) == len(wishes)
    assert all(problem.isprintable() for problem in problems)


def test_every_column_has_words_and_a_value() -> None:
    assert set(HELP) == set(SortColumn)
    assert set(VALUES) == set(SortColumn) - {SortColumn.NAME}


def test_the_table_of_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[list]\ncolumns = ["cpu", "name:30"]\nsort = "cpu"\ngroup = "tag"\nhide_stopped = true\n'
    )
    wishes = (ColumnWish(SortColumn.CPU), ColumnWish(SortColumn.NAME, 30))
    config, errors = load(file, bindings())
    assert not errors
    assert config.list == ListConfig(wishes, True, SortColumn.CPU, Grouping.TAG, True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('columns = ["name", "temperature"]', "there is no column 'temperature'"),
        ('columns = ["cpu:999"]', "1 to 80 cells"),
        ('columns = "cpu"', "is no list"),
        ('sort = "size"', "cannot be used"),
        ("group = 5", "cannot be used"),
        ('hide_stopped = "yes"', "neither true nor false"),
        ("colums = []", "did you mean columns"),
    ],
)
def test_what_is_wrong_is_one_line_and_the_rest_stands(tmp_path: Path, line: str, words: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"interval = 2\n[list]\n{line}\n")
    config, errors = load(file, bindings())
    assert len(errors) == 1
    assert words in str(errors[0])
    assert "line 3" in str(errors[0])
    assert config.interval == 2
    assert all(wish.id is SortColumn.NAME for wish in config.list.columns)


def test_choices_are_remembered_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    save_state(State(columns=("name", "cpu:12", "flux")))
    save_state(State(theme="light"))
    assert load_state() == State("light", ("name", "cpu:12", "flux"))
    config, errors = with_columns(Config())
    assert config.list.columns == (ColumnWish(SortColumn.NAME), ColumnWish(SortColumn.CPU, 12))
    assert len(errors) == 1
    assert "the columns chosen: there is no column 'flux'" in str(errors[0])
    fixed = Config(list=ListConfig((ColumnWish(SortColumn.ID),), is_fixed=True))
    assert with_columns(fixed) == (fixed, ())
    save_state(State(columns=()))
    assert with_columns(Config()) == (Config(), ())


@pytest.mark.parametrize("text", ['{"columns": 5}', '{"columns": [null, {}]}', '{"columns": {"a": 1}}'])
def test_a_damaged_choice_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "tuivm" / "state.json"
    path.parent.mkdir()
    path.write_text(text)
    config, _ = with_columns(Config())
    assert config.list.columns == ()
