"""Control functions that set modes, pens, character sets and the cursor's look, and the two resets."""

from __future__ import annotations

from tuivm.terminal import charsets, modes
from tuivm.terminal.cursor import Saved
from tuivm.terminal.device import MAX_LEVEL, MAX_STACK
from tuivm.terminal.editing import erase_in_display
from tuivm.terminal.motion import Params, arg, at_level
from tuivm.terminal.pen import PLAIN, Pen, Style
from tuivm.terminal.screen import Screen


def set_mode(screen: Screen, params: Params) -> None:
    """SM."""
    screen.mode.update(modes.ANSI_KNOWN.intersection(params))


def reset_mode(screen: Screen, params: Params) -> None:
    """RM."""
    screen.mode.difference_update(modes.ANSI_KNOWN.intersection(params))


def set_private_mode(screen: Screen, params: Params) -> None:
    """DECSET."""
    for number in params:
        switch(screen, number << modes.PRIVATE, True)


def reset_private_mode(screen: Screen, params: Params) -> None:
    """DECRST."""
    for number in params:
        switch(screen, number << modes.PRIVATE, False)


def save_modes(screen: Screen, params: Params) -> None:
    """XTSAVE: remember private modes."""
    for number in params:
        mode = number << modes.PRIVATE
        if mode == modes.SAVE_CURSOR:
            screen.save_cursor()
        elif mode in modes.ALTERNATE:
            screen.device.saved_modes[mode] = screen.is_alternate
        elif mode in modes.PRIVATE_KNOWN:
            screen.device.saved_modes[mode] = mode in screen.mode


def restore_modes(screen: Screen, params: Params) -> None:
    """XTRESTORE: set private modes as they were remembered; one that was not becomes reset."""
    for number in params:
        mode = number << modes.PRIVATE
        if mode == modes.SAVE_CURSOR:
            screen.restore_cursor()
        else:
            switch(screen, mode, screen.device.saved_modes.get(mode, mode in modes.DEFAULT))


def switch(screen: Screen, mode: int, on: bool) -> None:
    """Set or reset one private mode and do what goes with it."""
    if mode not in modes.PRIVATE_KNOWN or mode in modes.PRIVATE_FIXED:
        return
    if screen.device.level < modes.LEVELS.get(mode, 0):
        return
    if mode == modes.SAVE_CURSOR:
        (screen.save_cursor if on else screen.restore_cursor)()
        return
    if mode in modes.ALTERNATE:
        _switch_screen(screen, mode, on)
        return
    if mode in modes.MOUSE:
        screen.mode.difference_update(modes.MOUSE)
    elif mode in modes.MOUSE_FORMAT and on:
        screen.mode.difference_update(modes.MOUSE_FORMAT)
    (screen.mode.add if on else screen.mode.discard)(mode)
    _follow(screen, mode, on)


def _follow(screen: Screen, mode: int, on: bool) -> None:
    """Do what goes with a mode that was just set or reset."""
    if mode == modes.DECOM:
        screen.address(0, 0)
    elif mode == modes.DECTCEM:
        screen.cursor.hidden = not on
        screen.dirty.add(screen.cursor.y)
    elif mode == modes.DECSCNM:
        screen.touch()
    elif mode == modes.DECLRMM and not on:
        screen.left, screen.right = 0, screen.columns - 1
    elif mode == modes.DECCOLM:
        _switch_columns(screen)
    elif mode == modes.ALLOW_ALTERNATE and not on:
        screen.show_alternate(False)
        screen.mode.difference_update(modes.ALTERNATE)
    elif mode == modes.DECNRCM:
        for slot, name in enumerate(screen.device.names):
            designate(screen, slot, *name)
    elif mode == modes.DECANM:
        _reset_charsets(screen)
        screen.mode.discard(modes.DECLRMM)
        screen.set_region(None, None)


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
    if modes.ALLOW_ALTERNATE not in screen.mode:
        return
    clears = mode == 1049 << modes.PRIVATE
    if on:
        if clears:
            screen.save_cursor()
        screen.show_alternate(True)
        screen.mode.difference_update(modes.ALTERNATE)
        screen.mode.add(mode)
        if clears:
            screen.erase_rows(0, screen.lines, screen.pen.eraser)
        return
    if screen.is_alternate and mode == 1047 << modes.PRIVATE:
        screen.erase_rows(0, screen.lines, screen.pen.eraser)
    screen.show_alternate(False)
    screen.mode.difference_update(modes.ALTERNATE)
    if clears:
        screen.restore_cursor()


