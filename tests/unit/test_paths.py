"""Where the files are."""

from __future__ import annotations

from pathlib import Path

import pytest

import tuivm
from tuivm import paths


@pytest.mark.parametrize(
    ("variable", "find", "name"),
    [
        ("XDG_CONFIG_HOME", paths.config_file, "tuivm/config.toml"),
        ("XDG_STATE_HOME", paths.state_file, "tuivm/state.json"),
        ("XDG_STATE_HOME", paths.log_file, "tuivm/tuivm.log"),
        ("XDG_DATA_HOME", paths.data_dir, "tuivm"),
        ("XDG_CACHE_HOME", paths.cache_dir, "tuivm"),
    ],
)
def test_folders_follow_the_environment_and_are_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, find: object, name: str
) -> None:
    monkeypatch.setenv(variable, str(tmp_path))
    assert callable(find)
    assert find() == tmp_path / name
    assert list(tmp_path.iterdir()) == []


def test_users_themes_come_before_the_shipped_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    own, shipped = paths.theme_dirs()
    assert own == tmp_path / "tuivm" / "themes"
    assert len(list(shipped.glob("*.toml"))) >= 3


def test_installed_package_has_its_themes_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "tuivm"
    (package / "themes").mkdir(parents=True)
    monkeypatch.setattr(paths, "__file__", str(package / "paths.py"))
    assert paths.shipped_themes() == package / "themes"


def test_checkout_has_its_themes_at_the_top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tuivm").mkdir()
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "tuivm" / "paths.py"))
    assert paths.shipped_themes() == tmp_path / "themes"


def test_module_lies_in_the_package() -> None:
    assert Path(paths.__file__).parent == Path(tuivm.__file__).parent
