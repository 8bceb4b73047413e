"""A person at a terminal: runs a program in a pseudo terminal, reads its screen, types."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence

from tests.pty_program import PATIENCE, PtyProgram
from tuivm.terminal import Terminal


class Person(PtyProgram):
    """Someone who looks at the screen of ``argv`` and waits for what comes.

    The terminal answers what it is asked.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 80,
        lines: int = 24,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(argv, columns=columns, lines=lines, environ=environ)
        self.terminal = Terminal(columns, lines)
        """What the program draws on."""

    def take(self, data: bytes) -> None:
        """Draw it, and answer its questions."""
        self.terminal.feed(data)
        replies = self.terminal.take_replies()
        if replies and self.master >= 0:
            os.write(self.master, replies)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size, as dragging the window's corner does."""
        self.terminal.resize(columns, lines)
        super().resize(columns, lines)

    def lines(self) -> list[str]:
        """The lines on the screen."""
        return [line.rstrip() for line in self.terminal.screen.display]

    @property
    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(self.lines())

    def wait(self, condition: Callable[[list[str]], bool], what: str = "what was waited for") -> list[str]:
        """Wait until ``condition`` holds for the lines on the screen; return them."""
        deadline = time.monotonic() + PATIENCE
        while not condition(lines := self.lines()):
            assert time.monotonic() < deadline, f"{what} did not come:\n{self.text}"
            ended = self.poll()
            before = len(self.output)
            self.read(0.1)
            assert not ended or len(self.output) > before, f"it ended with {self.status}:\n{self.text}"
        return lines

    def wait_for(self, *words: str) -> list[str]:
        """Wait until all ``words`` are on the screen; return its lines."""
        return self.wait(lambda lines: all(word in "\n".join(lines) for word in words), repr(words))
