"""Control functions that set modes, pens, character sets and the cursor's look, and the two resets."""

from __future__ import annotations

from tuivm.terminal import modes
from tuivm.terminal.charsets import DESIGNATED, GRAPHICS
from tuivm.terminal.editing import erase_in_display
from tuivm.terminal.motion import Params, arg
from tuivm.terminal.pen import PLAIN, Pen
from tuivm.terminal.screen import Saved, Screen


def set_mode(screen: Screen, params: Params) -> None:
    """SM."""
    screen.mode.update(modes.ANSI_KNOWN.intersection(params))


def reset_mode(screen: Screen, params: Params) -> None:
    """RM."""
    screen.mode.difference_update(modes.ANSI_KNOWN.intersection(params))


def set_private_mode(screen: Screen, params: Params) -> None:
    """DECSET."""
    for number in params:
        _switch(screen, number << modes.PRIVATE, True)


def reset_private_mode(screen: Screen, params: Params) -> None:
    """DECRST."""
    for number in params:
        _switch(screen, number << modes.PRIVATE, False)


def _switch(screen: Screen, mode: int, on: bool) -> None:
    """Set or reset one private mode and do what goes with it."""
    if mode not in modes.PRIVATE_KNOWN:
        return
    if mode == 1048 << modes.PRIVATE:
        (screen.save_cursor if on else screen.restore_cursor)()
        return
    if mode in modes.ALTERNATE:
        _switch_screen(screen, mode, on)
        return
    if mode in modes.MOUSE:
        screen.mode.difference_update(modes.MOUSE)
    (screen.mode.add if on else screen.mode.discard)(mode)
    if mode == modes.DECOM:
        screen.address(0, 0)
    elif mode == modes.DECTCEM:
        screen.cursor.hidden = not on
        screen.dirty.add(screen.cursor.y)
    elif mode == modes.DECSCNM:
        screen.touch()
    elif mode == modes.DECAWM and not on:
        screen.wrap_pending = False
    elif mode == modes.DECLRMM and not on:
        screen.left, screen.right = 0, screen.columns - 1
    elif mode == modes.DECCOLM:
        _switch_columns(screen)


def _switch_columns(screen: Screen) -> None:
    """DECCOLM without the change of width, which is the pane's: clear, margins to the edges, home."""
    if modes.ALLOW_DECCOLM not in screen.mode:
        screen.mode.discard(modes.DECCOLM)
        return
    screen.set_region(None, None)
    if modes.DECNCSM not in screen.mode:
        erase_in_display(screen, (2,))
    screen.move(0, 0)


def _switch_screen(screen: Screen, mode: int, on: bool) -> None:
    """Modes 47, 1047 (clears when left) and 1049 (saves the cursor, clears when entered)."""
    clears = mode == 1049 << modes.PRIVATE
    if on:
        if clears and not screen.is_alternate:
            screen.save_cursor()
        screen.show_alternate(True)
        screen.mode.difference_update(modes.ALTERNATE)
        screen.mode.add(mode)
        if clears:
            screen.buffer[:] = screen.blank_rows(screen.lines, screen.pen.eraser)
            screen.touch()
        return
    if screen.is_alternate and mode == 1047 << modes.PRIVATE:
        screen.buffer[:] = screen.blank_rows(screen.lines, screen.pen.eraser)
    screen.show_alternate(False)
    screen.mode.difference_update(modes.ALTERNATE)
    if clears:
        screen.restore_cursor()


def soft_reset(screen: Screen, _: Params) -> None:
    """DECSTR, as xterm does it: the text stays, modes, margins, pen, character sets and saved cursor go."""
    screen.mode.difference_update({modes.IRM, modes.DECOM, modes.DECCKM, modes.DECNKM, modes.DECLRMM})
    screen.mode.update({modes.DECTCEM, modes.DECAWM})
    screen.cursor.hidden = False
    screen.set_region(None, None)
    screen.set_pen(PLAIN)
    screen.charsets = [None, GRAPHICS, None, None]
    screen.shift = screen.single_shift = 0
    screen.wrap_pending = False
    screen.saved[screen.is_alternate] = Saved()


def reset(screen: Screen, _: Params) -> None:
    """RIS."""
    screen.reset()


def keypad_application(screen: Screen, _: Params) -> None:
    """DECKPAM."""
    screen.mode.add(modes.DECNKM)


def keypad_numeric(screen: Screen, _: Params) -> None:
    """DECKPNM."""
    screen.mode.discard(modes.DECNKM)


def cursor_shape(screen: Screen, params: Params) -> None:
    """DECSCUSR: 1, 2 block, 3, 4 underline, 5, 6 bar; odd ones blink."""
    shape = arg(params)
    if shape <= 6:
        screen.cursor_shape = shape
        screen.dirty.add(screen.cursor.y)


def protect(screen: Screen, params: Params) -> None:
    """DECSCA: what is drawn from now on is protected (1) or not (0, 2)."""
    how = arg(params, default=0)
    if how <= 2:
        screen.set_pen(Pen.of(screen.pen.style._replace(protected=how == 1)))


def designate(screen: Screen, slot: int, final: str) -> None:
    """Put a character set into G0 to G3 (SCS)."""
    screen.charsets[slot] = DESIGNATED.get(final)


def shift(screen: Screen, params: Params) -> None:
    """Use G0 to G3 (SI, SO, LS2, LS3)."""
    screen.shift = params[0]


def single_shift(screen: Screen, params: Params) -> None:
    """Use G2 or G3 for one character (SS2, SS3)."""
    screen.single_shift = params[0]


SHIFTS = {"\x0f": (shift, 0), "\x0e": (shift, 1)}
"""Controls that shift, with the set they shift to."""
ESCAPE_SHIFTS = {"n": (shift, 2), "o": (shift, 3), "N": (single_shift, 2), "O": (single_shift, 3)}
"""The same after ESC."""
ESCAPES = {"c": reset, "=": keypad_application, ">": keypad_numeric}
SEQUENCES = {
    "h": set_mode,
    "l": reset_mode,
    "?h": set_private_mode,
    "?l": reset_private_mode,
    "!p": soft_reset,
    " q": cursor_shape,
    '"q': protect,
}
