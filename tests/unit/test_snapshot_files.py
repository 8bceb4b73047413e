"""Headers of images, the rule's element, XML of snapshots taken anew: hostile input, and what comes back."""

from __future__ import annotations

import os
import struct
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import libvirt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.hypervisor.qcow2 import Kept, read_header
from tuivm.hypervisor.sizes import with_sizes
from tuivm.hypervisor.snapshots import Snapshots
from tuivm.model.detail import Disk
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid
from tuivm.model.host import Host, Kind
from tuivm.model.snapshot import Retention, Snapshot, SnapshotDisk, SnapshotKind, SnapshotRequest
from tuivm.xml import create, read, retention, update

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1)


def entry(name: bytes, memory: int, extra: bytes = b"") -> bytes:
    """One snapshot as qcow2.txt lays it out."""
    plain = struct.pack(">QIHHIIQII", 0, 0, 1, len(name), 0, 0, 0, memory & 0xFFFFFFFF, len(extra))
    whole = plain + extra + b"1" + name
    return whole + bytes(-len(whole) % 8)


def qcow2(*entries: bytes, count: int | None = None, version: int = 3) -> bytes:
    """An image with a table of snapshots behind its first cluster."""
    number = len(entries) if count is None else count
    head = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", version, 0, 0, 16, 5 << 20, 0, 0, 0, 0, 0, number, 512)
    return head.ljust(512, b"\0") + b"".join(entries)


def test_the_header_tells_size_and_snapshots(tmp_path: Path) -> None:
    path = tmp_path / "x.qcow2"
    path.write_bytes(qcow2(entry(b"plain", 7), entry("é".encode(), 1, struct.pack(">QQ", 1 << 33, 0))))
    header = read_header(path)
    assert (header.format, header.capacity) == ("qcow2", 5 << 20)
    assert header.snapshots == (Kept("plain", 7), Kept("é", 1 << 33))
    path.write_bytes(b"raw" * 100)
    assert read_header(path).format == "raw"


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1))
def test_no_table_makes_it_fail(table: bytes, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(qcow2(table, count=count))
        if count > 4096:
            with pytest.raises(ValueError, match="no sense"):
                read_header(path)
        else:
            assert len(read_header(path).snapshots) <= count


@given(st.binary(max_size=600))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(b"QFI\xfb" + content)
        with suppress(ValueError):
            assert read_header(path).format in ("qcow2", "raw")


def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ValueError, match="no image"):
        read_header(tmp_path / "fifo")
    with pytest.raises(OSError, match="No such file"):
        read_header(tmp_path / "none")


def test_sizes_are_told_where_the_files_can_be_read(tmp_path: Path) -> None:
    image, overlay, memory = tmp_path / "i", tmp_path / "o", tmp_path / "m"
    image.write_bytes(qcow2(entry(b"in", 1 << 20)))
    overlay.write_bytes(b"x" * 8192)
    memory.write_bytes(b"x" * 4096)
    inner = Snapshot("in", 1, disks=(SnapshotDisk("vda", "internal", str(image)),))
    outside = (SnapshotDisk("vda", "external", str(image), str(overlay)),)
    outer = Snapshot("out", 1, external=True, disks=outside, memory_file=str(memory))
    gone = replace(outer, memory_file=str(tmp_path / "none"))
    unknown = replace(inner, name="other")
    sizes = [one.size for one in with_sizes((inner, outer, gone, unknown))]
    assert sizes[0] == 1 << 20
    assert sizes[1] is not None
    assert sizes[1] >= 8192
    assert sizes[2:] == [None, None]


@given(st.builds(Retention, *[st.integers(0, 99_999)] * 4))
def test_a_rule_comes_back_as_it_was(rule: Retention) -> None:
    assert retention.read(retention.write(rule)) == rule


@given(st.text())
def test_a_rule_that_makes_no_sense_is_the_default(text: str) -> None:
    assert retention.read(text) == Retention()
    element = ET.tostring(ET.Element("snapshots", {"keep": "".join(c for c in text if c.isprintable())}))
    assert retention.read(element.decode()).days == 0


@given(TEXT, TEXT, TEXT)
def test_a_snapshot_taken_anew_keeps_all_else(name: str, words: str, other: str) -> None:
    try:
        create.check_name(name)
        create.check_name(other)
    except Invalid:
        return
    root = ET.fromstring(create.snapshot(SnapshotRequest(name, "before")))
    ET.SubElement(root, "unknown", {"a": "b"}).text = "kept"
    ET.SubElement(ET.SubElement(root, "parent"), "name").text = name
    text = ET.tostring(root, encoding="unicode")
    changed = update.child(update.snapshot(text, other, words), other)
    found = read.snapshot(changed)
    assert (found.name, found.description, found.parent) == (other, words.strip(), other)
    assert ET.fromstring(changed).findtext("unknown") == "kept"
    assert read.snapshot(update.snapshot(text, name, "")).description == ""


