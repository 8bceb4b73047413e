"""Where tuivm's files are: the user's folders and the themes that are shipped.

Folders follow the platform's convention (XDG on Linux: ``~/.config/tuivm``, ``~/.local/state/tuivm``,
``~/.local/share/tuivm``, ``~/.cache/tuivm``; the ``XDG_*_HOME`` variables move them). Nothing here
creates a folder.
"""

from __future__ import annotations

from pathlib import Path

import platformdirs

_APP = "tuivm"


def config_dir() -> Path:
    """The folder of ``config.toml`` and of the user's own ``themes``."""
    return Path(platformdirs.user_config_dir(_APP, appauthor=False))


def config_file() -> Path:
    """The configuration file, whether or not it exists."""
    return config_dir() / "config.toml"


def state_dir() -> Path:
    """The folder of what the program remembers: ``state.json`` and ``tuivm.log``."""
    return Path(platformdirs.user_state_dir(_APP, appauthor=False))


def state_file() -> Path:
    """Choices made while the program ran (the theme), apart from the configuration."""
    return state_dir() / "state.json"


def audit_file() -> Path:
    """Who did what to which domain, a JSON line each."""
    return state_dir() / "audit.log"


def log_file() -> Path:
    """The program's own log."""
    return state_dir() / "tuivm.log"


def data_dir() -> Path:
    """The folder of what the program keeps: ``recordings``, ``consoles`` (their logs) and ``history``."""
    return Path(platformdirs.user_data_dir(_APP, appauthor=False))


def history_dir() -> Path:
    """The folder of the samples and events of the past, a file for each connection."""
    return data_dir() / "history"


def cache_dir() -> Path:
    """The folder of what can be made again (the demonstration's guest)."""
    return Path(platformdirs.user_cache_dir(_APP, appauthor=False))


def shipped_themes() -> Path:
    """The folder of the themes that come with tuivm.

    Inside the package when installed from a wheel, at the top of the checkout otherwise.
    """
    package = Path(__file__).resolve().parent
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def theme_dirs() -> tuple[Path, ...]:
    """Where themes are looked for: the user's own folder first, to hide a shipped one of its name."""
    return (config_dir() / "themes", shipped_themes())
