"""The parsers of ``tuivm record`` and ``tuivm history``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from tuivm.commands import texts

_TIMES = ("--from", "--to")


def add(command: Callable[[str, str, str], argparse.ArgumentParser]) -> list[argparse.ArgumentParser]:
    """Add them; ``command`` makes one of name, summary and what its help says at the end."""
    record = command("record", "write samples and events to the history, without a screen", texts.RECORD)
    record.add_argument(
        "--interval",
        metavar="S",
        type=_interval,
        help="seconds between two readings, 0.2 to 60 (default: that of the configuration)",
    )
    history = command("history", "print what was measured, and what happened", texts.HISTORY)
    history.add_argument("names", metavar="NAME", nargs="+", help="a machine, or a glob")
    history.add_argument(
        "--from",
        metavar="TIME",
        dest="begin",
        type=_moment,
        help="from then on (default: an hour before --to)",
    )
    history.add_argument("--to", metavar="TIME", dest="end", type=_moment, help="until then (default: now)")
    history.add_argument(
        "--metric", metavar="M", action="append", help="which, once or more: cpu, cpu:0, disk-*:vda, *:*"
    )
    history.add_argument("--step", metavar="SPAN", type=_span, help="length of a step, such as 15s, 5m, 1h")
    history.add_argument(
        "--format",
        choices=("table", "csv", "json", "prometheus"),
        default="table",
        help="how it is printed (default table)",
    )
    history.add_argument("--events", action="store_true", help="and what happened (table and json)")
    return [record, history]


def with_times(words: Sequence[str]) -> list[str]:
    """The words of a command line with ``--from -2h`` made one, which would be taken for an option."""
    found: list[str] = []
    for word in words:
        if found and found[-1] in _TIMES and word[:1] == "-" and word[1:2].isdigit():
            found[-1] += f"={word}"
        else:
            found.append(word)
    return found


def _moment(text: str) -> float:
    from tuivm.commands.moments import moment

    return moment(text)


def _span(text: str) -> float:
    from tuivm.commands.moments import span

    return span(text)


def _interval(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.2 <= value <= 60:
        raise argparse.ArgumentTypeError("expected a number from 0.2 to 60")
    return value
