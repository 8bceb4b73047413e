"""What a clone is to be: its name, what becomes of each disk, what stands against it, and the yes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuivm.core import cloning
from tuivm.core.verbs import Arguments
from tuivm.model.cloning import Clone, CloneDisk, CloneFacts, Way
from tuivm.model.domain import Domain
from tuivm.model.naming import NAME_LONGEST
from tuivm.ui.dialogs.listed import ListedDialog
from tuivm.ui.text import plain
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.lines import ChoiceLines
from tuivm.ui.words import content, short

_NAME_WIDTH = 60
_FILE_WIDTH = 38
_LOOKING = "Looking at its disks..."
_STYLES = {Way.COPY: "", Way.SHARE: "$warning", Way.OMIT: "$muted"}


class _Disks(ChoiceLines):
    """The disks; Space turns what becomes of one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.turn", "copy, share or leave out", show=False),
    ]


class CloneScreen(ListedDialog[Arguments | None, CloneFacts]):
    """Gives the arguments of the verb; None for nothing.

    It opens at once, on the name; what there is to know of the disks is told to :meth:`learn`.
    """

    AUTO_FOCUS = "Input"
    DOES = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", show=False),
        Binding("enter", "onward", "go on", show=False),
        Binding("y,Y", "yes", "yes", show=False),
        Binding("n,N", "no", "no", show=False),
    ]

    def __init__(self, domain: Domain, name: str) -> None:
        super().__init__(domain.key, domain.name)
        self._domain = domain
        self._proposed = name
        self._found: CloneFacts | None = None
        self._ways: dict[str, Way] = {}
        self._lines = _Disks(cursor=True)

    # -- looks --------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The question, the name, the disks, the sum, what is to know of it, the yes."""
        with Vertical(classes="dialog clone"):
            name = short(self.about, _NAME_WIDTH)
            yield Static(content(f"Clone: {name}?", "bold"), classes="question")
            with Horizontal(classes="field"):
                yield Static(content("name"), classes="caption")
                yield Input(self._proposed, compact=True, max_length=NAME_LONGEST)
            yield self._lines
            yield Static(content(_LOOKING), id="about")
            yield Static(Content(""), id="sum")
            yield Static(Content(""), id="notes", classes="loss")
            yield Static(Content(""), id="command", classes="command")
            yield Static(Content(""), id="problem", classes="problem")
            yield Answers("Clone", "Cancel")

    def take(self, answer: CloneFacts) -> None:
        """Show the disks."""
        self._found, self._ways = answer, cloning.proposed(answer)
        self._lines.display = bool(answer.disks)
        self._draw()

    @property
    def _clone(self) -> Clone | None:
        """What is chosen; None while nothing is known."""
        name = self.query_one(Input).value.strip()
        return cloning.clone(self._found, name, self._ways) if self._found is not None else None

    def _draw(self) -> None:
        found, chosen = self._found, self._clone
        if found is None or chosen is None:
            return
        names = {copy.source.target: copy.name for copy in chosen.copies}
        self._lines.show([self._line(disk, names.get(disk.target, "")) for disk in found.disks])
        self.query_one("#sum", Static).update(content(cloning.total(chosen)))
        notes = self.query_one("#notes", Static)
        words = " ".join(cloning.remarks(found, chosen))
        notes.update(content(words))
        notes.display = bool(words)
        self.query_one("#command", Static).update(content(cloning.pasted(self._domain, chosen)))
        self.say(cloning.refusal(found, chosen))
        self._tell()

    def _line(self, disk: CloneDisk, name: str) -> Content:
        """One disk: what becomes of it, its sizes, its file or the copy's."""
        way = self._ways[disk.target]
        last = disk.path.rpartition("/")[2] or "empty"
        file = f"to {short(name, _FILE_WIDTH)}" if name else short(last, _FILE_WIDTH)
        style = "$error" if way is Way.COPY and disk.refused else _STYLES[way]
        return Content.assemble(
            content(f"{way.value:<9} {plain(disk.target):<6} {cloning.described(disk):>13}  ", style),
            content(file, "$muted"),
        )

    def _tell(self) -> None:
        """What is to know of the disk under the cursor."""
        disk = self._disk
        words = "It has no disk."
        if disk is not None:
            kind = "read-only" if disk.readonly else "shareable" if disk.shareable else ""
            below = f"built on {disk.below[0].rpartition('/')[2]}" if disk.below else ""
            why = f"cannot be copied: {disk.refused}" if disk.refused and disk.path else ""
            told = (disk.path, disk.format, disk.pool and f"pool {disk.pool}", kind, below, why)
            words = ", ".join(one for one in told if one) or "an empty drive"
            keys = (
                "Space: copy, share, leave out." if self._lines.has_focus else "Enter: clone. Tab: the disks."
            )
            words = f"{keys} {disk.target}: {words}"
        self.query_one("#about", Static).update(content(words, "$muted"))

    def on_descendant_focus(self) -> None:
        """The words say what keys do now."""
        if self._found is not None:
            self._tell()

    def on_lines_view_moved(self) -> None:
        """Another disk is under the cursor."""
        if self._found is not None:
            self._tell()

    @property
    def _disk(self) -> CloneDisk | None:
        """The disk under the cursor."""
        found, index = self._found, self._lines.cursor
        return found.disks[index] if found is not None and 0 <= index < len(found.disks) else None

    # -- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters typed into the name are no keys."""
        if isinstance(self.focused, Input) and action in ("turn", "yes", "no", "onward"):
            return False
        return super().check_action(action, parameters)

    def action_turn(self) -> None:
        """The next way for the disk under the cursor."""
        disk = self._disk
        if disk is not None:
            self._ways[disk.target] = cloning.turned(disk, self._ways[disk.target])
            self._draw()

    def action_yes(self) -> None:
        """Do it."""
        self.submit()

    def on_input_changed(self) -> None:
        """The copies are called after it."""
        if self._found is not None:
            self._draw()

    def submit(self) -> None:
        """Give the answer, or say why that cannot be."""
        found, chosen = self._found, self._clone
        if found is None or chosen is None:
            self.say("Its disks are not known yet.")
            return
        why = cloning.refusal(found, chosen)
        self.say(why)
        if not why:
            self.dismiss(Arguments(text=chosen.name, clone=chosen))
