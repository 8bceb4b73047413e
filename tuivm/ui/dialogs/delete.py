"""What of a domain is to go: everything that belongs to it, each chosen by itself, and the yes."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from tuivm.core import deletion
from tuivm.core.verbs import Arguments
from tuivm.model import units
from tuivm.model.deletion import Belongings, Part, Removal
from tuivm.model.domain import Domain
from tuivm.ui.dialogs.listed import ListedDialog
from tuivm.ui.text import plain
from tuivm.ui.type_ahead import TypeAheadApp
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.lines import ChoiceLines
from tuivm.ui.words import content, short

_NAME_WIDTH = 60
_TYPED = 40
"""Characters of a name that can be asked to be typed; for a longer one a word stands."""
_WORD = "delete"
_SIGNS = {True: "[x] ", False: "[ ] "}
_STAYS = " -  "


class _Parts(ChoiceLines):
    """The parts; Space chooses, in its turn among the keys that move."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "screen.flip", "choose", show=False),
    ]


class DeleteScreen(ListedDialog[Arguments | None, Belongings]):
    """Gives the arguments of the verb; None for nothing.

    It opens at once; what belongs to the domain is asked for meanwhile and told to :meth:`learn`. Keys typed
    before that are done then.
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", show=False),
        Binding("a", "disks", "all disks", show=False),
        Binding("enter", "onward", "go on", show=False),
        Binding("y,Y", "yes", "yes", show=False),
        Binding("n,N", "no", "no", show=False),
    ]

    def __init__(self, domain: Domain) -> None:
        super().__init__(domain.key, domain.name)
        self._domain = domain
        self._found: Belongings | None = None
        self._chosen: deletion.Choice = frozenset()
        self._force_off = False
        self._early: list[events.Key] = []
        self._lines = _Parts(cursor=True)

    # -- looks --------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """The question, the parts, what is to know of the one under the cursor, the sum, the yes."""
        with Vertical(classes="dialog danger delete"):
            name = short(self.about, _NAME_WIDTH)
            yield Static(content(f"Delete: {name}?", "bold"), classes="question")
            yield self._lines
            yield Static(content("Looking at what belongs to it..."), id="about")
            yield Static(Content(""), id="sum", classes="loss")
            yield Static(Content(""), id="command", classes="command")
            with Horizontal(classes="field", id="typing"):
                yield Static(content(f"type {self._phrase}"), classes="typed")
                yield Input(compact=True, max_length=_TYPED)
            yield Static(Content(""), id="problem", classes="problem")
            yield Answers("No", "Yes, delete")

    def on_mount(self) -> None:
        """Nothing is to be typed yet."""
        self._draw()

    @property
    def _phrase(self) -> str:
        """What is typed before a disk goes: the name, or a word where the name cannot be typed."""
        return self.about if len(self.about) <= _TYPED and plain(self.about) == self.about.strip() else _WORD

    def take(self, answer: Belongings) -> None:
        """Show what belongs to the domain, and do what was typed meanwhile."""
        self._found, self._chosen = answer, deletion.proposed(answer)
        self._draw()
        self.set_focus(self._lines)
        early, self._early = self._early, []
        for key in early:
            self._type(key)

    @property
    def _removal(self) -> Removal:
        found = self._found
        return (
            Removal(()) if found is None else deletion.removal(found, self._chosen, force_off=self._force_off)
        )

    def _draw(self) -> None:
        found = self._found
        removal = self._removal
        self.query_one("#typing").display = bool(removal.storage)
        if found is None:
            return
        lines = [self._switch()] if found.active else []
        self._lines.show([*lines, *(self._line(part) for part in found.parts)])
        self.query_one("#sum", Static).update(content(_sum(removal)))
        self.query_one("#command", Static).update(content(deletion.pasted(self._domain, removal)))
        self._tell()

    def _switch(self) -> Content:
        return Content.assemble(_SIGNS[self._force_off], ("force it off first: it runs", "$warning"))

    def _line(self, part: Part) -> Content:
        """One part: sign, name, size, place."""
        name = plain(deletion.name_of(part))
        if part.refused:
            return Content.assemble(
                (_STAYS, "$muted"), (f"{name:<12} ", "$muted"), content(f"stays: {part.refused}", "$muted")
            )
        size = units.size(part.size) if part.size is not None else ""
        place = part.path.rpartition("/")[2] if part.kind.is_storage else part.note
        style = "$error" if part.id in self._chosen and part.kind.is_storage else ""
        return Content.assemble(
            _SIGNS[part.id in self._chosen],
            content(f"{name:<12} {size:>5}  ", style),
            content(place, "$muted"),
        )

    def _tell(self) -> None:
        """What is to know of the part under the cursor."""
        part = self._part
        words = "Space chooses, a chooses all disks."
        if part is not None:
            told = [part.path, part.format, f"pool {part.pool}" if part.pool else "", part.note]
            why = part.refused and f"stays: {part.refused}"
            words = ", ".join(one for one in (*told, why) if one) or words
        elif self._found is not None:
            words = "It must be off first. This cuts its power: what it has not written is lost."
        self.query_one("#about", Static).update(content(words, "$muted"))

    def on_lines_view_moved(self) -> None:
        """Another part is under the cursor."""
        if self._found is not None:
            self._tell()

    @property
    def _part(self) -> Part | None:
        """The part under the cursor; None for the switch above them."""
        found = self._found
        if found is None:
            return None
        index = self._lines.cursor - (1 if found.active else 0)
        return found.parts[index] if 0 <= index < len(found.parts) else None

    # -- keys ---------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters typed into the line are no keys, and before anything is known all but Esc wait."""
        waits = self._found is None or isinstance(self.focused, Input)
        if waits and action in ("flip", "disks", "yes", "no", "onward"):
            return False
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Keep what is typed before it can be done."""
        if self._found is None and event.key != "escape":
            event.stop()
            self._early.append(event)

    def _type(self, key: events.Key) -> None:
        """Do a key that was typed early."""
        line, step = self.focused, {"up": -1, "k": -1, "down": 1, "j": 1}.get(key.key)
        does = {
            "space": self.action_flip,
            "a": self.action_disks,
            "y": self.action_yes,
            "Y": self.action_yes,
            "n": self.action_no,
            "N": self.action_no,
            "tab": self.action_onward,
            "enter": self.action_onward,
        }
        if isinstance(line, Input):
            if key.key == "enter":
                self.submit()
            elif key.is_printable and key.character:
                line.insert_text_at_cursor(key.character)
        elif step is not None:
            self._lines.action_step(step)
        elif key.key in does and self.is_current:
            does[key.key]()

    def action_flip(self) -> None:
        """Turn the choice under the cursor round."""
        self.say("")
        found, part = self._found, self._part
        if part is None:
            self._force_off = not self._force_off
        elif found is not None:
            self._chosen, why = deletion.flip(found, self._chosen, part.id)
            self.say(f"{deletion.name_of(part)}: {why}" if why else "")
        self._draw()

    def action_disks(self) -> None:
        """Choose every disk that may go, or none."""
        if self._found is None:
            return
        before = self._chosen
        self._chosen = deletion.with_disks(self._found, before)
        self.say("no disk can go" if self._chosen == before else "")
        self._draw()

    def action_yes(self) -> None:
        """Do it, where nothing has to be typed first."""
        line = self.query_one(Input)
        if self._removal.storage and line.value.strip() != self._phrase.strip():
            if isinstance(self.app, TypeAheadApp):
                self.app.hold_keys()
            self.set_focus(line)
        else:
            self.submit()

    def on_input_changed(self) -> None:
        """What was wrong may be right now."""
        self.say("")

    def submit(self) -> None:
        """Give the answer, or say why that cannot be."""
        found, removal = self._found, self._removal
        if found is None:
            return
        if found.active and not self._force_off:
            self.say("It runs: it must be off first. Choose that above, or shut it down.")
            self._lines.cursor = 0
            self.set_focus(self._lines)
            return
        line = self.query_one(Input)
        if removal.storage and line.value.strip() != self._phrase.strip():
            self.say(f"Type {self._phrase} to remove a disk.")
            self.set_focus(line)
            return
        self.dismiss(Arguments(removal=removal))


def _sum(removal: Removal) -> str:
    """What goes and how much that is."""
    storage = removal.storage
    if not storage:
        return "No disk goes."
    files = "1 file goes" if len(storage) == 1 else f"{len(storage)} files go"
    size = deletion.total(removal)
    return f"{files} for good{f', {size}' if size else ''}."
