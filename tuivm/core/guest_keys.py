"""What a terminal cannot send, as data: keys for the guest's keyboard, and bytes for its serial line.

Keys go through libvirt (``virDomainSendKey``, ``virsh send-key``) and are named as Linux names them
(``linux/input-event-codes.h``); they reach the guest's keyboard, not its serial console. Bytes are typed
on the console as xterm would send them. The letters of SysRq and their meanings are those of the kernel's
``Documentation/admin-guide/sysrq.rst``; which of them a guest obeys is its ``kernel.sysrq``.
"""

from __future__ import annotations

from dataclasses import dataclass

_CTRL, _ALT, _SYSRQ = "KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_SYSRQ"


@dataclass(frozen=True, slots=True)
class Combo:
    """Keys pressed together on the guest's keyboard."""

    letter: str
    """What chooses it in a menu."""
    label: str
    """How people write it."""
    names: tuple[str, ...]
    """Linux key names, in the order they go down."""
    meaning: str = ""
    """What the guest does at it; empty where that is up to the guest."""
    loss: str = ""
    """What is lost by it, for the question asked first; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Bytes typed on the serial line."""

    letter: str
    """What chooses it in a menu."""
    label: str
    """How people write the key."""
    data: bytes
    """What a guest is sent."""
    why: str = ""
    """Why a terminal may not send it by itself."""


_REBOOT = "The guest reboots unless it is set up otherwise: what it has not written is lost."

COMBOS: tuple[Combo, ...] = (
    Combo("d", "Ctrl+Alt+Del", (_CTRL, _ALT, "KEY_DELETE"), "reboot, on most guests", _REBOOT),
    Combo(
        "b",
        "Ctrl+Alt+Backspace",
        (_CTRL, _ALT, "KEY_BACKSPACE"),
        "end the X server, where that is allowed",
        "A graphical session may end: what is not saved in it is lost.",
    ),
    Combo("p", "Print", ("KEY_SYSRQ",), "print screen"),
    Combo("e", "Enter", ("KEY_ENTER",), "on the keyboard, not the serial line"),
    Combo("s", "Esc", ("KEY_ESC",), "stop a boot menu's clock"),
)
"""Chords of the guest's keyboard."""

VIRTUAL_TERMINALS: tuple[Combo, ...] = tuple(
    Combo(
        format(number, "x"),
        f"Ctrl+Alt+F{number}",
        (_CTRL, _ALT, f"KEY_F{number}"),
        f"virtual terminal {number}",
    )
    for number in range(1, 13)
)
"""Chords that change the guest's virtual terminal."""

FUNCTION_KEYS: tuple[Combo, ...] = tuple(
    Combo(format(number, "x"), f"F{number}", (f"KEY_F{number}",)) for number in range(1, 13)
)
"""The function keys of the guest's keyboard: a boot loader's or firmware's menu."""

_LETTERS: tuple[tuple[str, str, str], ...] = (
    ("r", "take the keyboard from X (raw mode off)", ""),
    (
        "e",
        "SIGTERM to every process but init",
        "Every program but init is asked to end: what they hold is lost.",
    ),
    ("i", "SIGKILL to every process but init", "Every program but init is killed: what they hold is lost."),
    ("s", "sync the disks", ""),
    ("u", "remount disks read-only", "Every file system becomes read-only: the guest cannot go on working."),
    (
        "b",
        "reboot at once, without sync",
        "The guest reboots at once: nothing is unmounted, what is not written to disk is lost.",
    ),
    ("o", "power off at once", "The guest powers off at once: what is not written to disk is lost."),
    ("c", "crash the kernel (crash dump)", "The guest's kernel crashes: everything in its memory is lost."),
    ("h", "help, to the kernel log", ""),
    ("m", "memory, to the kernel log", ""),
    ("t", "tasks, to the kernel log", ""),
    ("w", "blocked tasks, to the kernel log", ""),
    ("l", "backtraces of all CPUs", ""),
    ("p", "registers, to the kernel log", ""),
    ("f", "call the OOM killer", "A process of the guest, the one that uses most memory, is killed."),
    ("k", "kill all on this virtual terminal", "Every program on the guest's virtual terminal is killed."),
    (
        "j",
        "thaw frozen file systems",
        "File systems that were frozen, for a backup for example, are written to again.",
    ),
    ("n", "make real-time tasks nice-able", ""),
    ("q", "timers, to the kernel log", ""),
    ("z", "ftrace's buffer, to the kernel log", ""),
)
SYSRQ: tuple[Combo, ...] = tuple(
    Combo(letter, f"SysRq {letter}", (_ALT, _SYSRQ, f"KEY_{letter.upper()}"), meaning, loss)
    for letter, meaning, loss in _LETTERS
)
"""Magic SysRq: Alt, SysRq and a letter."""

