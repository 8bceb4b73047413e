"""What a verb can be told besides on what: a text, a way of several, switches. Declared once, by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tuivm.core.verbs import Arguments
from tuivm.core.verbs.lifecycle import BOOT_DEVICES, MODES
from tuivm.model.detail import Detail
from tuivm.model.domain import Domain
from tuivm.model.errors import HypervisorError
from tuivm.model.labels import split_tags
from tuivm.model.naming import NAME_LONGEST, name_problem
from tuivm.ui.widgets.choice import Option

_TEXT_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class TextField:
    """A text that is asked for."""

    caption: str
    """What stands before it."""
    hint: str = ""
    """What stands in it while it is empty."""
    now: Callable[[Domain, Detail | None], str] = lambda _domain, _detail: ""
    """What the domain has now."""
    problem: Callable[[str], str] = lambda _: ""
    """What is wrong with a text; empty when it can be used."""
    lines: bool = False
    """Whether it may have several lines."""
    longest: int = _TEXT_LONGEST
    """Most characters."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked."""

    text: TextField | None = None
    """A text; None where there is none."""
    modes: tuple[Option, ...] = ()
    """Ways, of which one is ``Arguments.mode``; empty where there is one way."""
    ways: tuple[Option, ...] = ()
    """Ways, of which one is in ``Arguments.options`` unless its value is empty."""
    devices: tuple[Option, ...] = ()
    """Devices, of which one is ``Arguments.device``."""
    switches: tuple[Option, ...] = ()
    """What can be on or off in ``Arguments.options``."""
    asks_first: bool = False
    """Whether the key itself asks: there is nothing to be done without an answer."""
    many: bool = False
    """Whether it is asked for several domains only; of one it is clear."""
    becomes: Callable[[Arguments], Arguments] = lambda chosen: chosen
    """What the verb is given for what was chosen."""
    unfit: Callable[[Arguments], str] = lambda _: ""
    """Why what was chosen does not go together; empty when it does."""

    @property
    def is_empty(self) -> bool:
        """Whether it asks nothing."""
        return self.text is None and not (self.modes or self.ways or self.devices or self.switches)


def _line_problem(text: str) -> str:
    return "" if text.isprintable() else "It cannot hold control characters."


def _tags_problem(text: str) -> str:
    try:
        split_tags(text)
    except HypervisorError as error:
        return f"{error.message[:1].upper()}{error.message[1:]}."
    return ""


def _path_problem(text: str) -> str:
    if not text.startswith("/"):
        return "The hypervisor's host needs a whole path, from / on."
    return "" if text.isprintable() else "A path cannot hold control characters."


def _description(_: Domain, detail: Detail | None) -> str:
    from tuivm.xml.labels import description

    return description(detail.xml) if detail is not None else ""


_MODES = (
    Option("", "as it prefers"),
    *(Option(mode, {"acpi": "ACPI"}.get(mode, mode)) for mode in MODES),
)
_DEVICES = (
    Option("", "as defined"),
    *(
        Option(device, {"hd": "disk", "fd": "floppy", "firmware": "firmware setup"}.get(device, device))
        for device in BOOT_DEVICES
    ),
)
_PAUSED = Option("paused", "paused")

FORMS: Mapping[str, Form] = {
    "start": Form(devices=_DEVICES, switches=(_PAUSED, Option("discard-saved", "discard the saved state"))),
    "shutdown": Form(modes=_MODES),
    "reboot": Form(modes=_MODES),
    "force-off": Form(switches=(Option("graceful", "shut down first"),)),
    "save": Form(switches=(Option("paused", "paused when it is restored"),)),
    "restore": Form(switches=(_PAUSED,)),
    "sleep": Form(modes=(Option("mem", "to RAM"), Option("disk", "to disk"), Option("hybrid", "to both"))),
    "dump": Form(
        text=TextField("file there", "/srv/guest.core", problem=_path_problem, longest=4096),
        ways=(
            Option("", "waits meanwhile"),
            Option("live", "runs on"),
            Option("crash", "stops after"),
            Option("reset", "resets after"),
        ),
        switches=(Option("memory-only", "memory only (ELF)"),),
        asks_first=True,
    ),
    "autostart": Form(ways=(Option("on", "on"), Option("off", "off")), many=True),
    "rename": Form(
        text=TextField("name", now=lambda domain, _: domain.name, problem=name_problem, longest=NAME_LONGEST),
        asks_first=True,
    ),
    "title": Form(
        text=TextField("title", "none", lambda domain, _: domain.title, _line_problem),
        asks_first=True,
    ),
    "description": Form(text=TextField("description", now=_description, lines=True), asks_first=True),
    "tags": Form(
        text=TextField(
            "tags", "none; such as web, production", lambda domain, _: " ".join(domain.tags), _tags_problem
        ),
        asks_first=True,
    ),
}
"""The forms, by a verb's id; a verb without one is done as it is."""
_NOTHING = Form()


def form_of(verb: str) -> Form:
    """The form of the verb of that id."""
    return FORMS.get(verb, _NOTHING)
