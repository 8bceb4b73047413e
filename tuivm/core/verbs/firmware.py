"""A start that ends in the firmware's setup: its key is pressed on the machine's keyboard, by us, in time.

The boot menu is turned on for this start, and with it the firmware waits (``MENU_WAIT``) for a key. UEFI
(OVMF) opens its setup at F2 as soon as it has a keyboard; before that a key is lost, and in the setup F2 does
nothing, so it is pressed again and again. SeaBIOS has no setup, only the menu: Esc opens it, any other key
gives it up, and so does a second Esc, so that it is pressed once. Whoever wants something else of the machine
meanwhile does not wait for that. What came of it is known where the firmware
draws on the serial console too; else it is said what was done, and where to look.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from tuivm.core.surroundings import Heard
from tuivm.core.verbs.verb import Arguments, Work
from tuivm.model.capability import Capability
from tuivm.model.errors import Cancelled, HypervisorError
from tuivm.xml.boot import FIRMWARE, MENU_WAIT, WayIn, way_in

WAIT = MENU_WAIT / 1000
"""Seconds that the firmware waits for a key, and that it is pressed for: whenever it waits, one comes."""
AGAIN = 1.0
"""Seconds between two presses of F2."""
LATEST = 8.0
"""Seconds after the start at which Esc is pressed unasked where SeaBIOS is not heard: within its wait."""
OPENS_WITHIN = 5.0
"""Seconds in which the menu that Esc opens is drawn."""
_LOOK = 0.2
_SETUP = (b"Device Manager", b"Boot Maintenance Manager")
"""What stands on the first page of the setup; what boots may be called a boot manager too."""
_ASKED, _MENU = b"Press ESC", b"Select boot device"
_GIVES_WAY = "something else is asked of it: no more keys are pressed, and its firmware may not have opened"
_BY_HAND = f"the firmware waits {WAIT:g} s: press {{}} on the console or on its screen"


def is_wanted(arguments: Arguments) -> bool:
    """Whether a start is to end there."""
    return arguments.device == FIRMWARE


def start(work: Work) -> None:
    """Start it, and press what leads into the setup. Raises Cancelled when that is given up: it runs then."""
    options, hypervisor = work.arguments.options, work.hypervisor
    detail = hypervisor.detail(work.key)
    way = way_in(detail.xml)
    if Capability.SEND_KEYS in hypervisor.unsupported():
        way = WayIn.UNKNOWN
    paused = "paused" in options
    presses = {WayIn.SETUP: _open_setup, WayIn.MENU: _open_menu}.get(way) if not paused else None
    with _hearing(work, wanted=presses is not None and bool(detail.description.consoles)) as heard:
        hypervisor.boot_once(work.key, FIRMWARE, paused=paused, discard_saved="discard-saved" in options)
        if presses is None:
            work.say(_by_hand(way, paused=paused))
            return
        work.say("started; keys are pressed until its firmware opens")
        work.say(presses(work, heard))


def _hearing(work: Work, *, wanted: bool) -> AbstractContextManager[Heard | None]:
    return work.around.hear(work.key) if wanted else nullcontext()


def _by_hand(way: WayIn, *, paused: bool) -> str:
    key = {WayIn.SETUP: "F2", WayIn.MENU: "Esc (SeaBIOS has a boot menu, no setup)"}.get(way, "F2 or Esc")
    words = _BY_HAND.format(key)
    return f"paused: resume it, then {words}" if paused else words


def _open_setup(work: Work, heard: Heard | None) -> str:
    """Press F2 until the setup is seen, or as long as the firmware may wait; returns what came of it."""

    def opened() -> bool:
        return heard is not None and heard.has(*_SETUP)

    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        _press(work, "KEY_F2")
        if _comes(work, opened, AGAIN):
            return "in firmware setup, which is on its console"
        if work.around.is_asked(work.key):
            return _GIVES_WAY
    return f"F2 was pressed for {WAIT:g} s; whether its setup opened shows on its screen or console"


def _open_menu(work: Work, heard: Heard | None) -> str:
    """Press Esc once, when SeaBIOS asks for it; returns what came of it."""
    _comes(work, lambda: heard is not None and heard.has(_ASKED), LATEST)
    if work.around.is_asked(work.key):
        return _GIVES_WAY
    _press(work, "KEY_ESC")
    if _comes(work, lambda: heard is not None and heard.has(_MENU), OPENS_WITHIN if heard else 0.0):
        return "in the boot menu, which is on its console: SeaBIOS has no setup"
    return "Esc was pressed for the boot menu (SeaBIOS has no setup): it shows on its screen"


def _press(work: Work, key: str) -> None:
    try:
        work.hypervisor.send_keys(work.key, (key,))
    except HypervisorError as error:
        error.message = f"it was started, but {key} could not be pressed: {error.message}"
        error.args = (error.message,)
        raise


def _comes(work: Work, happened: Callable[[], bool], seconds: float) -> bool:
    """Wait for something, at most so long and until something else is asked of the domain.

    Returns whether it happened. Raises Cancelled.
    """
    until = time.monotonic() + seconds
    while not happened():
        left = until - time.monotonic()
        if left <= 0 or work.around.is_asked(work.key):
            return False
        if work.pause(min(left, _LOOK)):
            raise Cancelled("no more keys are pressed; it has been started and runs on")
    return True
