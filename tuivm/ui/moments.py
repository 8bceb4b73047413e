"""From something that happened to where it can be looked at: the domain, and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.model.domain import DomainKey
from tuivm.ui.widgets.detail import OVERVIEW

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp


def open_domain(app: TuivmApp, key: DomainKey) -> bool:
    """Put the list's cursor on a domain, whatever the filter hides; False when it is gone."""
    return app.main.reveal(key)


def open_moment(app: TuivmApp, key: DomainKey, time: float) -> bool:  # noqa: ARG001 - the graphs show now
    """Show the graphs of a domain at ``time`` (Unix seconds); False when the domain is gone."""
    if not open_domain(app, key):
        return False
    app.main.show_tab(OVERVIEW)
    return True
