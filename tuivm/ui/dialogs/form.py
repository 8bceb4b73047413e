"""What is asked before a verb is done: yes or no, with what is lost, and the verb's own fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tuivm.core.verbs import Arguments
from tuivm.ui.dialogs.confirm import Dialog
from tuivm.ui.dialogs.question import Question
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.choice import Choice, Option, Toggles
from tuivm.ui.widgets.fitted import FittedBox
from tuivm.ui.widgets.lines import LinesView
from tuivm.ui.words import content

_LOOKS = {
    "loss": "loss",
    "left-out": f"loss {FittedBox.SPARE}",
    "command": f"command {FittedBox.SPARE}",
    "problem": "problem",
}
"""Classes of the lines, by their ids."""
_BELOW = {
    "loss": ".names",
    "left-out": ".field, #command, #problem, Answers",
    "command": "#phrase-line, #problem, Answers",
    "phrase-line": "#problem, Answers",
    "problem": "Answers",
}
"""What stands below each of the lines that are not always there."""


class FormScreen(Dialog[Arguments | None]):
    """Asks. Only ``y``, or Enter on the Yes answer, is a yes; where a phrase is asked for, it and Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", "yes", show=False),
        Binding("n,N", "answer(False)", "no", show=False),
        Binding("escape", "answer(False)", "no", show=False),
        Binding("up", "scroll(-1)", "up", show=False),
        Binding("down", "scroll(1)", "down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("pagedown", "page(1)", "page down", show=False),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__(question.subject, question.about)
        self._question = question
        self._names = LinesView(classes=f"names {FittedBox.LIST}")
        self._names.can_focus = False
        self._shown: Sequence[Content] = ()
        self._said: dict[str, str] = {}
        self.AUTO_FOCUS = self._first_field()  # type: ignore[misc]

    def _first_field(self) -> str:
        """What has the keyboard first: what must be typed, else the answers where No is the default."""
        form = self._question.form
        if self._question.phrase(self._question.base):
            return "#phrase"
        if form.text is not None:
            return "#text"
        return "Answers" if self._question.asks or form.is_empty else "Choice, Toggles"

    # As it is drawn

    def compose(self) -> ComposeResult:
        """Question, what is lost, names, fields, command, what is wrong, answers."""
        # With what is said at first: what is said later is laid out once more.
        asked, now = self._question, self._first
        self._said = self._lines(now)
        phrase = asked.phrase(now)
        self._shown = asked.names(now)
        self._names.show(self._shown)
        self._names.display = bool(self._shown)
        with FittedBox(classes="dialog danger" if asked.asks else "dialog"):
            yield Static(content(asked.words(now), "bold"), id="words", classes="question")
            yield from self._lines_of("loss")
            yield self._names
            yield from self._lines_of("left-out")
            yield from self._fields()
            yield from self._lines_of("command")
            if phrase:
                yield self._phrase_line(phrase)
            yield from self._lines_of("problem")
            yes = asked.yes[:1].upper() + asked.yes[1:]
            yield Answers("No", f"Yes, {asked.yes}") if asked.asks else Answers(yes, "Cancel")

    def _lines_of(self, id_: str) -> Iterator[Static]:
        """Yield the line of that id, if it says something."""
        if self._said[id_]:
            yield Static(content(self._said[id_]), id=id_, classes=_LOOKS[id_])

    def _phrase_line(self, phrase: str) -> Horizontal:
        """Return the line that the phrase is typed on."""
        words = Static(content(f"type  {phrase}"), id="phrase-words", classes="caption")
        return Horizontal(
            words, Input(id="phrase", compact=True, max_length=200), classes="field", id="phrase-line"
        )

    def _lines(self, now: Arguments, problem: str = "") -> dict[str, str]:
        """Return what the lines say, by their ids."""
        asked = self._question
        return {
            "loss": asked.lost(now),
            "left-out": asked.left_out(now),
            "command": "" if self.has_class("-small") else asked.command(now),
            "problem": problem or asked.why_not(now),
        }

    @property
    def _first(self) -> Arguments:
        """What is chosen at first: what the fields stand on."""
        form, base = self._question.form, self._question.base
        way = next((way for way in base.options), "") if form.ways else ""
        return replace(
            base,
            text=self._question.text if form.text is not None else base.text,
            mode=_among(form.modes, base.mode),
            device=_among(form.devices, base.device),
            options=frozenset({_among(form.ways, way)} - {""}),
        )

    def _fields(self) -> ComposeResult:
        form, base = self._question.form, self._question.base
        if form.text is not None:
            with Horizontal(classes="field -lines" if form.text.lines else "field"):
                yield Static(content(form.text.caption), classes="caption")
                if form.text.lines:
                    yield TextArea(self._question.text, id="text", compact=True, soft_wrap=True)
                else:
                    yield Input(
                        self._question.text,
                        id="text",
                        compact=True,
                        placeholder=form.text.hint,
                        max_length=form.text.longest,
                    )
        for id_, caption, options, chosen in (
            ("modes", "how", form.modes, base.mode),
            ("devices", "boot from", form.devices, base.device),
            ("ways", "", form.ways, next((way for way in base.options), "")),
        ):
            if options:
                values = [option.value for option in options]
                at = values.index(chosen) if chosen in values else 0
                with Horizontal(classes="field -auto"):
                    yield Static(Content(caption), classes="caption")
                    yield Choice(id_, options, at)
        if form.switches:
            with Horizontal(classes="field -auto"):
                yield Static(Content("with"), classes="caption")
                yield Toggles("switches", form.switches)

    def on_resize(self, event: events.Resize) -> None:
        """What is not needed to answer gives way on a small screen."""
        was_small = self.has_class("-small")
        super().on_resize(event)
        if was_small != self.has_class("-small"):
            self._renew()

    @property
    def arguments(self) -> Arguments:
        """What is chosen now."""
        form, base = self._question.form, self._question.base
        switches = self.query_one("#switches", Toggles).on if form.switches else frozenset[str]()
        way = self.query_one("#ways", Choice).value if form.ways else ""
        return replace(
            base,
            text=self._text,
            mode=self.query_one("#modes", Choice).value if form.modes else base.mode,
            device=self.query_one("#devices", Choice).value if form.devices else base.device,
            options=switches | ({way} if way else frozenset[str]()),
        )

    @property
    def _text(self) -> str:
        field = self._question.form.text
        if field is None:
            return self._question.base.text
        if field.lines:
            return self.query_one("#text", TextArea).text.strip("\n")
        return self.query_one("#text", Input).value.strip()

    def _renew(self, problem: str = "") -> None:
        """Show what follows from what is chosen now."""
        asked, now = self._question, self.arguments
        phrase, names = asked.phrase(now), asked.names(now)
        self.query_one("#words", Static).update(content(asked.words(now), "bold"))
        for id_, words in self._lines(now, problem).items():
            if self._said.get(id_) != words:
                self._said[id_] = words
                self._say(id_, words)
        self._ask_to_type(phrase)
        if names is not self._shown:
            self._shown = names
            self._names.show(names)
        self._names.display = bool(names)

    def _say(self, id_: str, words: str) -> None:
        """Let a line say this; it is made when it first says something, which most never do."""
        for line in self.query(f"#{id_}").results(Static):
            line.update(content(words))
            line.display = bool(words)
            return
        if words:
            self._put(Static(content(words), id=id_, classes=_LOOKS[id_]), _BELOW[id_])

    def _ask_to_type(self, phrase: str) -> None:
        """Show the line that the phrase is typed on, where there is one."""
        for line in self.query("#phrase-line"):
            line.display = bool(phrase)
            line.query_one("#phrase-words", Static).update(content(f"type  {phrase}"))
            return
        if phrase:
            self._put(self._phrase_line(phrase), _BELOW["phrase-line"])

    @property
    def _typed(self) -> str:
        """What was typed for the phrase."""
        return next((line.value for line in self.query("#phrase").results(Input)), "")

    def _put(self, widget: Widget, below: str) -> None:
        """Put one into the box, above the first there is of those that stand below it."""
        box = self.query_one(FittedBox)
        box.mount(widget, before=next(iter(box.query_children(below))))

    # What the fields tell

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong may be right now."""
        event.stop()
        self._renew()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """As above."""
        event.stop()
        self._renew()

    def on_toggles_changed(self, event: Toggles.Changed) -> None:
        """Something else is lost, perhaps; what cannot be chosen says why."""
        event.stop()
        self._renew(event.toggles.why_not)

    def on_toggles_submitted(self, event: Toggles.Submitted) -> None:
        """Enter in a field."""
        event.stop()
        self._enter()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in a line."""
        event.stop()
        self._enter()

    def on_answers_given(self, event: Answers.Given) -> None:
        """Enter or a click on an answer."""
        event.stop()
        self._answer((event.index == 1) is self._question.asks)

    def action_answer(self, yes: bool) -> None:
        """Answer at a key."""
        if yes and self._question.unasked:
            self._renew("Nobody asked for this: say yes with the arrows and Enter.")
        else:
            self._answer(yes)

    def _answer(self, yes: bool) -> None:
        if not yes:
            self.dismiss(None)
        elif self.is_mounted:
            self._submit()
        else:
            # Typed together with the key that asked.
            self.call_later(self._submit)

    def _enter(self) -> None:
        """Enter in a field does it, but for what loses something: that is for the answers."""
        asked = self._question
        if asked.phrase(self.arguments) or not (asked.asks or asked.lost(self.arguments)):
            self._submit()
        else:
            self.query_one(Answers).focus()

    def _submit(self) -> None:
        """Give the answer back, or say why it cannot be."""
        asked, now = self._question, self.arguments
        field = asked.form.text
        problem = asked.why_not(now) or (field.problem(now.text) if field is not None else "")
        if problem:
            self._renew(problem)
            return
        phrase = asked.phrase(now)
        if phrase and self._typed.split() != phrase.split():
            self._renew(f"To go on, type: {phrase}")
            self.query_one("#phrase").focus()
            return
        self.dismiss(now)

    def action_scroll(self, step: int) -> None:
        """Look at more of the names; without any go to the field above or below."""
        if self._shown:
            self._names.action_step(step)
        elif step > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def action_page(self, step: int) -> None:
        """Look at more of the names."""
        self._names.action_page(step)


def _among(options: Sequence[Option], chosen: str) -> str:
    """The value that a choice stands on at first."""
    values = [option.value for option in options]
    return chosen if chosen in values or not values else values[0]
