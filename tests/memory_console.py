"""The console of the in-memory fake: echoes what it is sent, as a tty in cooked mode does."""

from __future__ import annotations

from collections.abc import Callable

from tuivm.model.errors import HypervisorError


class MemoryConsole:
    """One open session. ``sent`` holds everything the client ever sent; ``echo`` can be turned off,
    and without ``reads`` nothing is taken and ``unsent`` grows."""

    def __init__(
        self,
        on_data: Callable[[bytes], None],
        on_end: Callable[[HypervisorError | None], None],
        on_close: Callable[[], None] = lambda: None,
        device: str | None = None,
    ) -> None:
        self._on_data = on_data
        self._on_end = on_end
        self._on_close = on_close
        self.device = device
        self.sent = bytearray()
        self.unsent = bytearray()
        self.echo = True
        self.reads = True
        self.ended = False

    @property
    def waiting(self) -> int:
        return len(self.unsent)

    def send(self, data: bytes) -> None:
        if self.ended:
            return
        if not self.reads:
            self.unsent += data
            return
        self.sent += data
        if self.echo:
            self._on_data(data.replace(b"\r", b"\r\n"))

    def close(self) -> None:
        if not self.ended:
            self.ended = True
            self._on_close()

    def receive(self, data: bytes) -> None:
        """The guest prints."""
        if not self.ended:
            self._on_data(data)

    def end(self, error: HypervisorError | None) -> None:
        """The stream ends: None for a power-off, else why."""
        if not self.ended:
            self.ended = True
            self._on_end(error)
