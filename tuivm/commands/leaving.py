"""An orderly leave when the program is told to end: SIGTERM, or SIGHUP when the terminal goes away."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def orderly() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit (128 + n) in the main thread, so that ``finally`` blocks run.

    A second signal during the clean-up is ignored: it would leave things behind.
    """

    def leave(number: int, _frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {each: signal.getsignal(each) for each in _SIGNALS}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # nohup's choice stands
            signal.signal(each, leave)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore SIGTERM, SIGHUP and Ctrl+C meanwhile: a short clean-up must not be cut off in the middle."""
    before = {each: signal.signal(each, signal.SIG_IGN) for each in (*_SIGNALS, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
