"""What happened to one domain, newest last: a tab of its details."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from tuivm.model.domain import Domain, DomainKey
from tuivm.ui.widgets.log_lines import LogLines

if TYPE_CHECKING:
    from tuivm.ui.log_desk import LogDesk


class EventsTab(LogLines):
    """The domain's entries of the log; Enter shows the graphs of that moment."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "moment", "graphs of that moment", show=False)]

    def __init__(self, desk: LogDesk) -> None:
        super().__init__(named=False, empty="  Nothing happened to it yet.")
        self._desk = desk
        self._shown: tuple[DomainKey, str, tuple[int, int]] | None = None

    def show_domain(self, domain: Domain) -> None:
        """Show what happened to it, if that is not what is shown; another domain begins at its end."""
        shown = (domain.key, domain.name, self._desk.revision)
        if shown == self._shown:
            return
        if self._shown is not None and self._shown[0] != domain.key:
            self.show_events((), 0.0)
        self._shown = shown
        self.show_events(self._desk.of_domain(domain), self._desk.now)

    def action_moment(self) -> None:
        """Show the graphs at the time of the entry under the cursor."""
        if self.chosen is not None:
            self._desk.open_moment(self.chosen)
