"""What the dialogs on snapshots have in common: what an action would do stands there before it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from tuivm.core.shell import pasted
from tuivm.core.verbs import Arguments, Verb
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.errors import HypervisorError
from tuivm.model.snapshot import Plan, SnapshotFacts
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.snapshot_words import plan_lines
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.choice import Toggles
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content, short

LONGEST = 200
"""Characters of a name; libvirt makes a file of it, and file names hold 255 bytes."""
_NAME_WIDTH = 60
_REFUSED = "It cannot be done so: the reason stands above."
_HIGHEST = 0.96
"""Share of the screen that a dialog may take (see the stylesheet)."""
_LOOKS = 5
"""How often it is looked whether a form has grown as far as it may."""
_PLAN_MIN = 2
"""Lines of the plan that can always be seen."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a dialog is about, as it was when the key was pressed."""

    domain: Domain
    """The domain."""
    detail: Detail
    """Its disks and snapshots."""
    verb: Verb
    """What is to be done."""
    clock: Callable[[], float]
    """Unix seconds now."""
    ascii_only: bool = False
    """Draw without box characters."""


class PlanLines(LinesView, inherit_bindings=False):
    """What an action would do. Scrolls where there is little room; at its ends the focus goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_or_leave(-1)", "up", show=False),
        Binding("down,j", "scroll_or_leave(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown,space", "page(1)", "page down", show=False),
    ]
    _has_room = False

    class Found(Message):
        """The lines have a width now; what was broken to lines before was so by guess."""

    def on_resize(self, event: events.Resize) -> None:
        """Tell when there is room for the first time."""
        if not self._has_room and event.size.width > 1:
            self._has_room = True
            self.post_message(self.Found())

    def action_scroll_or_leave(self, step: int) -> None:
        """Scroll by a line, or go to the field above or below."""
        if 0 <= self.scroll_offset.y + step <= self.max_scroll_y:
            self.action_step(step)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()


class PlannedDialog(Dialog[Arguments | None]):
    """A form with the plan of what it would do. Gives the arguments of the verb; None for nothing.

    The plan needs facts, which the desk asks for and :meth:`learn` is told. An answer given before they
    are there waits for them, and is put again when they bring a warning.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", show=False),
        Binding("up", "app.focus_previous", "field above", show=False),
        Binding("down", "app.focus_next", "field below", show=False),
    ]
    CLASSES_OF_BOX: ClassVar[str] = "dialog planned"
    """Style classes of the frame."""
    PLAN_WORD: ClassVar[str] = "what happens"
    """Before the first words of the plan."""
    LAID_OUT_ONCE = False
    """The plan is broken to the width that the first layout gives."""
    NEEDS_FACTS: ClassVar[bool] = True
    """Whether there is a plan to wait for."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(subject.domain.key, subject.domain.name)
        self.subject_matter = subject
        """What it is about."""
        self.facts: SnapshotFacts | None = None
        """What is known of disks, room and agent; None until it was read."""
        self._trouble = ""
        self._waiting = False
        self._lines = PlanLines(classes="plan")
        self._lines.display = False
        self._fitted: object = None
        self._looks = 0

    # What a dialog is made of

    def heading(self) -> str:
        """The question."""
        return self.subject_matter.verb.label

    def fields(self) -> Iterable[Widget]:
        """What is filled in."""
        return ()

    def answers(self) -> Answers:
        """The answers; :meth:`is_yes` knows them."""
        return Answers(self.subject_matter.verb.label.capitalize(), "Cancel")

    def is_yes(self, index: int) -> bool:
        """Whether that answer does it."""
        return index == 0

    def arguments(self) -> Arguments:
        """What the form says now."""
        return Arguments()

    def problem(self) -> str:
        """What is wrong with the form; empty for nothing."""
        return ""

    def plan(self, facts: SnapshotFacts) -> Plan | None:  # noqa: ARG002 - what is asked of a subclass
        """What it would do; None where that need not be said."""
        return None

    def more(self, width: int) -> list[Content]:  # noqa: ARG002 - as above
        """What stands below the plan, in lines of ``width`` cells."""
        return []

    # Life

    def compose(self) -> ComposeResult:
        """Question, form, plan, what is wrong, the command, the answers."""
        with Vertical(classes=self.CLASSES_OF_BOX):
            yield Static(content(self.heading(), "bold"), classes="question")
            yield from self.fields()
            yield self._lines
            yield Static(Content(""), id="problem", classes="problem")
            yield Static(Content(""), classes="command")
            yield self.answers()

    def on_mount(self) -> None:
        """Say what it would do as it is; look whenever the form was laid out anew."""
        self.watch(self.query_one(".dialog"), "virtual_size", self._tighten, init=False)
        self.call_after_refresh(self.renew)

    def on_resize(self, event: events.Resize) -> None:
        """The plan is broken to lines by hand."""
        super().on_resize(event)
        self.call_after_refresh(self.renew)

    def on_plan_lines_found(self) -> None:
        """The facts may have come before."""
        self.renew()

    def learn(self, facts: SnapshotFacts | HypervisorError) -> None:
        """The facts came, or why they do not."""
        if isinstance(facts, SnapshotFacts):
            self.facts = facts
        else:
            self._trouble = f"What it needs could not be found out: {facts}"
        if not self.is_mounted or not self.is_current:
            return
        self.learned()
        self.renew()
        if self._waiting:
            self._waiting = False
            plan = self._plan()
            if plan is None or plan.warnings or plan.refusal:
                again = "Look at this first; the same answer again does it."
                self.say(_REFUSED if self._refusal() else again)
            else:
                self.submit()

    def learned(self) -> None:
        """Bring the fields up to date: the facts are known now."""

    def renew(self) -> None:
        """Show what it would do as the form is now."""
        if not self.is_mounted:
            return
        plan = self._plan()
        matter = self.subject_matter
        arguments = self.arguments()
        if plan is not None:
            # One cell is the scroll bar's.
            width = self._lines.size.width - 1
            lines = plan_lines(plan, width, self.PLAN_WORD) + self.more(width)
        elif self.NEEDS_FACTS:
            lost = matter.verb.lost(matter.domain, arguments)
            words = self._trouble or "Looking at the disks…"
            lines = [line for text in (lost, words) if text for line in self._broken(text)]
        else:
            lines = []
        self._lines.display = bool(lines)
        self._lines.show(lines)
        command = pasted(matter.verb.virsh(matter.domain, arguments))
        self.query_one(".command", Static).update(content(command))
        self._fit(len(lines), len(command))

    def _broken(self, text: str) -> list[Content]:
        return content(text, "$muted").wrap(max(20, self._lines.size.width - 1))

    def _fit(self, count: int, *others: int) -> None:
        """Give the plan its lines; where that is too much give up margins first, then let it scroll."""
        box = self.query_one(".dialog")
        state = (count, others, self.size, tuple(child.display for child in box.children))
        if state == self._fitted:
            return
        self._fitted, self._looks = state, _LOOKS
        self.set_class(self.has_class("-small"), "-tight")
        self._lines.styles.height = count

    def _tighten(self) -> None:
        """Where the form does not fit as it was laid out."""
        if not self.is_mounted:
            return
        box = self.query_one(".dialog")
        # While it is laid out it can be too large for a moment, and not be as high as it may yet.
        grown = box.outer_size.height >= self.size.height * _HIGHEST - 1
        if grown and box.max_scroll_y > 0 and not self.has_class("-tight"):
            self.add_class("-tight")
        elif box.max_scroll_y > 0 and not grown and self._looks:
            self._looks -= 1
            self.call_after_refresh(self._tighten)
        elif box.max_scroll_y > 0:
            self._lines.styles.height = max(_PLAN_MIN, self._lines.size.height - box.max_scroll_y)
        self._lines.can_focus = self._lines.max_scroll_y > 0

    def _plan(self) -> Plan | None:
        return self.plan(self.facts) if self.facts is not None else None

    def _refusal(self) -> str:
        plan = self._plan()
        return plan.refusal if plan is not None else ""

    # What the user does

    def say(self, problem: str, *, harmless: bool = False) -> None:
        """Say what is wrong; ``problem`` may be hostile."""
        line = self.query_one("#problem", Static)
        line.set_class(harmless, "-harmless")
        line.update(content(problem))

    def on_input_changed(self) -> None:
        """What was wrong may be right now, and the plan another one."""
        self._changed()

    def on_toggles_changed(self, event: Toggles.Changed) -> None:
        """As above; a greyed one says why."""
        event.stop()
        self._changed()
        if event.toggles.why_not:
            self.say(f"Not now: {event.toggles.why_not}.", harmless=True)

    def _changed(self) -> None:
        self._waiting = False
        self.say("")
        self.renew()

    def on_input_submitted(self) -> None:
        """Enter in any line does it."""
        self.submit()

    def on_toggles_submitted(self, event: Toggles.Submitted) -> None:
        """As above."""
        event.stop()
        self.submit()

    def on_answers_given(self, event: Answers.Given) -> None:
        """Do it or not."""
        event.stop()
        if self.is_yes(event.index):
            self.submit()
        else:
            self.dismiss(None)

    def action_cancel(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    def submit(self) -> None:
        """Give the arguments back, unless something is wrong or is not known yet."""
        wrong = self.problem() or (_REFUSED if self._refusal() else "")
        if wrong:
            self._waiting = False
            self.say(wrong)
        elif self.NEEDS_FACTS and self.facts is None and not self._trouble and not self._waiting:
            self._waiting = True
            self.say("Done as soon as the disks were looked at; the same again does it now.", harmless=True)
        else:
            self.dismiss(self.arguments())


class SureDialog(PlannedDialog):
    """A form of which No is the default answer: something is lost. ``y`` is a yes wherever the cursor is."""

    AUTO_FOCUS = "Answers"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", "yes", show=False),
        Binding("n,N", "answer(False)", "no", show=False),
    ]
    CLASSES_OF_BOX: ClassVar[str] = "dialog planned danger"

    def answers(self) -> Answers:
        """No comes first."""
        return Answers("No", f"Yes, {self.subject_matter.verb.label}")

    def is_yes(self, index: int) -> bool:
        """The second one."""
        return index == 1

    def on_toggles_submitted(self, event: Toggles.Submitted) -> None:
        """Enter on a switch is no yes: on to the answers."""
        event.stop()
        self.query_one(Answers).focus()

    def action_answer(self, yes: bool) -> None:
        """Answer at a key."""
        if yes:
            self.submit()
        else:
            self.dismiss(None)


def field(caption: str, *inputs: Widget) -> Horizontal:
    """A line of a form: what it is, and what is filled in."""
    return Horizontal(Static(Content(caption), classes="caption"), *inputs, classes="field")


def entry(id_: str, value: str = "", placeholder: str = "") -> Input:
    """A line to fill in."""
    return Input(
        value, id=id_, compact=True, max_length=LONGEST, placeholder=placeholder, select_on_focus=bool(value)
    )


def name_problem(name: str, taken: Iterable[str]) -> str:
    """Why libvirt could not take the name; empty when it can."""
    if not name:
        return "A snapshot needs a name."
    if name in taken:
        return f"There is a snapshot '{short(name, 40)}' already."
    if "/" in name or name.startswith("."):
        return "A name cannot hold '/' or begin with '.'."
    if not name.isprintable():
        return "A name cannot hold control characters."
    if len(name.encode()) > LONGEST:
        return f"A name is at most {LONGEST} bytes long."
    return ""


def about(name: str) -> str:
    """A domain's or snapshot's name for a heading."""
    return short(name, _NAME_WIDTH)
