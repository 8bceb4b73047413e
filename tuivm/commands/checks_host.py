"""Checks of the machine: processor, /dev/kvm, QEMU, libvirt's parts and who may use them."""

from __future__ import annotations

from collections.abc import Iterator

from tuivm.commands.findings import Finding, System, fail, ok, warn

_FLAGS = {"vmx": "Intel VT-x", "svm": "AMD-V"}
_X86 = frozenset({"x86_64", "i686", "i386"})
_QEMU_NAMES = {"i686": "i386", "i586": "i386", "armv7l": "arm", "ppc64le": "ppc64", "arm64": "aarch64"}
_DRIVER_FOLDERS = ("/usr/lib", "/usr/lib64")
_DRIVERS = (
    "libvirt/connection-driver/libvirt_driver_*.so",
    "*/libvirt/connection-driver/libvirt_driver_*.so",
)
_PACKAGES = {
    "qemu": {"apt": "qemu-system-x86", "dnf": "qemu-kvm", "pacman": "qemu-base", "zypper": "qemu-kvm"},
    "driver": {
        "apt": "libvirt-daemon-driver-qemu",
        "dnf": "libvirt-daemon-driver-qemu",
        "pacman": "libvirt",
        "zypper": "libvirt-daemon-driver-qemu",
    },
    "daemon": {
        "apt": "libvirt-daemon-system",
        "dnf": "libvirt-daemon-kvm",
        "pacman": "libvirt",
        "zypper": "libvirt-daemon-qemu",
    },
    "dnsmasq": {"apt": "dnsmasq-base", "dnf": "dnsmasq", "pacman": "dnsmasq", "zypper": "dnsmasq"},
}
_INSTALL = {
    "apt": "apt install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
}
_SOCKET_FOLDER = "/run/libvirt"
_SYSTEM_SOCKETS = ("libvirt/libvirt-sock", "libvirt/virtqemud-sock")


def install(system: System, what: str) -> str:
    """Return the command that installs a part here; words where the package manager is not known."""
    sudo = "" if system.uid == 0 else "sudo "
    for manager, command in _INSTALL.items():
        if system.which(manager):
            return f"{sudo}{command} {_PACKAGES[what][manager]}"
    return f"install {_PACKAGES[what]['apt']} or what your system calls it"


def all_checks(system: System) -> Iterator[Finding]:
    """Yield every check of the machine, in the order in which one builds on the other."""
    yield processor(system)
    yield from kvm(system)
    yield nested(system)
    yield qemu(system)
    yield drivers(system)
    yield sockets(system)
    yield permission(system)


def processor(system: System) -> Finding:
    """Whether the processor can run guests itself."""
    if system.machine not in _X86:
        return ok("processor", f"{system.machine}: /dev/kvm tells whether it virtualizes")
    words = set((system.read("/proc/cpuinfo") or "").split())
    found = [name for flag, name in _FLAGS.items() if flag in words]
    if found:
        return ok("processor", f"virtualizes ({', '.join(found)})")
    if "hypervisor" in words:
        return warn(
            "processor",
            "no vmx or svm flag, and this is itself a virtual machine: guests run in software",
            "give this machine nested virtualization (CPU host-passthrough) on its own host",
        )
    return warn(
        "processor",
        "no vmx or svm flag: guests run in software, slowly",
        "turn on VT-x or AMD-V in the firmware",
    )


def kvm(system: System) -> Iterator[Finding]:
    """Whether /dev/kvm is there and opens, which is no proof that a guest boots on it."""
    device = "/dev/kvm"
    if not system.exists(device):
        modules = "kvm_intel or kvm_amd" if system.machine in _X86 else "kvm"
        yield warn("kvm", f"{device} is missing: guests run in software", f"sudo modprobe {modules}")
        return
    why = system.open_error(device)
    if not why:
        yield ok("kvm", f"{device} opens; that a guest boots on it is proved only by one: tuivm demo")
        return
    group = system.group_of(device)
    yield warn(
        "kvm",
        f"{device} does not open: {why}; libvirt's system daemon may still use it",
        f"sudo usermod -aG {group} {system.user}, then log in again"
        if group
        else "ask root for access to it",
    )


