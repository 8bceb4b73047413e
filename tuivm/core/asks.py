"""Questions to a hypervisor that a dialog needs answered (facts, XML), never on the screen's thread."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from tuivm.core.attempt import attempt
from tuivm.core.ports import Hypervisor
from tuivm.model.errors import HypervisorError

Answer = TypeVar("Answer")
"""What is asked for."""

THREADS = 3
"""Questions that are asked at once; few, because a daemon takes only so many calls of one client."""


class Asks:
    """A few daemon threads that ask one question each, in the order they came."""

    def __init__(self, hypervisor: Hypervisor) -> None:
        self._hypervisor = hypervisor
        self._condition = threading.Condition(threading.Lock())
        self._waiting: deque[Callable[[], None]] = deque()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._stopped = False

    def ask(
        self, call: Callable[[Hypervisor], Answer], then: Callable[[Answer | HypervisorError], object]
    ) -> None:
        """Return at once; ``then`` gets what ``call`` answers, or its error, on the thread that asked.

        Not called any more once :meth:`stop` was; it must not block.
        """

        def question() -> None:
            answer = attempt(lambda: call(self._hypervisor), "a question")
            if not self._stopped:
                attempt(lambda: then(answer), "taking an answer")

        with self._condition:
            if self._stopped:
                return
            self._waiting.append(question)
            if self._idle < len(self._waiting) and len(self._threads) < THREADS:
                name = f"tuivm-ask-{len(self._threads) + 1}"
                thread = threading.Thread(target=self._work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._condition.notify()

    def stop(self) -> None:
        """Ask nothing more. Returns at once."""
        with self._condition:
            self._stopped = True
            self._waiting.clear()
            self._condition.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the threads to end, ``timeout`` seconds for all; returns whether they have."""
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        while True:
            with self._condition:
                self._idle += 1
                self._condition.wait_for(lambda: self._waiting or self._stopped)
                self._idle -= 1
                if self._stopped:
                    return
                question = self._waiting.popleft()
            question()
