"""What is asked of several domains at once where that differs from one, and what is not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tuivm.core.verbs import Arguments, Verb
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest
from tuivm.ui.verb_forms import FORMS, Form, TextField, form_of
from tuivm.ui.widgets.choice import Option
from tuivm.ui.words import stamp

_DISK_ONLY, _QUIESCE = "disk-only", "quiesce"

_CHOSEN_FIRST = "each has its own snapshots, of which one is chosen first"
_ALONE: Mapping[str, str] = {
    "edit": "each has its own XML",
    "delete": "what goes with it is looked at and chosen part by part",
    "clone": "each clone has its own name, and its disks are looked at first",
    "rename": "no two have one name",
    "title": "a title tells one from the others",
    "description": "a description is of one",
    "revert": _CHOSEN_FIRST,
    "delete-snapshot": _CHOSEN_FIRST,
    "describe-snapshot": _CHOSEN_FIRST,
    "merge": "the images of its disks are looked at first",
    "set-retention": "what its rule lets go is looked at first",
}
"""Why a verb is for one domain at a time, by its id."""


def why_alone(wanted: Verb) -> str:
    """Why a verb is for one domain at a time; empty when several can have it done to them at once."""
    return _ALONE.get(wanted.id, "")


def form_of_many(verb: str) -> Form:
    """The form of the verb of that id for several domains."""
    return _FORMS.get(verb) or form_of(verb)


def proposed(verb: str, now: float) -> str:
    """The text that stands in the form at first; ``now`` in Unix seconds."""
    return f"snap-{stamp(now)}" if verb == "snapshot" else ""


def _name_problem(text: str) -> str:
    from tuivm.ui.dialogs.snapshot_form import name_problem

    return name_problem(text, ())


def _as_request(now: Arguments) -> Arguments:
    """The snapshot that is asked for of each, instead of the answers."""
    kind = SnapshotKind.DISK_ONLY if _DISK_ONLY in now.options else SnapshotKind.INTERNAL
    memory = kind is SnapshotKind.INTERNAL
    request = SnapshotRequest(now.text, kind=kind, memory=memory, quiesce=_QUIESCE in now.options)
    return replace(now, text="", options=frozenset(), snapshot=now.text, request=request)


def _unfit_snapshot(now: Arguments) -> str:
    if _QUIESCE in now.options and _DISK_ONLY not in now.options:
        return "Only disks alone are quiesced: where the memory is kept, nothing is in between."
    return ""


def _folder_problem(text: str) -> str:
    if not text.startswith("/") or not text.endswith("/"):
        return "A folder on the hypervisor's host: from / on, and / at its end."
    return "" if text.isprintable() else "A path cannot hold control characters."


_FORMS: Mapping[str, Form] = {
    "snapshot": Form(
        text=TextField("name", problem=_name_problem),
        ways=(Option("", "disk and memory, inside"), Option(_DISK_ONLY, "disks alone, overlays")),
        switches=(Option(_QUIESCE, "quiesced by the agent"),),
        becomes=_as_request,
        unfit=_unfit_snapshot,
    ),
    "dump": replace(
        FORMS["dump"],
        text=TextField("folder there", "/srv/dumps/", problem=_folder_problem, longest=4096),
    ),
}
"""Forms for several, by a verb's id."""
