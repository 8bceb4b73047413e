"""Deleting a domain, from the key to the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.core.verbs import Arguments, Verb
from tuivm.model.deletion import Belongings
from tuivm.model.domain import Domain
from tuivm.model.errors import HypervisorError

if TYPE_CHECKING:
    from tuivm.model.detail import Snapshot
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context


class DeletionDesk:
    """Asks what of a domain is to go."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._session = context.session

    def take(self, wanted: Verb, domain: Domain, _: Snapshot | None) -> bool:
        """Begin to delete, if that is the verb; returns whether it is."""
        if wanted.id != "delete":
            return False
        self._ask(wanted, domain)
        return True

    def _ask(self, wanted: Verb, domain: Domain) -> None:
        """Show what belongs to a domain and delete what is chosen of it."""
        from tuivm.ui.dialogs.delete import DeleteScreen

        screen = DeleteScreen(domain)

        def answered(arguments: Arguments | None) -> None:
            if arguments is not None:
                self._app.desk.run(wanted, domain, arguments)

        self._app.push_screen(screen, answered)

        def answer(found: Belongings | HypervisorError) -> None:
            self._app.call_later(screen.learn, found)

        self._session.ask(lambda hypervisor: hypervisor.belongings(domain.key), answer)
