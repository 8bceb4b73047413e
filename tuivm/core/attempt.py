"""A call whose failure is a value: what runs on a worker thread must not end the thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from tuivm.model.errors import Failed, HypervisorError

Result = TypeVar("Result")
"""What the call answers."""

_log = logging.getLogger("tuivm.jobs")


def attempt(call: Callable[[], Result], doing: str) -> Result | HypervisorError:
    """Return what ``call`` answers, or the error it raised; a bug becomes a Failed and is logged.

    The error carries no traceback: its frames would keep a connection open for as long as it is kept.
    """
    try:
        return call()
    except HypervisorError as error:
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
    except Exception as error:  # noqa: BLE001 - the one place where a bug becomes a failed job
        _log.exception("%s failed", doing)
        return Failed(f"internal error: {type(error).__name__}: {error}", "see tuivm's log")
