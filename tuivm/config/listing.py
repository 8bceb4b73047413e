"""The table ``[list]``."""

from __future__ import annotations

from dataclasses import replace

from tuivm.config.checks import Checks, meant, show
from tuivm.config.settings import ListConfig
from tuivm.model.column import Grouping, SortColumn, understand

_KNOWN = ("columns", "sort", "group", "hide_stopped")
_EXAMPLE = 'columns = ["state", "name:20", "cpu"]'


def read_list(checks: Checks, value: object) -> ListConfig:
    """The table with the defaults wherever it is wrong; a column that there is not is left out."""
    config = ListConfig()
    for name, item in checks.table("list", value, _EXAMPLE).items():
        key = f"list.{name}"
        match name:
            case "columns" if isinstance(item, list):
                wishes, problems = understand(item)
                for problem in problems:
                    checks.wrong(key, problem, f"expected some of {', '.join(SortColumn)}")
                config = replace(config, columns=wishes, is_fixed=bool(wishes))
            case "columns":
                checks.wrong(key, f"{show(item)} is no list", f"expected {_EXAMPLE}")
            case "sort":
                column = checks.one_of(key, item, tuple(SortColumn))
                config = replace(config, sort=SortColumn(column) if column else config.sort)
            case "group":
                group = checks.one_of(key, item, tuple(Grouping))
                config = replace(config, group=Grouping(group) if group else config.group)
            case "hide_stopped":
                config = replace(config, hide_stopped=checks.boolean(key, item) or False)
            case _:
                checks.wrong(key, "there is no such setting", meant(name, _KNOWN))
    return config