def _reset_charsets(screen: Screen) -> None:
    """Put the character sets of the start into G0 to G3 and use G0."""
    screen.charsets = [None, charsets.GRAPHICS, None, None]
    screen.device.names = [("(", "B"), ("(", "0"), ("(", "B"), ("(", "B")]
    screen.shift = screen.single_shift = 0
    screen.device.upper = 2


_SOFTLY_RESET = frozenset(
    {2, modes.IRM, modes.DECOM, modes.DECCKM, modes.DECNKM, modes.DECLRMM}
    | {modes.REVERSE_WRAP, modes.EXTENDED_REVERSE_WRAP}
)
_SOFTLY_SET = frozenset({modes.DECTCEM, modes.DECAWM})


def soft_reset(screen: Screen, _: Params) -> None:
    """DECSTR as xterm does it: the text, the place of the cursor and autowrap stay or come, the rest goes."""
    screen.mode -= _SOFTLY_RESET
    screen.mode |= _SOFTLY_SET
    screen.cursor.hidden = False
    screen.cursor_shape = 1
    screen.set_region(None, None)
    screen.set_pen(PLAIN)
    _reset_charsets(screen)
    screen.device.iso_protection = screen.device.protected = False
    screen.device.checksum = 0
    for number in tuple(screen.device.colours.palette):
        screen.device.colours.forget(number)
    screen.saved[screen.is_alternate] = Saved()


def reset(screen: Screen, _: Params) -> None:
    """RIS."""
    screen.reset()


def conformance_level(screen: Screen, params: Params) -> None:
    """DECSCL: a soft reset, then ``61`` to ``65`` for the level, and 7-bit (1) or 8-bit replies (0, 2).

    Without the second parameter they are 8-bit ones, as VT420 and xterm have it; level 1 knows none.
    """
    level = arg(params, default=0) - 60
    if 1 <= level <= MAX_LEVEL:
        soft_reset(screen, ())
        screen.device.level = level
        form = arg(params, 1, 0)
        if level == 1 or form <= 2:
            screen.device.eight_bit = level > 1 and form != 1


def seven_bit_replies(screen: Screen, _: Params) -> None:
    """S7C1T."""
    screen.device.eight_bit = False


def eight_bit_replies(screen: Screen, _: Params) -> None:
    """S8C1T."""
    screen.device.eight_bit = screen.device.level > 1


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


def _protect(screen: Screen, on: bool) -> None:
    screen.device.protected = True
    screen.set_pen(Pen.of(screen.pen.style._replace(protected=on)))


def protect(screen: Screen, params: Params) -> None:
    """DECSCA: what is drawn from now on is safe from selective erasing (1) or not (0, 2)."""
    how = arg(params, default=0)
    if how <= 2:
        screen.device.iso_protection = False
        _protect(screen, how == 1)


def start_protected_area(screen: Screen, _: Params) -> None:
    """SPA: what is drawn from now on is safe from ED, EL and ECH."""
    screen.device.iso_protection = True
    _protect(screen, True)


def end_protected_area(screen: Screen, _: Params) -> None:
    """EPA."""
    _protect(screen, False)


def designate(screen: Screen, slot: int, intermediate: str, final: str) -> None:
    """Put a character set into G0 to G3 (SCS)."""
    screen.device.names[slot] = (intermediate, final)
    screen.charsets[slot] = charsets.find(intermediate, final, national=modes.DECNRCM in screen.mode)


def shift(screen: Screen, params: Params) -> None:
    """Use G0 to G3 (SI, SO, LS2, LS3)."""
    screen.shift = params[0]


def single_shift(screen: Screen, params: Params) -> None:
    """Use G2 or G3 for one character (SS2, SS3)."""
    screen.single_shift = params[0]


