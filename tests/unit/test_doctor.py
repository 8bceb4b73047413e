"""Each branch of each check, on a host that is made up."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tuivm.commands import checks_files, checks_host, checks_libvirt, checks_terminal
from tuivm.commands.checks_terminal import Terminal
from tuivm.commands.doctor import libvirt_checks, line, summary
from tuivm.commands.findings import Finding, Level, System, fail, ok, warn
from tuivm.config import Config
from tuivm.model.errors import ConfigError, Denied, TimedOut, Unreachable
from tuivm.model.facts import Facts, Network
from tuivm.model.host import Host, Kind

SOCKET = "/run/libvirt/libvirt-sock"


class MadeUp(System):
    """A host of a test's own."""

    uid = 1000
    user = "ada"
    machine = "x86_64"

    def __init__(self) -> None:
        super().__init__({})
        self.files: dict[str, str] = {}
        self.programs: set[str] = set()
        self.errors: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.member: set[str] = set()
        self.listed: set[str] = set()
        self.closed: set[str] = set()

    def read(self, path: str) -> str | None:
        return self.files.get(path)

    def exists(self, path: str) -> bool:
        return path in self.files

    def is_closed(self, folder: str) -> bool:
        return folder in self.closed

    def find(self, folder: str, pattern: str) -> tuple[str, ...]:
        match = re.compile(re.escape(folder) + "/" + re.escape(pattern).replace(r"\*", "[^/]*"))
        return tuple(sorted(path for path in self.files if match.fullmatch(path)))

    def which(self, program: str) -> str | None:
        return f"/usr/bin/{program}" if program in self.programs else None

    def open_error(self, path: str) -> str:
        return self.errors.get(path, "")

    def socket_error(self, path: str) -> str:
        return self.errors.get(path, "")

    def group_of(self, path: str) -> str:
        return self.groups.get(path, "")

    def has_group(self, name: str) -> bool:
        return name in self.member

    def listed_in_group(self, name: str) -> bool:
        return name in self.listed


@pytest.fixture
def host() -> MadeUp:
    return MadeUp()


@pytest.mark.parametrize(
    ("flags", "level", "says"),
    [
        ("fpu vmx sse", Level.OK, "Intel VT-x"),
        ("fpu svm sse", Level.OK, "AMD-V"),
        ("fpu sse hypervisor", Level.WARN, "itself a virtual machine"),
        ("fpu sse", Level.WARN, "no vmx or svm"),
        ("fpu xvmxx", Level.WARN, "no vmx or svm"),
    ],
)
def test_processor(host: MadeUp, flags: str, level: Level, says: str) -> None:
    host.files["/proc/cpuinfo"] = f"processor : 0\nflags : {flags}\n"
    finding = checks_host.processor(host)
    assert finding.level is level
    assert says in finding.text
    assert bool(finding.remedy) == (level is Level.WARN)


def test_processor_of_another_architecture(host: MadeUp) -> None:
    host.machine = "aarch64"
    assert checks_host.processor(host).level is Level.OK


def test_kvm_missing(host: MadeUp) -> None:
    (finding,) = checks_host.kvm(host)
    assert (finding.level, finding.remedy) == (Level.WARN, "sudo modprobe kvm_intel or kvm_amd")


def test_kvm_that_opens_is_said_to_be_no_proof(host: MadeUp) -> None:
    host.files["/dev/kvm"] = ""
    (finding,) = checks_host.kvm(host)
    assert finding.level is Level.OK
    assert "proved only by" in finding.text


@pytest.mark.parametrize(("group", "remedy"), [("kvm", "usermod -aG kvm ada"), ("", "ask root")])
def test_kvm_that_does_not_open(host: MadeUp, group: str, remedy: str) -> None:
    host.files["/dev/kvm"] = ""
    host.errors["/dev/kvm"] = "Permission denied"
    host.groups["/dev/kvm"] = group
    (finding,) = checks_host.kvm(host)
    assert finding.level is Level.WARN
    assert "Permission denied" in finding.text
    assert remedy in finding.remedy


