"""From something that happened to where it can be looked at: the domain, and the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp


def open_domain(app: TuivmApp, key: DomainKey) -> bool:
    """Put the list's cursor on a domain, whatever the filter hides; False when it is gone."""
    return app.main.reveal(key)


def open_moment(app: TuivmApp, key: DomainKey, time: float) -> bool:
    """Show the graphs of a domain at ``time`` (Unix seconds); False when the domain is gone."""
    if not open_domain(app, key):
        return False
    # The page that it is asked from closes first.
    app.call_later(app.main.show_graphs, key, time)
    return True
