"""The first tab: what the domain does now, and did in the last minutes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tuivm.model import units
from tuivm.model.domain import State
from tuivm.model.look import Look
from tuivm.ui.signs import state_sign, state_word
from tuivm.ui.text import plain, truncate
from tuivm.ui.view import View
from tuivm.ui.widgets.board import GraphBoard
from tuivm.ui.widgets.board_keys import MOVES
from tuivm.ui.widgets.graph_boards import notes_of
from tuivm.ui.words import content


class Facts(Widget):
    """One line: state, uptime, id, what was given, addresses; what does not fit is left out at the end."""

    parts: reactive[tuple[tuple[str, str], ...]] = reactive(())
    """Words with their style, the most important first. Safe text."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._separator = " - " if ascii_only else " · "

    def render(self) -> Content:
        """The words that fit."""
        room = self.size.width - 2
        shown: list[Content | str] = [" "]
        used = 0
        for text, style in self.parts:
            gap = len(self._separator) if used else 0
            piece = truncate(text, max(room, 1)) if not used else text
            line = content(piece, style)
            if used + gap + line.cell_length > room:
                break
            if used:
                shown.append(Content.styled(self._separator, "$muted"))
            shown.append(line)
            used += gap + line.cell_length
        return Content.assemble(*shown)


class Resting(Widget):
    """What is said of a domain that is off, in place of graphs."""

    lines: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)
    """Lines with their style. Safe text."""

    def render(self) -> Content:
        """The lines, one below the other."""
        return Content("\n").join(content(text, style) for text, style in self.lines)


class OverviewTab(Vertical, can_focus=True):
    """Facts on one line, and below them the graphs, or why there are none.

    With the keyboard its graphs go back in time and are read as those on their own screen.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(keys, f"graph('{action}', {given})", action, show=False) for keys, action, given in MOVES
    ]

    def __init__(
        self, board: GraphBoard, *, start_key: str = "", graphs_key: str = "", ascii_only: bool = False
    ) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._start_key = start_key
        self._graphs_key = graphs_key
        self._facts = Facts(ascii_only=ascii_only)
        self._resting = Resting()
        self.board = board
        """The graphs."""
        self.board.can_focus = False
        self.board.look = Look(0)

    def compose(self) -> ComposeResult:
        """Facts, graphs, and the words for a domain that is off."""
        yield self._facts
        yield self.board
        yield self._resting

    def show(self, view: View) -> None:
        """Show it; what did not change is not drawn again."""
        domain = view.domain
        self._facts.parts = tuple(_facts(view, self._ascii))
        active = domain.state.is_active
        self.board.display, self._resting.display = active, not active
        if active:
            self.board.show([(domain.key, domain.name, active)], notes_of(domain, view.sample))
        else:
            self._resting.lines = tuple(_resting(view, self._start_key, self._graphs_key))

    def action_graph(self, action: str, given: int) -> None:
        """Do what a key does on the board."""
        if self.board.display:
            getattr(self.board, f"action_{action}")(given)

    def on_blur(self) -> None:
        """Whoever looks elsewhere wants to see the present here."""
        if self.board.look != Look(0):
            self.board.look = Look(0)
            self.board.action_now()


def _facts(view: View, ascii_only: bool) -> list[tuple[str, str]]:
    domain = view.domain
    word = f"{state_sign(domain.state, ascii_only=ascii_only)} {state_word(domain, wide=True)}"
    facts = [(word, f"bold $state-{domain.state.value}")]
    if view.stale:
        facts.append(("not up to date", "$warning"))
    if view.operation is not None:
        progress = view.operation.progress
        far = "under way" if progress is None else units.percent(progress.percent)
        facts.append((f"{view.operation.what} {far}", "$warning"))
    if domain.state not in (State.RUNNING, State.BLOCKED) and domain.reason and not domain.saved:
        facts.append((plain(domain.reason), ""))
    if domain.started is not None and domain.state.is_active:
        facts.append((f"up {units.duration(view.now - domain.started)}", ""))
    if view.detail is not None:
        facts += [(plain(address.address), "") for address in view.detail.addresses]
    if domain.id is not None:
        facts.append((f"id {domain.id}", "$muted"))
    if domain.vcpus:
        facts.append((f"{domain.vcpus} vCPU{'s' if domain.vcpus != 1 else ''}", "$muted"))
    if domain.memory:
        facts.append((units.size(domain.memory), "$muted"))
    if domain.autostart:
        facts.append(("autostart", "$muted"))
    if not domain.persistent:
        facts.append(("transient", "$warning"))
    return facts


def _resting(view: View, start_key: str, graphs_key: str) -> list[tuple[str, str]]:
    domain = view.domain
    if domain.saved:
        said, then = "Its state is saved.", "to restore it"
    elif domain.state is State.CRASHED:
        said, then = "It crashed.", "to start it again"
    else:
        said, then = "It is off.", "to start it"
    return [
        ("", ""),
        (said, "bold"),
        (f"Press {start_key} {then}." if start_key else "", "$muted"),
        (f"Press {graphs_key} to see its past." if graphs_key else "", "$muted"),
    ]
