"""Clones that fail or are cancelled in the middle: nothing is left, and nothing else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clone_tools import (
    MIB,
    Held,
    Program,
    define,
    disk,
    image,
    no_pools,
    same,
    sh,
)
from tests.daemon import PrivateDaemon, temporary_daemon
from tests.hypervisor.conftest import until
from tests.hypervisor.test_snapshots_no_space import full, small
from tuivm.core import cloning
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.hypervisor import LibvirtHypervisor, connect
from tuivm.model.errors import Invalid
from tuivm.model.job import JobState


@pytest.fixture
def program(qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon) -> Iterator[Program]:
    made = Program(libvirt_daemon.uri)
    yield made
    made.session.close()


def test_progress_grows_and_a_copy_that_is_cancelled_ends_by_itself_and_goes(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    path = image(tmp_path / "web.qcow2", data=256 * MIB, size=300 * MIB)
    key = define(qemu, "web", disk(path))
    with Held(tmp_path / "n.qcow2") as held:
        begun = program.begin(key, qemu.clone_facts(key), "n")
        until(held.caught, "the copy")

        def sizes() -> set[int]:
            return {one.done or 0 for one in program.told()} - {0}

        until(lambda: bool(sizes()), "the first look at it")
        copy = tmp_path / "n.qcow2"
        for _ in range(2):  # Let it write a little more, and see that it is told.
            before = copy.stat().st_blocks
            while copy.stat().st_blocks == before:
                held.signal(signal.SIGCONT)
                held.signal(signal.SIGSTOP)
            size = copy.stat().st_blocks * 512
            until(lambda size=size: max(sizes()) >= size, "growth")  # type: ignore[misc]
        assert len(sizes()) >= 3
        assert max(sizes()) < 250 * MIB
        told = program.told()
        done = [one.done or 0 for one in told]
        assert done == sorted(done)
        assert {one.what for one in told} == {"vda"}
        assert all(one.percent is not None and one.percent <= 99.0 and one.total for one in told)
        assert program.session.work.cancel(begun.id)
        until(lambda: "it ends after this disk" in program.job(begun).message, "the word on cancelling")
        assert not program.job(begun).state.is_over
    ended = program.ended(begun)
    assert (ended.state, ended.message) == (JobState.CANCELLED, "cancelled; what was copied is removed")
    assert [one.name for one in tmp_path.iterdir()] == ["web.qcow2"]
    assert [one.name for one in qemu.list_domains()] == ["web"]
    assert no_pools(libvirt_daemon)


def test_a_name_that_another_client_takes_meanwhile(
    qemu: LibvirtHypervisor, program: Program, tmp_path: Path
) -> None:
    path = image(tmp_path / "web.qcow2", data=256 * MIB, size=300 * MIB)
    key = define(qemu, "web", disk(path))
    with Held(tmp_path / "n.qcow2") as held:
        begun = program.begin(key, qemu.clone_facts(key), "n")
        until(held.caught, "the copy")
        other = define(qemu, "n")
    ended = program.ended(begun)
    assert ended.state is JobState.FAILED
    assert "another client made a domain named 'n' meanwhile; what was copied is removed" in ended.message
    assert [one.name for one in tmp_path.iterdir()] == ["web.qcow2"]
    assert qemu.read_domain(other).name == "n"


@pytest.mark.parametrize("in_pool", [True, False])
def test_a_daemon_that_dies_in_the_middle_leaves_nothing(
    qemu: LibvirtHypervisor,
    program: Program,
    libvirt_daemon: PrivateDaemon,
    pool: Path,
    tmp_path: Path,
    in_pool: bool,
) -> None:
    folder = pool if in_pool else tmp_path / "disks"
    folder.mkdir(exist_ok=True)
    path = image(folder / "web.qcow2", data=256 * MIB, size=300 * MIB)
    before = path.read_bytes()
    key = define(qemu, "web", disk(path))
    with Held(folder / "n.qcow2") as held:
        begun = program.begin(key, qemu.clone_facts(key), "n")
        until(held.caught, "the copy")
        until(lambda: bool(program.told()), "the first look at it")
        libvirt_daemon.kill()
        held.signal(signal.SIGKILL)
        libvirt_daemon.start()
        ended = program.ended(begun)
    assert ended.state is JobState.FAILED
    assert "what was copied is removed" in ended.message
    assert "\n" not in ended.message
    assert [one.name for one in folder.iterdir()] == ["web.qcow2"]
    assert path.read_bytes() == before
    qemu.open()
    assert [one.name for one in qemu.list_domains()] == ["web"]
    assert no_pools(libvirt_daemon)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_no_space_left_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """A compressed image takes little room, its copy much: that is seen only when the space has gone.

    The daemon is one that began after the file system was there: it has mounts of its own.
    """
    with small(tmp_path) as folder, temporary_daemon() as daemon:
        loose = image(tmp_path / "loose.qcow2", data=60 * MIB, size=64 * MIB)
        path = folder / "web.qcow2"
        sh("qemu-img", "convert", "-c", "-O", "qcow2", loose, path)
        before = path.read_bytes()
        program, qemu = Program(daemon.uri), connect(daemon.uri)
        qemu.open()
        key = define(qemu, "web", disk(path))
        ended = program.ended(program.begin(key, qemu.clone_facts(key), "n"))
        names = [one.name for one in qemu.list_domains()]
        pools = no_pools(daemon)
        qemu.undefine(key)
        qemu.close()
        program.session.close()
        assert ended.state is JobState.FAILED
        assert "No space left" in ended.message
        assert "\n" not in ended.message
        assert {one.name for one in folder.iterdir()} - {"lost+found"} == {"web.qcow2"}
        assert path.read_bytes() == before
        assert same(loose, path)
        assert (names, pools) == (["web"], True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_space_that_is_short_is_told_before(qemu: LibvirtHypervisor, tmp_path: Path) -> None:
    with small(tmp_path) as folder:
        key = define(qemu, "web", disk(image(folder / "web.qcow2", data=12 * MIB, size=20 * MIB)))
        found = qemu.clone_facts(key)
        assert cloning.refusal(found, cloning.clone(found, "n", {})) == ""
        with full(folder, spare=4 * MIB):
            found = qemu.clone_facts(key)
            chosen = cloning.clone(found, "n", {})
            assert cloning.refusal(found, chosen).startswith("Space is short in ")
            with pytest.raises(Invalid, match="nothing was copied: space is short"):
                verb("clone").run(Work(qemu, key, Arguments(clone=chosen)))
        qemu.undefine(key)


def test_two_clones_at_once_in_one_folder_and_what_another_program_left_there(
    qemu: LibvirtHypervisor, program: Program, libvirt_daemon: PrivateDaemon, tmp_path: Path
) -> None:
    """They share the pool that is there for the time of a copy; the last one takes it down."""
    keys = {}
    for name in ("web", "db"):
        path = image(tmp_path / f"{name}.qcow2", data=256 * MIB, size=300 * MIB)
        keys[name] = define(qemu, name, disk(path))
    libvirt_daemon.virsh("pool-create-as", "tuivm-0123456789ab", "dir", "--target", str(tmp_path))
    assert {qemu.clone_facts(key).disks[0].pool for key in keys.values()} == {""}
    with Held(tmp_path / "n.qcow2") as first, Held(tmp_path / "m.qcow2") as second:
        begun = program.begin(keys["web"], qemu.clone_facts(keys["web"]), "n")
        until(first.caught, "the first copy")
        other = program.begin(keys["db"], qemu.clone_facts(keys["db"]), "m")
        until(second.caught, "the second copy")
        first.signal(signal.SIGCONT)
        done = program.ended(begun)
        assert done.state is JobState.DONE, done.message
    done = program.ended(other)
    assert done.state is JobState.DONE, done.message
    assert same(tmp_path / "web.qcow2", tmp_path / "n.qcow2")
    assert same(tmp_path / "db.qcow2", tmp_path / "m.qcow2")
    assert no_pools(libvirt_daemon)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_line_removes_what_it_made_when_it_is_interrupted(
    qemu: LibvirtHypervisor, libvirt_daemon: PrivateDaemon, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "disks"
    folder.mkdir()
    define(qemu, "web", disk(image(folder / "web.qcow2", data=256 * MIB, size=300 * MIB)))
    words = [sys.executable, "-m", "tuivm", "-c", libvirt_daemon.uri, "clone", "web", "--name", "n"]
    with Held(folder / "n.qcow2") as held:
        program = subprocess.Popen(
            words,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")},
        )
        assert program.stderr is not None
        until(held.caught, "the copy")
        program.send_signal(number)
        assert "what was made is removed first" in program.stderr.readline()
    with program.stderr:
        rest = program.stderr.read()
    assert program.wait(60) == 128 + number, rest
    assert [one.name for one in folder.iterdir()] == ["web.qcow2"]
    assert [one.name for one in qemu.list_domains()] == ["web"]
    assert no_pools(libvirt_daemon)
