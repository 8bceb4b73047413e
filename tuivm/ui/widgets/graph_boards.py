"""What the boards of graphs have in common, on the screen of their own and in the overview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tuivm.core.event_log import MemoryEvents
from tuivm.core.happenings import happenings, news
from tuivm.core.past import RecentPast
from tuivm.model import units
from tuivm.model.domain import Domain
from tuivm.ui.widgets.board import GraphBoard
from tuivm.ui.words import counted

if TYPE_CHECKING:
    from tuivm.model.stats import Sample
    from tuivm.ui.context import Context


def make_board(context: Context, *, tight: bool = False) -> GraphBoard:
    """A board on the past of the session."""
    session = context.session
    return GraphBoard(
        session.past,
        lambda keys, start, end: happenings(session, keys, start, end),
        lambda keys: news(session, keys),
        clock=context.clock,
        least=context.config.interval,
        at_once=isinstance(session.past, RecentPast) and isinstance(session.event_log, MemoryEvents),
        ascii_only=context.ascii_only,
        tight=tight,
    )


def notes_of(domain: Domain, sample: Sample | None) -> Mapping[str, str]:
    """What the totals of an active domain are parts of, and who tells its memory, by label of the graph."""
    if not domain.state.is_active:
        return {}
    given = (sample.memory_given if sample is not None else None) or domain.memory
    seen_by = "guest" if sample is not None and sample.memory_is_guest else "host"
    return {
        "cpu": f"of {counted(domain.vcpus, 'vCPU')}" if domain.vcpus else "",
        "memory": f"of {units.size(given)}, {seen_by} view" if given else f"{seen_by} view",
    }
