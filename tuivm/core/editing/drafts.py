"""Edits that are not defined yet: on disk from the first moment, so that nothing that happens loses them.

Each is a folder of its own with the text, what it began from and, when libvirt refused it, why. The editor
writes the text itself. A folder is locked (flock) while a program works on it: what is found unlocked was
left behind.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tuivm.core.editing import files
from tuivm.core.editing.text import same
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid

_BASE, _WHY, _LOCK = ".base", ".why", ".lock"
_FOLDER = re.compile(r"draft-(\d{10,12})-([0-9a-f]{8})-\w+")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_LEFT_MAX = 50
"""Drafts looked at; more than anybody leaves."""


class Draft:
    """One edit under way or left behind. Methods read or write files: for worker threads."""

    def __init__(self, folder: Path, text: Path, lock: int, *, time: float, warning: str = "") -> None:
        self.folder = folder
        """Its own, 0700."""
        self.path = text
        """The text, 0600."""
        self.time = time
        """When the edit began, Unix seconds."""
        self.warning = warning
        """Why it does not outlive the machine's next start; empty when it does."""
        self._lock = lock

    def read(self) -> str:
        """The text as it is on disk. Raises OSError, or Invalid for what is no text."""
        return files.read_text(self.path)

    def write(self, text: str) -> None:
        """Put ``text`` on disk. Raises OSError, and what was there stays."""
        files.write_private(self.path, text)

    def keep(self, text: str) -> None:
        """Put ``text`` on disk if that can be; whether it could is told when the edit is looked at."""
        with suppress(OSError):
            self.write(text)

    def base(self) -> str:
        """The definition that the edit began from. Raises OSError, Invalid."""
        return files.read_text(self.folder / _BASE)

    def rebase(self, base: str) -> None:
        """The edit counts as begun from ``base`` now. Raises OSError."""
        files.write_private(self.folder / _BASE, base)

    @property
    def why(self) -> str:
        """Why it was refused, in full; empty when it was not."""
        with suppress(OSError, Invalid):
            return files.read_text(self.folder / _WHY)
        return ""

    def refuse(self, why: str) -> None:
        """Note why it was refused, or empty for no more; what cannot be noted is not."""
        with suppress(OSError):
            files.write_private(self.folder / _WHY, why)

    def release(self) -> None:
        """Leave it for another time."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def drop(self) -> None:
        """Remove it, and whatever the editor left beside it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.release()


class Drafts:
    """The drafts of one domain. Methods read or write files: for worker threads."""

    def __init__(self, key: DomainKey) -> None:
        self._folder = files.folder_of(key)
        self._tag = files.tag_of(key)

    def begin(self, base: str, text: str, name: str) -> Draft:
        """A new draft of ``text``, begun from ``base``; its file is called after the domain.

        Where nothing can be kept it is in the folder for temporary files, which is told in ``warning``.
        Raises OSError when that fails too.
        """
        stamp, warning = int(time.time()), ""
        try:
            files.make_private(self._folder)
            folder = Path(tempfile.mkdtemp(dir=self._folder, prefix=f"draft-{stamp}-{self._tag}-"))
            draft = _fill(folder, base, text, name)
        except OSError as error:
            warning = f"the draft cannot be kept: {error.strerror or error}"
            draft = _fill(Path(tempfile.mkdtemp(prefix="tuivm-")), base, text, name)
        draft.time, draft.warning = float(stamp), warning
        return draft

    def left(self) -> list[Draft]:
        """Drafts that nobody works on, newest first, each locked for the caller; empty ones are removed."""
        found = []
        for began, folder in self._folders()[:_LEFT_MAX]:
            draft = _take(folder, began)
            if draft is None:
                continue
            if _says_nothing(draft):
                draft.drop()
            else:
                found.append(draft)
        return found

    def _folders(self) -> list[tuple[float, Path]]:
        """When each edit began and where it is, newest first."""
        with suppress(OSError):
            folders = [
                (float(match[1]), path)
                for path in self._folder.iterdir()
                if (match := _FOLDER.fullmatch(path.name)) is not None and match[2] == self._tag
            ]
            return sorted(folders, reverse=True)
        return []


def _fill(folder: Path, base: str, text: str, name: str) -> Draft:
    """Put what a draft is made of into its new folder, or remove it again."""
    try:
        lock = _locked(folder)
        if lock is None:
            raise OSError(f"{folder} is locked")
        path = folder / f"{_UNSAFE.sub('_', name).strip('._')[:60] or 'domain'}.xml"
        draft = Draft(folder, path, lock, time=0.0)
        draft.rebase(base)
        draft.write(text)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return draft


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock until it is closed; None while another has it."""
    handle = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _take(folder: Path, began: float) -> Draft | None:
    """The draft in a folder that was left behind; None when somebody works on it or it cannot be read."""
    try:
        lock = _locked(folder)
        if lock is None:
            return None
        texts = sorted(path for path in folder.glob("*.xml") if path.is_file())
    except OSError:
        return None
    return Draft(folder, texts[0] if texts else folder / "domain.xml", lock, time=began)


def _says_nothing(draft: Draft) -> bool:
    """Whether the text is what the edit began from. What cannot be read may be worth something."""
    try:
        text = draft.read()
        return not text.strip() or same(text, draft.base())
    except FileNotFoundError:
        return not draft.path.exists()
    except (OSError, Invalid):
        return False
