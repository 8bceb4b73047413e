"""Fetches a kernel from the distribution's packages into the cache: nothing is installed, no root needed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tuivm.demo.parts import Kernel, Machine, MissingPartError, find_kernel

_LIMIT = 600.0
_CONCRETE = re.compile(r"^linux-(image|modules)-\d")
_DEPENDS = re.compile(r"^\s*\|?Depends:\s*(\S+)", re.MULTILINE)

Progress = Callable[[str], None]


def run(command: Sequence[str], cwd: Path | None = None) -> str:
    """Return what a program prints. Raises MissingPartError with its last line when it fails."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT,
            check=False,
        )
    except OSError as error:
        raise MissingPartError(f"{command[0]} cannot be run: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise MissingPartError(f"{command[0]} did not end within {_LIMIT:.0f} s") from error
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or [f"status {done.returncode}"]
        raise MissingPartError(f"{' '.join(command[:2])} failed: {lines[-1].strip()}")
    return done.stdout


@dataclass(frozen=True, slots=True)
class Packager:
    """How one family of distributions is asked for a package file."""

    tool: str
    """The program whose presence tells the family."""
    download: Callable[[Machine, Path], Sequence[Sequence[str]]]
    """Commands, run in the folder given, that leave the package files in it."""
    suffixes: tuple[str, ...]
    """Ends of the package files' names."""
    unpack: Callable[[Path, Path], Sequence[str]]
    """Command that unpacks a package file into a folder."""


def _apt_base(folder: Path, *, own_lists: bool) -> list[str]:
    """Options of apt: as root it would drop to a user who cannot write to our folder."""
    base = ["-o", "APT::Sandbox::User=root", "-o", "Debug::NoLocking=1"]
    if own_lists:
        for name in ("state/lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        base += ["-o", f"Dir::State={folder}/state", "-o", f"Dir::Cache={folder}/cache"]
        base += ["-o", "Dir::State::status=/var/lib/dpkg/status"]
    return base


def concrete_packages(listing: str) -> list[str]:
    """Return the packages with files (``linux-image-6.1.0-9``) among what ``apt-cache depends`` prints."""
    return [name for name in dict.fromkeys(_DEPENDS.findall(listing)) if _CONCRETE.match(name)]


def _apt_resolve(machine: Machine, base: Sequence[str]) -> list[str]:
    for package in machine.kernels:
        try:
            names = concrete_packages(run(["apt-cache", *base, "depends", package]))
        except MissingPartError:
            continue
        for name in list(names):
            # Ubuntu keeps the modules in a package of their own that the image needs.
            names.extend(concrete_packages(run(["apt-cache", *base, "depends", name])))
        if names:
            return list(dict.fromkeys(names))
    return []


def _apt(machine: Machine, folder: Path) -> list[list[str]]:
    base = _apt_base(folder, own_lists=False)
    names = _apt_resolve(machine, base)
    if not names:
        # No package lists on this machine (a container image): fetch them, but into our own folder.
        base = _apt_base(folder, own_lists=True)
        run(["apt-get", *base, "-q", "update"])
        names = _apt_resolve(machine, base)
    if not names:
        raise MissingPartError(f"apt knows none of the packages {', '.join(machine.kernels)}")
    return [["apt-get", *base, "-q", "download", *names]]


def _dnf(machine: Machine, folder: Path) -> list[list[str]]:
    names = ["kernel-core", "kernel-modules-core"]
    return [["dnf", "-q", "download", f"--destdir={folder}", f"--arch={machine.arch}", *names]]


def _zypper(_machine: Machine, folder: Path) -> list[list[str]]:
    command = ["zypper", "--non-interactive", "--no-refresh", f"--pkg-cache-dir={folder}"]
    return [[*command, "download", "kernel-default-base"]]


def _pacman(_machine: Machine, folder: Path) -> list[list[str]]:
    address = run(["pacman", "-Sp", "linux"]).split()
    if not address:
        raise MissingPartError("pacman knows no package linux")
    return [["curl", "-fsSL", "-o", str(folder / address[-1].rsplit("/", 1)[-1]), address[-1]]]


def _rpm_unpack(package: Path, into: Path) -> list[str]:
    script = 'rpm2cpio "$1" | (cd "$2" && (cpio -idm --quiet || busybox cpio -idm))'
    return ["sh", "-c", script, "unpack", str(package), str(into)]


PACKAGERS = (
    Packager("apt-get", _apt, (".deb",), lambda package, into: ["dpkg-deb", "-x", str(package), str(into)]),
    Packager("dnf", _dnf, (".rpm",), _rpm_unpack),
    Packager("zypper", _zypper, (".rpm",), _rpm_unpack),
    Packager(
        "pacman",
        _pacman,
        (".pkg.tar.zst", ".pkg.tar.xz"),
        lambda package, into: ["tar", "-xf", str(package), "-C", str(into)],
    ),
)


def _keep(unpacked: Path, target: Path) -> None:
    """Move kernel image and modules of an unpacked package to ``target``; the rest is dropped."""
    found = find_kernel(unpacked)
    if found is None:
        raise MissingPartError("the kernel package holds no kernel with modules")
    modules = target / "lib/modules" / found.modules.name
    modules.parent.mkdir(parents=True)
    image = found.image.resolve()
    (target / "boot").mkdir()
    shutil.move(image, target / "boot" / f"vmlinuz-{modules.name}")
    shutil.move(found.modules, modules)
    # An ordinary user's umask or the package may have made them unreadable for the next run.
    (target / "boot" / f"vmlinuz-{modules.name}").chmod(0o644)


def fetch_kernel(machine: Machine, cache: Path, progress: Progress) -> Kernel:
    """Return the kernel in the cache, downloaded and unpacked by the first call. Raises MissingPartError."""
    store = cache / f"kernel-{machine.arch}"
    kept = find_kernel(store)
    if kept is not None:
        return kept
    packager = next((each for each in PACKAGERS if shutil.which(each.tool)), None)
    if packager is None:
        raise MissingPartError(
            "no kernel can be read, and none of apt, dnf, zypper, pacman is here to fetch one"
        )
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as name:
        work = Path(name)
        progress("Fetching a Linux kernel for the guests (once; it is unpacked, not installed)")
        for command in packager.download(machine, work):
            run(command, cwd=work)
        packages = sorted(path for path in work.rglob("*") if path.name.endswith(packager.suffixes))
        if not packages:
            raise MissingPartError(f"{packager.tool} left no kernel package")
        progress("Unpacking the kernel")
        (work / "unpacked").mkdir()
        for package in packages:
            run(packager.unpack(package, work / "unpacked"))
        _keep(work / "unpacked", work / "kept")
        shutil.rmtree(store, ignore_errors=True)
        (work / "kept").rename(store)
    kept = find_kernel(store)
    if kept is None:
        raise MissingPartError(f"the kernel in {store} cannot be read")
    return kept
