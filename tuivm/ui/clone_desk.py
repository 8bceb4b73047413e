"""Cloning a domain, from the key to the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.core.verbs import Arguments, Verb
from tuivm.model.cloning import CloneFacts
from tuivm.model.domain import Domain
from tuivm.model.errors import HypervisorError

if TYPE_CHECKING:
    from tuivm.model.detail import Snapshot
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.context import Context


class CloneDesk:
    """Asks for the clone's name, and what becomes of each disk."""

    def __init__(self, app: TuivmApp, context: Context) -> None:
        self._app = app
        self._session = context.session

    def take(self, wanted: Verb, domain: Domain, _: Snapshot | None) -> bool:
        """Begin to clone, if that is the verb; returns whether it is."""
        if wanted.id != "clone":
            return False
        self._ask(wanted, domain)
        return True

    def _ask(self, wanted: Verb, domain: Domain) -> None:
        from tuivm.core import cloning
        from tuivm.ui.dialogs.clone import CloneScreen

        taken = {other.name for other in self._session.inventory.domains.values()}
        screen = CloneScreen(domain, cloning.proposed_name(domain.name, taken))

        def answered(arguments: Arguments | None) -> None:
            if arguments is not None:
                self._app.desk.run(wanted, domain, arguments)

        self._app.push_screen(screen, answered)

        def answer(found: CloneFacts | HypervisorError) -> None:
            self._app.call_later(screen.learn, found)

        self._session.ask(lambda hypervisor: hypervisor.clone_facts(domain.key), answer)
