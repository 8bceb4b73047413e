"""Where a domain's log is, and its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuivm.hypervisor.logs import log_path, tail

ENVIRON = {"HOME": "/home/me"}


@pytest.mark.parametrize(
    ("connection", "path"),
    [
        ("qemu:///system", "/var/log/libvirt/qemu/db.log"),
        ("qemu+ssh://host/system", "/var/log/libvirt/qemu/db.log"),
        ("qemu:///session", "/home/me/.cache/libvirt/qemu/log/db.log"),
        ("qemu:///embed?root=/tmp/x", "/tmp/x/log/qemu/db.log"),
        ("lxc:///system", "/var/log/libvirt/lxc/db.log"),
        ("test:///default", None),
        ("qemu:///embed", None),
    ],
)
def test_every_driver_has_its_place(connection: str, path: str | None) -> None:
    assert log_path(connection, "db", ENVIRON) == (Path(path) if path else None)
    assert log_path(connection, "../../etc/passwd", ENVIRON) is None


def test_the_end_since_the_last_start(tmp_path: Path) -> None:
    log = tmp_path / "db.log"
    log.write_bytes(
        b"old\nstarting up libvirt\nold end\n" + b"x" * 100_000 + b"\nstarting up libvirt\nn\xffew\n"
    )
    lines, note = tail(log)
    assert lines == ("starting up libvirt", "n�ew")
    assert note == str(log)
    log.write_text("".join(f"line {number} {'y' * 1000}\n" for number in range(500)))
    lines, _ = tail(log)
    assert len(lines) == 60
    assert lines[-1].startswith("line 499")
    assert max(map(len, lines)) <= 400


def test_no_log_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    assert tail(tmp_path / "none.log") == ((), f"there is no log {tmp_path / 'none.log'}")
    assert tail(tmp_path)[0] == ()
    assert "cannot be read" in tail(tmp_path)[1]
