"""The signs and words of power states and jobs: never colour alone."""

from __future__ import annotations

from tuivm.model.domain import Domain, State

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
SPINNER_ASCII = "|/-\\"
WAITING = "…"
WAITING_ASCII = "."
"""Instead of the spinner while a job waits for its turn."""

_SIGNS: dict[State, tuple[str, str, str, str]] = {
    # state: sign, ASCII sign, short word, long word
    State.RUNNING: ("▶", ">", "run", "running"),
    State.BLOCKED: ("▷", ">", "wait", "blocked"),
    State.PAUSED: ("‖", "=", "pause", "paused"),
    State.STOPPING: ("▽", "v", "stop", "stopping"),
    State.OFF: ("■", ".", "off", "off"),
    State.CRASHED: ("✖", "X", "crash", "crashed"),
    State.SUSPENDED: ("☾", "z", "sleep", "asleep"),
    State.UNKNOWN: ("?", "?", "?", "unknown"),
}
_JOB_WORDS = {
    "start": ("start", "starting"),
    "shutdown": ("stop", "stopping"),
    "reboot": ("boot", "reboot"),
    "reset": ("reset", "reset"),
    "force-off": ("kill", "force off"),
    "pause": ("pause", "pausing"),
    "resume": ("go on", "resuming"),
    "snapshot": ("snap", "snapshot"),
    "revert": ("back", "revert"),
    "delete-snapshot": ("del", "deleting"),
    "autostart": ("auto", "autostart"),
    "press": ("keys", "keys"),
    "send-break": ("break", "break"),
}
HOST_VIEW = "~"
"""Before a domain's memory: what the host holds for it, where the guest does not report its own view."""
_CONSOLE: dict[str, tuple[str, str]] = {
    # value of a ConsoleSign: as it is drawn, in ASCII
    "open": ("●", "o"),
    "new": ("◆", "+"),
    "alert": ("!", "!"),
}
CONSOLE_COLOURS = {
    "open": "$muted",
    "new": "$accent",
    "alert": "$warning",
    "info": "$accent",
    "warning": "$warning",
    "error": "$error",
}
"""Style of a console's sign, by its value or by an alert's severity."""
AUTOSTART = "↻"
AUTOSTART_ASCII = "A"
MARK = "✓"
MARK_ASCII = "*"
LOCK = "§"
LOCK_ASCII = "#"


def console_sign(sign: str, *, ascii_only: bool = False) -> str:
    """Return the sign of a console, one cell, for the value of a ConsoleSign; empty where there is none."""
    return _CONSOLE.get(sign, ("", ""))[1 if ascii_only else 0]


def state_sign(state: State, *, ascii_only: bool = False) -> str:
    """Return the state's sign, one cell."""
    signs = _SIGNS[state]
    return signs[1] if ascii_only else signs[0]


def state_word(domain: Domain, *, wide: bool = False) -> str:
    """Return the state's word: at most 5 cells, or 8 when ``wide``."""
    if domain.saved and domain.state is State.OFF:
        return "saved"
    return _SIGNS[domain.state][3 if wide else 2]


def job_word(verb: str, *, wide: bool = False) -> str:
    """Return the word for a verb under way: at most 5 cells, or 9 when ``wide``."""
    words = _JOB_WORDS.get(verb)
    return words[1 if wide else 0] if words else verb[: 9 if wide else 5]
