"""A guest in which QEMU's own guest agent runs: this machine's, with its libraries and its kernel module.

Its disk holds an ext4 file system with a journal, whose state says whether it was frozen, and its kernel
never writes back by itself what programs have written: what is on the disk, somebody asked for.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from tests import rich_guest
from tuivm import paths
from tuivm.demo import guest, modules
from tuivm.demo.domains import Hardware, Role, domain_xml
from tuivm.demo.parts import find_emulator, find_kernel
from tuivm.xml.read import AGENT_CHANNEL

_STARTER = f"""#!/bin/busybox sh
# Stands in the place of the demonstration's load on the CPU, which init starts in the background.
cd /proc/sys/vm && echo 0 >dirty_writeback_centisecs && echo 360000 >dirty_expire_centisecs
echo 90 >dirty_ratio && echo 90 >dirty_background_ratio
while port=$(grep -l '^{AGENT_CHANNEL}$' /sys/class/virtio-ports/*/name) && [ -z "$port" ]; do sleep 1; done
mkdir -p /var/run /run
while :; do
    qemu-ga -p "/dev/$(basename "$(dirname "$port")")" -m virtio-serial -t /tmp >>/tmp/agent 2>&1
    sleep 1
done
"""
_SHUTDOWN = """#!/bin/busybox sh
# The agent calls it as "shutdown -h|-r -P +0 WORDS".
case " $* " in
*" -r "*) exec /sbin/reboot ;;
*) exec /sbin/poweroff ;;
esac
"""
_INCOMPATIBLE = 1024 + 0x60
"""Where the superblock says which features must be understood to use the file system."""
_RECOVER = 0x4
"""The one that says that the journal holds what the file system lacks."""


def make(folder: Path) -> str:
    """Return the XML of a guest named ``shell``, all that it needs made in ``folder``."""
    parts = rich_guest.added(
        guest.build(paths.cache_dir() / "demo", lambda line: None), _entries(), folder / "agent.gz"
    )
    raw, disk = folder / "raw", folder / "shell.qcow2"
    with raw.open("wb") as file:
        file.truncate(64 << 20)
    maker = shutil.which("mkfs.ext4", path="/usr/sbin:/sbin:/usr/bin")
    assert maker is not None, "mkfs.ext4 is not installed (package e2fsprogs)"
    subprocess.run([maker, "-q", "-m", "0", raw], check=True)
    subprocess.run(["qemu-img", "convert", "-O", "qcow2", raw, disk], check=True)
    raw.unlink()
    hardware = Hardware(parts, find_emulator(parts.machine), kvm=False, user_network=True)
    return _with_channel(domain_xml(hardware, Role("shell", "cpu", "with an agent"), disk))


def is_clean(image: Path) -> bool:
    """Whether the file system in an image needs nothing of its journal, as one that is frozen."""
    with image.parent.joinpath("superblock").open("w+b") as file:
        subprocess.run(["qemu-img", "convert", "-U", "-O", "raw", image, file.name], check=True)
        file.seek(_INCOMPATIBLE)
        features = int.from_bytes(file.read(4), "little")
    Path(file.name).unlink()
    return not features & _RECOVER


def _entries() -> list[rich_guest.cpio.Entry]:
    built = guest.build(paths.cache_dir() / "demo", lambda line: None)
    kernel = find_kernel() or find_kernel(paths.cache_dir() / "demo" / f"kernel-{built.machine.arch}")
    assert kernel is not None
    loaded = modules.in_load_order((*guest.MODULES, "virtio_console"), modules.index(kernel.modules))
    files = rich_guest.program("qemu-ga") | {
        "sbin/load-cpu": _STARTER.encode(),
        "sbin/shutdown": _SHUTDOWN.encode(),
        "etc/modules": "".join(f"{name}.ko\n" for name, _ in loaded).encode(),
    }
    files |= {f"lib/modules/{name}.ko": content for name, content in loaded}
    return rich_guest.as_entries(files)


def _with_channel(xml: str) -> str:
    root = ET.fromstring(xml)
    devices = root.find("devices")
    assert devices is not None
    channel = ET.SubElement(devices, "channel", {"type": "unix"})
    ET.SubElement(channel, "target", {"type": "virtio", "name": AGENT_CHANNEL})
    return ET.tostring(root, encoding="unicode")
