"""A line for a path, completed at Tab."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

_MOST = 2000
"""Names of a folder looked at for a completion."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a path can be completed to."""

    text: str
    """The path as far as all the names agree; what was typed where none fits."""
    names: tuple[str, ...]
    """The names that fit, sorted, folders with a slash at their end; may be hostile."""


def complete(text: str) -> Completion:
    """Look into the folder of the path typed so far. Blocks; a folder that cannot be read has no names."""
    head, slash, begun = text.rpartition("/")
    found: list[str] = []
    try:
        folder = Path((head + slash) or ".").expanduser()
        with os.scandir(folder) as entries:
            for entry in islice(entries, _MOST):
                hidden = entry.name.startswith(".") and not begun.startswith(".")
                if entry.name.startswith(begun) and not hidden and entry.name.isprintable():
                    found.append(entry.name + ("/" if entry.is_dir() else ""))
    except (OSError, ValueError, RuntimeError):
        return Completion(text, ())
    if not found:
        return Completion(text, ())
    found.sort()
    return Completion(head + slash + _common(found[0], found[-1]), tuple(found))


def _common(first: str, last: str) -> str:
    """What the first and the last of sorted names begin with, and so all between them."""
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return min(first, last, key=len) if length is None else first[:length]


class PathInput(Input):
    """Tab completes as far as the names in the folder agree and tells which there are."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", "complete", show=False)]

    class Completed(Message):
        """Tab was pressed: these names fit."""

        def __init__(self, line: PathInput, names: tuple[str, ...]) -> None:
            super().__init__()
            self.line = line
            """The line."""
            self.names = names
            """The names that fit, sorted; may be hostile."""

        @property
        def control(self) -> PathInput:
            """The line."""
            return self.line

    async def action_complete(self) -> None:
        """Complete what stands before the cursor's end; on to the next field where nothing is to complete."""
        before = self.value
        if not before.strip():
            self.screen.focus_next()
            return
        self.run_worker(self._complete(before), exclusive=True)

    async def _complete(self, before: str) -> None:
        found = await asyncio.to_thread(complete, before)
        if self.value != before or not self.is_mounted:
            return
        if found.text == before and len(found.names) <= 1 and not before.endswith("/"):
            self.screen.focus_next()
            return
        self.value = found.text
        self.cursor_position = len(found.text)
        self.post_message(self.Completed(self, found.names))
