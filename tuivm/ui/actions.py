"""What each action of the keymap does on the main screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tuivm.ui.list_actions import LIST_ACTS
from tuivm.ui.widgets.detail import CONSOLE
from tuivm.ui.words import counted

if TYPE_CHECKING:
    from tuivm.ui.screens.main import MainScreen

Do = Callable[["MainScreen"], object]


def _mark(main: MainScreen) -> None:
    """Turn the mark under the cursor round, and go on to the next."""
    row = main.table.cursor_row
    if row is not None:
        main.flip_marks(row)
        if main.table.cursor_row == row:
            main.table.action_move(1)


def _show_verbs(main: MainScreen) -> None:
    from tuivm.ui.verb_menu import show_verbs  # menus are not loaded until the first list is there

    show_verbs(main)


def _show_copy_menu(main: MainScreen) -> None:
    from tuivm.ui.verb_menu import show_copy_menu

    show_copy_menu(main)


def _invert_marks(main: MainScreen) -> None:
    main.show_marks(main.marks.flip(main.table.order))


def _mark_matching(main: MainScreen) -> None:
    """Ask for a filter, and mark what it finds."""
    from tuivm.ui.dialogs.mark import Marking, MarkScreen

    def answered(marking: Marking | None) -> None:
        if marking is None:
            return
        turned = main.marks.add(marking.found) if marking.on else main.marks.remove(marking.found)
        main.show_marks(turned)
        words = f"{counted(len(turned), 'domain')} {'' if marking.on else 'un'}marked"
        main.tuivm.tell(words, log=False, seconds=1.5)

    session = main.context.session
    screen = MarkScreen(main.query_text.text, lambda: session.inventory, main.marks, main.context.clock)
    main.app.push_screen(screen, answered)


def _tab(index: int, main: MainScreen) -> None:
    main.show_tab(index)


def _turn(step: int, main: MainScreen) -> None:
    main.show_tab(main.detail.active + step)


def _console(main: MainScreen) -> None:
    if main.selected is not None:
        main.show_tab(CONSOLE)
        main.focus_details()


def _leave_console(main: MainScreen) -> None:
    """Pressed in the list right behind itself: the guest gets the key."""
    if not main.type_leave_key():
        main.focus_list()


def _view(main: MainScreen) -> None:
    main.with_place(main.tuivm.consoles.view)


def _menu(main: MainScreen) -> None:
    main.with_place(main.tuivm.consoles.menu)


def _record(main: MainScreen) -> None:
    if main.selected is not None:
        main.tuivm.consoles.record(main.selected)


def _mark_snapshot(main: MainScreen) -> None:
    main.detail.mark_snapshot()


def _difference(main: MainScreen) -> None:
    detail = main.detail
    if main.selected is not None:
        main.tuivm.snapshots.show_difference(main.selected.key, detail.marked_snapshot, detail.snapshot)


def _snapshot_xml(main: MainScreen) -> None:
    if main.selected is not None:
        main.tuivm.snapshots.show_xml(main.selected.key)


def _help(main: MainScreen) -> None:
    from tuivm.ui.dialogs.help import HelpScreen

    context = main.context
    main.app.push_screen(
        HelpScreen(
            context.keymap,
            main.selected,
            context.session.inventory.unsupported,
            ascii_only=context.ascii_only,
            close_keys=context.keymap["help"].keys,
        )
    )


def _jobs(main: MainScreen) -> None:
    from tuivm.ui.dialogs.jobs import JobsScreen

    keys = main.context.keymap["jobs"].keys
    main.app.push_screen(JobsScreen(main.tuivm.work, keys))


def _commands(main: MainScreen) -> None:
    from textual.command import CommandPalette

    from tuivm.ui.commands import Commands

    main.app.push_screen(CommandPalette(providers=[Commands], placeholder="A command, or a part of it"))


def _theme(main: MainScreen) -> None:
    from textual.command import CommandPalette

    from tuivm.ui.commands import ThemeCommands

    main.app.push_screen(CommandPalette(providers=[ThemeCommands], placeholder="A theme"))


ACTS: Mapping[str, Do] = {
    "up": lambda main: main.table.action_move(-1),
    "down": lambda main: main.table.action_move(1),
    "page-up": lambda main: main.table.action_page(-1),
    "page-down": lambda main: main.table.action_page(1),
    "first": lambda main: main.table.action_first(),
    "last": lambda main: main.table.action_last(),
    "filter": lambda main: main.edit_filter(),
    **LIST_ACTS,
    "mark": _mark,
    "mark-matching": _mark_matching,
    "verbs": _show_verbs,
    "copy": _show_copy_menu,
    "results": lambda main: main.tuivm.bulk.show(),
    "invert-marks": _invert_marks,
    "details": lambda main: main.focus_details(),
    "mark-snapshot": _mark_snapshot,
    "difference": _difference,
    "snapshot-xml": _snapshot_xml,
    "console": _console,
    "leave-console": _leave_console,
    "zoom-console": lambda main: main.type_zoomed(),
    "view": _view,
    "console-menu": _menu,
    "record": _record,
    "tile": lambda main: main.tuivm.rounds.tile(main.selected),
    "consoles": lambda main: main.tuivm.rounds.show_list(),
    "next-console": lambda main: main.tuivm.rounds.step(1),
    "previous-console": lambda main: main.tuivm.rounds.step(-1),
    "next-alert": lambda main: main.tuivm.rounds.next_alert(),
    "next-tab": partial(_turn, 1),
    "previous-tab": partial(_turn, -1),
    "tab-1": partial(_tab, 0),
    "tab-2": partial(_tab, 1),
    "tab-3": partial(_tab, 2),
    "tab-4": partial(_tab, 3),
    "tab-5": partial(_tab, 4),
    "versions": lambda main: main.tuivm.edits.versions(main.selected),
    "graphs": lambda main: main.show_graphs(),
    "zoom": lambda main: main.zoom(),
    "back": lambda main: main.back(),
    "building": lambda main: main.show_building(),
    "jobs": _jobs,
    "log": lambda main: main.tuivm.happened.show(main),
    "theme": _theme,
    "commands": _commands,
    "redraw": lambda main: main.tuivm.redraw(),
    "low-bandwidth": lambda main: main.tuivm.set_low_bandwidth(not main.tuivm.low_bandwidth),
    "help": _help,
    "quit": lambda main: main.tuivm.action_leave(),
}
"""Every id of ``core.actions.ACTIONS``."""
