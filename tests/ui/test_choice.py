"""One of several, and switches: by keys, by the mouse, broken to lines."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Input

from tuivm.ui.widgets.choice import Choice, Option, Toggle, Toggles

KINDS = (Option("all", "disk and memory"), Option("disk", "disk only"), Option("off", "external", "no disk"))
SWITCHES = (
    Toggle("safety", "safety snapshot first", on=True),
    Toggle("agent", "[quiesce]\x1b", why_not="no agent answers"),
    Toggle("dry", "look only", on=True, why_not="never"),
)


class Form(App[None]):
    """A line to fill in, a choice, switches."""

    CSS = "Toggles { height: auto; width: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(id="name")
        yield Choice("kind", KINDS)
        yield Toggles("options", SWITCHES)

    def on_toggles_changed(self, event: Toggles.Changed) -> None:
        self.heard.append(f"{event.control.id} {sorted(event.toggles.on)}")

    def on_toggles_submitted(self, event: Toggles.Submitted) -> None:
        self.heard.append(f"enter in {event.control.id}")

    @property
    def kind(self) -> Choice:
        return self.query_one("#kind", Choice)

    @property
    def options(self) -> Toggles:
        return self.query_one("#options", Toggles)


async def test_the_arrows_choose_and_a_greyed_one_says_why() -> None:
    async with Form().run_test(size=(80, 12)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        app.kind.focus()
        assert (app.kind.value, app.kind.why_not) == ("all", "")
        await pilot.press("left", "right", "l")
        assert (app.kind.value, app.kind.why_not) == ("off", "no disk")
        await pilot.press("right", "h")
        assert app.kind.value == "disk"
        assert app.heard == ["kind ['disk']", "kind ['off']", "kind ['disk']"]


async def test_space_switches_what_can_be_switched() -> None:
    async with Form().run_test(size=(80, 12)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        app.options.focus()
        assert app.options.on == {"safety"}, "what cannot be used does not begin on"
        await pilot.press("space")
        assert app.options.on == frozenset()
        await pilot.press("right", "space")
        assert app.options.on == frozenset()
        assert app.options.why_not == "no agent answers"
        await pilot.press("enter")
        assert app.heard[-1] == "enter in options"


async def test_up_and_down_go_to_the_field_above_and_below() -> None:
    async with Form().run_test(size=(80, 12)) as pilot:
        pilot.app.query_one("#kind").focus()
        await pilot.press("down")
        assert pilot.app.focused is pilot.app.query_one("#options")
        await pilot.press("k", "up")
        assert pilot.app.focused is pilot.app.query_one("#name")


async def test_narrow_they_take_more_lines_and_the_mouse_finds_them() -> None:
    async with Form().run_test(size=(24, 14)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        await pilot.pause()
        assert app.kind.size.height == 3
        await pilot.click("#kind", offset=(3, 1))
        assert app.kind.value == "disk"
        assert "\x1b" not in app.options.render().plain
        assert "[quiesce]" in app.options.render().plain


async def test_what_is_chosen_stays_when_others_are_shown() -> None:
    async with Form().run_test(size=(80, 12)) as pilot:
        app = pilot.app
        assert isinstance(app, Form)
        app.kind.focus()
        await pilot.press("right")
        app.kind.set_options((KINDS[2], KINDS[1]))
        assert (app.kind.value, app.kind.cursor) == ("disk", 1)
        app.kind.set_options((KINDS[2],))
        assert (app.kind.value, app.kind.why_not) == ("off", "no disk")
        app.options.set_options((Toggle("safety", "safety", why_not="no room"), Toggle("new", "new")))
        assert app.options.on == frozenset()
