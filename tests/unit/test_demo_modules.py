"""Kernel modules: found, unpacked, put in order."""

from __future__ import annotations

import gzip
import lzma
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.demo import modules


def module(*needs: str) -> bytes:
    """What is of interest in a module's file."""
    return b"\x7fELF\0\0license=GPL\0depends=" + ",".join(needs).encode() + b"\0retpoline=Y\0"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (module(), ()),
        (module("virtio"), ("virtio",)),
        (module("virtio", "virtio-ring"), ("virtio", "virtio_ring")),
        (b"depends=a\0", ("a",)),
        (b"\0xdepends=a\0", ()),
        (b"", ()),
        (b"\0depends=unfinished", ()),
    ],
)
def test_what_a_module_needs(content: bytes, expected: tuple[str, ...]) -> None:
    assert modules.depends(content) == expected


def test_modules_are_found_by_name_however_they_are_packed(tmp_path: Path) -> None:
    folder = tmp_path / "kernel/drivers"
    folder.mkdir(parents=True)
    (folder / "virtio-rng.ko").write_bytes(module())
    (folder / "virtio_net.ko.xz").write_bytes(lzma.compress(module("failover")))
    (folder / "failover.ko.gz").write_bytes(gzip.compress(module()))
    (folder / "notes.ko.txt").write_text("not a module")
    (tmp_path / "modules.order").write_text("")
    found = modules.index(tmp_path)
    assert sorted(found) == ["failover", "virtio_net", "virtio_rng"]
    assert modules.read(found["virtio_net"]) == module("failover")
    assert modules.read(found["failover"]) == module()


def test_zstd_is_unpacked_by_its_program(tmp_path: Path) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not installed")
    path = tmp_path / "a.ko.zst"
    path.write_bytes(
        subprocess.run(["zstd", "-c"], input=module("b"), capture_output=True, check=True).stdout
    )
    assert modules.read(path) == module("b")
    path.write_bytes(b"not zstd")
    with pytest.raises(modules.ModuleError, match="zstd cannot unpack"):
        modules.read(path)


def test_without_zstd_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "a.ko.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd")
    with pytest.raises(modules.ModuleError, match="zstd is not installed"):
        modules.read(path)


@pytest.mark.parametrize("name", ["a.ko.xz", "a.ko.gz"])
def test_a_damaged_module_is_one_error(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"rubbish")
    with pytest.raises(modules.ModuleError, match="cannot be unpacked"):
        modules.read(tmp_path / name)


graphs = st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefghxyz"), max_size=4))


@given(graphs, st.lists(st.sampled_from("abcdefghxyz")))
def test_order(
    tmp_path_factory: pytest.TempPathFactory, graph: dict[str, list[str]], wanted: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("modules")
    for name, needs in graph.items():
        (folder / f"{name}.ko").write_bytes(module(*needs))
    ordered = [name for name, _ in modules.in_load_order(wanted, modules.index(folder))]
    assert len(ordered) == len(set(ordered))
    assert set(wanted) & set(graph) <= set(ordered)
    reaches = {name: reachable(graph, name) for name in graph}
    for position, name in enumerate(ordered):
        for needed in graph[name]:
            if needed in graph and name not in reaches[needed]:  # not a circle, which has no order
                assert ordered.index(needed) < position


def reachable(graph: dict[str, list[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in graph and name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen | set(graph.get(start, []))


def test_the_machine_is_not_needed(tmp_path: Path) -> None:
    assert modules.index(tmp_path / "absent") == {}
    assert modules.in_load_order(["ext4"], {}) == []
