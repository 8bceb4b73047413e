"""The keys of copy mode, as tmux has them: vi's, and emacs' where they mean nothing else.

Printable keys stand as the character they make, others by Textual's name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from tuivm.terminal.selection import Kind

if TYPE_CHECKING:
    from tuivm.ui.widgets.console_copy import Answer, CopyMode

Act = TypeVar("Act")


def _each(table: Mapping[str, Act]) -> dict[str, Act]:
    """Give each of the keys, written apart by blanks, what they do."""
    return {key: act for keys, act in table.items() for key in keys.split()}


MOVES: Mapping[str, Callable[[CopyMode, int], None]] = _each(
    {
        "j down ctrl+n ctrl+j": lambda mode, count: mode.move_lines(count),
        "k up ctrl+p": lambda mode, count: mode.move_lines(-count),
        "h left backspace": lambda mode, count: mode.move_columns(-count),
        "l right": lambda mode, count: mode.move_columns(count),
        "ctrl+d": lambda mode, count: mode.move_page(count / 2),
        "ctrl+u": lambda mode, count: mode.move_page(-count / 2),
        "pagedown ctrl+f shift+pagedown": lambda mode, count: mode.move_page(count),
        "pageup ctrl+b alt+v shift+pageup": lambda mode, count: mode.move_page(-count),
        "J ctrl+e ctrl+down": lambda mode, count: mode.scroll(count),
        "K ctrl+y ctrl+up": lambda mode, count: mode.scroll(-count),
        "g alt+< alt+less_than_sign ctrl+home": lambda mode, _: mode.move_to_end("first"),
        "G alt+> alt+greater_than_sign ctrl+end": lambda mode, _: mode.move_to_end("last"),
        "H": lambda mode, _: mode.move_to_row(0),
        "M": lambda mode, _: mode.move_to_row(mode.view.height // 2),
        "L": lambda mode, _: mode.move_to_row(-1),
        "0 home ctrl+a": lambda mode, _: mode.move_to_column("start"),
        "^ alt+m": lambda mode, _: mode.move_to_column("text"),
        "$ end": lambda mode, _: mode.move_to_column("end"),
        "w W ctrl+right": lambda mode, count: mode.move_words(count),
        "b B alt+b ctrl+left": lambda mode, count: mode.move_words(-count),
        "e E alt+f": lambda mode, count: mode.move_words(count, end=True),
        "{ alt+{ alt+left_curly_bracket": lambda mode, count: mode.move_paragraph(-count),
        "} alt+} alt+right_curly_bracket": lambda mode, count: mode.move_paragraph(count),
    }
)
"""Keys that move the cursor, or the view; a number typed before them repeats them."""

ACTS: Mapping[str, Callable[[CopyMode], Answer]] = _each(
    {
        "v space ctrl+space ctrl+@": lambda mode: mode.begin(Kind.CHARACTERS),
        "V": lambda mode: mode.begin(Kind.LINES),
        "ctrl+v R": lambda mode: mode.begin(Kind.BLOCK),
        "o": lambda mode: mode.swap(),
        "y enter return alt+w ctrl+w": lambda mode: mode.copy(),
        "/ ctrl+s": lambda mode: mode.ask(up=False),
        "? ctrl+r": lambda mode: mode.ask(up=True),
        "n": lambda mode: mode.again(turned=False),
        "N": lambda mode: mode.again(turned=True),
        "*": lambda mode: mode.search_word(up=False),
        "#": lambda mode: mode.search_word(up=True),
        "escape ctrl+g": lambda mode: mode.escape(),
        "q ctrl+c": lambda mode: mode.quit(),
    }
)
"""What else keys do."""
