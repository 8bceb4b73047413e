"""Theme files: read, checked, legible."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color

from tuivm.model.domain import State
from tuivm.model.errors import ConfigError
from tuivm.ui.colour import blend, channels, contrast
from tuivm.ui.roles import roles_of, variable_defaults
from tuivm.ui.theme import (
    DEFAULT_DARK,
    DEFAULT_LIGHT,
    GRAPHS,
    HIGH_CONTRAST,
    ThemeSpec,
    load,
    load_themes,
    parse,
)
from tuivm.ui.widgets.painter import CURSOR

SHIPPED = Path(__file__).parents[2] / "themes"
MINIMAL = """
name = "mine"
[colors]
primary = "#5cb3ff"
foreground = "#ffffff"
background = "#000000"
"""


@pytest.fixture(scope="module")
def shipped() -> dict[str, ThemeSpec]:
    themes, errors = load_themes([SHIPPED])
    assert not errors
    return themes


def test_shipped_themes(shipped: dict[str, ThemeSpec]) -> None:
    assert set(shipped) == {DEFAULT_DARK, DEFAULT_LIGHT, HIGH_CONTRAST}
    assert not shipped[DEFAULT_LIGHT].dark
    for spec in shipped.values():
        assert set(spec.states) == {state.value for state in State}
        assert set(spec.graph) == set(GRAPHS)
        assert len(spec.palette) == 16


@pytest.mark.parametrize(("name", "ratio"), [(DEFAULT_DARK, 4.5), (DEFAULT_LIGHT, 4.5), (HIGH_CONTRAST, 7.0)])
def test_text_is_legible(shipped: dict[str, ThemeSpec], name: str, ratio: float) -> None:
    spec = shipped[name]
    colors = spec.colors
    cursor = blend(colors["background"], colors["primary"], CURSOR)
    texts = {role: colors[role] for role in ("primary", "secondary", "accent", "foreground", "muted")}
    texts |= {role: colors[role] for role in ("success", "warning", "error")}
    texts |= {f"state {state}": colour for state, colour in spec.states.items()}
    texts |= {f"graph {metric}": colour for metric, colour in spec.graph.items()}
    for role, colour in texts.items():
        for ground in ("background", "surface"):
            assert contrast(colour, colors[ground]) >= ratio, (role, ground)
        assert contrast(colour, cursor) >= ratio, (role, "the cursor's row")
        assert contrast(colour, colors["panel"]) >= 4.5, (role, "panel")
    assert contrast(spec.terminal_foreground, spec.terminal_background) >= ratio


def test_a_minimal_theme_is_completed() -> None:
    spec = parse(MINIMAL, "mine.toml")
    assert spec.dark
    assert spec.states["running"] == spec.colors["success"]
    assert spec.graph["cpu"] == "#5cb3ff"
    assert contrast(spec.colors["muted"], spec.colors["background"]) >= 4.5
    assert len(spec.palette) == 16
    for colour in (*spec.colors.values(), *spec.states.values(), *spec.graph.values(), *spec.palette):
        channels(colour)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("name = ", "nome = "), "'nome': unknown key"),
        (('name = "mine"', 'name = "my theme"'), "name: expected a name of letters"),
        (('name = "mine"', "name = 3"), "name: expected"),
        (("[colors]", "dark = 1\n[colors]"), "dark: expected true or false"),
        (('"#5cb3ff"', '"blue"'), 'colors.primary: expected a colour such as "#5cb3ff"'),
        (('primary = "#5cb3ff"', ""), "colors.primary: expected a colour"),
        (
            ("[colors]", "[states]\nrunnin = 3\n[colors]"),
            "states.'runnin': unknown key, expected one of",
        ),
        (("[colors]", '[states]\nrunning = "#12345"\n[colors]'), "states.running: expected a colour"),
        (
            ("[colors]", '[terminal]\npalette = ["#000000"]\n[colors]'),
            "terminal.palette: expected a list",
        ),
        (("[colors]", "[terminal]\npalette = 3\n[colors]"), "terminal.palette: expected a list"),
        (
            ("[colors]", "[terminal]\npalette = [" + '"#000000",' * 15 + "3]\n[colors]"),
            "terminal.palette[15]: expected a colour",
        ),
        (("[colors]", "graph = 3\n[colors]"), "graph: expected a table [graph]"),
        (("[colors]", "[colors"), "not valid TOML"),
    ],
)
def test_a_wrong_theme_is_named(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(MINIMAL.replace(*change), "mine.toml")
    assert str(error.value).startswith("mine.toml: ")
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_the_first_folder_wins_and_errors_do_not_stop(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    mine.mkdir()
    theirs.mkdir()
    (mine / "a.toml").write_text(MINIMAL)
    (mine / "bad.toml").write_text("name = ")
    (mine / "bytes.toml").write_bytes(b"\xff\xfe")
    (theirs / "a.toml").write_text(MINIMAL.replace("#5cb3ff", "#ff0000"))
    (theirs / "other.toml").write_text(MINIMAL.replace("mine", "other"))
    themes, errors = load_themes([mine, theirs, tmp_path / "none"])
    assert set(themes) == {"mine", "other"}
    assert themes["mine"].colors["primary"] == "#5cb3ff"
    assert [Path(str(error).split(":")[0]).name for error in errors] == ["bad.toml", "bytes.toml"]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")


class Themed(App[None]):
    def __init__(self, themes: dict[str, ThemeSpec]) -> None:
        self.themes = themes
        super().__init__()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return variable_defaults(self.current_theme)

    def on_mount(self) -> None:
        for spec in self.themes.values():
            self.register_theme(spec.to_textual())
        if self.themes:
            self.theme = DEFAULT_DARK


async def test_roles_follow_the_theme(shipped: dict[str, ThemeSpec]) -> None:
    app = Themed(shipped)
    async with app.run_test() as pilot:
        await pilot.pause()
        dark = roles_of(app)
        assert roles_of(app) is dark
        spec = shipped[DEFAULT_DARK]
        assert dark.states[State.CRASHED] == spec.states["crashed"]
        assert dark.graph["disk_read"] == spec.graph["disk_read"]
        assert dark.background == spec.colors["background"]
        assert dark.palette == spec.palette
        assert app.theme_variables["state-running"] == spec.states["running"]
        app.theme = DEFAULT_LIGHT
        await pilot.pause()
        assert roles_of(app).background == shipped[DEFAULT_LIGHT].colors["background"]
        assert not roles_of(app).dark


async def test_textuals_own_themes_have_roles_too() -> None:
    app = Themed({})
    async with app.run_test() as pilot:
        for name in ("textual-dark", "textual-light", "nord", "gruvbox"):
            app.theme = name
            await pilot.pause()
            roles = roles_of(app)
            for colour in (*roles.states.values(), *roles.graph.values(), *roles.palette):
                channels(colour)
            assert Color.parse(app.theme_variables["state-running"])
