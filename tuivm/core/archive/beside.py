"""Events added to a file that another program writes, or that nobody writes now."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tuivm.core.archive import events, file
from tuivm.core.archive.file import Broken, Newer, Outage
from tuivm.model.event import Event


def append(path: Path, told: Sequence[Event]) -> bool:
    """Append events to the file in one short transaction, without the lease; returns whether it was done.

    That makes no file and mends none, as only who has the lease may: where there is none yet, one that is
    locked, damaged or of a later version, nothing is done. Never raises.
    """
    with suppress(Outage, Broken, Newer):
        link = file.open_beside(path)
        if link is None:
            return False
        try:
            with file.transaction(link):
                events.write(link, told)
        finally:
            link.close()
        return True
    return False
