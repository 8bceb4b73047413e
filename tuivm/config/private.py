"""A file that only the user reads: written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_private(path: Path, text: str, *, errors: str = "strict", durable: bool = True) -> None:
    """Write beside and rename; 0600, in a folder that is made for the user alone.

    ``errors`` is what :func:`open` makes of it; ``durable``: it is on the disk when this returns. Raises
    OSError, or UnicodeError where ``errors`` says so; then the old file stays.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors=errors, newline="") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
