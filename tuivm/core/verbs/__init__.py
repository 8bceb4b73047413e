"""The verbs: declared once; footer, help, palette, keymap, jobs and command line derive from this table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tuivm.core.verbs.clone import CLONING
from tuivm.core.verbs.delete import DELETION
from tuivm.core.verbs.editing import EDITING
from tuivm.core.verbs.lifecycle import LIFECYCLE
from tuivm.core.verbs.saving import SAVING
from tuivm.core.verbs.settings import SETTINGS
from tuivm.core.verbs.snapshots import SNAPSHOTS
from tuivm.core.verbs.verb import Arguments, Verb, Work, command, describe
from tuivm.model.domain import Domain

__all__ = [
    "CLONING",
    "DELETION",
    "LIFECYCLE",
    "SAVING",
    "SETTINGS",
    "VERBS",
    "Arguments",
    "Verb",
    "Work",
    "choose",
    "command",
    "describe",
    "verb",
]

VERBS: tuple[Verb, ...] = (*LIFECYCLE, *SAVING, *SNAPSHOTS, *SETTINGS, *EDITING, *CLONING, *DELETION)
"""Every verb, in the order of the help."""
_BY_ID = {verb.id: verb for verb in VERBS}


def verb(id_: str) -> Verb:
    """Return the verb of that id. Raises KeyError."""
    return _BY_ID[id_]


def choose(candidates: Iterable[Verb], domain: Domain, unsupported: Mapping[str, str]) -> Verb | None:
    """Of the verbs that share a key, the one possible on ``domain`` now; else the first; None of none."""
    known = list(candidates)
    possible = (candidate for candidate in known if candidate.why_not(domain, unsupported) is None)
    return next(possible, known[0] if known else None)
