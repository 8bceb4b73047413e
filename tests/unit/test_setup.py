"""The set-up script's decisions, on machines of stand-ins: which packages, which Python, asked or not, once.

A machine is a folder with the few commands it has; the package manager, sudo, id and Python are stand-ins
that write down how they were called. Nothing is installed and nothing outside the folder is looked at.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = (
    "bash",
    "cat",
    "chmod",
    "cut",
    "dirname",
    "env",
    "grep",
    "head",
    "mkdir",
    "rm",
    "sha256sum",
    "tail",
    "uname",
)

# Answers the script's question with what it lacks, makes a venv of itself, "installs" by making the program.
PYTHON = """#!/bin/bash
case "$*" in
    *ensurepip*) [ "{lacks}" = old ] && exit 1; echo "{lacks}" ;;
    *"-m venv"*)
        made="${{@: -1}}/bin"
        mkdir -p "$made" && cat "$0" >"$made/python" && chmod +x "$made/python" ;;
    *"pip install"*)
        [ -z "$BROKEN_PIP" ] || exit 1
        echo "pip ${{*: -1}}" >>"$MACHINE/calls"
        printf '#!/bin/bash\\n' >"${{0%/*}}/tuivm" && chmod +x "${{0%/*}}/tuivm" ;;
    *) echo "Python 3.13.0" ;;
