"""Whether KVM works here, proved by a guest that says hello: ``/dev/kvm`` may open and no guest run on it."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from tuivm.demo.guest import Guest
from tuivm.demo.memo import remembered, stamp
from tuivm.demo.owner import boot_id
from tuivm.model.errors import TuivmError

ENVIRONMENT = "TUIVM_DEMO_ACCEL"
_MARKER = b"tuivm-probe-ok"
_DEVICE = Path("/dev/kvm")


class Accel(StrEnum):
    """The user's choice."""

    AUTO = "auto"
    KVM = "kvm"
    TCG = "tcg"


def choice(told: str | None) -> Accel:
    """Return the choice told, else the environment's, else ``auto``. Raises TuivmError on another word."""
    word = told if told is not None else os.environ.get(ENVIRONMENT, "") or Accel.AUTO
    try:
        return Accel(word.lower())
    except ValueError:
        raise TuivmError(f"accelerator {word!r} is not known", "one of auto, kvm, tcg") from None


def can_open() -> bool:
    """Whether ``/dev/kvm`` can be opened; the least that KVM needs."""
    try:
        os.close(os.open(_DEVICE, os.O_RDWR | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def probe_command(emulator: Path, guest: Guest) -> list[str]:
    """Return the QEMU command that boots the guest on KVM to say hello on its serial line."""
    return [
        *(str(emulator), "-accel", "kvm", "-cpu", "host", "-machine", guest.machine.type),
        *("-m", "96", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-serial", "stdio", "-monitor", "none"),
        *("-kernel", str(guest.kernel), "-initrd", str(guest.initrd), "-append", guest.cmdline("probe")),
    ]


def boots(command: list[str], limit: float) -> bool:
    """Whether a command prints the guest's hello within ``limit`` seconds. It is ended in any case."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    with process:
        try:
            return _says_hello(process, time.monotonic() + limit)
        finally:
            process.kill()


def _says_hello(process: subprocess.Popen[bytes], deadline: float) -> bool:
    if process.stdout is None:
        return False
    handle = process.stdout.fileno()
    heard = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([handle], [], [], left)[0]:
            return False
        piece = os.read(handle, 4096)
        if not piece:
            return False
        heard = heard[-len(_MARKER) :] + piece
        if _MARKER in heard:
            return True
    return False


def kvm_works(
    emulator: Path, guest: Guest, cache: Path, progress: Callable[[str], None], limit: float = 5.0
) -> bool:
    """Whether a guest boots on KVM. The answer is kept in ``cache`` until the machine boots again."""
    if not can_open():
        return False

    def find() -> bool:
        progress("Trying whether a guest runs on KVM")
        return boots(probe_command(emulator, guest), limit)

    # Another boot of the machine, QEMU, guest or user may give another answer.
    key = [boot_id(), os.getuid(), guest.initrd.name, *stamp(emulator)]
    return remembered(cache / "kvm.json", key, find)
