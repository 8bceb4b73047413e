"""What an action on snapshots would do: told before it is done, and made anew by the job that does it."""

from __future__ import annotations

from tuivm.core.snapshots.deleting import names_of, plan_delete
from tuivm.core.snapshots.merging import merge_base, plan_merge
from tuivm.core.snapshots.reverting import plan_revert, safety_request
from tuivm.core.snapshots.taking import plan_take

__all__ = [
    "merge_base",
    "names_of",
    "plan_delete",
    "plan_merge",
    "plan_revert",
    "plan_take",
    "safety_request",
]
