"""How well a machine is kept apart: its walls, each with a grade, words, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from tuivm.model.room import Boundary, Room


class Grade(IntEnum):
    """How a wall stands; the greater the worse."""

    NONE = 0
    """There is nothing to say: the machine is off, or there is no such thing here."""
    GOOD = 1
    """It stands."""
    DOOR = 2
    """It has a door that somebody opened on purpose: a device, a folder, neighbours."""
    UNKNOWN = 3
    """It cannot be seen."""
    WEAK = 4
    """One layer of several is missing."""
    MISSING = 5
    """What breaks out of the guest is on the host, or at another guest's data."""


class Wall(StrEnum):
    """What is looked at, in the order in which it is shown."""

    BOUNDARY = "boundary"
    USER = "user"
    LABEL = "label"
    SECCOMP = "seccomp"
    NETWORK = "network"
    DEVICES = "devices"
    FOLDERS = "folders"
    DISKS = "disks"
    NESTED = "nested"
    SCREEN = "screen"
    ARGUMENTS = "arguments"


@dataclass(frozen=True, slots=True)
class Aspect:
    """One wall of one machine."""

    wall: Wall
    """Which."""
    grade: Grade
    """How it stands."""
    word: str
    """The same in a word or two, for a table; may quote names."""
    words: str
    """In a sentence without its end; may quote names, which are hostile data."""
    remedy: str = ""
    """What to do about it; empty for nothing."""
    finding: str = ""
    """What the machines have in common that have it (``process runs as root``); empty for no finding."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Every wall of one machine."""

    room: Room
    """What was read."""
    aspects: tuple[Aspect, ...]
    """In the order of :class:`Wall`; what does not apply is left out."""

    @property
    def grade(self) -> Grade:
        """The worst; a door opened on purpose is no fault. NONE where no guest runs and nothing is wrong."""
        if self.room.boundary is Boundary.SIMULATED:
            return Grade.NONE
        worst = max((aspect.grade for aspect in self.aspects), default=Grade.UNKNOWN)
        if worst <= Grade.DOOR:
            return Grade.GOOD if self.room.active else Grade.NONE
        return worst

    def aspect(self, wall: Wall) -> Aspect | None:
        """One of the walls; None where it does not apply."""
        return next((one for one in self.aspects if one.wall is wall), None)

    @property
    def doors(self) -> tuple[Aspect, ...]:
        """What lets something through: devices, folders, disks, screens and the like, not neighbours."""
        plain = (Wall.BOUNDARY, Wall.USER, Wall.LABEL, Wall.SECCOMP, Wall.NETWORK)
        return tuple(one for one in self.aspects if one.wall not in plain and one.grade >= Grade.DOOR)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Who shares what: counted once for all machines."""

    segments: Mapping[str, tuple[str, ...]]
    """Names of the machines that can reach each other, by bridge or network."""
    disks: Mapping[str, tuple[str, ...]]
    """Names of the machines that write to the same disk, by where it is; only of those that do so."""


def some(names: Sequence[str], most: int = 3) -> str:
    """A few of the names, and how many more."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
