"""Answers about this machine that take long to find, kept in a file until what they depend on changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path


def remembered(file: Path, key: list[str | int], find: Callable[[], bool]) -> bool:
    """Return the answer kept in ``file`` for ``key``, else find it and keep it (where it can be kept)."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["key"] == key and isinstance(content["answer"], bool):
            return content["answer"]
    except (OSError, ValueError, TypeError, KeyError):
        content = None
    answer = find()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"key": key, "answer": answer}), encoding="utf-8")
    except OSError:
        # Without a cache it is found again next time.
        return answer
    return answer


def stamp(path: Path) -> list[str | int]:
    """Return what tells one version of a file from another. Raises OSError."""
    status = path.stat()
    return [str(path), status.st_size, status.st_mtime_ns]
