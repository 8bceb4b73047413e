"""The keys of the screen itself: what is not a verb on a domain, declared once as data.

The screens derive their bindings, footer, help and palette from :data:`ACTIONS` and from
:data:`tuivm.core.verbs.VERBS`; :func:`bindings` is both together, which is what ``[keys]`` of the
configuration may rebind. Keys are named as textual names them in ``event.key`` (``slash``, ``ctrl+p``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tuivm.core.verbs import VERBS


class Group(StrEnum):
    """The heading an action stands under on the help screen."""

    MOVE = "move"
    LIST = "list"
    PANES = "panes"
    SNAPSHOTS = "snapshots"
    """Keys of the list of snapshots alone, which may mean something else elsewhere."""
    CONSOLE = "console"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the screen does at a key."""

    id: str
    """Name in the configuration's ``[keys]`` and of the screen's action (``-`` becomes ``_``)."""
    keys: tuple[str, ...]
    """Default keys, as textual names them; any of them does it."""
    label: str
    """Short, for the footer (``filter``)."""
    help: str
    """One sentence for the help screen and the command palette."""
    group: Group = Group.PROGRAM
    """Where the help screen lists it."""
    footer: bool = False
    """Whether the footer shows it at all times."""


ACTIONS: tuple[Action, ...] = (
    Action("up", ("up", "k"), "up", "Move the cursor up.", Group.MOVE),
    Action("down", ("down", "j"), "down", "Move the cursor down.", Group.MOVE),
    Action("page-up", ("pageup",), "page up", "Move the cursor up a page.", Group.MOVE),
    Action("page-down", ("pagedown",), "page down", "Move the cursor down a page.", Group.MOVE),
    Action("first", ("g", "home"), "first", "Go to the first domain.", Group.MOVE),
    Action("last", ("G", "end"), "last", "Go to the last domain.", Group.MOVE),
    Action(
        "filter",
        ("slash",),
        "filter",
        "Show only the domains that match: words of the name, state:running, !word to exclude.",
        Group.LIST,
        footer=True,
    ),
    Action("sort", ("o",), "sort", "Sort the list by the next column.", Group.LIST),
    Action("sort-reverse", ("O",), "reverse", "Turn the order of the list round.", Group.LIST),
    Action("mark", ("space",), "mark", "Mark the domain: verbs act on the marked ones.", Group.LIST),
    Action("invert-marks", ("asterisk",), "invert marks", "Turn the marks of all shown round.", Group.LIST),
    Action(
        "mark-matching",
        ("plus",),
        "mark by filter",
        "Mark or unmark every domain that a filter finds, shown or not.",
        Group.LIST,
    ),
    Action(
        "verbs",
        ("V",),
        "all verbs",
        "Everything that can be done with the domain, or the marked ones, and in which ways.",
        Group.LIST,
    ),
    Action("copy", ("y",), "copy", "Copy name, UUID, address or a virsh command.", Group.LIST),
    Action("results", ("B",), "results", "Show what became of each of several domains.", Group.LIST),
    Action("details", ("enter",), "details", "Go to the details of the domain.", Group.PANES),
    Action(
        "next-tab",
        ("tab", "right_square_bracket"),
        "next tab",
        "Show the next tab of the details.",
        Group.PANES,
    ),
    Action(
        "previous-tab",
        ("shift+tab", "left_square_bracket"),
        "previous tab",
        "Show the previous tab of the details.",
        Group.PANES,
    ),
    Action("tab-1", ("1",), "overview", "Show the graphs of the domain.", Group.PANES),
    Action("tab-2", ("2",), "console tab", "Show the console without typing on it.", Group.PANES),
    Action("tab-3", ("3",), "snapshots", "Show the snapshots of the domain.", Group.PANES),
    Action("tab-4", ("4",), "info", "Show devices, addresses and XML of the domain.", Group.PANES),
    Action("tab-5", ("5",), "events", "Show what happened to the domain.", Group.PANES),
    Action(
        "versions",
        ("E",),
        "XML versions",
        "Show the last versions of the domain's XML, compare them, restore one.",
        Group.PANES,
    ),
    Action("zoom", ("z",), "zoom", "Give the pane the whole screen, and back.", Group.PANES),
    Action(
        "mark-snapshot",
        ("space",),
        "mark",
        "Mark the snapshot to be compared with another one.",
        Group.SNAPSHOTS,
    ),
    Action(
        "difference",
        ("d",),
        "difference",
        "Show how the XML of the snapshot differs from that of the marked one.",
        Group.SNAPSHOTS,
    ),
    Action(
        "snapshot-xml",
        ("x",),
        "XML",
        "Show all that is known of the snapshot, and its XML.",
        Group.SNAPSHOTS,
    ),
    Action("console", ("c",), "console", "Type on the domain's serial console.", Group.CONSOLE, footer=True),
    Action(
        "leave-console",
        ("ctrl+right_square_bracket",),
        "leave the console",
        "Give the keyboard back to the list; pressed again there, type this key itself on the console.",
        Group.CONSOLE,
    ),
    Action(
        "zoom-console",
        ("Z",),
        "whole console",
        "Type on the console with the whole terminal for it.",
        Group.CONSOLE,
    ),
    Action(
        "view",
        ("v",),
        "look back",
        "Look back in the console, search in it and copy from it; no key reaches the guest.",
        Group.CONSOLE,
    ),
    Action(
        "console-menu",
        ("m",),
        "menu",
        "Everything else of the console: keys a terminal lacks, files, devices, saving.",
        Group.CONSOLE,
    ),
    Action("record", ("ctrl+r",), "record", "Record what the console prints, or stop.", Group.CONSOLE),
    Action(
        "tile",
        ("vertical_line",),
        "tile",
        "Add the console to the tiles and show them: two to four side by side.",
        Group.CONSOLE,
    ),
    Action("consoles", ("C",), "consoles", "Show the consoles that are open.", Group.CONSOLE),
    Action("next-console", ("full_stop",), "next console", "Go to the next open console.", Group.CONSOLE),
    Action(
        "previous-console", ("comma",), "previous", "Go to the open console before this one.", Group.CONSOLE
    ),
    Action(
        "next-alert",
        ("exclamation_mark",),
        "next alert",
        "Go to the next console in which a trigger was found.",
        Group.CONSOLE,
    ),
    Action("back", ("escape",), "back", "Go back one layer: dialog, zoom, filter, marks.", Group.PROGRAM),
    Action("jobs", ("J",), "jobs", "Show the jobs: what was done, what is under way.", Group.PROGRAM),
    Action(
        "log",
        ("L",),
        "log",
        "Show what happened: events and messages, to filter, and the way to where it happened.",
        Group.PROGRAM,
    ),
    Action("theme", ("T",), "theme", "Choose the colours; the choice is kept.", Group.PROGRAM),
    Action(
        "commands",
        ("colon", "ctrl+p"),
        "command",
        "Find any command by its name.",
        Group.PROGRAM,
        footer=True,
    ),
    Action("help", ("question_mark", "f1"), "help", "Show every key.", Group.PROGRAM, footer=True),
    Action("quit", ("q", "ctrl+q"), "quit", "Leave tuivm; the domains go on.", Group.PROGRAM),
)
"""Every action, in the order of the help screen."""

_BY_ID: Mapping[str, Action] = {entry.id: entry for entry in ACTIONS}


def action(id: str) -> Action:  # noqa: A002 - the field's own name
    """The action of that id. Raises KeyError."""
    return _BY_ID[id]


def bindings() -> dict[str, tuple[str, ...]]:
    """Default keys of everything that can be rebound: verbs first, then actions, by id."""
    keys: dict[str, tuple[str, ...]] = {verb.id: (verb.key,) if verb.key else () for verb in VERBS}
    keys.update({entry.id: entry.keys for entry in ACTIONS})
    return keys


def keys_of(id: str, rebound: Mapping[str, str]) -> tuple[str, ...]:  # noqa: A002 - as above
    """The keys in force for a verb or action. ``rebound`` is ``Config.keys``; raises KeyError."""
    if id in rebound:
        return tuple(rebound[id].split(","))
    return bindings()[id]
