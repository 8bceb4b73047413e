"""What can be configured, with the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tuivm.model.column import ColumnWish, Grouping, SortColumn

_NO_KEYS: Mapping[str, str] = MappingProxyType({})
MIB = 1 << 20
"""Bytes of a MiB."""
SEVERITIES = ("info", "warning", "error", "off")
"""How much a trigger matters: a line in the log, a mark on the row, a mark of alarm, nothing."""
BACKSPACES = ("delete", "ctrl-h")
"""What the Backspace key can send."""


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """A pattern to look for in what consoles print."""

    name: str
    """What it is called; unique."""
    pattern: str
    """A regular expression, searched in each line without its escape sequences."""
    severity: str = "warning"
    """One of SEVERITIES."""
    domains: str = "*"
    """Which domains: their names as the shell matches files, without regard to case."""
    command: tuple[str, ...] | None = None
    """Program and arguments to run at a match, without a shell; None for none."""
    once_per: float = 60.0
    """Seconds after a match in which no further one of the same domain is told, 0..86400."""


DEFAULT_TRIGGERS = (
    TriggerRule("login prompt", r"(?<!Last )(?<!last )\blogin: ?$", "info"),
    TriggerRule(
        "kernel panic",
        r"Kernel panic - not syncing|\bkernel BUG at |\bOops: [0-9a-f]{4}|general protection fault"
        r"|\bBUG: (?:unable to handle|kernel NULL|soft lockup|scheduling while|Bad page|KASAN)",
        "error",
    ),
    TriggerRule(
        "out of memory",
        r"\bOut of memory: Kill|\binvoked oom-killer|\boom-kill:|Memory cgroup out of memory",
        "warning",
    ),
    TriggerRule(
        "emergency mode",
        r"You are in (?:emergency|rescue) mode|Entering emergency mode"
        r"|^Give root password for maintenance|^dracut:/# ?$|^\(initramfs\) ?$|^ALERT! .* does not exist",
        "error",
    ),
    TriggerRule(
        "disk error",
        r"\bI/O error, dev |Buffer I/O error on |EXT4-fs error|BTRFS (?:error|critical)"
        r"|XFS \([^)]*\): (?:Corruption|Internal error|Metadata corruption)"
        r"|Remounting filesystem read-only|UNEXPECTED INCONSISTENCY",
        "warning",
    ),
)
"""Looked for unless the configuration changes them by name."""


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """The table ``[console]``."""

    scrollback: int = 10_000
    """Lines kept of each console, 0..100,000."""
    background: bool = False
    """Whether a console that was looked at is listened to afterwards; a bounded number is."""
    backspace: str = "delete"
    """One of BACKSPACES: 0x7f or 0x08."""
    log: bool = False
    """Whether what each console prints is written to a file."""
    log_timestamps: bool = False
    """Whether each line of it begins with date and time."""
    log_size: int = 10 * MIB
    """Bytes above which such a file is put aside and a new one begun."""
    log_count: int = 5
    """Files kept of one domain, the one being written included, 1..99."""
    default_triggers: bool = True
    """Whether the patterns that come with tuivm are looked for."""
    triggers: tuple[TriggerRule, ...] = ()
    """The user's own; one with the name of a default one stands in its place."""


@dataclass(frozen=True, slots=True)
class HistoryConfig:
    """The table ``[history]``."""

    enabled: bool = True
    """Whether the screen writes samples and events to a file."""
    folder: Path | None = None
    """Where the files are, one for each connection; None for ``history`` in the folder of data."""
    size: int = 512 * MIB
    """Bytes that a file may have; the oldest goes first."""
    days: int = 366
    """Days for which the coarsest samples and events are kept, 1..3660."""


@dataclass(frozen=True, slots=True)
class ListConfig:
    """How the list of domains is shown."""

    columns: tuple[ColumnWish, ...] = ()
    """Which columns, from the left; none for those that fit."""
    is_fixed: bool = False
    """Whether the columns stand in the file: then they come before those chosen in the program."""
    sort: SortColumn = SortColumn.NAME
    """What it is ordered by at the start."""
    group: Grouping = Grouping.NONE
    """What domains are put together by at the start."""
    hide_stopped: bool = False
    """Whether stopped domains are left out at the start."""


@dataclass(frozen=True, slots=True)
class Config:
    """What the user wants; the defaults where nothing was said."""

    connection: str | None = None
    """libvirt URI; None to find one."""
    interval: float = 1.0
    """Seconds between two readings, 0.2..60."""
    balloon_period: int = 5
    """Seconds between two reports of each guest's memory, 0..3600; 0 sets none."""
    theme: str | None = None
    """Name of a theme; None for the remembered or the default one."""
    keys: Mapping[str, str] = field(default_factory=lambda: _NO_KEYS)
    """Rebound verbs and actions: id -> keys as textual names them, joined by commas."""
    shutdown_timeout: float = 60.0
    """Seconds to wait for a guest to shut down before saying that it ignores it, 1..3600."""
    ascii: bool | None = None
    """True for no braille or block characters; None to decide by the locale."""
    low_bandwidth: bool | None = None
    """Whether the line to the terminal is spared; None to do so when it turns out to be slow."""
    editor: str | None = None
    """Command of the editor for XML, ``builtin`` for the one that comes with tuivm; None for the user's."""
    readonly: bool = False
    """Whether libvirt is opened with no right to change anything."""
    console: ConsoleConfig = ConsoleConfig()
    """What concerns consoles."""
    history: HistoryConfig = HistoryConfig()
    """What is kept of samples and events."""
    list: ListConfig = ListConfig()
    """How the list of domains is shown."""
