"""The graphs of a domain over the whole terminal, or of several compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tuivm.model.domain import DomainKey
from tuivm.model.graphs import MOST, View
from tuivm.model.timeline import SPANS
from tuivm.ui.context import Context
from tuivm.ui.dialogs.sheet import Renewed
from tuivm.ui.laid_out import LaidOut
from tuivm.ui.roles import roles_of
from tuivm.ui.text import plain, truncate
from tuivm.ui.widgets.footer import Hint, KeyFooter
from tuivm.ui.widgets.graph_boards import make_board, notes_of
from tuivm.ui.widgets.graph_head import Choice, GraphHead
from tuivm.ui.words import counted

if TYPE_CHECKING:
    from tuivm.ui.screens.main import MainScreen

_NAME = 40
LETTERS = {
    View.TOTALS: ("t", "totals"),
    View.VCPUS: ("v", "vCPUs"),
    View.WAIT: ("w", "wait"),
    View.MEMORY: ("m", "memory"),
    View.DISKS: ("d", "disks"),
    View.REQUESTS: ("r", "requests"),
    View.LATENCY: ("y", "latency"),
    View.NETWORK: ("n", "network"),
}
"""The key of each view, a letter of its word."""
_HELP = """\
 1..7 + -          span: a minute to a week   tvwmdryn  what is shown (Tab)
 Left Right h l    read a value (Ctrl: by 10) Home End  first, last value
 Shift+Left Right  earlier, later (H L)       0         now
 , .               marker before, next        s         apart, or together
 Up Down           another domain             PgUp PgDn more graphs
 i q Esc           back                       ?         hide this"""


class GraphScreen(Renewed, LaidOut[None]):
    """Head, graphs and keys. Esc takes the cursor away, then goes back."""

    TICKS = True
    AUTO_FOCUS = "GraphBoard"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(letter, f"view('{view.name}')", view.value, show=False)
            for view, (letter, _) in LETTERS.items()
        ),
        *(
            Binding(str(number), f"span({number - 1})", word, show=False)
            for number, (_, word) in enumerate(SPANS, 1)
        ),
        Binding("tab", "turn(1)", "next", show=False),
        Binding("shift+tab", "turn(-1)", "previous", show=False),
        Binding("comma", "marker(-1)", "marker before", show=False),
        Binding("full_stop", "marker(1)", "next marker", show=False),
        Binding("s", "separate", "apart", show=False),
        Binding("up,k", "domain(-1)", "up", show=False),
        Binding("down,j", "domain(1)", "down", show=False),
        Binding("question_mark,f1", "help", "keys", show=False),
        Binding("escape", "back", "back", show=False),
        Binding("q", "close", "back", show=False),
    ]

    def __init__(self, context: Context, main: MainScreen, keys: Sequence[DomainKey]) -> None:
        """Show the graphs of these domains, compared where there are several."""
        super().__init__()
        self._shared = context
        self._main = main
        self._keys = tuple(keys)
        self.board = make_board(context)
        """The graphs."""
        self._head = GraphHead()
        self._help = Static(_HELP, markup=False, classes="keys")
        self._footer = KeyFooter(ascii_only=context.ascii_only)
        for key in context.keymap["graphs"].keys:
            self._bindings.bind(key, "close", "back", show=False)

    def compose(self) -> ComposeResult:
        """Head, graphs, keys."""
        yield self._head
        yield self.board
        yield self._help
        yield self._footer

    def on_mount(self) -> None:
        """Where there are no colours, curves that are compared have each a graph of their own."""
        if roles_of(self.app).monochrome:
            self.board.apart = True
        self.renew()

    def renew(self) -> None:
        """Show what is known now."""
        if not self.is_mounted:
            return
        domains = self._shared.session.inventory.domains
        there = [domains[key] for key in self._keys if key in domains]
        if not there:
            # A screen that is covered cannot go; it is renewed when it no longer is.
            if self.is_active:
                self.dismiss(None)
            return
        self._keys = tuple(domain.key for domain in there)
        session = self._shared.session
        session.focus(self._keys)
        notes = notes_of(there[0], session.inventory.samples.get(there[0].key)) if len(there) == 1 else None
        self.board.show([(domain.key, domain.name, domain.state.is_active) for domain in there], notes)
        self._show_head()

    def on_unmount(self) -> None:
        """What is costly to read need not be read any more."""
        self._shared.session.focus(())

    def on_screen_resume(self) -> None:
        """Nothing stands over it any more."""
        self.renew()

    def _show_head(self) -> None:
        domains = self._shared.session.inventory.domains
        names = [domains[key].name for key in self._keys if key in domains]
        name = (
            truncate(plain(names[0]), _NAME)
            if len(names) == 1
            else f"{counted(len(names), 'domain')} compared"
        )
        look, view = self.board.look, self.board.view
        spans = [
            Choice(str(number), word, seconds == look.span, f"span({number - 1})")
            for number, (seconds, word) in enumerate(SPANS, 1)
        ]
        views = [
            Choice(letter, word, one is view, f"view('{one.name}')")
            for one, (letter, word) in LETTERS.items()
        ]
        self._head.show(name, spans, views)
        self._show_footer()

    def _show_footer(self) -> None:
        ascii_only, look = self._shared.ascii_only, self.board.look
        arrows = "Left Right" if ascii_only else "←→"
        left = [
            Hint("step(-1)", arrows, "read"),
            Hint("pan(-1)", "Shift+Left" if ascii_only else "Shift+←→", "earlier"),
            Hint("span(1)", "1..7 + -", "span"),
            Hint("marker(-1)", ", .", "marker"),
        ]
        if len(self._keys) > 1 or self.board.view is View.MEMORY:
            left.append(Hint("separate", "s", "together" if self.board.apart else "apart"))
        if not look.follows or look.cursor is not None:
            left.append(Hint("now", "0", "now"))
        right = [Hint("help", "?", "keys"), Hint("back", "Esc", "back")]
        self._footer.show(left, right, 0)

    # Keys

    def action_view(self, name: str) -> None:
        """Show something else."""
        self.board.choose(View[name])

    def action_turn(self, step: int) -> None:
        """Show the next of what can be shown, or the one before."""
        views = list(View)
        self.board.choose(views[(views.index(self.board.view) + step) % len(views)])

    def action_span(self, number: int) -> None:
        """Show a span."""
        self.board.span(SPANS[number][0])

    def action_marker(self, step: int) -> None:
        """Read the next marker, or the one before."""
        self.board.action_marker(step)

    def action_separate(self) -> None:
        """Give each curve a graph of its own, or let them share one."""
        self.board.separate(not self.board.apart)

    def action_domain(self, step: int) -> None:
        """Show the next domain of the list, or the one before."""
        order = self._main.table.order
        if len(self._keys) == 1 and self._keys[0] in order:
            at = order.index(self._keys[0]) + step
            if 0 <= at < len(order):
                self._keys = (order[at],)
                self._main.reveal(order[at])
                self.renew()

    def action_help(self) -> None:
        """Show the keys, or hide them."""
        self._help.display = not self._help.display

    def action_back(self) -> None:
        """Take the cursor away; without one go back."""
        if self._help.display:
            self.action_help()
        elif self.board.look.cursor is not None:
            self.board.action_now()
        else:
            self.action_close()

    def action_close(self) -> None:
        """Go back to the list."""
        self.dismiss(None)

    # What the widgets tell

    def on_graph_board_looked(self) -> None:
        """Another part of the past is shown."""
        self._show_head()

    def on_graph_head_pressed(self, event: GraphHead.Pressed) -> None:
        """A word was clicked."""
        event.stop()
        self.call_next(self.run_action, event.action)

    def on_key_footer_pressed(self, event: KeyFooter.Pressed) -> None:
        """A hint was clicked."""
        event.stop()
        name = event.id.partition("(")[0]
        holder = self if hasattr(self, f"action_{name}") and name != "span" else self.board
        if event.id:
            self.call_next(holder.run_action, event.id)


def show_graphs(main: MainScreen, key: DomainKey | None = None, at: float | None = None) -> None:
    """Show the graphs of a domain, by default of what the next verb would act on.

    With ``at``, Unix seconds, the cursor stands on that moment.
    """
    keys = [key] if key is not None else [domain.key for domain in main.targets]
    if not keys:
        main.tuivm.tell("there is no domain selected", log=False, severity="warning")
        return
    if len(keys) > MOST:
        words = f"the first {MOST} of {counted(len(keys), 'marked domain')} are compared"
        main.tuivm.tell(words, log=False, severity="warning")
    screen = GraphScreen(main.context, main, keys[:MOST])
    if at is not None:
        screen.board.look = screen.board.look.jump(at, main.context.clock())
    main.app.push_screen(screen)