def nested(system: System) -> Finding:
    """Whether guests can run guests."""
    for module in ("kvm_intel", "kvm_amd"):
        value = system.read(f"/sys/module/{module}/parameters/nested")
        if value is not None:
            if value.strip() in ("1", "Y"):
                return ok("nested", f"on: guests can use KVM themselves ({module})")
            return warn(
                "nested",
                f"off: guests cannot use KVM themselves ({module})",
                f"echo options {module} nested=1 | sudo tee /etc/modprobe.d/kvm.conf, then reload {module}",
            )
    return ok("nested", "not known without a KVM module; matters only for hypervisors inside guests")


def qemu(system: System) -> Finding:
    """Whether QEMU for this architecture is installed."""
    name = f"qemu-system-{_QEMU_NAMES.get(system.machine, system.machine)}"
    for program in (name, "qemu-kvm"):
        path = system.which(program)
        if path:
            return ok("qemu", path)
    return fail("qemu", f"there is no {name}", install(system, "qemu"))


def drivers(system: System) -> Finding:
    """Which of libvirt's drivers are installed."""
    found: dict[str, None] = {}
    for folder in _DRIVER_FOLDERS:
        for pattern in _DRIVERS:
            for path in system.find(folder, pattern):
                found[path.rpartition("libvirt_driver_")[2].removesuffix(".so")] = None
    if not found:
        return fail("drivers", "none of libvirt's drivers is installed", install(system, "driver"))
    names = ", ".join(sorted(found))
    if "qemu" not in found:
        return warn("drivers", f"installed: {names}; not qemu", install(system, "driver"))
    return ok("drivers", f"installed: {names}")


def system_sockets(system: System) -> tuple[str, ...]:
    """Return the sockets of the system's libvirt daemon that exist."""
    folders = ("/run", "/var/run")
    found = (f"{folder}/{name}" for name in _SYSTEM_SOCKETS for folder in folders)
    seen: dict[str, str] = {}
    for path in found:
        if system.exists(path):
            seen.setdefault(path.rpartition("/")[2], path)
    return tuple(seen.values())


def sockets(system: System) -> Finding:
    """Whether the system's daemon has its socket, and answers at it."""
    found = system_sockets(system)
    if not found:
        if not (system.which("libvirtd") or system.which("virtqemud")):
            return warn("sockets", "no libvirt daemon is installed", install(system, "daemon"))
        unit = "libvirtd" if system.which("libvirtd") else "virtqemud.socket"
        if system.is_closed(_SOCKET_FOLDER):
            what = f"{system.user} may not look into {_SOCKET_FOLDER}: whether a daemon runs is not known"
            return warn("sockets", what, f"sudo ls {_SOCKET_FOLDER} shows its sockets")
        return warn("sockets", f"no socket of libvirt's in {_SOCKET_FOLDER}", _start(system, unit))
    errors = {path: system.socket_error(path) for path in found}
    if all(errors.values()):
        path, why = next(iter(errors.items()))
        if "ermission" in why:
            return ok("sockets", f"{path} (not for this user: see permission)")
        unit = "virtqemud.socket" if path.endswith("virtqemud-sock") else "libvirtd"
        return warn("sockets", f"{path}: {why}", _start(system, unit))
    return ok("sockets", ", ".join(path for path, why in errors.items() if not why))


def _start(system: System, unit: str) -> str:
    """Return the command that starts a daemon."""
    sudo = "" if system.uid == 0 else "sudo "
    if system.which("systemctl") and system.exists("/run/systemd/system"):
        return f"{sudo}systemctl enable --now {unit}"
    return f"{sudo}virtlogd -d; {sudo}{unit.removesuffix('.socket')} -d"


def permission(system: System) -> Finding:
    """Whether this user may use the system's daemon: root, or a member of the socket's group."""
    if system.uid == 0:
        return ok("permission", "root may do everything")
    found = system_sockets(system)
    group = next((name for path in found if (name := system.group_of(path))), "libvirt")
    if found and not system.socket_error(found[0]):
        return ok("permission", f"{system.user} may open {found[0]}")
    if system.has_group(group):
        return ok("permission", f"{system.user} is in the group {group}")
    if system.listed_in_group(group):
        return warn(
            "permission",
            f"{system.user} was added to the group {group} after this login",
            f"log in again, or: newgrp {group}",
        )
    return warn(
        "permission",
        f"{system.user} is not in the group {group}: qemu:///system is closed, qemu:///session is open",
        f"sudo usermod -aG {group} {system.user}, then log in again",
    )
