"""The user's configuration and what the program remembers.

``config.toml`` is written by the user and only read here; ``state.json`` is written here and holds
choices made while the program ran. A wrong value never stops the program: the default stands, and a
:class:`~tuivm.model.errors.ConfigError` names the file, the line, the key and what was expected. ::

    connection = "qemu:///system"   # which libvirt
    interval = 1.0                  # seconds between two readings, 0.2 to 60
    balloon_period = 5              # seconds between two reports of a guest's memory; 0 leaves it unset
    theme = "dark"
    shutdown_timeout = 60           # seconds until an ignored shutdown is said, 1 to 3600
    ascii = false                   # true: no braille or block characters
    low_bandwidth = true            # true, false: spare the line always, never; else when it is slow
    editor = "vim"                  # for XML, before $VISUAL and $EDITOR; "builtin": the one in tuivm
    readonly = false                # true: libvirt is opened to look only

    [keys]
    force-off = "f9"                # any verb or action by its name; a list gives several keys
    filter = ["/", "ctrl+f"]

    [list]
    columns = ["state", "name:20", "cpu"]   # which, in this order, with a width; before those chosen in tuivm
    sort = "name"                   # by which column at the start
    group = "none"                  # "tag", "state" or "host": put together at the start
    hide_stopped = false            # true: without the stopped ones at the start

    [console]
    scrollback = 10000              # lines kept of each console, 0 to 100000
    background = false              # true: go on listening to a console after you left it (8 at most)
    backspace = "delete"            # what Backspace sends: "delete" (7f) or "ctrl-h" (08)
    log = false                     # true: write what each console says to a file of its own
    log_timestamps = false          # true: date and time before each of its lines
    log_size = 10                   # MiB of one such file, 0.01 to 1024
    log_count = 5                   # how many files for one domain, 1 to 99
    default_triggers = true         # watch for logins, panics, out of memory, emergency mode, disk errors

    [[console.trigger]]             # any number; the name of a default one changes that
    name = "backup done"
    pattern = 'backup (finished|failed)'  # a regular expression, tried on every line
    severity = "warning"            # "info" (the log only), "warning" or "error" (a mark on the row), "off"
    domains = "web-*"               # which domains, by name
    command = ["notify-send", "tuivm"]    # run at each match, without a shell; TUIVM_* tell what
    once_per = 60                   # seconds in which one domain's further matches are not told

    [history]
    enabled = true                  # false: the screen writes no samples and events to a file
    folder = "/var/lib/tuivm"       # where the files are, one for each connection
    size = 512                      # MiB that such a file may have; the oldest goes first
    days = 366                      # how long quarters of an hour are kept (minutes a week, seconds an hour)
"""

from __future__ import annotations

from tuivm.config.file import load
from tuivm.config.settings import (
    DEFAULT_TRIGGERS,
    Config,
    ConsoleConfig,
    HistoryConfig,
    ListConfig,
    TriggerRule,
)
from tuivm.config.state import State, load_state, save_state

__all__ = [
    "DEFAULT_TRIGGERS",
    "Config",
    "ConsoleConfig",
    "HistoryConfig",
    "ListConfig",
    "State",
    "TriggerRule",
    "load",
    "load_state",
    "save_state",
]
