"""Two to four consoles side by side, of which one is typed on, or all at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container

from tuivm.core.console import ConsoleState
from tuivm.model.domain import DomainKey
from tuivm.ui.console_desk import ConsoleDesk, Place
from tuivm.ui.console_menu import additions
from tuivm.ui.context import Context
from tuivm.ui.dialogs.menu import MenuEntry, MenuScreen
from tuivm.ui.dialogs.sheet import Renewed
from tuivm.ui.hints import tile_hints
from tuivm.ui.screens.layout import MOST_TILES, WIDE, GuestScreen
from tuivm.ui.widgets.footer import KeyFooter
from tuivm.ui.widgets.tile import Tile

if TYPE_CHECKING:
    from tuivm.ui.console_rounds import ConsoleRounds
    from tuivm.ui.widgets.console_messages import Viewing

_KEYMAP = {
    "zoom": "zoom",
    "console-menu": "menu",
    "view": "view",
    "record": "record",
    "start": "start",
    "leave-console": "send_leave",
}
"""Keys of the main screen that mean the same here: ids of the keymap, and the screen's actions."""


class TilesScreen(Renewed, GuestScreen):
    """The tiles. Keys go to the guest of the tile that has the keyboard, or choose among the tiles.

    The key that leaves a console gives the keyboard to the screen; Enter gives it back to a console.
    """

    AUTO_FOCUS = ""
    TICKS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "go(-1, 0)", "left", show=False),
        Binding("right,l", "go(1, 0)", "right", show=False),
        Binding("up,k", "go(0, -1)", "up", show=False),
        Binding("down,j", "go(0, 1)", "down", show=False),
        Binding("tab", "turn(1)", "next", show=False),
        Binding("shift+tab", "turn(-1)", "previous", show=False),
        Binding("enter,c", "type", "type", show=False),
        Binding("a", "together", "type into all", show=False),
        Binding("x,delete", "remove", "remove", show=False),
        Binding("plus", "add", "add", show=False),
        Binding("escape,q", "close", "back", show=False),
        *(Binding(str(number), f"pick({number - 1})", show=False) for number in range(1, MOST_TILES + 1)),
    ]

    def __init__(
        self,
        context: Context,
        desk: ConsoleDesk,
        rounds: ConsoleRounds,
        start: DomainKey | None,
        *,
        typing: bool,
    ) -> None:
        """Show the tiles of ``rounds``, ``start`` chosen; with ``typing`` it has the keyboard at once."""
        super().__init__()
        self._shared = context
        self._desk = desk
        self._rounds = rounds
        self._tiles = [Tile(context, key) for key in rounds.tiles]
        self._chosen = next((i for i, tile in enumerate(self._tiles) if tile.key == start), 0)
        self._typing = typing
        self._together = False
        self._zoomed = False
        self._left = False
        self._grid = Container(id="tiles")
        self._footer = KeyFooter(ascii_only=context.ascii_only)
        for id_, action in _KEYMAP.items():
            for key in context.keymap[id_].keys:
                self._bindings.bind(key, action, show=False)

    def compose(self) -> ComposeResult:
        """The tiles and the keys."""
        with self._grid:
            yield from self._tiles
        yield self._footer

    @property
    def tile(self) -> Tile:
        """The chosen tile."""
        return self._tiles[self._chosen]

    # Start and end

    def on_mount(self) -> None:
        """Connect every tile."""
        for tile in self._tiles:
            self._connect(tile)
        self._lay_out()
        self.set_focus(None)
        if self._typing:
            self.tuivm.hold_keys()
            self.call_after_refresh(self.action_type)
        self.renew()

    def _connect(self, tile: Tile) -> None:
        tile.pane.others = partial(self._others, tile)
        tile.pane.attach(tile.session)

    def _others(self, tile: Tile) -> list[Any]:
        """The panes that are typed into together with that one."""
        if not self._together:
            return []
        return [other.pane for other in self._tiles if other is not tile and other.pane.is_typing]

    def on_unmount(self) -> None:
        """Let go of the consoles, which stay open."""
        for tile in self._tiles:
            tile.pane.attach(None)

    # What is shown

    @property
    def consoles_shown(self) -> frozenset[DomainKey]:
        """Those of the tiles that can be seen."""
        return frozenset((self.tile.key,) if self._zoomed else (tile.key for tile in self._tiles))

    def renew(self) -> None:
        """Bring titles and keys up to date, and let go of tiles whose domain is gone."""
        if not self.is_mounted:
            return
        domains = self._shared.session.inventory.domains
        for tile in [tile for tile in self._tiles if tile.key not in domains]:
            self._drop(tile)
        if not self._tiles:
            # A screen that is covered cannot go; it is renewed when it no longer is.
            if self.is_active:
                self.dismiss(None)
            return
        for number, tile in enumerate(self._tiles, 1):
            tile.show(number, chosen=number - 1 == self._chosen, together=self._together)
            tile.set_class(number - 1 == self._chosen, "-chosen")
            if self.is_current and number - 1 == self._chosen and tile.session.alert is not None:
                tile.session.seen()
        self._show_footer()

    def _show_footer(self) -> None:
        left, right = tile_hints(
            self._shared.keymap,
            ascii_only=self._shared.ascii_only,
            typing=self.console_has_keyboard,
            viewing=self.tile.pane.has_focus and self.tile.pane.is_viewing,
            asking=self.tile.pane.is_asking,
            together=self._together,
            full=len(self._tiles) >= MOST_TILES,
        )
        self._footer.show(left, right, 0)

    def on_screen_resume(self) -> None:
        """Nothing stands over the tiles any more."""
        self.renew()

    def on_resize(self, _: events.Resize) -> None:
        """Lay the tiles out for the new size."""
        self._lay_out()

    def _lay_out(self) -> None:
        """Two side by side where it is wide, else above each other; three or four in a grid."""
        count = 1 if self._zoomed else len(self._tiles)
        columns = 1 if count == 1 or (count == 2 and self.size.width < WIDE) else 2
        self._grid.styles.grid_size_columns = columns
        self._grid.styles.grid_size_rows = -(-count // columns)
        for index, tile in enumerate(self._tiles):
            tile.display = not self._zoomed or index == self._chosen
            tile.styles.column_span = 2 if count == 3 and index == 2 else 1

    # Keyboard

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Once the last tile is gone there is nothing to do but to close."""
        return (bool(self._tiles) or action == "close") and super().check_action(action, parameters)

    def _choose(self, index: int) -> None:
        self._chosen = index % len(self._tiles)
        if self._zoomed:
            self._lay_out()
        self.renew()

    def action_turn(self, step: int) -> None:
        """Choose the next tile, or the one before."""
        self._choose(self._chosen + step)

    def action_pick(self, index: int) -> None:
        """Choose a tile by its number."""
        if index < len(self._tiles):
            self._choose(index)

    def action_go(self, right: int, down: int) -> None:
        """Choose the tile that lies in that direction."""
        here = self.tile.region
        best: tuple[int, int] | None = None
        for index, tile in enumerate(self._tiles):
            there = tile.region
            ahead = (there.x - here.x) * right + (there.y - here.y) * down
            if ahead > 0:
                aside = abs(there.x - here.x) * abs(down) + abs(there.y - here.y) * abs(right)
                best = min(best or (10**6, 0), (ahead + 4 * aside, index))
        if best is not None:
            self._choose(best[1])

    def action_type(self) -> None:
        """Give the keyboard to the chosen tile; keys typed meanwhile wait for it."""
        if not self._tiles:
            return
        pane = self.tile.pane
        if not pane.has_focus:
            self.tuivm.hold_keys()
            pane.focus()

    def action_send_leave(self) -> None:
        """Pressed right behind itself: type the key that leaves a console, and go back to the console."""
        if self._left:
            self.tile.pane.send_leave_key()
            self.action_type()

    def action_together(self) -> None:
        """Type into all, or into one again."""
        self._together = not self._together and len(self._tiles) > 1
        self.renew()
        if self._together:
            waiting = sum(1 for tile in self._tiles if tile.session.state is not ConsoleState.OPEN)
            note = f"; {waiting} not open, which get nothing" if waiting else ""
            self.tuivm.tell(
                f"keys and pastes go to all tiles{note}", severity="warning", log=False, seconds=2
            )

    def action_zoom(self) -> None:
        """Show the chosen tile alone, or all again."""
        self._zoomed = not self._zoomed
        self._lay_out()

    def action_menu(self) -> None:
        """Everything for the chosen console."""
        place = self._place()
        if place is not None:
            self._desk.menu(place)

    def action_view(self) -> None:
        """Look back in the chosen console."""
        place = self._place()
        if place is not None:
            self._desk.view(place)

    def action_start(self) -> None:
        """Start the domain of the chosen tile."""
        place = self._place()
        if place is not None:
            self.tuivm.desk.ask([self._shared.keymap["start"]], place.domain, None)

    def action_record(self) -> None:
        """Record the chosen console, or stop."""
        place = self._place()
        if place is not None:
            self._desk.record(place.domain)
            self.renew()

    def _place(self) -> Place | None:
        domain = self._shared.session.inventory.domains.get(self.tile.key)
        if domain is None:
            return None
        return Place(domain, self.tile.session, self.tile.pane, self.action_type)

    def action_add(self) -> None:
        """Choose a domain to add."""
        if len(self._tiles) >= MOST_TILES:
            self.tuivm.tell(f"there are {MOST_TILES} tiles: x removes one", severity="warning", log=False)
            return
        here = self.tile.key

        def chosen(entry: MenuEntry | None) -> None:
            if entry is not None:
                entry.act()

        self.app.push_screen(MenuScreen(here, "", "Add the console of", self._candidates), chosen)

    def _candidates(self) -> list[MenuEntry]:
        domains = self._shared.session.inventory.domains.values()
        return additions(domains, {tile.key for tile in self._tiles}, self._add)

    async def _mount_tile(self, tile: Tile) -> None:
        await self._grid.mount(tile)
        self._connect(tile)
        self._lay_out()
        self.renew()

    def _add(self, key: DomainKey) -> None:
        tile = Tile(self._shared, key)
        self._tiles.append(tile)
        self._rounds.tiles.append(key)
        self._chosen = len(self._tiles) - 1
        self._zoomed = False
        self.call_next(self._mount_tile, tile)

    def action_remove(self) -> None:
        """Take the chosen tile away; its console stays open."""
        self._drop(self.tile)
        self.renew()

    def _drop(self, tile: Tile) -> None:
        index = self._tiles.index(tile)
        self._tiles.remove(tile)
        if tile.key in self._rounds.tiles:
            self._rounds.tiles.remove(tile.key)
        tile.pane.attach(None)
        tile.remove()
        if not self._tiles:
            return
        self._together = self._together and len(self._tiles) > 1
        self._zoomed = False
        self._chosen = min(self._chosen - (index < self._chosen), len(self._tiles) - 1)
        self._lay_out()

    def action_close(self) -> None:
        """Back to the list; the tiles are remembered."""
        if self._zoomed:
            self.action_zoom()
        else:
            self.dismiss(None)

    # What the widgets tell

    def on_console_pane_viewing(self, event: Viewing) -> None:
        """Copy mode began or ended; after the end the keyboard is the screen's, which it came from."""
        if not event.pane.is_viewing:
            self.set_focus(None)
        self.renew()

    def on_console_pane_left(self) -> None:
        """The keyboard is the screen's."""
        self._left = True
        self.set_focus(None)
        self.renew()

    def on_key(self, event: events.Key) -> None:
        """Any other key of the screen's ends what the one that leaves has begun."""
        self._left = self._left and event.key in self._shared.keymap["leave-console"].keys

    def on_tile_picked(self, event: Tile.Picked) -> None:
        """A title was clicked."""
        self._left = False
        self.set_focus(None)
        if event.tile in self._tiles:
            self._choose(self._tiles.index(event.tile))

    def on_descendant_focus(self) -> None:
        """The tile that is typed on is the chosen one."""
        self.tuivm.release_keys()
        for index, tile in enumerate(self._tiles):
            if tile.pane.has_focus:
                self._chosen = index
        self.renew()

    def on_descendant_blur(self) -> None:
        """Nobody types."""
        self.renew()

    def on_key_footer_pressed(self, event: KeyFooter.Pressed) -> None:
        """A hint was clicked."""
        event.stop()
        if event.id == "leave":
            self.on_console_pane_left()
        elif event.id:
            self.call_next(self.run_action, event.id)
