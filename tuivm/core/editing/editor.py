"""Which editor is used, and how it is called."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

BUILTIN = "builtin"
"""What the configuration calls the editor that comes with tuivm."""
_AT_LINE = frozenset(
    {"vi", "vim", "nvim", "vim.basic", "vim.tiny", "nano", "emacs", "emacsclient", "mg", "joe", "jed", "pico"}
)
"""Editors known to take ``+LINE`` before the file."""


def command(configured: str | None, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Program and arguments of the user's editor; nothing for the built-in one.

    The configuration, then ``$VISUAL``, then ``$EDITOR``. Arguments may stand in it, quoted as for a shell,
    which is not asked. Raises ValueError when a quote is left open.
    """
    if configured == BUILTIN:
        return ()
    for wanted in (configured, environ.get("VISUAL"), environ.get("EDITOR")):
        if wanted and wanted.strip():
            try:
                return tuple(shlex.split(wanted))
            except ValueError as error:
                raise ValueError(f"the editor {wanted!r}: {str(error).lower()}") from error
    return ()


def argv(editor: tuple[str, ...], path: Path, line: int | None = None) -> list[str]:
    """What to run on the file, beginning at ``line`` where the editor is known to do that."""
    there = [f"+{line}"] if line is not None and Path(editor[0]).name in _AT_LINE else []
    return [*editor, *there, str(path)]
