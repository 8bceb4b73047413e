"""A console among others: its title, and the pane."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.model.domain import DomainKey
from tuivm.ui.context import Context
from tuivm.ui.panes import set_up
from tuivm.ui.signs import console_sign
from tuivm.ui.text import fit, plain, truncate, width_of
from tuivm.ui.unfinished import unfinished
from tuivm.ui.widgets.console import ConsolePane


class TilePane(ConsolePane):
    """A pane whose keys and pastes can go to the other tiles as well."""

    others: Callable[[], Iterable[ConsolePane]] = staticmethod(lambda: ())
    """The panes that are typed into together with this one; none while only this one is."""

    def type_key(self, key: str, character: str | None = None) -> None:
        """Type a key here and on the others; each terminal encodes it as its guest wants it."""
        super().type_key(key, character)
        for pane in self.others():
            ConsolePane.type_key(pane, key, character)

    def paste_text(self, text: str) -> None:
        """Type a text here and on the others."""
        super().paste_text(text)
        for pane in self.others():
            ConsolePane.paste_text(pane, text)


class TileHead(Widget):
    """`` 1 web-1 ● open ── typed into with the others ``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tile--name",
        "tile--chosen",
        "tile--typing",
        "tile--all",
        "tile--words",
    }
    """
    | Class | Description |
    | :- | :- |
    | `tile--name` | Number and name. |
    | `tile--chosen` | The same of the chosen tile. |
    | `tile--typing` | The same of the tile that is typed on. |
    | `tile--all` | The words that say that keys go to every tile. |
    | `tile--words` | State and what is under way. |
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._shown: tuple[str, str, str, str] = ("", "tile--name", "", "")

    def show(self, title: str, component: str, words: str, all_words: str) -> None:
        """Show these; ``title`` and ``words`` may be hostile."""
        wanted = (plain(title), component, plain(words), all_words)
        if wanted != self._shown:
            self._shown = wanted
            self.refresh()

    def render(self) -> Content:
        """The line."""
        title, component, words, all_words = self._shown
        width = self.size.width
        parts: list[tuple[str, str]] = []
        if all_words:
            parts.append((f" {truncate(all_words, width - 2)} ", "tile--all"))
            width -= width_of(parts[0][0])
        name = f" {truncate(title, max(6, width - 2))} "
        parts.append((name, component))
        rest = width - width_of(name)
        if rest > 0:
            rule = "-" if self._ascii else "─"
            line = f" {truncate(words, rest - 3)} " if words and rest > 4 else ""
            parts.append((line + rule * (rest - width_of(line)), "tile--words"))
        styled = [Content.styled(text, self.get_visual_style(style)) for text, style in parts]
        return Content.assemble(*styled)


class Tile(Vertical):
    """One console: title above, pane below."""

    class Picked(Message):
        """The title was clicked."""

        def __init__(self, tile: Tile) -> None:
            super().__init__()
            self.tile = tile
            """Which."""

        @property
        def control(self) -> Tile:
            """The tile."""
            return self.tile

    def __init__(self, context: Context, key: DomainKey) -> None:
        super().__init__()
        self.key = key
        """Whose console."""
        self._shared = context
        self.head = TileHead(ascii_only=context.ascii_only)
        """Its title."""
        self.pane = TilePane()
        """Its console."""
        set_up(self.pane, context)

    def compose(self) -> ComposeResult:
        """Title and pane."""
        yield self.head
        yield self.pane

    @property
    def session(self) -> ConsoleSession:
        """The console."""
        return self._shared.session.console(self.key)

    def show(self, number: int, *, chosen: bool, together: bool) -> None:
        """Say who this is, whether the keyboard is here, and whether keys go to all."""
        domain = self._shared.session.inventory.domains.get(self.key)
        session = self.session
        typing = self.pane.has_keyboard
        component = "tile--typing" if typing else "tile--chosen" if chosen else "tile--name"
        mark = (">" if self._shared.ascii_only else "▶") if chosen else ""
        title = " ".join(word for word in (mark, str(number), domain.name if domain else "(gone)") if word)
        words = [session.state.value if session.state is not ConsoleState.OPEN else ""]
        sign = self._shared.session.consoles.sign(self.key)
        if session.alert is not None:
            words.append(f"{console_sign(sign, ascii_only=True)} {session.alert.text}")
        if session.recording is not None:
            words.append("recording")
        words.append(unfinished(session))
        all_words = ""
        if together:
            all_words = "KEYS GO TO ALL" if session.state is ConsoleState.OPEN else "not open: gets no keys"
        self.head.show(
            title, component, fit("  ".join(word for word in words if word), 200).rstrip(), all_words
        )

    def on_click(self, event: events.Click) -> None:
        """Choose it by its title; a click on the console gives it the keyboard."""
        if event.widget is self.head:
            event.stop()
            self.post_message(self.Picked(self))
