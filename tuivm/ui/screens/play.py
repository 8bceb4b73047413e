"""``tuivm play``: a recording on a screen of its own."""

from __future__ import annotations

from time import monotonic
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from tuivm.config import Config
from tuivm.core.player import Player
from tuivm.terminal import modes
from tuivm.terminal.row import Row
from tuivm.ui.context import needs_ascii
from tuivm.ui.laid_out import LaidOut
from tuivm.ui.output.hangup import HangUp
from tuivm.ui.roles import Roles, roles_of, variable_defaults
from tuivm.ui.text import fit, plain, truncate, width_of
from tuivm.ui.theme import use_theme
from tuivm.ui.widgets.console_paint import Painter, overlay

FRAME = 1 / 30
"""Seconds between two drawings."""
BUDGET = 0.015
"""Seconds of each that are given to the recording."""
JUMP = 5.0
"""Seconds that left and right go."""
_BAR = 12
"""Columns of the bar in the status line."""


class PlayView(Widget):
    """The terminal of a :class:`~tuivm.core.player.Player`, cropped to the view.

    A screen that is taller than the view is moved so that the cursor is in it, one that is wider begins at
    its left; the user can move it, and scroll back.
    """

    DEFAULT_CSS = "PlayView { width: 1fr; height: 1fr; }"

    def __init__(self, player: Player) -> None:
        super().__init__()
        self.player = player
        """What is shown."""
        self.left = 0
        """First column shown."""
        self.back: int | None = None
        """Number of the line at the top; None to follow."""
        self._painter: Painter | None = None
        self._painted_with: Roles | None = None

    @property
    def top(self) -> int:
        """Number of the line at the top now."""
        return self.followed if self.back is None else max(self.player.terminal.first, self.back)

    @property
    def followed(self) -> int:
        """Number of the line at the top when the view follows."""
        terminal = self.player.terminal
        screen = terminal.screen
        below = max(0, min(screen.cursor.y - self.size.height + 1, screen.lines - self.size.height))
        return terminal.scrollback.total + below

    def scroll_lines(self, count: int) -> None:
        """Move by lines: negative into the past; at the present it follows again."""
        terminal = self.player.terminal
        top = max(terminal.first, self.top + count)
        self.back = top if top + self.size.height < terminal.end else None
        self.refresh()

    def pan(self, count: int) -> None:
        """Move by columns."""
        most = max(0, self.player.terminal.screen.columns - self.size.width)
        self.left = min(max(0, self.left + count), most)
        self.refresh()

    def _painter_now(self) -> Painter:
        roles = roles_of(self.app)
        if self._painter is None or roles is not self._painted_with:
            self._painted_with = roles
            self._painter = Painter(roles.palette, roles.terminal_foreground, roles.terminal_background)
        return self._painter

    def render_line(self, y: int) -> Strip:
        """Return one row of the view."""
        painter = self._painter_now()
        terminal = self.player.terminal
        screen = terminal.screen
        width = self.size.width
        number = self.top + y
        left = min(self.left, max(0, screen.columns - width))
        if number >= terminal.end:
            return Strip.blank(width, painter.base)
        line = terminal.line(number)
        reverse = isinstance(line, Row) and modes.DECSCNM in screen.mode
        strip = painter.strip(line, max(screen.columns, left + width), reverse=reverse)
        cursor = screen.cursor
        if number == terminal.scrollback.total + cursor.y and not cursor.hidden:
            strip = overlay(strip, [(cursor.x, cursor.x + 1, _turned)])
        return strip.crop(left, left + width).adjust_cell_length(width, painter.base)


class PlayStatus(Widget):
    """The line below: where the recording is, and what can be pressed."""

    DEFAULT_CSS = "PlayStatus { width: 1fr; height: 1; dock: bottom; }"

    def __init__(self, player: Player, view: PlayView, *, ascii_only: bool) -> None:
        super().__init__()
        self._player = player
        self._view = view
        self._ascii = ascii_only

    def render_line(self, y: int) -> Strip:
        """Return the line; there is only one (``y`` is 0)."""
        del y
        roles = roles_of(self.app)
        style = Style(color=roles.foreground, bgcolor=roles.panel, reverse=roles.monochrome)
        return Strip([Segment(self.text(self.size.width), style)], self.size.width)

    def text(self, width: int) -> str:
        """Return what it says in ``width`` columns: what matters most comes first."""
        player = self._player
        state = f" {self._sign()} {clock(player.position)} of {clock(player.duration)}"
        if player.speed != 1.0:
            state += f" {'x' if self._ascii else '×'}{player.speed:g}"
        parts = [state]
        if width >= 60:
            parts.append(self._bar())
        parts += [plain(part) for part in (player.note, *self._about()) if part]
        hints = "Space pause  +- speed  ? keys  q quit" if width >= 110 else "? keys  q quit"
        text = ("  " if self._ascii else " · ").join(parts)
        ellipsis = "~" if self._ascii else "…"
        room = width - width_of(hints) - 3
        if room >= width_of(state):
            return fit(truncate(text, room, ellipsis=ellipsis), room + 2) + hints + " "
        return fit(text, width, ellipsis=ellipsis)

    def _sign(self) -> str:
        player = self._player
        if player.is_seeking:
            return "..." if self._ascii else "⋯"
        if player.is_over:
            return "end"
        if player.paused:
            return "paused"
        return ">" if self._ascii else "▶"

    def _bar(self) -> str:
        player = self._player
        share = player.position / player.duration if player.duration else 1.0
        done = round(share * _BAR)
        full, empty = ("#", "-") if self._ascii else ("━", "─")
        return full * done + empty * (_BAR - done)

    def _about(self) -> list[str]:
        screen = self._player.terminal.screen
        size = self._view.size
        about = []
        if self._view.back is not None:
            about.append(f"{self._view.followed - self._view.top} lines back")
        if screen.columns > size.width or screen.lines > size.height:
            about.append(f"{screen.columns}x{screen.lines} cut to {size.width}x{size.height}")
        else:
            about.append(f"{screen.columns}x{screen.lines}")
        about.append(self._player.terminal.title or self._player.recording.header.title)
        return about


