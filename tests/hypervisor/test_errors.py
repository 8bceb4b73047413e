"""What a libvirt error becomes, and what the user is told to do about it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import libvirt
import pytest

from tuivm.hypervisor import connect, opening
from tuivm.hypervisor.errors import translate
from tuivm.model import errors
from tuivm.model.errors import Denied, HypervisorError, Invalid, Unreachable
from tuivm.model.line import one_line


def raised(code: int, message: str, domain: int = libvirt.VIR_FROM_QEMU) -> libvirt.libvirtError:
    error = libvirt.libvirtError(message)
    error.err = (code, domain, message, 2, None, None, None, -1, -1)
    return error


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        (libvirt.VIR_ERR_NO_DOMAIN, "no domain with matching uuid", errors.NotFound),
        (libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT, "no domain snapshot", errors.NotFound),
        (libvirt.VIR_ERR_NO_SUPPORT, "not supported by the connection driver", errors.NotSupported),
        (libvirt.VIR_ERR_OPERATION_DENIED, "read only access prevents virDomainCreate", errors.Denied),
        (libvirt.VIR_ERR_AUTH_FAILED, "authentication failed", errors.Denied),
        (libvirt.VIR_ERR_OPERATION_INVALID, "domain is not running", errors.Invalid),
        (libvirt.VIR_ERR_INTERNAL_ERROR, "internal error: client socket is closed", errors.Unreachable),
        (libvirt.VIR_ERR_OPERATION_FAILED, "Active console session exists for this domain", errors.Busy),
        (libvirt.VIR_ERR_OPERATION_TIMEOUT, "cannot acquire state change lock (held by x)", errors.Busy),
        (libvirt.VIR_ERR_OPERATION_TIMEOUT, "timed out", errors.TimedOut),
        (libvirt.VIR_ERR_AGENT_UNRESPONSIVE, "guest agent is not connected", errors.TimedOut),
        (111, "guest agent didn't respond to command within '5' seconds", errors.TimedOut),
        (libvirt.VIR_ERR_INTERNAL_ERROR, "something else", errors.Failed),
        (9999, "a number of the future", errors.Failed),
    ],
)
def test_class(code: int, message: str, kind: type[HypervisorError]) -> None:
    ours = translate(raised(code, message), "doing it")
    assert type(ours) is kind
    assert ours.code == code
    assert ours.message == f"doing it: {message}"


def test_an_error_without_libvirts_details() -> None:
    error = libvirt.libvirtError("broken")
    error.err = None
    assert type(translate(error)) is errors.Failed


def test_messages_are_one_plain_line() -> None:
    ours = translate(raised(1, "first\nsecond \x1b[2Jthird\x07\u202e"))
    assert ours.message == "first second [2Jthird"
    assert one_line("\t a \r\n b ") == "a b"


def test_an_error_is_kept_whole_in_lines_of_its_own() -> None:
    said = (
        "internal error: process exited while connecting to monitor: 2026-11-22T18:00:00Z\x1b[2J\n"
        "\nqemu-system-x86_64: -drive file=/x: Could not open '/x': No such file or directory"
    )
    ours = translate(raised(libvirt.VIR_ERR_INTERNAL_ERROR, said))
    assert "\n" not in ours.message
    assert ours.full.splitlines() == [
        "internal error: process exited while connecting to monitor: 2026-11-22T18:00:00Z [2J",
        "qemu-system-x86_64: -drive file=/x: Could not open '/x': No such file or directory",
        "(VIR_ERR_INTERNAL_ERROR from VIR_FROM_QEMU)",
    ]
    assert "put the file back" in ours.remedy
    assert translate(raised(99999, "of the future", 0)).full == "of the future\n(VIR_ERR_99999)"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "Cannot access storage file '/a.qcow2' (as uid:64055, gid:64055): Permission denied",
            "QEMU runs as",
        ),
        ("Requested operation is not valid: network 'default' is not active", "virsh net-start"),
        ("operation failed: Failed to write: No space left on device", "free some space"),
        ('qemu: -blockdev {}: Failed to get "write" lock', "stop that one first"),
        ("cannot set up guest memory 'pc.ram': Cannot allocate memory", "too little free memory"),
        ("QEMU guest agent is not configured", "org.qemu.guest_agent.0"),
        ("Unable to find 'swtpm_setup' binary in $PATH: No such file or directory", "swtpm-tools"),
        ("unsupported configuration: TPM version '2.0' is not supported", "swtpm and swtpm-tools"),
        ("something that nobody has seen", ""),
    ],
)
def test_what_can_be_done(said: str, told: str) -> None:
    remedy = translate(raised(libvirt.VIR_ERR_OPERATION_FAILED, said)).remedy
    assert told in remedy
    assert bool(told) == bool(remedy)


def refused(uri: str) -> HypervisorError:
    with pytest.raises(HypervisorError) as caught:
        connect(uri).open()
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return caught.value


@pytest.fixture(autouse=True)
def systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_has_systemd", lambda: True)


def test_no_daemon(tmp_path: Path) -> None:
    path = tmp_path / "libvirt-sock"
    error = refused(f"qemu+unix:///system?socket={path}")
    assert isinstance(error, Unreachable)
    assert f"no daemon answers at {path}" in error.message
    assert "systemctl start libvirtd" in error.remedy


def test_nobody_listens_on_the_socket(tmp_path: Path) -> None:
    path = tmp_path / "virtqemud-sock"
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))
    error = refused(f"qemu+unix:///system?socket={path}")
    assert isinstance(error, Unreachable)
    assert "systemctl start virtqemud" in error.remedy


@pytest.mark.parametrize(
    ("installed", "path", "remedy"),
    [
        ({"libvirtd"}, "/var/run/libvirt/libvirt-sock", "sudo systemctl start libvirtd"),
        ({"virtqemud"}, "/var/run/libvirt/libvirt-sock", "sudo systemctl start virtqemud.socket"),
        ({"virtqemud", "libvirtd"}, "/run/libvirt/virtqemud-sock", "sudo systemctl start virtqemud"),
        (set(), "/var/run/libvirt/libvirt-sock", "package libvirt-daemon-system"),
        ({"libvirtd"}, "/run/user/1000/libvirt/libvirt-sock", "package libvirt-daemon"),
        ({"libvirtd"}, "/somewhere/else", "start the daemon that owns else"),
    ],
)
def test_how_to_start_a_daemon(
    monkeypatch: pytest.MonkeyPatch, installed: set[str], path: str, remedy: str
) -> None:
    monkeypatch.setattr(opening, "_installed", lambda name: name in installed)
    assert remedy in opening._daemon(path)


def test_how_to_start_a_daemon_without_systemd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_has_systemd", lambda: False)
    monkeypatch.setattr(opening, "_installed", lambda name: True)
    assert opening._daemon("/run/libvirt/libvirt-sock") == "start it: sudo virtlogd -d; sudo libvirtd -d"


def test_no_permission_names_the_group(tmp_path: Path) -> None:
    path = tmp_path / "libvirt-sock"
    path.touch()
    path.chmod(0o660)
    error = raised(
        libvirt.VIR_ERR_SYSTEM_ERROR,
        f"Failed to connect socket to '{path}': Permission denied",
        libvirt.VIR_FROM_RPC,
    )
    told = opening._explain("qemu:///system", error)
    assert isinstance(told, Denied)
    if path.stat().st_gid == 0:
        assert "root" in told.remedy
        if os.geteuid() != 0:
            return
        os.chown(path, -1, 10)
    told = opening._explain("qemu:///system", error)
    assert re.search(r"group \w+: sudo usermod -aG \w+ \$USER", told.remedy)


@pytest.mark.parametrize(
    ("uri", "kind", "message"),
    [
        ("nodriver:///", Invalid, "no libvirt driver is called 'nodriver'"),
        ("", Invalid, "no URI"),
        ("qemu://[bad", Invalid, "not a URI"),
        ("a\nb:///", Invalid, "no libvirt driver"),
        ("test:///no/such/file.xml", Invalid, "no such file"),
        ("qemu+tcp://127.0.0.1:1/system", Unreachable, "Connection refused"),
        ("qemu+nix:///system", Invalid, "nix"),
        ("unknownalias", HypervisorError, "unknownalias"),
        ("qemu:///nonsense", HypervisorError, "qemu:///nonsense"),
        ("qemu:///\x00", Invalid, "qemu:///"),
    ],
)
def test_bad_uris(uri: str, kind: type[HypervisorError], message: str) -> None:
    error = refused(uri)
    assert isinstance(error, kind)
    assert message in error.message


@pytest.mark.parametrize("text", ["<node><domain", "<node><domain type='test'/></node>", "\x00", ""])
def test_bad_xml_for_the_test_driver(tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str) -> None:
    path = tmp_path / "bad.xml"
    path.write_text(text)
    error = refused(f"test://{path}")
    assert isinstance(error, Invalid)
    assert "daemon" not in error.remedy
    assert "mend the file" in error.remedy
    assert capfd.readouterr().err == "", "libvirt's own messages would tear the screen"


@pytest.mark.parametrize(
    ("uri", "local"),
    [
        ("qemu:///system", True),
        ("qemu+unix:///session?socket=/x", True),
        ("qemu:///embed?root=/x", True),
        ("lxc:///", True),
        ("qemu+ssh://host/system", False),
        ("qemu://host/system", False),
        ("qemu+tcp://localhost/system", False),
        ("test:///default", False),
        ("esx://host/", False),
    ],
)
def test_what_is_local(uri: str, local: bool) -> None:
    assert opening.is_local(uri) is local


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ("qemu+ssh://host/system", "qemu+ssh://host/system?no_tty=1"),
        ("qemu+ssh://host/system?keyfile=/k", "qemu+ssh://host/system?keyfile=/k&no_tty=1"),
        ("qemu+ssh://host/system?no_tty=0", "qemu+ssh://host/system?no_tty=0"),
        ("qemu:///system", "qemu:///system"),
    ],
)
def test_ssh_never_asks_on_the_terminal(asked: str, used: str) -> None:
    assert opening._without_prompts(asked) == used
    assert opening.canonical(used) == asked


@pytest.mark.parametrize("chosen", [None, "1:stderr"])
def test_libvirts_own_log_does_not_come_between(chosen: str | None) -> None:
    """Unless somebody asked for it; and what is started later inherits nothing of ours."""
    program = (
        "import os, tuivm.hypervisor, libvirt; libvirt.open('test:///default').getHostname();"
        "print(os.environ.get('LIBVIRT_LOG_OUTPUTS'))"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LIBVIRT")}
    if chosen:
        environment |= {"LIBVIRT_LOG_OUTPUTS": chosen, "LIBVIRT_LOG_FILTERS": "1:*"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == str(chosen)
    assert bool(done.stderr) == bool(chosen)