esac
"""
DEBIAN_RUN = (
    "python3 python3-venv python3-dev gcc libc6-dev pkg-config libvirt-dev qemu-system-x86 qemu-utils "
    "libvirt-daemon-driver-qemu busybox-static"
)


@dataclass(frozen=True)
class Machine:
    """A machine of stand-ins below one folder."""

    folder: Path

    def command(self, name: str, body: str = "exit 0") -> None:
        """Put a command on the path; a body without interpreter is run by bash."""
        path = self.folder / "bin" / name
        path.write_text(body if body.startswith("#!") else f"#!/bin/bash\n{body}\n")
        path.chmod(0o755)

    def python(self, lacks: str = "", name: str = "usr/bin/python3") -> Path:
        """Put a Python that lacks that much; ``old`` for one before 3.11."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PYTHON.format(lacks=lacks))
        path.chmod(0o755)
        return path

    def manager(self, name: str, body: str = "") -> None:
        """Put a package manager that writes down how it was called."""
        self.command(name, f'echo "{name} $*" >>"$MACHINE/calls"\n{body}')

    def user(self, number: int, *, sudo: bool = True) -> None:
        """Be that user; sudo writes down its options and runs the rest."""
        self.command("id", f"echo {number}")
        (self.folder / "bin/sudo").unlink(missing_ok=True)
        if sudo:
            self.command("sudo", 'echo "sudo $1" >>"$MACHINE/calls"\n[ "$1" = -n ] && shift\n"$@"')

    def everything(self) -> None:
        """Be a machine on which nothing is missing."""
        self.python()
        names = (
            "cc pkg-config qemu-system-x86_64 qemu-img libvirtd virtlogd virsh tmux vi less ps zstd "
            "vim htop mc nano dialog whiptail mkfs.ext4 qemu-ga swtpm swtpm_setup"
        )
        for name in names.split():
            self.command(name)
        self.command("busybox", "#!/bin/sh statically linked")
        drivers = self.folder / "usr/lib/x86_64-linux-gnu/libvirt/connection-driver"
        drivers.mkdir(parents=True)
        for name in ("qemu", "lxc"):
            (drivers / f"libvirt_driver_{name}.so").touch()
        (self.folder / "usr/share/OVMF").mkdir(parents=True)
        (self.folder / "usr/share/OVMF/OVMF_CODE_4M.fd").touch()
        (self.folder / "etc").mkdir()
        (self.folder / "etc/passwd").write_text("libvirt-qemu:x:1:1::/:/bin/false\n")

    def setup(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script as on this machine, without a terminal."""
        return subprocess.run(
            [str(self.folder / "checkout/.ci/setup"), *arguments],
            env={
                "PATH": str(self.folder / "bin"),
                "SETUP_ROOT": str(self.folder),
                "MACHINE": str(self.folder),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def plan(self, mode: str, **environment: str) -> str:
        """The packages that would be installed."""
        done = self.setup("plan", mode, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def calls(self) -> list[str]:
        """What was called, and forget it."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A Debian with nothing on it, used by root, with a checkout."""
    made = Machine(tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / "bin" / tool).symlink_to(found)
    (tmp_path / "bin/uname").unlink()
    made.command("uname", "echo x86_64")
    made.user(0)
    made.manager("apt-get")
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", checkout / ".ci")
    shutil.copy(ROOT / "pyproject.toml", checkout)
    return made


def test_an_empty_debian_needs_it_all(machine: Machine) -> None:
    assert machine.plan("run") == f"{DEBIAN_RUN} libvirt-daemon-system"
    more = "libvirt-daemon libvirt-clients libvirt-daemon-driver-lxc tmux vim-tiny less procps zstd"
    more += " e2fsprogs qemu-guest-agent swtpm swtpm-tools ovmf vim htop mc nano dialog whiptail"
    assert machine.plan("test") == f"{DEBIAN_RUN} libvirt-daemon-system {more}"
    assert machine.calls() == []


def test_an_ordinary_user_needs_no_user_for_qemu(machine: Machine) -> None:
    machine.user(1000)
    assert machine.plan("run") == DEBIAN_RUN


@pytest.mark.parametrize(
    ("manager", "packages"),
    [
        (
            "dnf",
            (
                "python3 python3-devel gcc pkgconf-pkg-config libvirt-devel qemu-system-x86-core qemu-img "
                "libvirt-daemon-driver-qemu busybox libvirt-daemon libvirt-daemon-log libvirt-client "
                "libvirt-daemon-driver-lxc tmux vim-minimal less procps-ng zstd "
                "e2fsprogs qemu-guest-agent swtpm swtpm-tools edk2-ovmf "
                "vim-enhanced htop mc nano dialog newt"
            ),
        ),
        (
            "pacman",
            (
                "python gcc pkgconf libvirt qemu-system-x86 qemu-img busybox tmux vim less procps-ng zstd "
                "e2fsprogs qemu-guest-agent swtpm edk2-ovmf "
                "htop mc nano dialog libnewt"
            ),
        ),
        (
            "zypper",
            (
                "python3 python3-devel gcc pkg-config libvirt-devel qemu-x86 qemu-img "
                "libvirt-daemon-driver-qemu busybox-static libvirt-daemon libvirt-daemon-log libvirt-client "
                "libvirt-daemon-driver-lxc tmux vim-small less procps zstd "
                "e2fsprogs qemu-guest-agent swtpm qemu-ovmf-x86_64 "
                "vim htop mc nano dialog newt"
            ),
        ),
    ],
)
def test_other_distributions(machine: Machine, manager: str, packages: str) -> None:
    (machine.folder / "bin/apt-get").unlink()
    machine.manager(manager)
    assert machine.plan("test") == packages


@pytest.mark.parametrize(
    ("manager", "known", "packages"),
    [
        ("apt-get", "python3.11", "python3.11 python3.11-venv python3.11-dev"),
        ("dnf", "python3.12", "python3.12 python3.12-devel"),
        ("apt-get", "nothing", "python3 python3-venv python3-dev"),
    ],
)
def test_a_newer_python_beside_an_old_one(machine: Machine, manager: str, known: str, packages: str) -> None:
    machine.everything()
    machine.python("old")
    (machine.folder / "bin/apt-get").unlink()
    knows = f'case "$*" in *{known}*) exit 0 ;; *) exit 1 ;; esac'
    machine.command(manager, knows)
    machine.command("apt-cache", knows)
    assert machine.plan("run") == packages


def test_qemu_of_red_hat(machine: Machine) -> None:
    machine.everything()
    (machine.folder / "bin/apt-get").unlink()
    (machine.folder / "bin/qemu-system-x86_64").unlink()
    machine.command("dnf", "exit 1")
    assert machine.plan("run") == "qemu-kvm-core"


def test_nothing_is_missing(machine: Machine) -> None:
    machine.everything()
    assert machine.plan("test") == ""


def test_a_busybox_that_needs_libraries_does_not_do(machine: Machine) -> None:
    machine.everything()
    machine.command("busybox", "#!/lib64/ld-linux-x86-64.so.2")
    assert machine.plan("run") == "busybox-static"


def test_libvirt_without_its_headers_is_not_enough(machine: Machine) -> None:
    machine.everything()
    machine.command("pkg-config", "exit 1")
    assert machine.plan("run") == "libvirt-dev"


def test_the_distributions_python_is_completed(machine: Machine) -> None:
    machine.everything()
    machine.python("ensurepip headers")
    assert machine.plan("run") == "python3-venv python3-dev"


def test_a_complete_python_elsewhere_is_taken_first(machine: Machine) -> None:
    machine.everything()
    machine.python("ensurepip headers")
    machine.python(name="bin/python3.12")
    assert machine.plan("run") == ""


def test_a_given_python_must_do(machine: Machine) -> None:
    machine.everything()
    old = machine.python("old", "opt/python3")
    done = machine.setup("run", PYTHON=str(old))
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert done.stderr.count("\n") == 1


def test_packages_are_printed_and_installed_without_a_question(machine: Machine) -> None:
    machine.everything()
    (machine.folder / "bin/tmux").unlink()
    done = machine.setup("test")
    assert done.returncode == 0, done.stderr
    assert "tuivm set-up: installing with apt-get: tmux\n" in done.stdout
    assert machine.calls()[:2] == [
        "apt-get -q update",
        "apt-get -y -q --no-install-recommends install tmux",
    ]


def test_sudo_only_for_packages_and_never_asking_without_a_terminal(machine: Machine) -> None:
    machine.everything()
    machine.user(1000)
    assert machine.setup("run").returncode == 0
    assert not [call for call in machine.calls() if call.startswith("sudo")]
    (machine.folder / "bin/tmux").unlink()
    assert machine.setup("test").returncode == 0
    assert [call for call in machine.calls() if call.startswith("sudo")] == ["sudo -n", "sudo -n"]


def test_no_root_and_no_sudo_says_the_command(machine: Machine) -> None:
    machine.everything()
    machine.user(1000, sudo=False)
    (machine.folder / "bin/cc").unlink()
    done = machine.setup("test")
    assert done.returncode == 1
    assert "as root: env DEBIAN_FRONTEND=noninteractive apt-get" in done.stderr
    assert "install gcc libc6-dev" in done.stderr


def test_the_second_run_does_nothing(machine: Machine) -> None:
    machine.everything()
    assert "ready" in machine.setup("test").stdout
    assert machine.calls() == [f"pip {machine.folder}/checkout[dev]"]
    for mode in ("test", "run"):
        again = machine.setup(mode)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert machine.calls() == []


def test_the_tests_add_to_what_the_program_has(machine: Machine) -> None:
    machine.everything()
    machine.setup("run")
    kept = machine.folder / "checkout/.venv/kept"
    kept.touch()
    machine.setup("test")
    assert machine.calls() == [f"pip {machine.folder}/checkout", f"pip {machine.folder}/checkout[dev]"]
    assert kept.exists()


def test_a_changed_version_makes_the_environment_anew(machine: Machine) -> None:
    machine.everything()
    machine.setup("run")
    gone = machine.folder / "checkout/.venv/gone"
    gone.touch()
    with (machine.folder / "checkout/.ci/constraints.txt").open("a") as constraints:
        constraints.write("# another\n")
    assert "making .venv" in machine.setup("run").stdout
    assert not gone.exists()


def test_without_qemu_the_demonstration_is_set_up_all_the_same(machine: Machine) -> None:
    machine.everything()
    (machine.folder / "bin/qemu-system-x86_64").unlink()
    (machine.folder / "bin/tmux").unlink()
    machine.manager("apt-get", 'case "$*" in *qemu*) exit 100 ;; esac')
    done = machine.setup("run")
    assert done.returncode == 0
    assert "will simulate" in done.stderr
    failed = machine.setup("test")
    assert failed.returncode == 1
    assert failed.stderr.splitlines()[-1].startswith("tuivm set-up: apt-get could not install")


def test_a_failing_pip_is_one_line_and_tried_again(machine: Machine) -> None:
    machine.everything()
    done = machine.setup("run", BROKEN_PIP="yes")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("tuivm set-up: pip could not install")
    assert machine.setup("run").returncode == 0


def test_no_package_manager_names_what_to_install(machine: Machine) -> None:
    machine.everything()
    (machine.folder / "bin/apt-get").unlink()
    (machine.folder / "bin/cc").unlink()
    done = machine.setup("run")
    assert done.returncode == 1
    assert done.stderr == (
        "tuivm set-up: no apt-get, dnf, pacman or zypper here; install by hand: compiler\n"
    )


def test_wrong_words_are_usage(machine: Machine) -> None:
    done = machine.setup("everything")
    assert done.returncode == 1
    assert "usage:" in done.stderr