def shift_right(screen: Screen, params: Params) -> None:
    """Use G1 to G3 in the right half of the code table (LS1R, LS2R, LS3R), which UTF-8 has no use for."""
    screen.device.upper = params[0]


# What XTPUSHSGR can be told to keep, by SGR's number; 30 and 31 are the colours.
_PUSHED: dict[int, tuple[str, ...]] = {
    1: ("bold",),
    2: ("dim",),
    3: ("italics",),
    4: ("underscore", "underline", "underline_color"),
    5: ("blink",),
    7: ("reverse",),
    8: ("conceal",),
    9: ("strikethrough",),
    21: ("underscore", "underline"),
    30: ("fg",),
    31: ("bg",),
}


_VISIBLE = frozenset(Style._fields) - {"protected"}


def push_pen(screen: Screen, params: Params) -> None:
    """XTPUSHSGR: keep the attributes named, or all."""
    if len(screen.device.pens) < MAX_STACK:
        named = {field for number in params for field in _PUSHED.get(number, ())}
        screen.device.pens.append((screen.pen.style, frozenset(named if any(params) else _VISIBLE)))


def pop_pen(screen: Screen, _: Params) -> None:
    """XTPOPSGR: bring the attributes kept last back."""
    if screen.device.pens:
        style, fields = screen.device.pens.pop()
        screen.set_pen(
            Pen.of(screen.pen.style._replace(**{field: getattr(style, field) for field in fields}))
        )


def push_colours(screen: Screen, _: Params) -> None:
    """XTPUSHCOLORS."""
    screen.device.colours.push()


def pop_colours(screen: Screen, _: Params) -> None:
    """XTPOPCOLORS."""
    screen.device.colours.pop()


def report_colours(screen: Screen, _: Params) -> None:
    """XTREPORTCOLORS: how many sets of colours are kept, and how many there are room made for."""
    kept = screen.device.colours.kept
    screen.reply(f"\x1b[?{kept};{kept}#Q")


def title_modes(screen: Screen, params: Params) -> None:
    """XTSMTITLE: titles come in hexadecimal (0). How they would be reported is of no use here."""
    if 0 in params:
        screen.device.hex_titles = True


def reset_title_modes(screen: Screen, params: Params) -> None:
    """XTRMTITLE: reset what XTSMTITLE set."""
    if 0 in params:
        screen.device.hex_titles = False


def rectangle_extent(screen: Screen, params: Params) -> None:
    """DECSACE: attributes are changed in a stream of text (0, 1) or in a rectangle (2)."""
    how = arg(params, default=0)
    if how <= 2:
        screen.device.extent = how


def checksum_form(screen: Screen, params: Params) -> None:
    """XTCHECKSUM."""
    screen.device.checksum = arg(params, default=0)


SHIFTS = {"\x0f": (shift, 0), "\x0e": (shift, 1)}
"""Controls that shift, with the set they shift to."""
ESCAPE_SHIFTS = {
    "n": (shift, 2),
    "o": (shift, 3),
    "N": (single_shift, 2),
    "O": (single_shift, 3),
    "~": (shift_right, 1),
    "}": (shift_right, 2),
    "|": (shift_right, 3),
}
"""The same after ESC."""
ESCAPES = {
    "c": reset,
    "=": keypad_application,
    ">": keypad_numeric,
    "V": start_protected_area,
    "W": end_protected_area,
    " F": seven_bit_replies,
    " G": eight_bit_replies,
}
SEQUENCES = {
    "h": set_mode,
    "l": reset_mode,
    "?h": set_private_mode,
    "?l": reset_private_mode,
    "?s": save_modes,
    "?r": restore_modes,
    "!p": soft_reset,
    '"p': conformance_level,
    " q": cursor_shape,
    '"q': protect,
    "#{": push_pen,
    "#p": push_pen,
    "#}": pop_pen,
    "#q": pop_pen,
    "#P": push_colours,
    "#Q": pop_colours,
    "#R": report_colours,
    ">t": title_modes,
    ">T": reset_title_modes,
    "*x": at_level(4, rectangle_extent),
    "#y": checksum_form,
}