def _turned(style: Style) -> Style:
    """The cursor: a character turned round."""
    return style + Style(reverse=not style.reverse)


def clock(seconds: float) -> str:
    """Write seconds as ``m:ss`` or ``h:mm:ss``."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


_HELP = """\
 Space        pause, go on; at the end begin again
 Left Right   5 seconds back, on            0 .. 9   to that tenth of it
 + -          faster, slower                g G      to the beginning, the end
 .            the next output               Up Down  scroll back (PgUp, PgDn)
 Shift+arrows move a screen that is wider   ?        hide this     q  leave"""


class PlayScreen(LaidOut[None]):
    """Plays a recording; keys as in the help of the command."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause", show=False),
        Binding("left", "jump(-1)", "back", show=False),
        Binding("right", "jump(1)", "on", show=False),
        Binding("plus,equals_sign", "faster", "faster", show=False),
        Binding("minus", "slower", "slower", show=False),
        Binding("full_stop", "step", "next", show=False),
        Binding("g,home", "seek(0)", "begin", show=False),
        Binding("G,end", "seek(10)", "end", show=False),
        Binding("up,k", "scroll(-1)", "up", show=False),
        Binding("down,j", "scroll(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
        Binding("shift+left,h", "pan(-8)", "left", show=False),
        Binding("shift+right,l", "pan(8)", "right", show=False),
        Binding("question_mark", "help", "keys", show=False),
        Binding("q,escape,ctrl+c,ctrl+q", "leave", "quit", show=False),
        *(Binding(str(tenth), f"seek({tenth})", f"{tenth}0 %", show=False) for tenth in range(10)),
    ]

    DEFAULT_CSS = """
    PlayScreen .keys { height: auto; display: none; background: $panel; color: $foreground; }
    """

    def __init__(self, player: Player, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.player = player
        """What is played."""
        self.view = PlayView(player)
        """Its terminal."""
        self.status = PlayStatus(player, self.view, ascii_only=ascii_only)
        """The line below."""
        self._help = Static(_HELP, markup=False, classes="keys")
        self._last = monotonic()

    def compose(self) -> ComposeResult:
        """Terminal and status line."""
        yield self.view
        yield self._help
        yield self.status

    def on_mount(self) -> None:
        """Start the clock, and say what was passed over in the file."""
        self._last = monotonic()
        self.set_interval(FRAME, self._tick)
        for note in self.player.recording.notes:
            self.notify(plain(note), severity="warning", markup=False)

    def _tick(self) -> None:
        now = monotonic()
        elapsed, self._last = now - self._last, now
        # After a stop (Ctrl+Z) the recording goes on where it was.
        changed = self.player.tick(min(elapsed, 0.5), BUDGET)
        if changed:
            self.view.refresh()
        if changed or not self.player.paused:
            self.status.refresh()

    def _redraw(self) -> None:
        self.view.back = None
        self.view.refresh()
        self.status.refresh()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll back."""
        event.stop()
        self.action_scroll(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll forward."""
        event.stop()
        self.action_scroll(3)

    def action_pause(self) -> None:
        """Pause or go on."""
        self.player.toggle()
        self._redraw()

    def action_jump(self, direction: int) -> None:
        """Go 5 seconds."""
        self.player.seek(self.player.position + direction * JUMP)
        self._redraw()

    def action_seek(self, tenth: int) -> None:
        """Go to a tenth of it."""
        self.player.seek(self.player.duration * tenth / 10)
        self._redraw()

    def action_faster(self) -> None:
        """Play faster."""
        self.player.faster()
        self.status.refresh()

    def action_slower(self) -> None:
        """Play more slowly."""
        self.player.slower()
        self.status.refresh()

    def action_step(self) -> None:
        """Show the next output."""
        self.player.step()
        self._redraw()

    def action_scroll(self, count: int) -> None:
        """Scroll by lines."""
        self.view.scroll_lines(count)
        self.status.refresh()

    def action_page(self, direction: int) -> None:
        """Scroll by pages."""
        self.action_scroll(direction * max(1, self.view.size.height - 1))

    def action_pan(self, count: int) -> None:
        """Move a screen that is too wide."""
        self.view.pan(count)

    def action_help(self) -> None:
        """Show the keys, or hide them."""
        self._help.display = not self._help.display
        self.call_after_refresh(self.status.refresh)

    def action_leave(self) -> None:
        """End the program."""
        self.app.exit(0)


class PlayApp(HangUp, inherit_bindings=False):
    """The program around a :class:`PlayScreen`."""

    TITLE = "tuivm play"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, player: Player, config: Config) -> None:
        super().__init__()
        self.play = PlayScreen(player, ascii_only=needs_ascii(config))
        """The only screen."""
        use_theme(self, config.theme)

    def get_default_screen(self) -> Screen[Any]:
        """The player."""
        return self.play

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Roles of tuivm's own for themes that lack them."""
        return variable_defaults(self.current_theme)


def run(player: Player, config: Config) -> int:
    """Play until the user leaves; the exit status."""
    app = PlayApp(player, config)
    result = app.run()
    return app.return_code or result or 0
