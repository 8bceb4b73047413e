"""When the next frame may be written: not while the terminal still has to take the last ones.

A terminal tells how far it is by answering a question that was written behind a frame (DSR 6, ECMA-48
8.3.35; the answer is CPR): the only measure that counts every buffer in between, those of ssh and of the
network too. What may be under way grows while answers come at once and halves when they are late (additive
increase would be too slow for a screen: it grows by half, as fast as a frame needs). Frames that wait are
not queued: the next one that goes shows the newest state.

On a link that is slow, or where the user says so, what nobody asked for by a key is held to an allowance of
bytes a second.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FIRST_WINDOW = 16_384
"""Bytes that may be under way before the first answer: a screen full."""
LEAST_WINDOW = 512
MOST_WINDOW = 262_144
ASK_EVERY = 256
"""Bytes after which the terminal is asked again."""
LATE = 0.35
"""Seconds above the shortest time ever after which an answer is late."""
SILENT = 3.0
"""Seconds without the first answer after which the terminal is taken for one that never answers."""
LOST = 15.0
"""Seconds after which an answer is taken for lost."""
LATE_ANSWERS = 3
"""Late answers one after the other that make a link slow."""
GOOD_ANSWERS = 40
"""Answers in time, one after the other, after which it is slow no more."""
ALLOWANCE = 240.0
"""Bytes a second for what nobody asked for, on a slow link."""
SAVED = 4.0
"""Seconds of the allowance that can be saved up."""
URGENT = 1.0
"""Seconds after a key in which frames are its answer."""


@dataclass(slots=True)
class Flow:
    """Knows how much is under way. Times are monotonic seconds; nothing here looks at a clock."""

    slow: bool = False
    """Whether the link is slow."""
    fixed: bool = False
    """Whether that was said by the user, so that measurements do not change it."""
    _window: float = FIRST_WINDOW
    _under_way: int = 0
    _asked_at: float = math.inf
    _asked_bytes: int = 0
    _unasked: int = 0
    _quickest: float = math.inf
    _answers: bool | None = None
    _late: int = 0
    _good: int = 0
    _credit: float = ALLOWANCE * SAVED
    _credit_at: float = 0.0
    _key_at: float = -math.inf

    @property
    def waits_for_answer(self) -> bool:
        """Whether an answer is due."""
        return not math.isinf(self._asked_at)

    @property
    def never_answers(self) -> bool:
        """Whether the terminal was asked in vain."""
        return self._answers is False

    def pressed(self, now: float) -> None:
        """The user did something: what is shown soon is the answer."""
        self._key_at = now

    def wait(self, now: float) -> float:
        """Seconds until a frame may be written: 0 for now. An answer may shorten it."""
        self._look_for_silence(now)
        urgent = now - self._key_at <= URGENT
        if self.waits_for_answer and self._under_way >= self._window * (2 if urgent else 1):
            return 0.1
        if not self.slow or urgent:
            return 0.0
        if self.waits_for_answer:
            return 0.1
        credit = self._credit_now(now)
        return 0.0 if credit > 0 else -credit / ALLOWANCE + 0.01

    def sent(self, count: int, now: float) -> bool:
        """``count`` bytes are written; returns whether the terminal is to be asked behind them."""
        self._credit, self._credit_at = self._credit_now(now) - count, now
        self._under_way += count
        self._unasked += count
        if self.waits_for_answer or self._answers is False or self._unasked < ASK_EVERY:
            if self._answers is False:
                self._under_way = self._unasked = 0
            return False
        self._asked_at, self._asked_bytes, self._unasked = now, self._under_way, 0
        return True

    def answered(self, now: float) -> bool:
        """The terminal answered; returns whether the link became slow, or is slow no more."""
        if not self.waits_for_answer:
            return False
        delay = now - self._asked_at
        self._asked_at = math.inf
        self._answers = True
        self._quickest = min(self._quickest, delay)
        self._under_way = max(0, self._under_way - self._asked_bytes)
        if delay > self._quickest + LATE or delay > 4 * LATE:
            self._window = max(LEAST_WINDOW, min(self._window, self._asked_bytes) / 2)
            self._late, self._good = self._late + 1, 0
        else:
            self._window = min(MOST_WINDOW, self._window * 1.5)
            self._late, self._good = 0, self._good + 1
        return self._judge()

    def _judge(self) -> bool:
        if self.fixed:
            return False
        before = self.slow
        if self._late >= LATE_ANSWERS:
            self.slow = True
        elif self._good >= GOOD_ANSWERS:
            self.slow = False
        return self.slow is not before

    def _look_for_silence(self, now: float) -> None:
        if not self.waits_for_answer:
            return
        silence = now - self._asked_at
        if self._answers is None and silence > SILENT:
            self._answers = False
        elif silence <= LOST:
            return
        self._asked_at, self._under_way, self._unasked = math.inf, 0, 0

    def _credit_now(self, now: float) -> float:
        return min(ALLOWANCE * SAVED, self._credit + (now - self._credit_at) * ALLOWANCE)
