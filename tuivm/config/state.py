"""What the program remembers between two runs, in ``state.json``."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from tuivm import paths

_LOG = logging.getLogger(__name__)
_LIMIT = 1 << 20
"""Most bytes read."""


@dataclass(frozen=True, slots=True)
class State:
    """What the program remembers between two runs."""

    theme: str | None = None
    """The theme chosen by command; the configuration's comes first."""


def load_state(path: Path | None = None) -> State:
    """What was remembered; nothing when there is no such file or it is damaged. Never raises."""
    path = path or paths.state_file()
    try:
        with path.open("rb") as file:
            text = file.read(_LIMIT)
        import json  # at the first start there is no such file

        data = json.loads(text)
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, RecursionError) as error:
        _LOG.warning("state %s cannot be read: %s", path, error)
        return State()
    theme = data.get("theme") if isinstance(data, dict) else None
    return State(theme=theme if isinstance(theme, str) and theme.isprintable() else None)


def save_state(state: State, path: Path | None = None) -> None:
    """Remember ``state``: written beside and renamed, readable by the user alone.

    Never raises; a failure is logged.
    """
    import json

    from tuivm.config.private import write_private  # most runs change nothing that is remembered

    path = path or paths.state_file()
    try:
        write_private(path, json.dumps(asdict(state)), durable=False)
    except OSError as error:
        _LOG.warning("state %s cannot be written: %s", path, error)
