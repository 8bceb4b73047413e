"""Copy mode: the keyboard walks the console's text, searches it and selects, and nothing reaches the guest.

The keys are those of tmux's copy mode: vi's, and emacs' where they mean nothing else here.
"""

from __future__ import annotations

from enum import Enum

from tuivm.terminal.marks import Mark
from tuivm.terminal.search import Hit
from tuivm.terminal.selection import Kind, Selection, text_of, word_at
from tuivm.ui.widgets.console_keys import ACTS, MOVES
from tuivm.ui.widgets.console_search import Prompt, Search
from tuivm.ui.widgets.console_view import View
from tuivm.ui.widgets.console_walk import Walker

MAX_COUNT = 9999
"""Largest number that can be typed before a key."""


class Answer(Enum):
    """What the pane is to do after a key."""

    STAY = "stay"
    """Draw anew."""
    LEAVE = "leave"
    """End copy mode."""
    COPY = "copy"
    """Copy what is selected and end copy mode."""


class CopyMode(Walker):
    """The state of copy mode in one pane. Everything is in numbers of lines and columns, held by marks."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self.search = Search(self.terminal)
        """The search; its patterns are remembered when copy mode ends."""
        self.is_active = False
        """Whether copy mode is on."""
        self.selection: Selection | None = None
        """What is selected, with the keyboard or the mouse."""
        self.prompt: Prompt | None = None
        """The line in which a pattern is typed."""
        self.note = ""
        """What went wrong with the last key."""
        self._count = ""
        self._before: tuple[Mark, Mark] | None = None

    @property
    def is_marked(self) -> bool:
        """Whether anything but the cursor is marked."""
        return self.selection is not None or bool(self.search.pattern)

    # Beginning and end

    def enter(self) -> None:
        """Begin where the guest's cursor is, or at the bottom of a view that is scrolled back."""
        screen, view = self.terminal.screen, self.view
        view.hold()
        self.is_active = True
        number, column = view.present + screen.cursor.y, screen.cursor.x
        last = view.top + view.height - 1
        self._go(*((number, column) if number <= last else (last, 0)))

    def leave(self) -> None:
        """End it: the view follows the present, nothing is selected or marked."""
        self.is_active = False
        self.prompt = None
        self.selection = None
        self.note = self._count = ""
        self.search.use("")
        self.view.follow()

    # Keys

    def press(self, key: str, character: str | None) -> Answer:
        """Do what a key does in copy mode."""
        self.note = ""
        if self.prompt is not None:
            self._type(self.prompt, key, character)
            return Answer.STAY
        if character and character.isdigit() and character.isascii() and (self._count or character != "0"):
            self._count = str(min(MAX_COUNT, int(self._count + character)))
            return Answer.STAY
        count, self._count = int(self._count or 1), ""
        if character and character.isprintable() and character != " ":
            key = character if len(key) == 1 or "+" not in key else key
        move = MOVES.get(key)
        if move is not None:
            move(self, count)
            self._drag()
            return Answer.STAY
        act = ACTS.get(key)
        return act(self) if act is not None else Answer.STAY

    def paste(self, text: str) -> None:
        """Put text in the prompt; without one it is nobody's."""
        if self.prompt is not None:
            self.prompt.insert("".join(character for character in text if character.isprintable()))
            self._look()

    def step(self) -> bool:
        """Search for a little while, go to the hit that was asked for; whether there is more to search."""
        hit = self.search.step()
        if hit is not None:
            self._show_hit(hit)
        return self.search.is_wanted

    def point(self, place: tuple[int, int]) -> None:
        """Go to a place that was clicked."""
        self.go_to(place)
        self._drag()

    # Selecting

    def _drag(self) -> None:
        """Move the end of a selection along with the cursor."""
        if self.selection is not None and self.is_active:
            self.selection = Selection(self.selection.anchor, self.cursor, self.selection.kind)

    def begin(self, kind: Kind) -> Answer:
        """Begin to select, change the shape, or end it when it has that shape."""
        if self.selection is None:
            self.selection = Selection(self.cursor, self.cursor, kind)
        elif self.selection.kind is kind:
            self.selection = None
        else:
            self.selection = Selection(self.selection.anchor, self.cursor, kind)
        return Answer.STAY

    def swap(self) -> Answer:
        """Go to the other end of the selection."""
        if self.selection is not None:
            anchor = self.selection.anchor
            self.selection = Selection(self.cursor, anchor, self.selection.kind)
            self._go(*anchor.place)
        return Answer.STAY

    def copy(self) -> Answer:
        """Take what is selected."""
        if self.selection is None:
            self.note = "nothing is selected: v or Space begins"
            return Answer.STAY
        return Answer.COPY

    @property
    def text(self) -> str:
        """What is selected."""
        return text_of(self.terminal, self.selection) if self.selection is not None else ""

    def quit(self) -> Answer:
        """End copy mode at once."""
        return Answer.LEAVE

    def escape(self) -> Answer:
        """End one thing after the other: the selection, the marked hits, copy mode."""
        if self.selection is not None:
            self.selection = None
        elif self.search.pattern:
            self.search.use("")
        else:
            return Answer.LEAVE
        return Answer.STAY

    # Searching

    def ask(self, *, up: bool) -> Answer:
        """Let a pattern be typed."""
        self.prompt = Prompt(self.search.history)
        self.search.is_up = up
        self._before = (self.terminal.mark(self.view.top), self.cursor)
        return Answer.STAY

    def _type(self, prompt: Prompt, key: str, character: str | None) -> None:
        if key in ("escape", "ctrl+c", "ctrl+g"):
            self._return()
            self.search.use("")
            self.prompt = None
        elif key in ("enter", "return", "ctrl+m"):
            if not prompt.text and self.search.history:
                prompt.insert(self.search.history[-1])
                self._look()
            self.prompt = None
            self.search.keep()
        elif key in ("ctrl+r", "ctrl+t"):
            self.search.is_regex = not self.search.is_regex
            self._look()
        elif prompt.press(key, character):
            self._look()

    def _return(self) -> None:
        """Go back to where the search was begun."""
        if self._before is not None:
            top, cursor = self._before
            self.view.move_to(top.number)
            self._go(*cursor.place)

    def _look(self) -> None:
        """Search for what is typed so far, from where the search was begun."""
        self._return()
        self.search.use(self.prompt.text if self.prompt is not None else "")
        self.search.go(self.place, up=self.search.is_up)

    def again(self, *, turned: bool) -> Answer:
        """Go to the next hit, or the other way."""
        if not self.search.pattern and self.search.history:
            self.search.use(self.search.history[-1])
        if not self.search.pattern:
            self.note = "no pattern yet: / or ? asks for one"
        else:
            self.search.go(self.place, up=self.search.is_up != turned)
        return Answer.STAY

    def search_word(self, *, up: bool) -> Answer:
        """Search for the word under the cursor."""
        word = text_of(self.terminal, word_at(self.terminal, *self.place)).strip()
        if not word:
            self.note = "there is no word under the cursor"
            return Answer.STAY
        self.search.is_regex, self.search.is_up = False, up
        self.search.use(word)
        self.search.keep()
        self.search.go(self.place, up=up)
        return Answer.STAY

    def _show_hit(self, hit: Hit) -> None:
        self._go(hit.number, hit.start)
        self._drag()
