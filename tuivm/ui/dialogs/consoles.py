"""The consoles that are open: whose, what is new on them, what is under way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.consoles import LISTENING_MAX
from tuivm.model.domain import DomainKey
from tuivm.ui.context import Context
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.signs import CONSOLE_COLOURS, console_sign
from tuivm.ui.text import fit
from tuivm.ui.unfinished import under_way, unfinished
from tuivm.ui.words import clock, content, short

_NAME = 20


class ConsolesScreen(Sheet[DomainKey | None]):
    """A line a console; Enter goes there, x closes one, l turns listening in the background on or off."""

    TITLE_TEXT = "Consoles"
    HINT = "Enter go there   x close it   l listen in the background   Esc back"
    TICKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "go there", show=False),
        Binding("x,delete", "hang_up", "close the console", show=False),
        Binding("l", "listen", "listen", show=False),
    ]

    def __init__(self, context: Context, close_keys: Iterable[str] = ()) -> None:
        super().__init__(close_keys, cursor=True)
        self._shared = context
        self._shown: list[ConsoleSession] = []

    def renew(self) -> None:
        """Show the consoles as they are now."""
        consoles = self._shared.session.consoles
        self._shown = sorted(consoles.all(), key=lambda console: self._name_of(console.key))
        lines = [self._line(console) for console in self._shown]
        self.lines.show(lines or [content("No console was opened yet: c opens one.", "$muted")])

    def _name_of(self, key: DomainKey) -> str:
        domain = self._shared.session.inventory.domains.get(key)
        return domain.name if domain is not None else "(gone)"

    def _line(self, console: ConsoleSession) -> Content:
        sign = self._shared.session.consoles.sign(console.key)
        severity = console.alert.severity if console.alert is not None else ""
        colour = CONSOLE_COLOURS.get(severity or sign.value, "$muted")
        return Content.assemble(
            (f" {console_sign(sign, ascii_only=self._shared.ascii_only) or ' '} ", f"bold {colour}"),
            content(fit(short(self._name_of(console.key), _NAME), _NAME), "bold"),
            "  ",
            (f"{console.state.value:<12}", "" if console.state is ConsoleState.OPEN else "$muted"),
            *self._words(console),
        )

    def _words(self, console: ConsoleSession) -> list[Content]:
        """What is new on it and what is under way."""
        words: list[Content] = []
        if console.alert is not None:
            colour = CONSOLE_COLOURS.get(console.alert.severity, "$warning")
            words.append(content(f"{clock(console.alert.time)} {console.alert.text}", colour))
        elif console.unread:
            words.append(content("new output", "$accent"))
        if console.recording is not None:
            words.append(content(f"recording to {console.recording.name}"))
        transfer = under_way(console)
        if transfer is not None:
            words.append(content(transfer.message))
        if console.paste_left:
            words.append(content(f"paste, {console.paste_left:,} bytes to go"))
        if console.listening:
            words.append(content("listening", "$muted"))
        if console.device is not None:
            words.append(content(console.device, "$muted"))
        joined: list[Content] = []
        for word in words:
            joined += [Content("  "), word] if joined else [word]
        return joined

    @property
    def _chosen(self) -> ConsoleSession | None:
        index = self.lines.cursor if self.is_mounted else -1
        return self._shown[index] if 0 <= index < len(self._shown) else None

    def action_choose(self) -> None:
        """Go to the console under the cursor."""
        if not self.is_mounted:
            # Typed together with the key that opened this page.
            self.call_later(self.action_choose)
            return
        chosen = self._chosen
        self.dismiss(chosen.key if chosen is not None else None)

    def action_hang_up(self) -> None:
        """Close the console under the cursor, unless something is under way on it."""
        chosen = self._chosen
        if chosen is None:
            return
        lost = unfinished(chosen)
        if lost:
            self.notify(f"not closed: {lost} is under way", severity="warning", markup=False)
            return
        chosen.close()
        self.renew()

    def action_listen(self) -> None:
        """Go on listening when nobody looks, or not."""
        chosen = self._chosen
        if chosen is not None:
            if not chosen.listen(not chosen.listening):
                words = f"not more than {LISTENING_MAX} consoles can listen in the background"
                self.notify(words, severity="warning", markup=False)
            self.renew()
