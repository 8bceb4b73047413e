"""The console's picture: the rows of a terminal on the screen, drawn when they change, and a status line."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Self

from textual import events
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.terminal import Terminal, modes
from tuivm.ui.ascii import AsciiFilter
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.widgets.console_copy import CopyMode
from tuivm.ui.widgets.console_paint import Marker, Painter, Span, overlay
from tuivm.ui.widgets.console_pump import FRAME, Pump
from tuivm.ui.widgets.console_status import Part, prompt_strip, status_parts, status_strip
from tuivm.ui.widgets.console_view import View, message_lines, message_strip

HOLD = 0.2
"""Seconds that a guest can hold the drawing back by synchronized output."""
STATUS = 0.25
"""Seconds between two looks at the status line while output flows."""


class ConsoleDisplay(Widget):
    """Draws a session's terminal. What the user does with it is the pane's."""

    def __init__(
        self,
        palette: Sequence[str] | None,
        foreground: str | None,
        background: str | None,
        id: str | None,  # noqa: A002 (textual's own name)
        classes: str | None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.session: ConsoleSession | None = None
        """Whose output is shown."""
        self.start_key = "s"
        """What to press to start the guest, as people write it."""
        self.status_note = ""
        """What the status line says before all else."""
        self.ascii_only = False
        """Draw the status line without signs beyond ASCII."""
        self._palette = palette
        self._foreground = foreground
        self._background = background
        self._painter = Painter((), "#ffffff", "#000000")
        self._marker = Marker(None)
        self._painted_with: tuple[Roles, int] | None = None
        self._copy: CopyMode | None = None
        self._pump = Pump(self._feed, self._draw)
        self._width = self._height = 0
        self._strips: dict[int, Strip] = {}
        self._held_since = 0.0
        self._status: list[Part] = []
        self._status_at = 0.0
        self._drawn_cursor = (0, 0)
        self._drawn_look: tuple[object, ...] = (False, ())

    # What is shown

    @property
    def terminal(self) -> Terminal | None:
        """The terminal that is shown."""
        return self.session.terminal if self.session is not None else None

    @property
    def view(self) -> View | None:
        """Which of its lines are shown."""
        return self._copy.view if self._copy is not None else None

    @property
    def palette(self) -> Sequence[str] | None:
        """The 16 colours; None for those of the theme."""
        return self._palette

    @palette.setter
    def palette(self, palette: Sequence[str] | None) -> None:
        self._palette = palette
        self._painted_with = None
        self.refresh()

    @property
    def is_asking(self) -> bool:
        """Whether a pattern to search for is being typed."""
        return self._copy is not None and self._copy.is_active and self._copy.prompt is not None

    @property
    def is_scrolled(self) -> bool:
        """Whether the view is back in the scrollback."""
        return self.view is not None and self.view.back > 0

    @property
    def view_height(self) -> int:
        """Rows of the terminal: all but the status line, which gives way in a pane of one row."""
        return self._height - 1 if self._height > 1 else self._height

    def on_mount(self) -> None:
        """Start the clock; it stands still while there is nothing to do."""
        self.run_worker(self._pump.run(), name="console", group="console")

    def on_resize(self, event: events.Resize) -> None:
        """Give the terminal the size of the pane."""
        self._width, self._height = event.size
        self._fit_terminal()
        self.refresh()

    def _fit_terminal(self) -> None:
        if self.session is not None and self._width and self._height:
            self.session.resize(self._width, self.view_height)
        if self.view is not None and self._height:
            self.view.height = self.view_height

    # When it is drawn

    def _feed(self, _seconds: float) -> bool:
        """Work on the guest's output for so long; whether there is more. There is none without a pane."""
        return False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Have rows drawn anew, all of them without ``regions``."""
        if regions:
            for region in regions:
                for y in region.line_range:
                    self._strips.pop(y, None)
        else:
            self._strips.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _draw(self) -> float | None:
        """Draw the rows that changed; returns after how many seconds to look again."""
        view = self.view
        if view is None:
            return None
        screen = view.terminal.screen
        now = monotonic()
        if modes.SYNCHRONIZED in screen.mode:
            self._held_since = self._held_since or now
            if now - self._held_since < HOLD:
                return FRAME
        else:
            self._held_since = 0.0
        rows = set(screen.dirty)
        screen.dirty.clear()
        cursor = (screen.cursor.x, screen.cursor.y)
        if cursor != self._drawn_cursor:
            rows |= {screen.cursor.y, self._drawn_cursor[1]}
            self._drawn_cursor = cursor
        if self._recolour() or self._looks_new(view):
            self.refresh()
        else:
            self._refresh_rows(view, rows)
        return self._refresh_status(now)

    def _looks_new(self, view: View) -> bool:
        """Whether rows look different though their text is the same."""
        search = self._copy.search if self._copy is not None else None
        if search is not None and search.pattern:
            search.step()
        look = (
            modes.DECSCNM in view.terminal.screen.mode,
            search.state if search is not None and search.pattern else (),
        )
        is_new, self._drawn_look = look != self._drawn_look, look
        return is_new

    def _refresh_rows(self, view: View, rows: set[int]) -> None:
        visible = view.rows_of(rows)
        if len(visible) > view.height // 2:
            self.refresh(Region(0, 0, self._width, view.height))
        elif visible:
            self.refresh(*(Region(0, y, self._width, 1) for y in sorted(visible)))

    def _refresh_status(self, now: float) -> float | None:
        """Draw the status line when it says something else, but not at every frame."""
        if self.session is None or self._height <= self.view_height:
            return None
        if self._status_now() == self._status:
            # What the session says may end by itself, and nobody tells.
            return STATUS if self.session.message else None
        if now - self._status_at >= STATUS:
            self._status_at = now
            self.refresh(Region(0, self.view_height, self._width, 1))
        return STATUS

    # How it is drawn

    def _recolour(self) -> bool:
        """Make the painter of the theme and the guest's colours in force; whether it is another one."""
        roles, terminal = roles_of(self.app), self.terminal
        wanted = (roles, terminal.colours.revision if terminal is not None else 0)
        if self._painted_with == wanted:
            return False
        is_new_theme = self._painted_with is None or self._painted_with[0] is not roles
        palette = self._palette or roles.palette
        foreground = self._foreground or roles.terminal_foreground
        background = self._background or roles.terminal_background
        if terminal is None:
            self._painter = Painter(palette, foreground, background)
        else:
            if is_new_theme:
                hexes = [colour.removeprefix("#") for colour in (*palette, foreground, background)]
                terminal.colours.theme(hexes[:-2], *hexes[-2:])
            self._painter = Painter.of_guest(palette, foreground, background, terminal.colours)
            wanted = (roles, terminal.colours.revision)
        self._painted_with = wanted
        self._marker = Marker(roles)
        return True

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return rows: without border and padding there is nothing for the stylesheet to add to them."""
        if self._recolour() or self.size != (self._width, self._height):
            # The theme is another one, or the message with the new size is still on its way.
            self._width, self._height = self.size
            self._strips.clear()
        known = self._strips
        strips = [known.get(y) or self.render_line(y) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            # There are no colours of the user's own terminal in here to be made into others; and what a
            # guest draws stays what it is.
            if not isinstance(line_filter, (ANSIToTruecolor, AsciiFilter)):
                strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        first, last = crop.column_span
        return strips if (first, last) == (0, self._width) else [strip.crop(first, last) for strip in strips]

    def render_line(self, y: int) -> Strip:
        """Return one row of the pane."""
        strip = self._strips[y] = self._row(y)
        return strip

    def _row(self, y: int) -> Strip:
        copy = self._copy
        if copy is not None and copy.prompt is not None and y == self._height - 1:
            return prompt_strip(copy, self._width, roles_of(self.app))
        if y >= self.view_height:
            self._status = self._status_now()
            return status_strip(
                self._status,
                self._width,
                roles_of(self.app),
                focused=self.has_focus,
                ascii_only=self.ascii_only,
            )
        if self._painted_with is None:
            self._recolour()
        session = self.session
        if session is None or copy is None:
            return Strip.blank(self._width, self._painter.base)
        is_open = session.state is ConsoleState.OPEN
        if not is_open and not copy.is_active:
            message = message_lines(session, self._width, self.view_height, self.start_key)
            place = y - (self.view_height - len(message)) // 2
            if 0 <= place < len(message):
                return message_strip(message[place], self._width, roles_of(self.app))
        reverse = modes.DECSCNM in session.terminal.screen.mode and copy.view.screen_row(y) is not None
        faded = not is_open and not copy.is_active
        strip = self._painter.strip(copy.view.line(y), self._width, reverse=reverse, faded=faded)
        spans = self._marker.spans(copy, copy.view.top + y) if copy.is_marked else []
        spans += self._cursor_spans(session, copy, y)
        return overlay(strip, spans) if spans else strip

    def _cursor_spans(self, session: ConsoleSession, copy: CopyMode, y: int) -> list[Span]:
        """The cursor, on its row: copy mode's, or the guest's while there is somebody to type on."""
        if copy.is_active:
            number, column = copy.place
            return [(column, column + 1, self._marker.reader)] if number == copy.view.top + y else []
        screen = session.terminal.screen
        if copy.view.screen_row(y) != screen.cursor.y or screen.cursor.hidden:
            return []
        if session.state is not ConsoleState.OPEN:
            return []
        is_block = self.has_focus and screen.cursor_shape not in (3, 4, 5, 6)
        return [
            (screen.cursor.x, screen.cursor.x + 1, self._painter.block if is_block else self._marker.line)
        ]

    def _status_now(self) -> list[Part]:
        return status_parts(self.session, self._copy, self._leave_key, self.status_note)

    @property
    def _leave_key(self) -> str:
        """The key that leaves, as Textual names it; empty while keys do not go to the guest."""
        return ""

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys go to the guest."""
        super().watch_has_focus(has_focus)
        self.refresh()
