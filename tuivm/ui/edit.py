"""An edit under way, and the answers its pages take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tuivm.core.editing.definition import CHANGED, NO_BACKUP
from tuivm.core.verbs.editing import UNVALIDATED, WITHOUT_BACKUP
from tuivm.ui.dialogs.edit_pages import Reply

if TYPE_CHECKING:
    from tuivm.core.editing.drafts import Draft
    from tuivm.core.editing.steps import Look
    from tuivm.model.domain import Domain

_SCHEMA = "against schema"
"""What libvirt says when the text does not follow its schema."""
_EDIT = Reply("edit", "Edit", "e", "edit again")
_DROP = Reply("drop", "", "d", "throw it away")
LEFT_BEHIND = (
    Reply("go", "Go on", "g", "go on with it"),
    Reply("fresh", "Afresh", "a", "begin afresh, it stays"),
    _DROP,
)
"""For an edit that was not finished."""
EDITOR_FAILED = (_EDIT, Reply("go", "Go on", "g", "go on with the text as it is"), _DROP)
"""For a text that differs though the editor failed."""
NO_EDITOR = (Reply("builtin", "Built-in editor", "b", "use the built-in editor"),)
"""For an editor that cannot be started."""


@dataclass(slots=True)
class Edit:
    """One edit under way."""

    domain: Domain
    """Of which domain, as it was when it began."""
    base: str
    """The definition it began from."""
    draft: Draft
    """Where its text is."""
    argv: tuple[str, ...] = ()
    """The editor; nothing for the built-in one."""
    why: str = "edit"
    """``edit``, or ``restore`` of a version."""
    is_touched: bool = True
    """Whether the user has written in it; a version that is restored is whole without."""
    line: int | None = None
    """Where something is wrong, from 1."""
    flaw: str = ""
    """What is."""
    look: Look | None = None
    """What was found last."""
    options: set[str] = field(default_factory=set)
    """What the user agreed to go without."""


def to_review(edit: Edit) -> tuple[Reply, ...]:
    """The answers to the difference."""
    restores = edit.why == "restore"
    words = "restore it" if restores else "define it"
    define = Reply("define", "Restore" if restores else "Define", "y", words)
    if edit.look is not None and edit.look.merged is not None:
        return (_EDIT, Reply("merge", "Both", "b", "take both changes"), define, _DROP)
    return (_EDIT, define, _DROP)


def to_refusal(why: str) -> tuple[Reply, ...]:
    """The answers to an error: what the user can agree to go without depends on what it was."""
    replies = [_EDIT]
    if _SCHEMA in why:
        replies.append(Reply(UNVALIDATED, "Unvalidated", "u", "define it unvalidated"))
    if why.startswith(NO_BACKUP):
        replies.append(Reply(WITHOUT_BACKUP, "No backup", "b", "define it without a backup"))
    if why.startswith(CHANGED):
        replies.append(Reply("look", "Look", "v", "look at what was changed"))
    return (*replies, _DROP)