@pytest.mark.parametrize(("value", "level"), [("Y\n", Level.OK), ("1\n", Level.OK), ("N\n", Level.WARN)])
@pytest.mark.parametrize("module", ["kvm_intel", "kvm_amd"])
def test_nested(host: MadeUp, module: str, value: str, level: Level) -> None:
    host.files[f"/sys/module/{module}/parameters/nested"] = value
    finding = checks_host.nested(host)
    assert finding.level is level
    assert module in finding.text


def test_nested_without_kvm_is_not_known(host: MadeUp) -> None:
    assert "not known" in checks_host.nested(host).text


@pytest.mark.parametrize("program", ["qemu-system-x86_64", "qemu-kvm"])
def test_qemu_is_there(host: MadeUp, program: str) -> None:
    host.programs.add(program)
    assert checks_host.qemu(host) == ok("qemu", f"/usr/bin/{program}")


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt", "sudo apt install qemu-system-x86"),
        ("dnf", "sudo dnf install qemu-kvm"),
        ("pacman", "sudo pacman -S qemu-base"),
        ("zypper", "sudo zypper install qemu-kvm"),
        ("none", "install qemu-system-x86 or what your system calls it"),
    ],
)
def test_missing_qemu_names_the_package_of_this_system(host: MadeUp, manager: str, command: str) -> None:
    host.programs.add(manager)
    assert checks_host.qemu(host) == fail("qemu", "there is no qemu-system-x86_64", command)


def test_root_needs_no_sudo(host: MadeUp) -> None:
    host.uid = 0
    host.programs.add("apt")
    assert checks_host.qemu(host).remedy.startswith("apt install")


@pytest.mark.parametrize("folder", ["/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib"])
def test_drivers(host: MadeUp, folder: str) -> None:
    for name in ("qemu", "network"):
        host.files[f"{folder}/libvirt/connection-driver/libvirt_driver_{name}.so"] = ""
    assert checks_host.drivers(host) == ok("drivers", "installed: network, qemu")


def test_drivers_without_qemus(host: MadeUp) -> None:
    assert checks_host.drivers(host).level is Level.FAIL
    host.files["/usr/lib64/libvirt/connection-driver/libvirt_driver_lxc.so"] = ""
    finding = checks_host.drivers(host)
    assert (finding.level, finding.text) == (Level.WARN, "installed: lxc; not qemu")


def test_no_daemon_installed(host: MadeUp) -> None:
    finding = checks_host.sockets(host)
    assert (finding.level, finding.text) == (Level.WARN, "no libvirt daemon is installed")


@pytest.mark.parametrize(
    ("programs", "systemd", "remedy"),
    [
        ({"libvirtd", "systemctl"}, True, "sudo systemctl enable --now libvirtd"),
        ({"virtqemud", "systemctl"}, True, "sudo systemctl enable --now virtqemud.socket"),
        ({"libvirtd", "systemctl"}, False, "sudo virtlogd -d; sudo libvirtd -d"),
        ({"virtqemud"}, False, "sudo virtlogd -d; sudo virtqemud -d"),
    ],
)
def test_daemon_that_does_not_run(host: MadeUp, programs: set[str], systemd: bool, remedy: str) -> None:
    host.programs = programs
    if systemd:
        host.files["/run/systemd/system"] = ""
    finding = checks_host.sockets(host)
    assert (finding.level, finding.remedy) == (Level.WARN, remedy)


def test_sockets_in_a_folder_that_is_closed_to_this_user_are_not_said_to_be_missing(host: MadeUp) -> None:
    host.programs = {"libvirtd"}
    host.closed.add("/run/libvirt")
    finding = checks_host.sockets(host)
    assert (finding.level, finding.remedy) == (Level.WARN, "sudo ls /run/libvirt shows its sockets")
    assert "no socket" not in finding.text
    assert "ada may not look into /run/libvirt" in finding.text


def test_socket_that_answers(host: MadeUp) -> None:
    host.files[SOCKET] = ""
    assert checks_host.sockets(host) == ok("sockets", SOCKET)


