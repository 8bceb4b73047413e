"""What a disk image builds on, read from real images and from bytes that make no sense."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tuivm.hypervisor import images

QCOW2 = b"QFI\xfb"


def create(*words: str) -> None:
    subprocess.run(["qemu-img", "create", "-q", *words], check=True)


def test_backing_files_however_they_are_named(tmp_path: Path) -> None:
    base = tmp_path / "base file.qcow2"
    create("-f", "qcow2", str(base), "4M")
    for number, name in enumerate(
        (
            str(base),
            "base file.qcow2",
            f"file:{base}",
            f'json:{{"driver":"qcow2","file":{{"driver":"file","filename":"{base}"}}}}',
        )
    ):
        top = tmp_path / f"top{number}.qcow2"
        create("-f", "qcow2", "-b", name, "-F", "qcow2", str(top))
        assert images.below(str(top)) == [str(base)], name
    assert images.below(str(base)) == []
    found = dict(images.builders(str(tmp_path)))
    assert set(found.values().__iter__().__next__()) == {str(base)}
    assert len(found) == 4


def test_an_external_data_file(tmp_path: Path) -> None:
    data = tmp_path / "data.raw"
    create("-f", "qcow2", "-o", f"data_file={data}", str(tmp_path / "meta.qcow2"), "4M")
    assert images.below(str(tmp_path / "meta.qcow2")) == [str(data)]


def test_what_is_no_image_builds_on_nothing(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"boot" * 500)
    (tmp_path / "empty").write_bytes(b"")
    for path in ("raw", "empty", "not there", "."):
        assert images.below(str(tmp_path / path)) == []


@pytest.mark.parametrize(
    "header",
    [
        QCOW2,
        QCOW2 + struct.pack(">IQI", 9, 0, 0) + bytes(100),
        QCOW2 + struct.pack(">IQI", 2, 1 << 60, 900) + bytes(100),
        QCOW2 + struct.pack(">IQI", 2, 100, 5000) + bytes(100),
        QCOW2 + struct.pack(">IQI", 2, (1 << 64) - 1, 900) + bytes(100),
        b"QED\0" + bytes(100),
    ],
)
def test_a_header_that_makes_no_sense_is_not_taken_for_nothing(header: bytes, tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(header)
    with pytest.raises(images.UnknownImageError):
        images.below(str(tmp_path / "image"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path: Path, rest: bytes, magic: bool) -> None:
    path = tmp_path / "image"
    path.write_bytes((QCOW2 if magic else b"") + rest)
    try:
        found = images.below(str(path))
    except images.UnknownImageError:
        return
    assert all(isinstance(one, str) for one in found)
