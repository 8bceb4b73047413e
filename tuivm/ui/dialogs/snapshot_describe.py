"""Asking for a snapshot's new name and words, and for how long snapshots are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tuivm.core.snapshots.retention import expired
from tuivm.core.verbs import Arguments
from tuivm.model.snapshot import Plan, Retention, Snapshot, SnapshotFacts
from tuivm.ui.dialogs.snapshot_form import PlannedDialog, Subject, about, entry, field, name_problem
from tuivm.ui.text import plain, plain_lines
from tuivm.ui.widgets.answers import Answers
from tuivm.ui.widgets.choice import Toggle, Toggles
from tuivm.ui.words import content, counted, short

_APPLY = "apply"
_MOST = 9999
_NAMED = 6
"""Snapshots that are named before the rest is counted."""


class DescribeSnapshotScreen(PlannedDialog):
    """Another name, another description, or both."""

    AUTO_FOCUS = "#description"
    NEEDS_FACTS: ClassVar[bool] = False

    def __init__(self, subject: Subject, snapshot: Snapshot) -> None:
        super().__init__(subject)
        self._snapshot = snapshot
        self._others = {one.name for one in subject.detail.snapshots} - {snapshot.name}

    def heading(self) -> str:
        """Which snapshot of which domain."""
        return f"Describe '{about(self._snapshot.name)}' of {about(self.about)}"

    def fields(self) -> Iterable[Widget]:
        """Name and description; the cursor begins at the description, which always can be changed."""
        name = entry("name", plain(self._snapshot.name))
        name.disabled = self._keeps_name
        yield field("name", name)
        if self._keeps_name:
            why = "an internal snapshot keeps its name: it is the image's"
            yield field("", Static(content(why, "$muted")))
        shown = self._shown_words
        if "\n" in shown:
            yield field("description", TextArea(shown, id="description", compact=True, soft_wrap=True))
        else:
            yield field("description", entry("description", shown))

    @property
    def _keeps_name(self) -> bool:
        return any(disk.place == "internal" for disk in self._snapshot.disks)

    @property
    def _shown_words(self) -> str:
        """The description as it can be shown and edited: controls would reach the terminal."""
        return "\n".join(plain_lines(self._snapshot.description))

    def answers(self) -> Answers:
        """In the house's words."""
        return Answers("Save", "Cancel")

    def arguments(self) -> Arguments:
        """Which snapshot, its new name and words; what was not touched is as it was."""
        known = self._snapshot
        name = self.query_one("#name", Input).value.strip()
        if self._keeps_name or name == plain(known.name).strip():
            name = known.name
        words = self._words
        if words == self._shown_words:
            words = known.description
        return Arguments(snapshot=known.name, text=name, description=words)

    @property
    def _words(self) -> str:
        words = self.query_one("#description")
        if isinstance(words, TextArea):
            return words.text.strip("\n")
        return words.value if isinstance(words, Input) else ""

    def on_text_area_changed(self) -> None:
        """As a line changes."""
        self._changed()

    def problem(self) -> str:
        """What is wrong with a new name; or that nothing is new."""
        chosen = self.arguments()
        if (chosen.text, chosen.description) == (self._snapshot.name, self._snapshot.description):
            return "Nothing was changed."
        return "" if chosen.text == self._snapshot.name else name_problem(chosen.text, self._others)


class RetentionScreen(PlannedDialog):
    """How many snapshots of a domain are kept and for how long, and which would go by that now."""

    AUTO_FOCUS = "#keep"
    PLAN_WORD: ClassVar[str] = "by this rule"

    def heading(self) -> str:
        """Of which domain."""
        return f"How many snapshots of {about(self.about)} are kept"

    def fields(self) -> Iterable[Widget]:
        """Two rules: for the user's own and for those taken before a revert."""
        yield Static(
            content("Empty: no limit. The last one of your own always stays.", "$muted"),
            classes="loss",
        )
        for who, prefix in (("your own", ""), ("safety ones", "safety-")):
            yield field(
                who,
                Static(Content("last"), classes="unit"),
                _number(f"{prefix}keep"),
                Static(Content("days"), classes="unit"),
                _number(f"{prefix}days"),
            )
        yield field("", Toggles("how", [Toggle(_APPLY, "delete the expired now")]))

    def answers(self) -> Answers:
        """In the house's words."""
        return Answers("Keep this rule", "Cancel")

    def learned(self) -> None:
        """Show the rule that is there, unless the user began to write another one."""
        if self.facts is None or any(field.value for field in self.query(Input)):
            return
        rule = self.facts.retention
        values = {"keep": rule.keep, "days": rule.days}
        values |= {"safety-keep": rule.safety_keep, "safety-days": rule.safety_days}
        for id_, value in values.items():
            self.query_one(f"#{id_}", Input).value = str(value or "")

    @property
    def _rule(self) -> Retention:
        names = ("keep", "days", "safety-keep", "safety-days")
        return Retention(*(int(self.query_one(f"#{name}", Input).value or 0) for name in names))

    def arguments(self) -> Arguments:
        """The rule."""
        return Arguments(retention=self._rule, options=self.query_one("#how", Toggles).on)

    def plan(self, facts: SnapshotFacts) -> Plan | None:  # noqa: ARG002 - it needs no fact but the old rule
        """Which of those that are there go by the rule."""
        matter = self.subject_matter
        gone = expired(matter.detail.snapshots, self._rule, matter.clock())
        named = ", ".join(f"'{short(one.name, 40)}'" for one in gone[:_NAMED])
        more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        now = _APPLY in self.query_one("#how", Toggles).on
        when = "They are deleted now." if now else "They go when the next snapshot is taken."
        words = (f"{counted(len(gone), 'snapshot')} expired: {named}{more}. {when}",)
        kept = len(matter.detail.snapshots) - len(gone)
        stay = f"{kept} of {counted(kept + len(gone), 'snapshot')} stay"
        if not gone:
            return Plan(stay)
        return Plan(stay, losses=words) if now else Plan(stay, warnings=words)


def _number(id_: str) -> Input:
    number = Input(id=id_, compact=True, type="integer", max_length=len(str(_MOST)), restrict=r"\d*")
    number.add_class("number")
    return number
