"""Asking for files: one to send to a guest, one to save a console's text in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuivm.model.domain import Domain
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.path_input import PathInput
from tuivm.ui.words import content, short, stamp

_NAMES_SHOWN = 200
"""Characters of the names that fit a path."""


@dataclass(frozen=True, slots=True)
class Sending:
    """The answer: what goes where."""

    path: Path
    """The file on this machine."""
    to: str
    """Its name or folder in the guest; empty for the same name in the shell's folder."""


Verdict = tuple[Sending | Path | None, str]
"""The answer that a path makes, or None and what is wrong with it."""


class _PathDialog(Dialog[Sending | Path | None]):
    """What both have in common: a line that says what is wrong, names that fit, Esc."""

    AUTO_FOCUS = "PathInput"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "cancel", show=False)]

    def __init__(self, domain: Domain, judge: Callable[[str], Verdict]) -> None:
        """``judge`` looks at the path typed; it is called on another thread, because it may block."""
        super().__init__(domain.key, domain.name)
        self._judge = judge

    def say(self, problem: str, *, harmless: bool = False) -> None:
        """Say what is wrong, or which names fit; ``problem`` may be hostile."""
        line = self.query_one("#problem", Static)
        line.set_class(harmless, "-harmless")
        line.update(content(problem))

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.say("")

    def on_path_input_completed(self, event: PathInput.Completed) -> None:
        """Tell which names fit."""
        event.stop()
        if len(event.names) != 1:
            self.say(
                short("  ".join(event.names), _NAMES_SHOWN) or "no such file", harmless=bool(event.names)
            )

    def on_answers_given(self, event: Answers.Given) -> None:
        """Do it or not."""
        event.stop()
        if event.index == 0:
            self.submit()
        else:
            self.dismiss(None)

    def on_input_submitted(self) -> None:
        """Enter in any line does it."""
        self.submit()

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    def submit(self) -> None:
        """Look at the file, without holding the screen up, and give the answer back."""
        self.run_worker(self._submit(), exclusive=True)

    async def _submit(self) -> None:
        text = self.query_one(PathInput).value.strip()
        answer, problem = await asyncio.to_thread(self._judge, text)
        if not self.is_current:
            return
        if answer is None:
            self.say(problem)
            self.query_one(PathInput).focus()
        else:
            self.dismiss(answer)


class SendFileScreen(_PathDialog):
    """Which file, and its name in the guest (proposed: the same name)."""

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain, self._look)
        self._to = ""

    def compose(self) -> ComposeResult:
        """Path, name, how it is done, answers."""
        with Vertical(classes="dialog"):
            yield Static(content(f"Send a file to {self.about}", "bold"), classes="question")
            yield Static(
                content(
                    "It is typed as base64 at the guest's shell prompt and its checksum is compared there. "
                    "A shell must be waiting for a command now."
                ),
                classes="loss",
            )
            with Horizontal(classes="field"):
                yield Static(Content("file here"), classes="caption")
                yield PathInput(compact=True, placeholder="Tab completes", max_length=4096)
            with Horizontal(classes="field"):
                yield Static(Content("in the guest"), classes="caption")
                same = "the same name, in the shell's folder"
                yield Input(id="to", compact=True, placeholder=same, max_length=1000)
            yield Static(Content(""), id="problem", classes="problem")
            yield Answers("Send", "Cancel")

    def submit(self) -> None:
        """Note the other line first: the look at the file is on another thread."""
        self._to = self.query_one("#to", Input).value.strip()
        super().submit()

    def _look(self, text: str) -> Verdict:
        """A file that can be read."""
        if not text:
            return None, "Which file?"
        try:
            path = Path(text).expanduser()
            if not path.is_file():
                return None, "There is no such file." if not path.exists() else "That is no ordinary file."
            with path.open("rb"):
                pass
        except (OSError, ValueError, RuntimeError) as error:
            return None, f"It cannot be read: {getattr(error, 'strerror', None) or error}."
        if not self._to.isprintable():
            return None, "The name in the guest cannot hold control characters."
        return Sending(path, self._to), ""


class SaveScreen(_PathDialog):
    """Where to save; a file that is there is never overwritten."""

    def __init__(self, domain: Domain, what: str, proposed: str) -> None:
        super().__init__(domain, judge_new_file)
        self._what = what
        self._proposed = proposed

    def compose(self) -> ComposeResult:
        """Path and answers."""
        with Vertical(classes="dialog"):
            yield Static(
                content(f"Save the console of {self.about} as {self._what}", "bold"), classes="question"
            )
            yield Static(content("Scrollback and screen; readable by you alone."), classes="loss")
            with Horizontal(classes="field"):
                yield Static(Content("file"), classes="caption")
                yield PathInput(self._proposed, compact=True, max_length=4096, select_on_focus=False)
            yield Static(Content(""), id="problem", classes="problem")
            yield Answers("Save", "Cancel")


def judge_new_file(text: str) -> Verdict:
    """A new file in a folder that is there. Blocks."""
    if not text:
        return None, "Under which name?"
    if not text.isprintable():
        return None, "A name cannot hold control characters."
    try:
        path = Path(text).expanduser()
        if path.is_dir():
            return None, "That is a folder."
        if path.exists() or path.is_symlink():
            return None, "There is such a file already; it is not overwritten."
        if not path.parent.is_dir():
            return None, "There is no such folder."
    except (OSError, ValueError, RuntimeError) as error:
        return None, f"It cannot be used: {getattr(error, 'strerror', None) or error}."
    return path.absolute(), ""


def propose(name: str, now: float, suffix: str) -> str:
    """A name for a new file in the folder tuivm was started in: ``web-1-20261122-1403.txt``."""
    safe = "".join(char if char.isalnum() or char in "._-" else "_" for char in short(name, 60))
    return f"{safe.lstrip('.') or 'console'}-{stamp(now)}.{suffix}"
