"""The table ``[history]``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tuivm.config.checks import Checks
from tuivm.config.settings import MIB, HistoryConfig

_KNOWN = ("enabled", "folder", "size", "days")


def read_history(checks: Checks, value: object) -> HistoryConfig:
    """The table with the defaults wherever it is wrong."""
    config = HistoryConfig()
    for name, item in checks.table("history", value, "days = 366").items():
        key = f"history.{name}"
        match name:
            case "enabled":
                config = replace(config, enabled=checks.boolean(key, item) is not False)
            case "folder":
                expected = 'expected a folder such as "/var/lib/tuivm"'
                folder = checks.text(key, item, expected)
                if folder is not None and not folder.startswith(("/", "~/")):
                    checks.wrong(key, f"{folder} is not a whole path", expected)
                    folder = None
                config = replace(config, folder=Path(folder).expanduser() if folder else None)
            case "size":
                size = checks.number(key, item, 1, 1 << 20, config.size / MIB, "MiB")
                config = replace(config, size=int(size * MIB))
            case "days":
                config = replace(config, days=checks.count(key, item, 1, 3660, config.days, "days"))
            case _:
                checks.unknown(key, name, _KNOWN)
    return config
