"""What the program remembers between two runs, in ``state.json``."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from tuivm import paths
from tuivm.model.column import MOST

_LOG = logging.getLogger(__name__)
_LIMIT = 1 << 20
"""Most bytes read."""


@dataclass(frozen=True, slots=True)
class State:
    """What the program remembers between two runs. None is nothing chosen; saving leaves what was."""

    theme: str | None = None
    """The theme chosen by command; the configuration's comes first."""
    columns: tuple[str, ...] | None = None
    """The list's columns as they are written (``name:20``), none for the automatic ones; perhaps of another
    version's. The configuration's come first."""


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
    if not isinstance(data, dict):
        return State()
    theme, columns = data.get("theme"), data.get("columns")
    return State(
        theme=theme if isinstance(theme, str) and theme.isprintable() else None,
        columns=tuple(str(word) for word in columns[:MOST]) if isinstance(columns, list) else None,
    )


def save_state(state: State, path: Path | None = None) -> None:
    """Remember what of ``state`` was chosen: written beside and renamed, readable by the user alone.

    Reads the file first. Never raises; a failure is logged.
    """
    import json

    from tuivm.config.private import write_private  # most runs change nothing that is remembered

    path = path or paths.state_file()
    chosen = {name: value for name, value in asdict(state).items() if value is not None}
    try:
        write_private(path, json.dumps({**asdict(load_state(path)), **chosen}), durable=False)
    except OSError as error:
        _LOG.warning("state %s cannot be written: %s", path, error)
