"""The first line of the screen: which host, what kind of hypervisor, how loaded it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tuivm.model.domain import ACTIVE
from tuivm.model.inventory import Inventory, Link
from tuivm.model.units import percent, size_of
from tuivm.ui.roles import Roles, roles_of
from tuivm.ui.text import plain, truncate, width_of
from tuivm.ui.widgets.gauge import gauge

PROGRAM = "tuivm"
_GAP = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """What the header says of a host."""

    name: str
    """Host name, or the URI before the first connection; plain."""
    words: tuple[str, ...]
    """``QEMU 7.2.9``, pace, note, ``KVM``, ``type 1``; the most important first, plain."""
    short_words: tuple[str, ...]
    """The same, for where there is less room (``QEMU 7.2``)."""
    link: Link
    """State of the connection."""
    link_message: str
    """Why it is not up, plain."""
    cpu: float | None
    """Host CPU, percent."""
    memory_used: int
    """Bytes."""
    memory_total: int
    """Bytes."""
    running: int
    """Active domains."""
    total: int
    """All domains."""
    vcpus: int
    """Virtual CPUs of the active domains."""
    cpus: int
    """Logical CPUs of the host."""
    given: int
    """Memory given to the active domains, bytes."""


def figures(inventory: Inventory, note: str = "", pace: str = "") -> Figures:
    """Gather what the header shows. ``note`` and ``pace`` are short words of the program's own."""
    host, load = inventory.host, inventory.load
    product: tuple[str, str] = ("", "")
    words: list[str] = []
    if host is not None:
        short = ".".join(host.version.split(".")[:2])
        product = (f"{host.hypervisor} {host.version}".strip(), f"{host.hypervisor} {short}".strip())
        words = [word for word in (host.acceleration, host.kind.value) if word]
    if note and not any(word in note for word in words):
        words.insert(0, note)
    if pace:
        words.insert(0, pace)
    active = [domain for domain in inventory.domains.values() if domain.state in ACTIVE]
    return Figures(
        name=plain(host.name if host is not None else inventory.uri),
        words=tuple(plain(word) for word in (product[0], *words) if word),
        short_words=tuple(plain(word) for word in (product[1], *words) if word),
        link=inventory.link,
        link_message=plain(inventory.link_message),
        cpu=load.cpu if load is not None else None,
        memory_used=load.memory_used if load is not None else 0,
        memory_total=load.memory_total if load is not None else (host.memory if host is not None else 0),
        running=len(active),
        total=len(inventory.domains),
        vcpus=sum(domain.vcpus for domain in active),
        cpus=host.cpus if host is not None else 0,
        given=sum(domain.memory for domain in active),
    )


def draw_header(shown: Figures, width: int, roles: Roles, *, ascii_only: bool = False) -> list[Segment]:
    """Draw the header in at most ``width`` cells.

    Parts are dropped when there is no room, the least important first: what is given against what is
    there, the version's last part, the program's name, the type, the acceleration, the note, the pace, the
    hypervisor, the bars, the memory. The running count and a connection that is not up always stay.
    """
    right = _right(shown, width, roles, ascii_only)
    right_width = sum(width_of(segment.text) for segment in right)
    left = _left(shown, width - right_width - _GAP, roles, ascii_only)
    left_width = sum(width_of(segment.text) for segment in left)
    return [*left, Segment(" " * max(width - left_width - right_width, 0)), *right]


def _right(shown: Figures, width: int, roles: Roles, ascii_only: bool) -> list[Segment]:
    count = Segment(f"{shown.running}/{shown.total} running ", Style(color=roles.foreground, bold=True))
    if width < 50:
        count = Segment(f"{shown.running}/{shown.total} ", Style(color=roles.foreground, bold=True))
    if shown.link is not Link.UP:
        return [count] if shown.total else []
    parts: list[list[Segment]] = []
    bar = 0 if width < 72 else 6 if width < 110 else 12 if width < 160 else 20
    share = None if shown.cpu is None else shown.cpu / 100
    if width >= 40:
        cells = 8 + (bar + 1 if bar else 0)
        parts.append(gauge("cpu", share, f"{percent(shown.cpu):>4}", cells, roles, ascii_only=ascii_only))
    if width >= 56 and shown.memory_total:
        share = shown.memory_used / shown.memory_total
        figure = size_of(shown.memory_used, shown.memory_total)
        cells = 4 + len(figure) + (bar + 1 if bar and width >= 90 else 0)
        parts.append(gauge("mem", share, figure, cells, roles, ascii_only=ascii_only))
    if width >= 130 and shown.cpus and shown.running:
        parts.append(_given(shown, roles))
    joined: list[Segment] = []
    for part in parts:
        joined += [*part, Segment(" " * _GAP)]
    return [*joined, count]


