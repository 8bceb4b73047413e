"""File systems left frozen, on a real guest with a real agent: thawed by hand, and after a lost daemon."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import agent_guest
from tests.daemon import PATIENCE
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.audit import Audit
from tuivm.core.verbs import Arguments, verb
from tuivm.model.job import Job, JobState
from tuivm.model.snapshot import SnapshotKind, SnapshotRequest

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]
QUIESCED = Arguments(
    snapshot="cut",
    request=SnapshotRequest("cut", kind=SnapshotKind.DISK_ONLY, memory=False, quiesce=True),
)


@pytest.fixture
def shell() -> Iterator[ShellGuest]:
    with shell_guest(make=agent_guest.make, without="pci=noacpi") as made:
        made.prompt()
        made.until(lambda: made.hypervisor.snapshot_facts(made.key).agent == "", "the agent")
        yield made


def stuck(shell: ShellGuest) -> None:
    """Begin to write in the guest; the write stands still, and the guest's shell does not."""
    shell.ask("( (echo more >/data/later; echo went-on >/tmp/went) & )")
    # Of what writes, the kernel says that it sleeps without being woken by a signal.
    shell.until(lambda: shell.ask("grep -l '(sh) D' /proc/[0-9]*/stat"), "a write that waits")
    assert shell.ask("cat /tmp/went 2>/dev/null") == []


def goes_on(shell: ShellGuest) -> None:
    """The write that stood still has gone through."""
    shell.until(lambda: shell.ask("cat /tmp/went 2>/dev/null") == ["went-on"], "the write")
    assert shell.ask("cat /data/later") == ["more"]


def test_frozen_file_systems_are_thawed_and_the_write_goes_on(shell: ShellGuest) -> None:
    assert shell.run("thaw").message == "no file system was frozen"
    assert shell.hypervisor.handle(shell.key).fsFreeze() == 1
    stuck(shell)
    over = shell.run("thaw")
    assert (over.state, over.message) == (JobState.DONE, "1 file system thawed")
    goes_on(shell)
    # Frozen again: virsh's way, as it is told, does the same.
    assert shell.hypervisor.handle(shell.key).fsFreeze() == 1
    shell.daemon.virsh(*verb("thaw").virsh(shell.domain, Arguments())[3:])
    assert shell.hypervisor.thaw(shell.key) == 0
    shell.until(lambda: verb("thaw").why_not(shell.domain, {}) is None, "the verb")
    shell.ask("mount -o bind /bin/false /sbin/qemu-ga; killall -9 qemu-ga")
    shell.until(lambda: verb("thaw").why_not(shell.domain, {}), "the verb grey")
    assert verb("sleep").why_not(shell.domain, {}) == "no guest agent runs in the guest"
    shell.until(lambda: shell.hypervisor.snapshot_facts(shell.key).agent, "the agent's end")
    refused = shell.run("thaw")
    assert refused.state is JobState.FAILED
    assert "agent" in refused.message
    assert "\n" not in refused.message


def test_a_daemon_killed_in_a_quiesced_snapshot_leaves_no_guest_frozen(
    shell: ShellGuest, tmp_path: Path
) -> None:
    audit = Audit(tmp_path / "audit.log")
    audit.start(lambda _: None)
    shell.session.audit = audit
    begun = shell.session.run(verb("snapshot"), shell.domain, QUIESCED)
    # The daemon makes the overlay when the guest is frozen, and thaws it when QEMU has taken it.
    overlay = shell.daemon.directory / "shell.cut"
    deadline = time.monotonic() + PATIENCE
    while not overlay.exists():
        assert time.monotonic() < deadline, "the snapshot did not begin"
    shell.daemon.kill()
    failed = over(shell, begun.verb)
    assert failed.state is JobState.FAILED
    assert failed.message.endswith("; the guest's file systems may still be frozen")
    assert failed.remedy.endswith("domfsthaw --domain shell")
    shell.daemon.start()
    thawed = over(shell, "thaw")
    # That it was frozen, the agent says by the number.
    assert (thawed.state, thawed.message) == (JobState.DONE, "1 file system thawed")
    shell.open()
    shell.console.send(b"\r")
    shell.until(shell.at_prompt, "a prompt")
    assert shell.ask("echo after >/data/after; sync; cat /data/after") == ["after"]
    assert audit.close(PATIENCE)
    written = [json.loads(line) for line in audit.path.read_text().splitlines()]
    assert [(line["verb"], line["result"]) for line in written] == [
        ("snapshot", "begun"),
        ("snapshot", "failed"),
        ("thaw", "begun"),
        ("thaw", "done"),
    ]
    (told,) = [one for one in shell.session.events if "left frozen" in one.detail]
    assert (told.key, told.notice) == (shell.key, "warning")


def over(shell: ShellGuest, wanted: str) -> Job:
    """The end of the only job that does this verb, which may be still to come."""

    def ended() -> list[Job]:
        return [job for job in shell.session.jobs if job.verb == wanted and job.state.is_over]

    shell.until(ended, f"the end of {wanted}")
    (job,) = ended()
    return job
