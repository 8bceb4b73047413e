"""What a check of the host says, and the host as the checks see it: small, so that tests can make one up."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Level(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warn"
    """tuivm works, something is slower or missing."""
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``tuivm doctor``."""

    level: Level
    """How it went."""
    topic: str
    """What was looked at, a word or two."""
    text: str
    """What was found."""
    remedy: str = ""
    """What to do about it; empty when there is nothing to do."""


def ok(topic: str, text: str) -> Finding:
    """Return a check that went well."""
    return Finding(Level.OK, topic, text)


def warn(topic: str, text: str, remedy: str = "") -> Finding:
    """Return a check that found something slower or missing."""
    return Finding(Level.WARN, topic, text, remedy)


def fail(topic: str, text: str, remedy: str = "") -> Finding:
    """Return a check that found what must be mended."""
    return Finding(Level.FAIL, topic, text, remedy)


class System:
    """This machine, as far as the checks look at it. Nothing here raises."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.environment: Mapping[str, str] = os.environ if environment is None else environment
        """Environment variables."""

    @property
    def uid(self) -> int:
        """Effective user id."""
        return os.geteuid()

    @property
    def user(self) -> str:
        """Name of the user, the number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @property
    def machine(self) -> str:
        """Architecture as the kernel names it."""
        return os.uname().machine

    def read(self, path: str) -> str | None:
        """Return the text of a small file; None when it cannot be read."""
        try:
            with Path(path).open(encoding="utf-8", errors="replace") as file:
                return file.read(1 << 20)
        except OSError:
            return None

    def exists(self, path: str) -> bool:
        """Whether there is anything at ``path``."""
        return os.path.lexists(path)

    def is_closed(self, folder: str) -> bool:
        """Whether there is a folder whose content this user may not look at."""
        return Path(folder).is_dir() and not os.access(folder, os.X_OK)

    def find(self, folder: str, pattern: str) -> tuple[str, ...]:
        """Return the paths under ``folder`` that match, sorted."""
        try:
            return tuple(sorted(str(path) for path in Path(folder).glob(pattern)))
        except OSError:
            return ()

    def which(self, program: str) -> str | None:
        """Return where a program is; also in the folders that are not in an ordinary user's PATH."""
        path = self.environment.get("PATH", os.defpath)
        return shutil.which(program, path=f"{path}:/usr/sbin:/sbin:/usr/libexec:/usr/lib/qemu")

    def open_error(self, path: str) -> str:
        """Return why a device cannot be opened for reading and writing; empty when it can."""
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK))
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def socket_error(self, path: str) -> str:
        """Return why a socket does not accept a connection; empty when it does."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(2)
                client.connect(path)
        except OSError as error:
            return error.strerror or str(error)
        return ""

    def group_of(self, path: str) -> str:
        """Return the group that may write ``path``; empty when no group but root's may."""
        try:
            status = Path(path).stat()
            if stat.S_IMODE(status.st_mode) & stat.S_IWGRP and status.st_gid:
                return grp.getgrgid(status.st_gid).gr_name
        except (OSError, KeyError):
            pass
        return ""

    def has_group(self, name: str) -> bool:
        """Whether this process is in the group."""
        try:
            number = grp.getgrnam(name).gr_gid
        except KeyError:
            return False
        return number in (os.getegid(), *os.getgroups())

    def listed_in_group(self, name: str) -> bool:
        """Whether the user is a member by the group file, be it only from the next login on."""
        try:
            return self.user in grp.getgrnam(name).gr_mem
        except KeyError:
            return False