def test_socket_left_by_a_dead_daemon(host: MadeUp) -> None:
    host.files[SOCKET] = ""
    host.errors[SOCKET] = "Connection refused"
    finding = checks_host.sockets(host)
    assert (finding.level, finding.text) == (Level.WARN, f"{SOCKET}: Connection refused")


def test_socket_that_is_closed_to_this_user_is_the_next_checks_business(host: MadeUp) -> None:
    host.files[SOCKET] = ""
    host.errors[SOCKET] = "Permission denied"
    assert checks_host.sockets(host).level is Level.OK


def test_modular_socket_beside_the_other_counts_once(host: MadeUp) -> None:
    for folder in ("/run", "/var/run"):
        for name in ("libvirt-sock", "virtqemud-sock"):
            host.files[f"{folder}/libvirt/{name}"] = ""
    assert checks_host.system_sockets(host) == (SOCKET, "/run/libvirt/virtqemud-sock")


def test_permission_of_root(host: MadeUp) -> None:
    host.uid = 0
    assert checks_host.permission(host).level is Level.OK


def test_permission_by_the_sockets_group(host: MadeUp) -> None:
    host.files[SOCKET] = ""
    host.errors[SOCKET] = "Permission denied"
    host.groups[SOCKET] = "virt"
    finding = checks_host.permission(host)
    assert (finding.level, finding.remedy) == (Level.WARN, "sudo usermod -aG virt ada, then log in again")
    host.listed.add("virt")
    assert "log in again" in checks_host.permission(host).remedy
    host.member.add("virt")
    assert checks_host.permission(host) == ok("permission", "ada is in the group virt")


def test_permission_shown_by_the_socket_itself(host: MadeUp) -> None:
    host.files[SOCKET] = ""
    assert checks_host.permission(host) == ok("permission", f"ada may open {SOCKET}")


def test_permission_without_a_socket_asks_for_the_usual_group(host: MadeUp) -> None:
    assert "group libvirt" in checks_host.permission(host).text


HOST = Host("qemu:///system", "lab1", "QEMU", "9.0.1", "10.0.0", Kind.TYPE1, "KVM", 8, 1 << 34, True)
GOOD = Facts(HOST, 3, (Network("default", active=True, autostart=True),))


def ask_of(answers: Mapping[str, Facts | Exception]) -> checks_libvirt.Ask:
    def ask(uri: str) -> Facts:
        answer = answers[uri]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return ask


def levels(findings: list[Finding], topic: str) -> list[Level]:
    return [finding.level for finding in findings if finding.topic == topic]


def test_connections_that_answer(host: MadeUp) -> None:
    ask = ask_of({"qemu:///system": GOOD, "qemu:///session": replace(GOOD, domains=1)})
    findings = list(checks_libvirt.all_checks(host, ask, None))
    assert findings == [
        ok("connection", "qemu:///system: QEMU 9.0.1 with KVM, libvirt 10.0.0, 3 machines"),
        ok("connection", "qemu:///session: QEMU 9.0.1 with KVM, libvirt 10.0.0, 1 machine"),
        ok("network", "'default' is up and comes up with the host"),
    ]


def test_one_daemon_is_enough(host: MadeUp) -> None:
    ask = ask_of({"qemu:///system": Denied("no permission", "join"), "qemu:///session": GOOD})
    findings = list(checks_libvirt.all_checks(host, ask, None))
    assert findings[0] == warn("connection", "no permission", "join")
    assert levels(findings, "connection") == [Level.WARN, Level.OK]
    assert levels(findings, "network") == []


def test_no_daemon_at_all_fails(host: MadeUp) -> None:
    ask = ask_of({"qemu:///system": Unreachable("no daemon"), "qemu:///session": Unreachable("none")})
    assert levels(list(checks_libvirt.all_checks(host, ask, None)), "connection") == [Level.FAIL] * 2


def test_root_has_no_daemon_of_its_own(host: MadeUp) -> None:
    host.uid = 0
    findings = list(
        checks_libvirt.all_checks(host, ask_of({"qemu:///system": Unreachable("no daemon")}), None)
    )
    assert levels(findings, "connection") == [Level.FAIL]


