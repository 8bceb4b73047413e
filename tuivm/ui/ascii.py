"""Signs for terminals that have none but ASCII: whoever draws them, they go out as what looks like them."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LOOKS_LIKE = {
    "+": "╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬┏┓┗┛",
    "-": "─━═—–−·╴╶",
    "|": "│┃║▌▐▎▍▏▕▊▋",
    "#": "█▇▆▅■▮▓▒",
    " ": "▔▁▂▃▄▀\u2800\u00a0",
    "~": "…⋯",
    "^": "↑▲△",
    "v": "↓▼▽",
    "<": "←◀‹",
    ">": "→▶▸▷›",
    "*": "●•✓◆",
    "x": "✗✖×",
    '"': "“”",
    "'": "‘’",
}
"""The signs of frames, bars, hints and notices, by the character of one cell that stands for them."""
_TABLE = str.maketrans({sign: letter for letter, signs in _LOOKS_LIKE.items() for sign in signs})


class AsciiFilter(LineFilter):
    """Puts a character of ASCII for each sign of the screen's own. Letters of names stay as they are."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - as it is
        """The same line, cell by cell."""
        return [
            segment if segment.text.isascii() else Segment(segment.text.translate(_TABLE), *segment[1:])
            for segment in segments
        ]
