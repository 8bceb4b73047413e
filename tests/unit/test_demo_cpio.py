"""The initramfs archive: read back by a reader of its own, and by busybox."""

from __future__ import annotations

import gzip
import shutil
import stat
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.demo import cpio


def read(archive: bytes) -> list[cpio.Entry]:
    """Read an archive by the format's description."""
    found = []
    position = 0
    while True:
        assert archive[position : position + 6] == b"070701"
        fields = [int(archive[position + 6 + 8 * i : position + 14 + 8 * i], 16) for i in range(13)]
        start = position + 110
        name = archive[start : start + fields[11] - 1].decode()
        assert archive[start + fields[11] - 1] == 0
        data = (start + fields[11] + 3) // 4 * 4
        position = (data + fields[6] + 3) // 4 * 4
        if name == "TRAILER!!!":
            assert position == len(archive)
            return found
        found.append(cpio.Entry(name, fields[1], archive[data : data + fields[6]], (fields[9], fields[10])))


names = st.text("abcdefgh/-_.", min_size=1, max_size=30)
entries = st.lists(
    st.one_of(
        st.builds(cpio.file, names, st.binary(max_size=40), st.sampled_from([0o644, 0o755])),
        st.builds(cpio.folder, names),
        st.builds(cpio.link, names, names),
        st.builds(cpio.character_device, names, st.integers(0, 255), st.integers(0, 255)),
    ),
    max_size=8,
)


@given(entries)
def test_what_is_written_is_read_back(given_entries: list[cpio.Entry]) -> None:
    assert read(cpio.archive(given_entries)) == given_entries


@given(entries)
def test_the_same_entries_give_the_same_bytes(given_entries: list[cpio.Entry]) -> None:
    packed = cpio.compressed(given_entries)
    assert packed == cpio.compressed(given_entries)
    assert gzip.decompress(packed) == cpio.archive(given_entries)


def test_kinds_have_the_mode_the_kernel_wants() -> None:
    assert stat.S_ISREG(cpio.file("a", b"").mode)
    assert stat.S_IMODE(cpio.file("a", b"", 0o755).mode) == 0o755
    assert stat.S_ISDIR(cpio.folder("a").mode)
    assert stat.S_ISLNK(cpio.link("a", "b").mode)
    assert stat.S_ISCHR(cpio.character_device("a", 5, 1).mode)


def test_busybox_reads_it() -> None:
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("busybox is not installed")
    packed = cpio.archive([cpio.folder("etc"), cpio.file("etc/motd", b"hello\n"), cpio.link("sh", "busybox")])
    done = subprocess.run([busybox, "cpio", "-t"], input=packed, capture_output=True, check=True)
    assert done.stdout.split() == [b"etc", b"etc/motd", b"sh"]
