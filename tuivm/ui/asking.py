"""Facts from a worker thread between two dialogs: nobody else gets the keys meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from tuivm.core.ports import Hypervisor
from tuivm.model.errors import HypervisorError

if TYPE_CHECKING:
    from tuivm.core.session import Session
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.dialogs.wait import WaitScreen

Answer = TypeVar("Answer")
"""What a worker thread finds out."""
Result = TypeVar("Result")
"""What a screen gives back."""


def _ignore(_: object) -> None:
    """Nothing to do."""


class Asking:
    """Asks one thing after the other, and shows screens on what was answered."""

    def __init__(self, app: TuivmApp, session: Session) -> None:
        self._app = app
        self._session = session
        self._wait: WaitScreen | None = None
        self._ticket = 0
        self._failed: Callable[[], object] | None = None

    def ask(
        self,
        words: str,
        about: str,
        call: Callable[[Hypervisor], Answer],
        then: Callable[[Answer], object],
        *,
        failed: Callable[[], object] | None = None,
        late: Callable[[Answer], object] = _ignore,
    ) -> None:
        """Call ``call`` on a worker thread, then ``then`` with what it answers.

        ``words`` say what takes so long, ``about`` is the domain's name. An error is told, then ``failed``
        is called, as it is when the user gives up; an answer that comes after that goes to ``late``.
        """
        self.hold(words)
        self._ticket += 1
        self._failed = failed
        ticket = self._ticket

        def answered(answer: Answer | HypervisorError) -> None:
            error = answer if isinstance(answer, HypervisorError) else None
            if ticket != self._ticket:
                if not isinstance(answer, HypervisorError):
                    late(answer)
            elif error is not None:
                self._app.tell(str(error), subject=about, severity="error")
                self._over()
            elif not isinstance(answer, HypervisorError):
                then(answer)

        self._session.ask(call, lambda answer: self._app.call_later(answered, answer))

    def do(self, call: Callable[[], object]) -> None:
        """Call something that touches files on a worker thread; nobody waits for it."""
        self._session.ask(lambda _: call(), _ignore)

    def hold(self, words: str) -> None:
        """Let nobody have the keyboard until the next screen is shown or :meth:`free` is called."""
        if self._wait is None:
            from tuivm.ui.dialogs.wait import WaitScreen

            self._wait = WaitScreen(words, self._give_up)
            self._app.push_screen(self._wait)

    def free(self) -> None:
        """Nothing is waited for any more."""
        wait, self._wait = self._wait, None
        if wait is not None:
            wait.end()

    def show(self, screen: Screen[Result], answered: Callable[[Result | None], object]) -> None:
        """Show the next screen."""
        self.free()
        self._app.push_screen(screen, lambda result: _ignore(answered(result)))

    def _give_up(self) -> None:
        self._ticket += 1
        self._over()

    def _over(self) -> None:
        failed, self._failed = self._failed, None
        self.free()
        if failed is not None:
            failed()
