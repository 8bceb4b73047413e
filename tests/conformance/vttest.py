"""Walk through Debian's vttest on our terminal and keep a picture of every page.

    python -m tests.conformance.vttest FOLDER [menu...]     (1 2 3 6 8 11 when no menu is named)

Writes ``NNN-MENU.txt`` and ``NNN-MENU.svg`` for each page into the folder. There is nothing to pass or fail:
vttest asks a person to look.
"""

from __future__ import annotations

import os
import re
import sys
from html import escape
from pathlib import Path

from tests.conformance.capture import Program
from tuivm.terminal import Terminal, modes
from tuivm.terminal.row import Row

MENUS = ("1", "2", "3", "6", "8", "11")
MAX_HERE = 30
"""Pages of one choice after which ``q`` is tried."""
MAX_PAGES = 900
"""Pages after which the walk ends whatever happens."""
_MENU = re.compile(r"Menu ([\d.]+)")
_CHOICES = re.compile(r"Enter choice number \(0 - (\d+)\)")
_ASKS = re.compile(r"<RETURN>|quit|Please enter|RETURN key|any key|with RETURN")
_WIDTH, _HEIGHT = 8, 17
_COLOURS = dict(
    zip(
        ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white", "default"),
        ("#000", "#c00", "#0a0", "#aa0", "#33f", "#c0c", "#0cc", "#ccc", ""),
        strict=True,
    )
)


def picture(terminal: Terminal) -> str:
    """Return the screen as SVG."""
    screen = terminal.screen
    width, height = screen.columns * _WIDTH, screen.lines * _HEIGHT
    light = modes.DECSCNM in screen.mode
    back, fore = ("#eee", "#111") if light else ("#111", "#eee")
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
            f'<rect width="100%" height="100%" fill="{back}"/>'
            '<g font-family="DejaVu Sans Mono" font-size="13" xml:space="preserve">'
        )
    ]
    for y, row in enumerate(screen.buffer):
        parts += _row(row, y, fore, back)
    x, y = screen.cursor.x, screen.cursor.y
    parts.append(
        f'<rect x="{x * _WIDTH}" y="{y * _HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" '
        f'fill="none" stroke="orange"/></g></svg>'
    )
    return "".join(parts)


def _row(row: Row, y: int, fore: str, back: str) -> list[str]:
    parts = []
    for x, cell in enumerate(row):
        style = cell.pen.style
        ink, paper = (
            _COLOURS.get(style.fg, f"#{style.fg}") or fore,
            _COLOURS.get(style.bg, f"#{style.bg}") or back,
        )
        if style.reverse:
            ink, paper = paper, ink
        if paper != back:
            parts.append(
                f'<rect x="{x * _WIDTH}" y="{y * _HEIGHT}" width="{_WIDTH}" '
                f'height="{_HEIGHT}" fill="{paper}"/>'
            )
        if cell.data.strip() or style.underscore:
            look = ' font-weight="bold"' if style.bold else ""
            look += ' font-style="italic"' if style.blink else ""
            look += ' text-decoration="underline"' if style.underscore else ""
            look += ' opacity="0"' if style.conceal else ""
            text = escape(cell.data).replace(" ", "\u00a0")
            parts.append(f'<text x="{x * _WIDTH}" y="{y * _HEIGHT + 13}" fill="{ink}"{look}>{text}</text>')
    return parts


class Walk:
    """A way through all the menus, depth first."""

    def __init__(self, program: Program, folder: Path, wanted: list[str]) -> None:
        self.program = program
        self.folder = folder
        self.left: dict[str, list[str]] = {"": [*wanted]}
        """Choices not made yet, by menu; the main menu is the empty string."""
        self.place = "0"
        self.pages = 0
        self.before = ""
        self.here = 0
        """How many pages the present choice has shown."""

    def step(self) -> bool:
        """Answer the present page; return whether there is one more."""
        text = self._text()
        choices = _CHOICES.search(text)
        if choices:
            return self._choose(text, int(choices[1]))
        if not _ASKS.search(text):
            # It looks at answers, or lets the person look.
            self.program.settle(1.5)
            text = self._text()
            if _CHOICES.search(text):
                return True
        self._keep(text)
        self.here = self.here + 1 if self.place == self.before else 0
        self.before = self.place
        quits = "'q'" in text or "quit" in text or self.here % MAX_HERE == MAX_HERE - 1
        quits = quits and "<RETURN>" not in text
        name = b"name" if "Please enter" in text else b""
        self.program.write(b"q" if quits else name + self._enter())
        self.program.settle()
        return self.here < 4 * MAX_HERE and self.pages < MAX_PAGES and not self.program.is_over

    def _text(self) -> str:
        return "\n".join(row.rstrip() for row in self.program.terminal.screen.display)

    def _enter(self) -> bytes:
        return self.program.terminal.encode_key("enter") or b"\r"

    def _choose(self, text: str, last: int) -> bool:
        found = _MENU.search(text)
        menu = found[1] if found else ""
        left = self.left.setdefault(menu, [str(number) for number in range(1, last + 1)])
        choice = left.pop(0) if left else "0"
        self.place = f"{menu}.{choice}".lstrip(".")
        if menu and choice == "1":
            self._keep(text)
        if menu and re.search(rf"(?m)^ *{choice}. Test VT\d+ features", text):
            # All of the menu before, once more.
            return True
        self.program.write(choice.encode() + b"\r")
        self.program.settle()
        return not self.program.is_over

    def _keep(self, text: str) -> None:
        name = self.folder / f"{self.pages:03}-{self.place}"
        name.with_name(name.name + ".txt").write_text(text + "\n", encoding="utf-8")
        name.with_name(name.name + ".svg").write_text(picture(self.program.terminal), encoding="utf-8")
        self.pages += 1


def main(arguments: list[str]) -> int:
    """Walk, and say where the pages are."""
    if not arguments:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TERM": "xterm", "LC_ALL": "C"}
    with Program(["vttest", "24x80.80"], environment, str(folder)) as program:
        program.settle()
        walk = Walk(program, folder, arguments[1:] or list(MENUS))
        while walk.step():
            pass
    print(f"{walk.pages} pages in {folder}; the last one was of menu {walk.place}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
