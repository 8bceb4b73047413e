"""Deleting a domain, from the key to the job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.core.verbs import Arguments, Verb, verb
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
        self.ask(domain)
        return True

    def ask(self, domain: Domain) -> None:
        """Show what belongs to a domain and delete what is chosen of it."""
        from tuivm.ui.dialogs.delete import DeleteScreen

        screen = DeleteScreen(domain)

        def answered(arguments: Arguments | None) -> None:
            if arguments is not None:
                self._run(domain, arguments)

        self._app.push_screen(screen, answered)

        def answer(found: Belongings | HypervisorError) -> None:
            self._app.call_later(screen.learn, found)

        self._session.ask(lambda hypervisor: hypervisor.belongings(domain.key), answer)

    def _run(self, asked: Domain, arguments: Arguments) -> None:
        inventory = self._session.inventory
        domain, wanted = inventory.domains.get(asked.key), verb("delete")
        reason = "it is gone" if domain is None else wanted.why_not(domain, inventory.unsupported)
        if domain is None or reason is not None:
            words = f"cannot {wanted.label}: {reason}; nothing was done"
            self._app.tell(words, subject=asked.name, severity="warning")
        else:
            self._session.run(wanted, domain, arguments)