def test_the_named_connection_must_answer(host: MadeUp) -> None:
    host.uid = 0
    ask = ask_of({"qemu:///system": GOOD, "qemu+ssh://lab2/system": Unreachable("down", "wake it")})
    findings = list(checks_libvirt.all_checks(host, ask, "qemu+ssh://lab2/system"))
    assert levels(findings, "connection") == [Level.OK, Level.FAIL]


def test_the_connection_that_libvirts_own_configuration_names_is_looked_at(
    host: MadeUp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(uri: str) -> Facts:
        asked.append(uri)
        return GOOD

    monkeypatch.setattr("tuivm.hypervisor.facts.facts", answer)
    monkeypatch.setattr("tuivm.hypervisor.discovery.effective_root", lambda: False)
    folder = tmp_path / "libvirt"
    folder.mkdir()
    (folder / "libvirt.conf").write_text('uri_default = "lxc:///"\n')
    host.environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert len(list(libvirt_checks(host, None))) == 4
    assert asked[-1] == "lxc:///"
    list(libvirt_checks(host, "xen:///"))
    assert asked[-1] == "xen:///"


def test_daemon_that_hangs_does_not_hang_the_doctor() -> None:
    released = threading.Event()

    def ask(uri: str) -> Facts:
        released.wait(60)
        return GOOD

    answer = checks_libvirt.ask_within(ask, "qemu:///system", 0.01)
    released.set()
    assert isinstance(answer, TimedOut)
    assert "qemu:///system" in answer.message


@pytest.mark.parametrize(
    ("networks", "level", "remedy"),
    [
        ((), Level.WARN, "net-define"),
        ((Network("other", active=True, autostart=True),), Level.WARN, "net-define"),
        ((Network("default", active=False, autostart=True),), Level.WARN, "net-start default"),
        ((Network("default", active=True, autostart=False),), Level.WARN, "net-autostart default"),
        ((Network("default", active=True, autostart=True),), Level.OK, ""),
    ],
)
def test_network(host: MadeUp, networks: tuple[Network, ...], level: Level, remedy: str) -> None:
    host.programs.add("dnsmasq")
    finding = checks_libvirt.network(host, networks)
    assert finding.level is level
    assert remedy in finding.remedy


def test_network_that_is_down_for_want_of_dnsmasq(host: MadeUp) -> None:
    host.programs.add("apt")
    finding = checks_libvirt.network(host, (Network("default", active=False, autostart=False),))
    assert finding.remedy == "sudo apt install dnsmasq-base"


TERMINAL = Terminal("xterm-256color", "truecolor", False, 256, (120, 40), "UTF-8")


def by_topic(terminal: Terminal) -> dict[str, Finding]:
    return {finding.topic: finding for finding in checks_terminal.all_checks(terminal)}


def test_terminal_as_it_should_be() -> None:
    found = by_topic(TERMINAL)
    assert {finding.level for finding in found.values()} == {Level.OK}
    assert list(found) == ["terminal", "colours", "size", "characters"]


@pytest.mark.parametrize("term", ["", "dumb", "unknown"])
def test_terminal_without_a_cursor(term: str) -> None:
    found = by_topic(replace(TERMINAL, term=term, colours=None))
    assert found["terminal"].level is Level.FAIL
    assert "colours" not in found


@pytest.mark.parametrize(
    ("changes", "level", "says"),
    [
        ({"no_color": True}, Level.OK, "NO_COLOR"),
        ({"colorterm": "24bit"}, Level.OK, "16 million"),
        ({"colorterm": ""}, Level.OK, "256"),
        ({"colorterm": "", "colours": 8}, Level.WARN, "8 by TERM"),
        ({"colorterm": "", "colours": -1}, Level.WARN, "no by TERM"),
        ({"colorterm": "", "colours": None}, Level.WARN, "terminfo does not know"),
    ],
)
def test_colours(changes: dict[str, object], level: Level, says: str) -> None:
    finding = checks_terminal.colours(replace(TERMINAL, **changes))
    assert finding.level is level
    assert says in finding.text


@pytest.mark.parametrize(
    ("size", "level"),
    [
        ((80, 24), Level.OK),
        ((79, 24), Level.WARN),
        ((80, 23), Level.WARN),
        ((0, 0), Level.WARN),
        (None, Level.WARN),
    ],
)
def test_size(size: tuple[int, int] | None, level: Level) -> None:
    assert checks_terminal.size(replace(TERMINAL, size=size)).level is level


@pytest.mark.parametrize(
    ("encoding", "term", "level"),
    [
        ("utf8", "xterm", Level.OK),
        ("ANSI_X3.4-1968", "xterm", Level.WARN),
        ("a locale that is not installed", "xterm", Level.WARN),
        ("UTF-8", "linux", Level.WARN),
    ],
)
def test_characters(encoding: str, term: str, level: Level) -> None:
    assert checks_terminal.characters(replace(TERMINAL, encoding=encoding, term=term)).level is level


def test_configuration(tmp_path: Path) -> None:
    (finding,) = checks_files.configuration(tmp_path / "config.toml", ())
    assert finding.level is Level.OK
    assert "does not exist" in finding.text
    error = ConfigError("config.toml, line 1: interval: true is no number", "expected a number")
    assert list(checks_files.configuration(tmp_path, (error,))) == [
        fail("configuration", error.message, error.remedy)
    ]


def test_theme() -> None:
    (finding,) = checks_files.theme(Config(theme="mine"), ("mine",), ())
    assert finding == ok("theme", "mine")
    (finding,) = checks_files.theme(
        Config(), ("mine",), (ConfigError("there is no theme 'x'", "there are mine"),)
    )
    assert finding.level is Level.FAIL


def test_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks_files.state(tmp_path / "not" / "yet").level is Level.OK
    monkeypatch.setattr("os.access", lambda path, mode: False)
    finding = checks_files.state(tmp_path / "not" / "yet")
    assert finding.level is Level.WARN
    assert str(tmp_path) in finding.remedy


def test_line_is_aligned_and_harmless() -> None:
    assert line(ok("kvm", "fine"), colour=False) == "ok    kvm            fine"
    printed = line(fail("connection", "a\x1b[31m\nb", "do\rthis"), colour=False)
    assert printed == r"fail  connection     a\x1b[31m\nb  -> do\rthis"
    assert line(warn("kvm", "slow"), colour=True).startswith("\x1b[33mwarn\x1b[0m  kvm")


def test_summary_counts() -> None:
    assert summary({Level.OK: 3, Level.WARN: 0, Level.FAIL: 0}) == "3 checks, all well"
    assert summary({Level.OK: 3, Level.WARN: 2, Level.FAIL: 1}) == "6 checks: 2 to look at, 1 failed"


def test_topics_fit_their_column(host: MadeUp) -> None:
    ask = ask_of({"qemu:///system": GOOD, "qemu:///session": GOOD})
    findings = [*checks_host.all_checks(host), *checks_libvirt.all_checks(host, ask, None)]
    assert max(len(finding.topic) for finding in findings) <= 13
    assert all(finding.remedy for finding in findings if finding.level is not Level.OK)


def test_the_real_machine_can_be_looked_at() -> None:
    system = System()
    assert system.user
    assert system.machine
    assert system.read("/proc/cpuinfo")
    assert system.read("/does/not/exist") is None
    assert system.exists("/proc")
    assert not system.is_closed("/proc")
    assert not system.is_closed("/does/not/exist")
    assert system.which("sh")
    assert system.find("/proc/self", "stat*")
    assert system.open_error("/dev/null") == ""
    assert system.open_error("/does/not/exist")
    assert system.socket_error("/does/not/exist")
    assert system.group_of("/does/not/exist") == ""
    assert not system.has_group("no-such-group")
    assert not system.listed_in_group("no-such-group")
    assert checks_terminal.look(system).encoding