def test_what_cannot_be_written_anew_is_refused() -> None:
    text = create.snapshot(SnapshotRequest("x"))
    for name in ("", "a/b", "n" * 300):
        with pytest.raises(Invalid):
            update.snapshot(text, name, "")
    with pytest.raises(Invalid):
        update.snapshot(text, "x", "bell\x07")
    with pytest.raises(Invalid, match="no parent"):
        update.child(text, "y")


def test_the_disks_that_take_part_are_named_and_so_are_the_others() -> None:
    disks = (
        Disk("vda", "/a", format="qcow2"),
        Disk("vdb", "/b", format="qcow2"),
        Disk("sda", "", "cdrom", readonly=True),
    )
    request = SnapshotRequest("x", kind=SnapshotKind.EXTERNAL, disks=("vdb",))
    root = ET.fromstring(create.snapshot(request, disks, "/a.mem"))
    assert {one.get("name"): one.get("snapshot") for one in root.iter("disk")} == {
        "vda": "no",
        "vdb": "external",
        "sda": "no",
    }
    memory = root.find("memory")
    assert memory is not None
    assert memory.attrib == {"snapshot": "external", "file": "/a.mem"}


def test_a_listed_snapshot_tells_where_it_lies() -> None:
    text = (
        "<domainsnapshot><name> a </name><memory snapshot='external' file='/m'/><disks>"
        "<disk name='vda' snapshot='external'><source file='/a.x'/></disk><disk name='vdb' snapshot='no'/>"
        "<disk name='vdc' snapshot='internal'/></disks><domain><devices>"
        "<disk><source file='/a'/><target dev='vda'/></disk>"
        "<disk><source file='/c'/><target dev='vdc'/></disk>"
        "</devices></domain></domainsnapshot>"
    )
    found = read.snapshot(text)
    assert (found.name, found.memory_file, found.kind, found.mixed) == (" a ", "/m", "external+memory", True)
    assert found.disks == (
        SnapshotDisk("vda", "external", "/a", "/a.x"),
        SnapshotDisk("vdb", "no"),
        SnapshotDisk("vdc", "internal", "/c"),
    )


@pytest.mark.parametrize(
    ("channel", "problem"),
    [
        ("", "no channel"),
        ("<channel><target name='org.qemu.guest_agent.0'/></channel>", "no guest agent runs"),
        (
            "<channel><target name='org.qemu.guest_agent.0' state='disconnected'/></channel>",
            "no guest agent runs",
        ),
        ("<channel><target name='org.qemu.guest_agent.0' state='connected'/></channel>", ""),
    ],
)
def test_whether_the_agent_can_be_asked(channel: str, problem: str) -> None:
    told = read.agent_problem(f"<domain><devices>{channel}</devices></domain>")
    assert problem in told
    assert bool(problem) == bool(told)


def test_one_that_is_deleted_while_they_are_listed_is_left_out() -> None:
    class Entry:
        def __init__(self, name: str) -> None:
            self.name = name

        def getName(self) -> str:  # noqa: N802 - libvirt's name
            return self.name

        def getXMLDesc(self, _: int) -> str:  # noqa: N802
            if self.name == "gone":
                raise Gone("no such snapshot")
            return f"<domainsnapshot><name>{self.name}</name></domainsnapshot>"

    class Gone(libvirt.libvirtError):
        def get_error_code(self) -> int:
            return libvirt.VIR_ERR_NO_DOMAIN_SNAPSHOT

    class Domain:
        def listAllSnapshots(self, _: int) -> list[Entry]:  # noqa: N802
            return [Entry("a"), Entry("gone"), Entry("b")]

        def snapshotCurrent(self, _: int) -> Entry:  # noqa: N802
            return Entry("b")

    key = DomainKey("qemu:///x", "u")
    made = Snapshots("qemu:///x")
    made._handles[key.uuid] = Domain()  # type: ignore[assignment]
    made._link = object()  # type: ignore[assignment]
    made._host = Host("qemu:///x", "lab", "QEMU", "1", "1", Kind.TYPE2, "", 1, 1, is_local=False)
    assert [(one.name, one.current) for one in made.snapshots(key)] == [("a", False), ("b", True)]