def _given(shown: Figures, roles: Roles) -> list[Segment]:
    """Write what the running domains were given of what the host has: above 100 % is overcommitment."""
    muted = Style(color=roles.muted)

    def figure(text: str, over: bool) -> Segment:
        return Segment(text, Style(color=roles.warning if over else roles.foreground, bold=over or None))

    return [
        Segment("given ", muted),
        figure(f"{shown.vcpus}/{shown.cpus} cpu", shown.vcpus > shown.cpus),
        Segment(" "),
        figure(f"{size_of(shown.given, shown.memory_total)}", shown.given > shown.memory_total),
    ]


def _left(shown: Figures, room: int, roles: Roles, ascii_only: bool) -> list[Segment]:
    """Write the program, the host and its words, or why there is no connection, in ``room`` cells."""
    ellipsis = "~" if ascii_only else "…"
    separator = " - " if ascii_only else " · "
    strong = Style(color=roles.foreground, bold=True)
    brand = Segment(f" {PROGRAM} ", Style(color=roles.primary, bold=True))
    if shown.link is not Link.UP:
        lost = shown.link is Link.LOST
        state = separator + ("connection lost" if lost else "connecting")
        colour = Style(color=roles.error if lost else roles.warning, bold=True)
        name = truncate(shown.name, max(room - len(brand.text) - 1 - len(state), 0), ellipsis=ellipsis)
        segments = [brand, Segment(" " + name, strong), Segment(state, colour)]
        rest = room - sum(width_of(segment.text) for segment in segments)
        if shown.link_message and rest > 12:
            message = truncate(": " + shown.link_message, rest, ellipsis=ellipsis)
            segments.append(Segment(message, Style(color=roles.warning)))
        return segments if rest >= 0 else [Segment(truncate(state.strip(" -·"), max(room, 0)), colour)]
    name_only = [Segment(" " + truncate(shown.name, max(room - 1, 0), ellipsis=ellipsis), strong)]
    for count in range(len(shown.words), -1, -1):
        for words, branded in ((shown.words, True), (shown.short_words, True), (shown.short_words, False)):
            text = "".join(separator + word for word in words[:count])
            if len(brand.text) * branded + 1 + width_of(shown.name) + width_of(text) <= room:
                named = [Segment(" " + shown.name, strong), Segment(text, Style(color=roles.muted))]
                return [brand, *named] if branded else named
    return name_only if room > 1 else []


class HostHeader(Widget):
    """One line: the program, the host, its hypervisor, gauges, and how many domains run."""

    DEFAULT_CSS = """
    HostHeader {
        height: 1;
        dock: top;
        background: $panel;
        color: $foreground;
    }
    """

    def __init__(
        self,
        *,
        note: str = "",
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - textual's own name
        classes: str | None = None,
    ) -> None:
        """Make a header; ``note`` is a short word of the program's own (``simulated machines``)."""
        super().__init__(id=id, classes=classes)
        self.ascii_only = ascii_only
        self._note = note
        self._inventory = Inventory("")
        self._pace = ""
        self._figures = figures(self._inventory, note)

    def show_pace(self, words: str) -> None:
        """Show how far apart readings are; nothing when ``words`` is empty."""
        if words != self._pace:
            self._pace = words
            self.show(self._inventory)

    def show(self, inventory: Inventory) -> None:
        """Show the state of ``inventory``; nothing is drawn when nothing the header says changed."""
        self._inventory = inventory
        found = figures(inventory, self._note, self._pace)
        if found != self._figures:
            self._figures = found
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line; lines under it are blank."""
        base, width = self.rich_style, self.size.width
        if y:
            return Strip.blank(width, base)
        segments: Sequence[Segment] = draw_header(
            self._figures, width, roles_of(self.app), ascii_only=self.ascii_only
        )
        placed = [Segment(text, base + style if style else base) for text, style, _ in segments]
        return Strip(placed).adjust_cell_length(width, base)
