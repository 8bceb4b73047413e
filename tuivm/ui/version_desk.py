"""The versions kept of a domain's definition: shown, compared, restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tuivm.core.editing import steps
from tuivm.core.verbs import verb
from tuivm.ui.asking import Asking
from tuivm.ui.difflines import difference_lines
from tuivm.ui.words import content, moment
from tuivm.ui.xmltext import highlight

if TYPE_CHECKING:
    from tuivm.core.editing.steps import Past
    from tuivm.model.domain import Domain
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context


class VersionDesk:
    """Shows them; what is to be restored goes to ``restore(domain, present definition, XML)``."""

    def __init__(
        self, app: TuivmApp, context: Context, asking: Asking, restore: Callable[[Domain, str, str], object]
    ) -> None:
        self._app = app
        self._context = context
        self._asking = asking
        self._put_back = restore

    def show(self, domain: Domain, cursor: int = 0) -> None:
        """Show the versions, newest first."""

        def take(found: tuple[tuple[Past, ...], str, str]) -> None:
            self._list(domain, *found, cursor=cursor)

        self._asking.ask("Reading the versions", domain.name, lambda hv: steps.pasts(hv, domain), take)

    def _list(
        self, domain: Domain, pasts: tuple[Past, ...], present: str, why_not: str, *, cursor: int
    ) -> None:
        from tuivm.ui.dialogs.edit_versions import VersionsScreen

        def answered(chosen: tuple[str, Past] | None) -> None:
            if chosen is None:
                return
            what, past = chosen
            if what == "restore":
                self._restore(domain, past, present, why_not)
            else:
                self._look(domain, past, what, pasts.index(past))

        keys = self._context.keymap["versions"].keys
        screen = VersionsScreen(domain.name, pasts, self._context.clock(), keys, cursor)
        self._asking.show(screen, answered)

    def _look(self, domain: Domain, past: Past, what: str, index: int) -> None:
        """One version, as its XML or as its difference to now."""
        from tuivm.ui.dialogs.edit_pages import TextPage

        when = moment(past.version.time)
        if what == "difference" and past.difference is not None:
            title, lines = f"From now to {when}", difference_lines(past.difference)
            lines = lines or [content("They are the same.", "$muted")]
        else:
            title, lines = f"The XML until {when}", highlight(past.xml)
        self._asking.show(TextPage(title, lines), lambda _: self.show(domain, index))

    def _restore(self, domain: Domain, past: Past, present: str, why_not: str) -> None:
        reason = why_not or verb("edit").why_not(domain, self._context.session.inventory.unsupported)
        if reason:
            self._app.tell(f"cannot restore: {reason}", subject=domain.name, severity="warning", log=False)
        elif past.difference is not None and not past.difference.lines:
            self._app.tell("that version is what is defined now", subject=domain.name, log=False)
        else:
            self._put_back(domain, present, past.xml)
