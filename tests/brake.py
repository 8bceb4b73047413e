"""A brake on what QEMU writes of a guest's memory (save, dump, snapshot): a long job on any disk.

The guest gets a second QMP socket of the test's own; there, QEMU's ``max-bandwidth`` is set again and again,
because libvirt lifts it when it begins.
"""

from __future__ import annotations

import json
import socket
import threading
from pathlib import Path
from types import TracebackType
from xml.etree import ElementTree as ET

_QEMU = "http://libvirt.org/schemas/domain/qemu/1.0"
_AGAIN = 0.01
"""Seconds between two settings."""


def with_brake(xml: str, path: Path) -> str:
    """The domain with a QMP socket at ``path``."""
    root = ET.fromstring(xml)
    command = ET.SubElement(root, f"{{{_QEMU}}}commandline")
    for word in ("-qmp", f"unix:{path},server=on,wait=off"):
        ET.SubElement(command, f"{{{_QEMU}}}arg", {"value": word})
    return ET.tostring(root, encoding="unicode")


class Brake:
    """Holds QEMU to ``speed`` bytes a second from entry to exit; then as fast as it can."""

    def __init__(self, path: Path, speed: int = 2 * 1024 * 1024) -> None:
        self._path = path
        self._speed = speed
        self._released = threading.Event()
        self._thread = threading.Thread(target=self._hold, name="brake", daemon=True)

    def __enter__(self) -> Brake:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._released.set()
        self._thread.join(20.0)

    def _hold(self) -> None:
        with socket.socket(socket.AF_UNIX) as link:
            link.connect(str(self._path))
            lines = link.makefile("rb")
            lines.readline()
            try:
                self._do(link, lines, "qmp_capabilities")
                while not self._released.wait(_AGAIN):
                    self._do(link, lines, "migrate-set-parameters", {"max-bandwidth": self._speed})
                self._do(link, lines, "migrate-set-parameters", {"max-bandwidth": 1 << 40})
            except (OSError, ValueError):
                return  # QEMU has ended.

    def _do(self, link: socket.socket, lines: object, name: str, arguments: object = None) -> None:
        link.sendall(
            json.dumps({"execute": name, **({"arguments": arguments} if arguments else {})}).encode()
        )
        while "event" in json.loads(lines.readline()):  # type: ignore[attr-defined]
            pass
