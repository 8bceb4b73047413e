"""What every console's pane is told when it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.ui.context import Context

if TYPE_CHECKING:
    from tuivm.ui.widgets.console import ConsolePane


def set_up(pane: ConsolePane, context: Context) -> None:
    """Give a pane the user's keys, and whether it may draw more than ASCII."""
    pane.leave_keys = frozenset(context.keymap["leave-console"].keys)  # type: ignore[misc]
    pane.start_key = context.keymap["start"].key(ascii_only=context.ascii_only)
    pane.backspace = context.config.console.backspace
    pane.ascii_only = context.ascii_only
