"""Files that only the user reads: written whole or not at all."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from tuivm import paths
from tuivm.config import private
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.xml.document import LIMIT

_UUID = re.compile(r"[0-9a-f-]{1,40}")


def folder_of(key: DomainKey) -> Path:
    """Where versions and drafts of a domain's XML are kept."""
    uuid = key.uuid if _UUID.fullmatch(key.uuid) else hashlib.sha256(key.uuid.encode()).hexdigest()[:36]
    return paths.state_dir() / "xml" / uuid


def tag_of(key: DomainKey) -> str:
    """A short word for the connection: the same UUID may be another domain elsewhere."""
    return hashlib.sha256(key.connection.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def make_private(folder: Path) -> None:
    """Make ``folder``, for the user alone. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write the text, with whatever bytes were read with it. Raises OSError, and the old file stays."""
    private.write_private(path, text, errors="surrogateescape")


def read_text(path: Path) -> str:
    """What a file holds. Raises OSError; Invalid for one that is no text, or too long."""
    with path.open("rb") as file:
        data = file.read(4 * LIMIT + 1)
    if len(data) > 4 * LIMIT:
        raise Invalid(f"longer than {LIMIT} characters")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Invalid(f"not UTF-8, line {line}") from error
