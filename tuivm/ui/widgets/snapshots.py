"""The snapshots of a domain as a tree, with a cursor."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tuivm.model.detail import Detail, Snapshot
from tuivm.ui.text import fit, plain, width_of
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import age, content, moment

_GUIDES = ("│ ", "├─", "└─")
_ASCII_GUIDES = ("| ", "|-", "`-")
_NAME_MIN, _NAME_MAX = 12, 40
_TAKEN, _AGE, _STATE, _HOLDS = 16, 11, 9, 13
_GAP = "  "
_AGE_STEP = 10.0
"""Seconds after which ages are written anew."""


def tree(snapshots: Sequence[Snapshot], *, ascii_only: bool = False) -> list[tuple[str, Snapshot]]:
    """Depth first, each with the guide that leads to it. A parent that is not there, or a ring, is a root."""
    bar, fork, end = _ASCII_GUIDES if ascii_only else _GUIDES
    names = {snapshot.name for snapshot in snapshots}
    children: dict[str | None, list[Snapshot]] = {}
    for snapshot in snapshots:
        parent = snapshot.parent if snapshot.parent in names and snapshot.parent != snapshot.name else None
        children.setdefault(parent, []).append(snapshot)
    rows: list[tuple[str, Snapshot]] = []
    seen: set[str] = set()
    # A stack and not recursion: a chain of a thousand snapshots is legal.
    stack = [("", "", snapshot) for snapshot in reversed(children.get(None, []))]
    while stack:
        guide, below, snapshot = stack.pop()
        if snapshot.name in seen:
            continue
        seen.add(snapshot.name)
        rows.append((guide, snapshot))
        grown = children.get(snapshot.name, [])
        for index in range(len(grown) - 1, -1, -1):
            last = index == len(grown) - 1
            stack.append((below + (end if last else fork), below + ("  " if last else bar), grown[index]))
    rows += [("", snapshot) for snapshot in snapshots if snapshot.name not in seen]
    return rows


class SnapshotsTab(Vertical):
    """Heads of the columns, and one line for each snapshot."""

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii = ascii_only
        self._heads = Static(Content(""), classes="heads")
        self.lines = LinesView(cursor=True)
        """The list itself, which takes the keyboard."""
        self._rows: list[tuple[str, Snapshot]] = []
        self._detail: Detail | None = None
        self._now = 0.0
        self._hint = ""

    def compose(self) -> ComposeResult:
        """Heads and lines."""
        yield self._heads
        yield self.lines

    @property
    def selected(self) -> Snapshot | None:
        """The snapshot under the cursor."""
        index = self.lines.cursor
        return self._rows[index][1] if 0 <= index < len(self._rows) else None

    def show(self, detail: Detail | None, now: float, hint: str) -> None:
        """Show these; the cursor stays on its snapshot. ``hint`` says how to take the first one."""
        if detail is not None and detail is self._detail and now - self._now < _AGE_STEP:
            return
        selected = self.selected
        same_domain = detail is not None and self._detail is not None and detail.key == self._detail.key
        self._detail, self._now, self._hint = detail, now, hint
        self._rows = tree(detail.snapshots, ascii_only=self._ascii) if detail is not None else []
        self._draw()
        lines = self.lines
        names = [snapshot.name for _guide, snapshot in self._rows]
        if same_domain and selected is not None and selected.name in names:
            lines.cursor = names.index(selected.name)
        elif not same_domain and names:
            current = [index for index, (_guide, snapshot) in enumerate(self._rows) if snapshot.current]
            lines.cursor = current[0] if current else len(names) - 1

    def on_resize(self) -> None:
        """Columns follow the width."""
        self._draw()

    def _draw(self) -> None:
        heads, lines = self._heads, self.lines
        if not self._rows:
            heads.display = False
            lines.show(self._empty())
            return
        heads.display = True
        width = max(20, self.size.width - 3)
        columns = _columns(width)
        name_width = self._name_width(width, columns)
        heads.update(content(" now " + _joined(name_width, columns, "name", _HEADS), "$muted"))
        lines.show([self._line(guide, snapshot, name_width, columns) for guide, snapshot in self._rows])

    def _empty(self) -> list[Content]:
        if self._detail is None:
            return [content(" Reading…", "$muted")]
        if self._detail.snapshots_error:
            return [Content(""), content(f"  {self._detail.snapshots_error}", "$warning")]
        return [Content(""), content("  No snapshot yet."), content(f"  {self._hint}", "$muted")]

    def _name_width(self, width: int, columns: Sequence[str]) -> int:
        longest = max(width_of(guide + plain(snapshot.name)) for guide, snapshot in self._rows)
        fixed = 5 + sum(_WIDTHS[column] + len(_GAP) for column in columns)
        return max(_NAME_MIN, min(longest, _NAME_MAX, width - fixed))

    def _line(self, guide: str, snapshot: Snapshot, name_width: int, columns: Sequence[str]) -> Content:
        marker = ("*" if self._ascii else "●") if snapshot.current else " "
        values = {
            "taken": moment(snapshot.created),
            "age": age(snapshot.created, self._now),
            "state": plain(snapshot.state),
            "holds": _holds(snapshot),
            "description": plain(snapshot.description),
        }
        name = fit(plain(snapshot.name), max(4, name_width - width_of(guide)))
        rest = "".join(_GAP + _fitted(column, values[column]) for column in columns)
        return Content.assemble(
            (f"  {marker}  ", "bold $success"),
            (guide, "$muted"),
            content(name, "bold" if snapshot.current else ""),
            content(rest),
        )


_WIDTHS = {"taken": _TAKEN, "age": _AGE, "state": _STATE, "holds": _HOLDS, "description": 0}
_HEADS = {"taken": "taken", "age": "age", "state": "state", "holds": "holds", "description": "description"}


def _columns(width: int) -> list[str]:
    """The columns that fit beside the name, the most telling first dropped last."""
    columns = ["taken", "age", "state", "holds", "description"]
    needed = {"holds": 92, "taken": 60, "state": 44}
    return [column for column in columns if width >= needed.get(column, 0)]


def _fitted(column: str, value: str) -> str:
    return fit(value, _WIDTHS[column]) if _WIDTHS[column] else value


def _joined(name_width: int, columns: Sequence[str], name: str, values: dict[str, str]) -> str:
    return fit(name, name_width) + "".join(_GAP + _fitted(column, values[column]) for column in columns)


def _holds(snapshot: Snapshot) -> str:
    what = "disk, memory" if snapshot.memory else "disk"
    return f"{what} ext" if snapshot.external and not snapshot.memory else what
