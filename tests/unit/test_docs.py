"""README, manual page and help say the same as the code."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

from tuivm import __version__
from tuivm.config import Config, load
from tuivm.core.actions import bindings
from tuivm.keynames import normalise_key

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MANUAL = (ROOT / "tuivm/data/tuivm.1").read_text(encoding="utf-8").replace(r"\-", "-")


def section(title: str) -> str:
    """The part of the README under a heading."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


BOUND = {name: keys for name, keys in bindings().items() if keys}


def key_ids(texts: list[str]) -> tuple[str | None, ...]:
    return tuple(normalise_key(text) for text in texts)


def test_readme_lists_every_key_as_it_is() -> None:
    rows = re.findall(r"^\| (`.*?`) \| ([a-z0-9-]+) \|", section("Keys"), re.MULTILINE)
    # A bar within a table is written with a backslash.
    written = {name: key_ids(re.findall(r"`\\?([^`]+)`", keys)) for keys, name in rows}
    assert written == BOUND


def test_manual_lists_every_key_as_it_is() -> None:
    rows = re.findall(r'^\.BR ((?:"[^"]+" )+?)" \[" ([a-z0-9-]+) \]$', MANUAL, re.MULTILINE)
    written = {name: key_ids(re.findall(r'"([^" ]+)"', keys)) for keys, name in rows}
    assert written == BOUND


def test_configuration_example_is_valid_and_complete(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", section("Configuration"), re.DOTALL)
    assert found is not None
    file = tmp_path / "config.toml"
    file.write_text(found[1])
    config, errors = load(file, bindings())
    assert errors == ()
    assert config.keys == {"force-off": "f9", "filter": "slash,ctrl+f"}
    assert set(tomllib.loads(found[1])) == {item.name for item in fields(Config)}
    for item in fields(Config):
        assert re.search(rf"^(\[{item.name}\]|{item.name} = )", MANUAL, re.MULTILINE), item.name


def test_theme_example_names_every_role() -> None:
    found = re.search(r"```toml\n(.*?)```", section("Themes"), re.DOTALL)
    assert found is not None
    shipped = tomllib.loads((ROOT / "themes/tuivm-dark.toml").read_text(encoding="utf-8"))
    assert set(tomllib.loads(found[1])["colors"]) == set(shipped["colors"])
    for table in ("states", "graph", "terminal"):
        words = re.search(rf"^\[{table}\](.*)$", found[1], re.MULTILINE)
        assert words is not None
        assert set(shipped[table]) <= set(re.findall(r"\w+", words[1])), table
    for theme in (ROOT / "themes").glob("*.toml"):
        assert f"`{theme.stem}`" in section("Themes")


def test_every_option_is_in_the_manual() -> None:
    for command in (
        (),
        ("list",),
        ("host",),
        ("doctor",),
        ("demo",),
        ("console",),
        ("play",),
        ("record",),
        ("history",),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "tuivm", *command, "--help"],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
            timeout=60,
        )
        for option in set(re.findall(r"(?<![\w-])--[a-z]+", done.stdout)) - {"--disable"}:
            assert option in MANUAL, f"{command} {option}"
        for variable in re.findall(r"^  ([A-Z_]{5,}) ", done.stdout, re.MULTILINE):
            assert variable in MANUAL, variable


def test_the_version_is_one() -> None:
    assert f'"tuivm {__version__}"' in MANUAL
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_links_within_the_readme_lead_somewhere() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    for target in re.findall(r"\]\((#?[^)\s]+)\)", README):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif "://" not in target:
            assert (ROOT / target).exists(), target


def test_every_make_target_is_told() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    for target in phony[1].split():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        if not target.startswith("setup-") and target != "help":
            assert f"'make {target} " in makefile, target
