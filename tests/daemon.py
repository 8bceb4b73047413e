"""A libvirt daemon of the tests' own: its own configuration, state, socket and guests, gone when stopped.

As root it runs in a private mount namespace, with directories of its own in the place of /etc/libvirt,
/var/lib/libvirt, /var/log/libvirt and /run, and of what swtpm keeps, so that nothing of this machine's
libvirt is seen or touched but the cache of what its QEMU can do (asking QEMU anew takes eight seconds).
As another user it is a session daemon whose XDG directories are its own. Both keep the guests alive when
the daemon is killed, so that a reconnection is a real one; ``stop`` ends the guests too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import libvirt

from tuivm.hypervisor import eventloop

PATIENCE = 60.0
"""Seconds to wait for a daemon before giving up: generous, for a busy machine."""

# In a chroot the root is no mount point and cannot be made private. Then a copy of its mounts is hung on
# /proc, which is one, and becomes the root: nothing reaches the mounts of other processes.
_PRIVATE_ROOT = """
set -e
if mount --make-rprivate / 2>/dev/null; then exec "$@"; fi
mount --make-rprivate /proc
mount --rbind / /proc/tty
mount --make-rprivate /proc/tty
exec chroot /proc/tty "$@"
"""
_NAMESPACE = """
set -e
mkdir -p /var/lib/libvirt /var/log/libvirt /var/log/swtpm /etc/libvirt
mount --bind "$1/lib" /var/lib/libvirt
mount --bind "$1/log" /var/log/libvirt
mount --bind "$1/swtpm/log" /var/log/swtpm
if [ -d /var/lib/swtpm-localca ]; then
    chown --reference=/var/lib/swtpm-localca "$1/swtpm/ca"
    mount --bind "$1/swtpm/ca" /var/lib/swtpm-localca
fi
mount --bind "$1/etc" /etc/libvirt
mount --bind "$1/passwd" /etc/passwd
mount --bind "$1/group" /etc/group
if [ "$2" = lxc ]; then
    umount /sys/fs/cgroup/unified 2>/dev/null || true
    if ! grep -q ' /sys/fs/cgroup/[a-z,_]* cgroup ' /proc/self/mounts; then
        mount -t tmpfs cgroup /sys/fs/cgroup
        for controllers in $(cut -d : -f 2 /proc/self/cgroup | grep -v '='); do
            mkdir "/sys/fs/cgroup/$controllers"
            mount -t cgroup -o "$controllers" cgroup "/sys/fs/cgroup/$controllers"
        done
    fi
