"""What hears and marks a console from outside: taps for every byte, alerts for what a trigger found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Alert:
    """Something in a console's output that wants to be looked at."""

    text: str
    """The line, printable."""
    severity: str
    """``warning`` or ``error``."""
    time: float
    """Unix seconds."""
    trigger: str
    """Name of the trigger."""


class Tap(Protocol):
    """Hears what passes through a console. Every method must return at once and may come on any thread."""

    def output(self, data: bytes) -> None:
        """What is drawn, in order: all the guest wrote but what a transfer keeps. Mostly libvirt's thread."""

    def typed(self, data: bytes) -> None:
        """Keys and pastes, as they are sent (no answers of the terminal, no file that is transferred)."""

    def resized(self, columns: int, lines: int) -> None:
        """The terminal has another size."""

    def closed(self) -> None:
        """The console was given back by the user or the program; a guest that goes off does not close it."""


class Told(Generic[_Value]):
    """An attribute that is told to whoever shows the console when it is set. Any thread."""

    def __init__(self, value: _Value) -> None:
        self._value = value

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, console: Any, owner: type) -> _Value:
        value: _Value = getattr(console, self._name, self._value)
        return value

    def __set__(self, console: Any, value: _Value) -> None:
        setattr(console, self._name, value)
        console.tell()
