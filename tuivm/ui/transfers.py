"""Files that are sent to guests, as the jobs page shows them, and the question when one is there already."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tuivm.core.transfer import Transfer, TransferState
from tuivm.model.domain import Domain
from tuivm.model.job import Job, JobState
from tuivm.ui.context import Context
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.ui.app import TuivmApp
    from tuivm.ui.console_desk import Place

_NAME_WIDTH = 60
_KEPT = 50
"""Transfers that are over and are still shown."""
_STATES = {
    TransferState.WAITING: JobState.RUNNING,
    TransferState.SENDING: JobState.RUNNING,
    TransferState.CHECKING: JobState.RUNNING,
    TransferState.DONE: JobState.DONE,
    TransferState.FAILED: JobState.FAILED,
    TransferState.CANCELLED: JobState.CANCELLED,
}


class Ask(Protocol):
    """How a question is asked: :meth:`ConsoleDesk.ask`."""

    def __call__(self, domain: Domain, question: str, loss: str, yes: str, go: Callable[[], object]) -> None:
        """Call ``go`` at a yes."""


@dataclass(slots=True)
class _Sent:
    """One transfer with what the jobs page shows of it."""

    id: int
    """Counts down from -1, apart from the ids of jobs."""
    place: Place
    """Where it goes."""
    transfer: Transfer
    """It."""
    created: float
    """Unix seconds."""
    finished: float | None = None
    """Unix seconds; None while under way."""


class Transfers:
    """Every transfer since tuivm was started, but for the oldest."""

    def __init__(self, app: TuivmApp, context: Context, ask: Ask) -> None:
        self._app = app
        self._clock = context.clock
        self._ask = ask
        self._sent: list[_Sent] = []
        self._ids = 0

    def begin(self, place: Place, path: Path, to: str, *, overwrite: bool = False) -> None:
        """Begin to send a file."""
        self._ids -= 1
        transfer = place.session.send_file(path, to=to, overwrite=overwrite)
        self._sent = self._sent[-_KEPT:]
        self._sent.append(_Sent(self._ids, place, transfer, self._clock()))
        if transfer.state.is_over:
            # One that cannot begin is told by nobody else.
            self._app.tell(transfer.message, subject=place.domain.name, severity="error")
            self._sent[-1].finished = self._clock()

    def news(self) -> None:
        """Look which are over; one that met a file of its name is offered to be sent again, over it."""
        for sent in self._sent:
            if sent.finished is None and sent.transfer.state.is_over:
                sent.finished = self._clock()
                if sent.transfer.exists and not self._app.has_question:
                    self._offer(sent)

    def _offer(self, sent: _Sent) -> None:
        path, to = sent.transfer.path, sent.transfer.to
        name = short(to or path.name, _NAME_WIDTH)
        self._ask(
            sent.place.domain,
            f"Overwrite {name} in",
            f"{name} exists in the guest: what it holds now is lost.",
            "overwrite",
            lambda: self.begin(sent.place, path, to, overwrite=True),
        )

    @property
    def under_way(self) -> int:
        """How many are on their way."""
        return sum(1 for sent in self._sent if not sent.transfer.state.is_over)

    def jobs(self) -> list[Job]:
        """Each as a job, oldest first."""
        return [
            Job(
                sent.id,
                "send-file",
                f"send {short(sent.transfer.path.name, _NAME_WIDTH)}",
                sent.place.domain.key,
                sent.place.domain.name,
                _STATES[sent.transfer.state],
                sent.created,
                sent.finished,
                _progress(sent.transfer),
            )
            for sent in self._sent
        ]

    def cancel(self, id_: int) -> bool:
        """Cancel the one of that id; returns whether it was under way."""
        for sent in self._sent:
            if sent.id == id_ and not sent.transfer.state.is_over:
                sent.transfer.cancel()
                return True
        return False


def _progress(transfer: Transfer) -> str:
    """How far it is, or how it ended, without the name."""
    match transfer.state:
        case TransferState.WAITING:
            return "waiting for a shell at the other end"
        case TransferState.CHECKING:
            return "comparing checksums"
        case TransferState.DONE:
            return f"{transfer.total:,} bytes, {transfer.reason}"
        case TransferState.FAILED:
            return transfer.reason
    return f"{transfer.sent:,} of {transfer.total:,} bytes"