fi
mount --bind "$1/run" /run
shift 2
exec "$@"
"""


class PrivateDaemon:
    """libvirtd in ``directory``. A context manager: started on entry, stopped with its guests on exit."""

    def __init__(self, directory: Path, driver: str = "qemu", *, own_network: bool = False) -> None:
        """``own_network`` gives it and its guests a network of their own, as root only."""
        self.directory = directory
        """Everything of the daemon is below it. Keep its path short: a socket's path has 107 bytes."""
        self.driver = driver
        """``qemu`` or ``lxc``."""
        self._process: subprocess.Popen[bytes] | None = None
        self._root = os.geteuid() == 0
        self._own_network = own_network
        for name in ("etc", "run/lock", "lib", "log", "sock", "home", "swtpm/log", "swtpm/ca"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        self._configure()

    @property
    def uri(self) -> str:
        """The URI to connect to."""
        path = "system" if self._root or self.driver == "lxc" else "session"
        return f"{self.driver}+unix:///{path}?socket={self.socket}"

    @property
    def socket(self) -> Path:
        """The daemon's socket."""
        return self.directory / "sock" / "libvirt-sock"

    @property
    def pid(self) -> int:
        """The daemon's process, in the namespaces of its own."""
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        """What the daemon logged."""
        path = self.directory / "libvirtd.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            _libvirtd(),
            "-f",
            str(self.directory / "libvirtd.conf"),
            "-p",
            str(self.directory / "pid"),
        ]
        if self._root:
            network = ["--net"] if self._own_network else []
            private = [
                "unshare",
                "--mount",
                *network,
                "--propagation",
                "unchanged",
                "sh",
                "-c",
                _PRIVATE_ROOT,
                "sh",
            ]
            inner = ["sh", "-c", _NAMESPACE, "sh", str(self.directory), self.driver]
            command = private + inner + command
        with (self.directory / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=self._environment()
            )
        self._wait()

    def kill(self) -> None:
        """End the daemon at once, as a crash would; its guests live on."""
        self._end(signal.SIGKILL)

    def terminate(self) -> None:
        """End the daemon in order, as an upgrade would; its guests live on."""
        self._end(signal.SIGTERM)

    def stop(self) -> None:
        """End the daemon and every guest it started. A second call does nothing."""
        self.terminate()
        for pid in self._guests():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE
        while self._guests() and time.monotonic() < deadline:
            time.sleep(0.02)

    def freeze(self) -> None:
        """Stop the daemon's threads: connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen daemon go on."""
        self._signal(signal.SIGCONT)

    def virsh(self, *words: str) -> str:
        """Run virsh against the daemon, as another program would; answers its output."""
        done = subprocess.run(
            ["virsh", "-q", "-c", self.uri, *words], capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def __enter__(self) -> PrivateDaemon:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _configure(self) -> None:
        (self.directory / "libvirtd.conf").write_text(
            f'unix_sock_dir = "{self.directory}/sock"\n'
            'auth_unix_rw = "none"\nauth_unix_ro = "none"\n'
            f'log_level = 3\nlog_outputs = "3:file:{self.directory}/libvirtd.log"\n'
        )
        # No virtlogd is around, QEMU must be able to open what the tests made, and in a chroot or a container
        # libvirt cannot give it a /dev of its own.
        settings = 'stdio_handler = "file"\nsecurity_driver = "none"\nnamespaces = []\n'
        if self._root:
            settings += 'user = "root"\ngroup = "root"\n'
            _with_entry(
                self.directory / "passwd", "libvirt-qemu:x:64055:64055::/var/lib/libvirt:/usr/sbin/nologin"
            )
            _with_entry(self.directory / "group", "libvirt-qemu:x:64055:")
        for folder in (self.directory / "etc", self.directory / "home" / "libvirt"):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "qemu.conf").write_text(settings)

    def _environment(self) -> dict[str, str]:
        own = str(self.directory / "home")
        return os.environ | {
            "HOME": own,
            "XDG_CONFIG_HOME": own,
            "XDG_CACHE_HOME": str(self.directory / "home" / "cache"),
            "XDG_RUNTIME_DIR": str(self.directory / "run"),
        }

    def _wait(self) -> None:
        eventloop.start()
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                libvirt.open(self.uri)
            except libvirt.libvirtError:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > deadline:
                    output = (self.directory / "output").read_text(errors="replace")
                    raise AssertionError(f"libvirtd did not start: {output}\n{self.log}") from None
                time.sleep(0.05)
            else:
                return

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(how)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _signal(self, which: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(which)

    def _guests(self) -> list[int]:
        """Processes of guests: those of the daemon's pid files that still carry this daemon's names."""
        found = []
        for path in self.directory.glob("run/**/*.pid"):
            with contextlib.suppress(OSError, ValueError):
                pid = int(path.read_text())
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
                if b"guest=" + path.stem.encode() in line or b"libvirt_lxc" in line:
                    found.append(pid)
        return found


def _with_entry(path: Path, entry: str) -> None:
    """Copy /etc's file of that name, with the user or group that libvirtd insists on where it is missing."""
    text = Path("/etc", path.name).read_text()
    name = entry.partition(":")[0]
    path.write_text(text if f"\n{name}:" in text else f"{text.rstrip()}\n{entry}\n")


@contextlib.contextmanager
def temporary_daemon(driver: str = "qemu", *, own_network: bool = False) -> Iterator[PrivateDaemon]:
    """A daemon in a folder of its own with a short path; both are gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="tuivm-"))
    try:
        with PrivateDaemon(directory, driver, own_network=own_network) as daemon:
            yield daemon
    finally:
        shutil.rmtree(directory)


def _libvirtd() -> str:
    found = shutil.which("libvirtd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    assert found is not None, "libvirtd is not installed (package libvirt-daemon)"
    return found