_KITTY = "most terminals send it as another key"
_GRABBED = "desktops and multiplexers keep it"
TYPED: tuple[Typed, ...] = (
    Typed("a", "Alt+Enter", b"\x1b\r", _GRABBED),
    Typed("b", "Alt+Backspace", b"\x1b\x7f", _KITTY),
    Typed("h", "Ctrl+H (0x08)", b"\x08", _KITTY),
    Typed("d", "Delete as 0x7f", b"\x7f", "where Backspace is set to Ctrl+H"),
    Typed("n", "NUL (Ctrl+@, 0x00)", b"\x00", _KITTY),
    Typed("e", "Esc (0x1b)", b"\x1b", "some terminals wait after it"),
    Typed("r", "Ctrl+] (0x1d)", b"\x1d", "tuivm keeps it"),
    Typed("s", "Ctrl+\\ (0x1c)", b"\x1c", _GRABBED),
    Typed("u", "Ctrl+_ (0x1f)", b"\x1f", _KITTY),
    Typed("t", "Ctrl+^ (0x1e)", b"\x1e", _KITTY),
    Typed("j", "line feed (Ctrl+J, 0x0a)", b"\x0a", _KITTY),
    Typed("q", "XON (Ctrl+Q, 0x11)", b"\x11", _GRABBED),
    Typed("f", "XOFF (Ctrl+S, 0x13)", b"\x13", _GRABBED),
    Typed("1", "F1 (SS3 P)", b"\x1bOP", _GRABBED),
    Typed("2", "F10 (CSI 21 ~)", b"\x1b[21~", _GRABBED),
    Typed("3", "F11 (CSI 23 ~)", b"\x1b[23~", _GRABBED),
    Typed("4", "F12 (CSI 24 ~)", b"\x1b[24~", _GRABBED),
    Typed("5", "F13 (CSI 25 ~)", b"\x1b[25~", _KITTY),
    Typed("6", "F14 (CSI 26 ~)", b"\x1b[26~", _KITTY),
    Typed("7", "F15 (CSI 28 ~)", b"\x1b[28~", _KITTY),
    Typed("8", "F16 (CSI 29 ~)", b"\x1b[29~", _KITTY),
    Typed("9", "F17 (CSI 31 ~)", b"\x1b[31~", _KITTY),
)
"""Keys that terminals lose, as bytes for the serial line."""

KEYPAD: tuple[Typed, ...] = (
    *(Typed(str(digit), f"keypad {digit}", b"\x1bO" + bytes((ord("p") + digit,))) for digit in range(10)),
    Typed("e", "keypad Enter", b"\x1bOM"),
    Typed("p", "keypad +", b"\x1bOk"),
    Typed("m", "keypad -", b"\x1bOm"),
    Typed("t", "keypad *", b"\x1bOj"),
    Typed("d", "keypad /", b"\x1bOo"),
    Typed("c", "keypad .", b"\x1bOn"),
    Typed("a", "PF1", b"\x1bOP"),
    Typed("b", "PF2", b"\x1bOQ"),
    Typed("f", "PF3", b"\x1bOR"),
    Typed("g", "PF4", b"\x1bOS"),
)
"""The application keypad (DECKPAM): terminals mostly send what is printed on its keys."""
