"""From the key to a new definition: the editor, the last look, the question, the job. And the versions kept.

Nothing typed is lost on the way: the text is a draft on disk from the first moment, removed only once it is
defined, thrown away on purpose, or found to change nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tuivm.core.editing import editor, steps
from tuivm.core.editing.difference import difference
from tuivm.core.ports import Hypervisor
from tuivm.core.verbs import Arguments, Verb, verb
from tuivm.core.verbs.editing import UNVALIDATED, WITHOUT_BACKUP
from tuivm.model.errors import Invalid
from tuivm.model.job import Job, JobState
from tuivm.ui.asking import Asking
from tuivm.ui.dialogs.edit_pages import AnswerPage, Reply
from tuivm.ui.dialogs.edit_text import Written
from tuivm.ui.edit import EDITOR_FAILED, LEFT_BEHIND, NO_EDITOR, Edit, to_refusal, to_review
from tuivm.ui.edit_words import draft_lines, refusal, review
from tuivm.ui.outside import Ended, run_outside
from tuivm.ui.version_desk import VersionDesk

if TYPE_CHECKING:
    from textual.content import Content

    from tuivm.core.editing.drafts import Draft
    from tuivm.core.editing.steps import Look, Opened
    from tuivm.model.domain import Domain
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context

_AT_ONCE = 1.0
"""Seconds within which an editor that leaves everything as it was has probably not waited."""


class EditDesk:
    """Edits definitions, one at a time."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._context = context
        self._session = context.session
        self._asking = Asking(app, context.session)
        self._jobs: dict[int, Edit] = {}
        self._versions = VersionDesk(app, context, self._asking, self._restore)

    # From the key to the text

    def take(self, wanted: Verb, domain: Domain, _: object) -> bool:
        """Do the verb if it is ours."""
        if wanted.id != "edit":
            return False
        self.begin(domain)
        return True

    def begin(self, domain: Domain) -> None:
        """Edit the definition of a domain."""
        argv = self._editor()
        if argv is None:
            return

        def take(found: Opened) -> None:
            if found.drafts:
                self._offer(domain, argv, found)
            else:
                self._start(domain, argv, found.base, found.base)

        self._asking.ask(
            "Reading the definition",
            domain.name,
            lambda hv: steps.opened(hv, domain.key),
            take,
            late=_release,
        )

    def versions(self, domain: Domain | None) -> None:
        """Show the versions kept of a domain's definition."""
        if domain is not None:
            self._versions.show(domain)

    def _editor(self) -> tuple[str, ...] | None:
        """The user's editor; None when it cannot be told, which is said."""
        try:
            return editor.command(self._context.config.editor, os.environ)
        except ValueError as error:
            self._app.tell(str(error), severity="error", log=False)
            return None

    def _restore(self, domain: Domain, present: str, xml: str) -> None:
        """Bring a version back: the same way as an edit that is written already."""
        argv = self._editor()
        if argv is not None:
            self._start(domain, argv, present, xml, "restore")

    def _start(self, domain: Domain, argv: tuple[str, ...], base: str, text: str, why: str = "edit") -> None:
        """Make a draft of ``text``, and open it; one that is whole already is only looked at."""

        def take(draft: Draft) -> None:
            edit = Edit(domain, base, draft, argv, why, is_touched=why == "edit")
            if edit.is_touched:
                self._open(edit)
            else:
                self._check(edit)

        self._asking.ask(
            "Making a draft",
            domain.name,
            lambda _: steps.drafted(domain, base, text),
            take,
            late=self._drop,
        )

    def _offer(self, domain: Domain, argv: tuple[str, ...], found: Opened) -> None:
        """Show the newest edit that was left behind, before another is begun."""
        draft, *others = found.drafts
        for other in others:
            other.release()

        def show(facts: tuple[str, str, str]) -> None:
            text, base, why = facts
            old = base != found.base
            now = self._context.clock()
            lines = draft_lines(draft, difference(base, text), why, now, is_old=old)
            self._page("An edit was left", domain, lines, LEFT_BEHIND, "leave it", answered)
            kept.append(base)

        kept: list[str] = []

        def answered(value: str | None) -> None:
            if value == "go":
                self._open(Edit(domain, kept[0], draft, argv))
                return
            if value == "drop":
                self._drop(draft)
            else:
                draft.release()
            if value in ("fresh", "drop"):
                self._start(domain, argv, found.base, found.base)

        call = partial(steps.left_behind, draft, found.base)
        self._asking.ask("Reading the draft", domain.name, lambda _: call(), show, failed=draft.release)

    def _open(self, edit: Edit) -> None:
        """Open the text in the editor."""
        edit.is_touched = True
        if not edit.argv:
            self._open_own(edit)
            return
        # Keys of the editor that come too early or too late are nobody's.
        self._asking.hold("The editor has the terminal")
        ended = run_outside(self._app, editor.argv(edit.argv, edit.draft.path, edit.line))
        self._check(edit, ended=ended)

    def _open_own(self, edit: Edit) -> None:
        """Open it in the built-in editor."""
        from tuivm.ui.dialogs.edit_text import EditorScreen

        def read(_: Hypervisor) -> str:
            try:
                return edit.draft.read()
            except OSError as error:
                raise Invalid(f"the draft cannot be read: {error.strerror or error}") from error

        def show(text: str) -> None:
            screen = EditorScreen(
                edit.domain,
                text,
                lambda now: self._asking.do(lambda: edit.draft.keep(now)),
                line=edit.line,
                flaw=edit.flaw,
            )
            self._asking.show(screen, answered)

        def answered(written: Written | None) -> None:
            if written is None:
                self._leave(edit)
            else:
                self._check(edit, written)

        self._asking.ask("Reading the draft", edit.domain.name, read, show, failed=lambda: self._leave(edit))

    # From the text to the job

    def _check(self, edit: Edit, written: Written | None = None, ended: Ended | None = None) -> None:
        """Look at what was written, and at what the definition is by now."""
        text = written.text if written is not None else None

        def take(look: Look) -> None:
            edit.look = look
            edit.line = look.flaw.line if look.flaw is not None else None
            edit.flaw = look.flaw.message if look.flaw is not None else ""
            failed = ended.words if ended is not None else ""
            if not look.is_changed:
                self._nothing(edit, ended)
            elif written is not None and not written.is_done:
                self._leave(edit)
            elif failed:
                self._ask_on(edit, failed)
            else:
                self._review(edit)

        self._asking.ask(
            "Looking at the text",
            edit.domain.name,
            lambda hv: steps.look(hv, edit.domain, edit.draft, edit.base, text),
            take,
            failed=lambda: self._leave(edit),
        )

    def _nothing(self, edit: Edit, ended: Ended | None) -> None:
        """The text is what is defined already."""
        self._asking.free()
        words = "nothing was changed"
        if ended is not None and ended.error:
            self._without(edit, ended)
            return
        if ended is not None and ended.words:
            words = f"{ended.words}; {words}"
        elif ended is not None and ended.seconds < _AT_ONCE:
            words += "; an editor with a window of its own must be told to wait (code --wait)"
        self._drop(edit.draft)
        self._app.tell(words, subject=edit.domain.name, log=False)

    def _without(self, edit: Edit, ended: Ended) -> None:
        """The user's editor cannot be had."""

        def answered(value: str | None) -> None:
            if value == "builtin":
                edit.argv = ()
                self._open(edit)
            else:
                self._leave(edit)

        self._page("No editor", edit.domain, refusal(ended.words), NO_EDITOR, "leave", answered)

    def _ask_on(self, edit: Edit, failed: str) -> None:
        """The editor failed, but the text differs: it may be whole or half."""
        lines = [*refusal(failed), *(review(edit.look) if edit.look is not None else [])]
        answered = self._answered(edit, {"go": lambda: self._review(edit)})
        self._page("The editor failed", edit.domain, lines, EDITOR_FAILED, "keep as a draft", answered)

    def _review(self, edit: Edit) -> None:
        """Show what would change, and ask."""
        look = edit.look
        if look is None or look.flaw is not None:
            self._refused(edit, edit.flaw)
            return
        title = "Restore this version" if edit.why == "restore" else "Define this"
        escape = "keep as a draft" if edit.is_touched else "leave"
        more = {"define": lambda: self._define(edit), "merge": lambda: self._merge(edit)}
        answered = self._answered(edit, more)
        self._page(title, edit.domain, review(look), to_review(edit), escape, answered)

    def _merge(self, edit: Edit) -> None:
        """Take what somebody else changed into the text, and look again."""
        if edit.look is not None and edit.look.merged is not None:
            edit.base = edit.look.present
            self._check(edit, Written(edit.look.merged, is_done=True))

    def _refused(self, edit: Edit, why: str) -> None:
        """It cannot be defined: show why in full, and keep the text for another try."""

        def without(option: str) -> Callable[[], None]:
            def go() -> None:
                edit.options.add(option)
                self._define(edit)

            return go

        more = {option: without(option) for option in (UNVALIDATED, WITHOUT_BACKUP)}
        answered = self._answered(edit, {**more, "look": lambda: self._check(edit)})
        title = "This cannot be defined"
        self._page(
            title, edit.domain, refusal(why), to_refusal(why), "keep as a draft", answered, danger=True
        )

    def _answered(self, edit: Edit, more: Mapping[str, Callable[[], object]]) -> Callable[[str | None], None]:
        """What an answer does: ``edit``, ``drop``, those in ``more``; anything else leaves."""

        def answered(value: str | None) -> None:
            if value == "edit":
                if edit.look is not None and edit.look.theirs is not None:
                    # Seen: from here on the edit is one of the definition as it is now.
                    edit.base = edit.look.present
                self._open(edit)
            elif value == "drop":
                self._throw_away(edit)
            elif value is not None and value in more:
                more[value]()
            else:
                self._leave(edit)

        return answered

    def _define(self, edit: Edit) -> None:
        """Hand it over, unless the domain went or was locked meanwhile."""
        look = edit.look
        domain = self._session.inventory.domains.get(edit.domain.key)
        wanted = verb("edit")
        if domain is None or look is None:
            self._leave(edit)
            return
        reason = wanted.why_not(domain, self._session.inventory.unsupported)
        if reason is not None:
            self._refused(edit, f"cannot {wanted.label}: {reason}")
            return
        options = frozenset(edit.options)
        arguments = Arguments(xml=look.text, base=look.present, mode=edit.why, options=options)
        self._jobs[self._session.run(wanted, domain, arguments).id] = edit

    def told(self, job: Job) -> bool:
        """A job is over: one of ours that failed comes back with its text. Whether that tells of it."""
        edit = self._jobs.pop(job.id, None)
        if edit is None:
            return False
        if job.state is JobState.DONE:
            self._drop(edit.draft)
            return False
        why = job.error or job.message
        if job.state is JobState.FAILED:
            self._asking.do(lambda: edit.draft.refuse(why))
        if job.state is JobState.FAILED and not self._app.has_dialog:
            self._refused(edit, why)
            return True
        self._leave(edit)
        return False

    # The end of an edit

    def _leave(self, edit: Edit) -> None:
        """Keep the text for another time; a version that was only looked at is kept anyway."""
        self._asking.free()
        if not edit.is_touched:
            self._drop(edit.draft)
            return
        edit.draft.release()
        key = self._context.keymap["edit"].key(ascii_only=self._context.ascii_only)
        words = f"the edit is kept as a draft: {key or 'edit XML'} goes on with it"
        self._app.tell(words, subject=edit.domain.name, log=False)

    def _throw_away(self, edit: Edit) -> None:
        """Ask, and forget the text."""
        from tuivm.ui.dialogs.confirm import ConfirmScreen

        def answered(sure: bool | None) -> None:
            if sure:
                self._drop(edit.draft)
            else:
                self._leave(edit)

        loss = "What was written since the edit began is lost; the domain stays as it is."
        screen = ConfirmScreen(edit.domain, "Throw the edit away?", loss, yes="throw it away")
        self._asking.show(screen, answered)

    def _drop(self, draft: Draft) -> None:
        self._asking.do(draft.drop)

    def _page(
        self,
        title: str,
        domain: Domain,
        lines: list[Content],
        replies: Sequence[Reply],
        escape: str,
        answered: Callable[[str | None], None],
        *,
        danger: bool = False,
    ) -> None:
        """Show lines, and ask what to do."""
        self._asking.show(AnswerPage(domain, title, lines, replies, escape, danger=danger), answered)


def _release(found: Opened) -> None:
    """Nobody waits for these any more."""
    for draft in found.drafts:
        draft.release()
