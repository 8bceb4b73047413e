"""The entries of the console's menus: what each does, what it says of itself, and why it may be greyed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuivm.core.console import ConsoleSession, ConsoleState
from tuivm.core.guest_keys import COMBOS, FUNCTION_KEYS, KEYPAD, SYSRQ, TYPED, VIRTUAL_TERMINALS, Combo, Typed
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.dialogs.menu import MenuEntry
from tuivm.ui.signs import state_word
from tuivm.ui.unfinished import under_way
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.ui.console_desk import ConsoleDesk, Place

_MORE = " ▸"
_MORE_ASCII = " >"
_LETTERS = "123456789abcdefghijklmnopqrstuvwxyz"
_NAME_WIDTH = 36


def entries(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    """The menu itself."""
    return [*_keys(desk, place), *_texts(desk, place), *_line(desk, place), *_kept(desk, place)]


def _keys(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    domain, session = place.domain, place.session
    keyboard = no_keyboard(domain, desk.unsupported)
    closed = not_open(session)
    more = _MORE_ASCII if desk.ascii_only else _MORE
    reboot = COMBOS[0]
    no_break = no_keyboard(domain, desk.unsupported, Capability.SEND_BREAK)
    size = "stty rows .. cols .., at a shell prompt"
    return [
        MenuEntry(
            "d",
            reboot.label,
            partial(desk.press, place, reboot),
            reboot.meaning,
            keyboard,
            "Keys for the guest",
        ),
        MenuEntry(
            "k",
            f"Keys of its keyboard{more}",
            partial(desk.submenu, place, "Keys of its keyboard", _keyboard_menu),
            "Ctrl+Alt+F1, Print, F-keys",
            keyboard,
        ),
        MenuEntry(
            "q",
            f"Magic SysRq{more}",
            partial(desk.submenu, place, "Magic SysRq, on its keyboard", _sysrq_menu),
            "sync, remount, reboot, reports",
            keyboard,
        ),
        MenuEntry(
            "t",
            f"Keys a terminal loses{more}",
            partial(desk.submenu, place, "Typed on the serial line", _typed_menu),
            "Alt+Enter, Ctrl+H, NUL, keypad",
            closed,
        ),
        MenuEntry("b", "Break", partial(desk.send_break, place), "on the serial line", closed or no_break),
        MenuEntry("z", "Set its terminal's size", partial(desk.type_size, place), size, closed),
    ]


def _texts(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    session = place.session
    closed = not_open(session)
    left, total = session.paste_left, session.paste_total
    transfer = under_way(session)
    sending = f"{transfer.sent:,} of {transfer.total:,} bytes" if transfer is not None else ""
    return [
        MenuEntry(
            "p",
            "Cancel the paste",
            partial(desk.cancel_paste, place),
            f"{total - left:,} of {total:,} bytes are typed",
            "" if left else "nothing is being pasted",
            "Text and files",
        ),
        MenuEntry(
            "f",
            "Send a file",
            partial(desk.ask_file, place),
            "into a guest without network",
            closed or ("a file is being sent" if transfer is not None else ""),
        ),
        MenuEntry(
            "x",
            "Cancel the file",
            partial(desk.cancel_file, place),
            sending,
            "" if transfer is not None else "no file is being sent",
        ),
    ]


def _line(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    session = place.session
    more = _MORE_ASCII if desk.ascii_only else _MORE
    devices = len(session.devices)
    why_free = "" if session.state is ConsoleState.BUSY else "no other session has it"
    return [
        MenuEntry(
            "v",
            "Look back, search, copy",
            partial(desk.view, place),
            "no key reaches the guest",
            heading="This console",
        ),
        MenuEntry(
            "e",
            f"Device{more}",
            partial(desk.submenu, place, "Which device", _device_menu),
            f"{session.device or 'the first'}, of {devices}",
            "" if devices > 1 else "there is no other",
        ),
        MenuEntry(
            "g", "Take it by force", partial(desk.force, place), "the other session loses it", why_free
        ),
        MenuEntry(
            "l",
            "Listen in the background",
            partial(desk.listen, place),
            f"now {'on' if session.listening else 'off'}; triggers and log go on",
            no_line(session),
        ),
        MenuEntry(
            "h",
            "Hang up",
            partial(desk.hang_up, place),
            "close this console",
            "" if session.state in (ConsoleState.OPEN, ConsoleState.CONNECTING) else not_open(session),
        ),
    ]


def _kept(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    session = place.session
    recording = session.recording
    more = _MORE_ASCII if desk.ascii_only else _MORE
    lines = len(session.terminal.scrollback)
    return [
        MenuEntry(
            "r",
            "Stop recording" if recording else "Record",
            partial(desk.record, place.domain),
            str(recording) if recording else "for tuivm play; without what you type",
            no_line(session),
            "What it printed",
        ),
        MenuEntry(
            "i",
            "Record, with what you type",
            partial(desk.record, place.domain, typed=True),
            "passwords too",
            no_line(session) or ("it is recorded already" if recording else ""),
        ),
        MenuEntry("s", "Save as text", partial(desk.ask_save, place, "text"), "scrollback and screen"),
        MenuEntry("a", "Save with colours", partial(desk.ask_save, place, "ANSI"), "ANSI, for less -R"),
        MenuEntry(
            "c",
            f"Clear{more}",
            partial(desk.submenu, place, "Clear", _clear_menu),
            f"{lines:,} lines of scrollback",
        ),
        MenuEntry("o", "Log of this console", partial(desk.tell_log, place), desk.log_words()),
    ]


# The menus within


def _combos(desk: ConsoleDesk, place: Place, combos: Iterable[Combo], heading: str = "") -> list[MenuEntry]:
    reason = no_keyboard(place.domain, desk.unsupported)
    return [
        MenuEntry(
            combo.letter,
            combo.label,
            partial(desk.press, place, combo),
            f"{combo.meaning}{' (asks first)' if combo.loss else ''}",
            reason,
            heading if index == 0 else "",
        )
        for index, combo in enumerate(combos)
    ]


def _keyboard_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    more = _MORE_ASCII if desk.ascii_only else _MORE
    inner = ((f"Ctrl+Alt+F1 to F12{more}", "v", _vt_menu), (f"F1 to F12{more}", "f", _function_menu))
    return [
        *_combos(desk, place, COMBOS),
        *(
            MenuEntry(letter, label, partial(desk.submenu, place, label.removesuffix(more), menu))
            for label, letter, menu in inner
        ),
    ]


def _vt_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    return _combos(desk, place, VIRTUAL_TERMINALS)


def _function_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    return _combos(desk, place, FUNCTION_KEYS)


def _sysrq_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    return _combos(desk, place, SYSRQ)


def _bytes(desk: ConsoleDesk, place: Place, keys: Iterable[Typed]) -> list[MenuEntry]:
    reason = not_open(place.session)
    return [
        MenuEntry(key.letter, key.label, partial(desk.type_bytes, place, key), key.why, reason)
        for key in keys
    ]


def _typed_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    more = _MORE_ASCII if desk.ascii_only else _MORE
    keypad = partial(desk.submenu, place, "The application keypad", _keypad_menu)
    return [*_bytes(desk, place, TYPED), MenuEntry("k", f"Keypad{more}", keypad, "SS3, as under DECKPAM")]


def _keypad_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    return _bytes(desk, place, KEYPAD)


def _device_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    devices = place.session.devices
    shown = place.session.device or next((device.alias for device in devices), "")
    return [
        MenuEntry(
            letter,
            device.alias or device.kind,
            partial(desk.choose, place, device.alias),
            f"{device.kind} port {device.port}",
            "it is shown already" if device.alias == shown else "",
        )
        for letter, device in zip(_LETTERS, devices, strict=False)
    ]


def _clear_menu(desk: ConsoleDesk, place: Place) -> list[MenuEntry]:
    lines = len(place.session.terminal.scrollback)
    none = "" if lines else "there is none"
    return [
        MenuEntry("s", "Scrollback", partial(desk.clear, place, screen=False), f"{lines:,} lines", none),
        MenuEntry("c", "Scrollback and screen", partial(desk.clear, place, screen=True)),
    ]


Menu = Callable[["ConsoleDesk", "Place"], list[MenuEntry]]
"""What makes the entries of a menu."""


def additions(
    domains: Iterable[Domain], taken: Container[DomainKey], add: Callable[[DomainKey], object]
) -> list[MenuEntry]:
    """The domains whose consoles can be put beside the others, the active ones first."""
    free = [domain for domain in domains if domain.key not in taken]
    free.sort(key=lambda domain: (not domain.state.is_active, domain.name))
    return [
        MenuEntry(
            letter.strip(),
            short(domain.name, _NAME_WIDTH),
            partial(add, domain.key),
            state_word(domain, wide=True),
        )
        for letter, domain in zip(_LETTERS.ljust(len(free)), free, strict=False)
    ]


# Why not


def not_open(session: ConsoleSession) -> str:
    """Why nothing can be typed; empty when it can."""
    return "" if session.state is ConsoleState.OPEN else f"the console is not open ({session.state.value})"


def no_line(session: ConsoleSession) -> str:
    """Why there will never be anything to hear; empty where there may be."""
    return "there is no console" if session.state is ConsoleState.UNSUPPORTED else ""


def no_keyboard(
    domain: Domain, unsupported: Mapping[str, str], needs: Capability = Capability.SEND_KEYS
) -> str:
    """Why no key can be pressed on the guest's keyboard; empty when it can."""
    if needs in unsupported:
        return unsupported[needs]
    return "" if domain.state.is_active else "the guest is off"
