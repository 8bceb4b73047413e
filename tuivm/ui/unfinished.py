"""What would be cut off if a console were closed now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tuivm.core.console import ConsoleSession
from tuivm.ui.words import short

if TYPE_CHECKING:
    from tuivm.core.transfer import Transfer

_NAME_WIDTH = 60


def under_way(session: ConsoleSession) -> Transfer | None:
    """The file that is being sent to that console; None when none is."""
    transfer = session.transfer
    return transfer if transfer is not None and not transfer.state.is_over else None


def unfinished(session: ConsoleSession) -> str:
    """What is under way on a console and would be cut off, in words; empty for nothing."""
    words = []
    if session.paste_left:
        words.append(f"a paste with {session.paste_left:,} bytes to go")
    transfer = under_way(session)
    if transfer is not None:
        words.append(f"the file {short(transfer.path.name, _NAME_WIDTH)}")
    return " and ".join(words)
