"""A real guest's shell through tuivm's own console: pastes, files, keys, and what happens when things break.

One guest for all tests of this module; each leaves it at its prompt, the last one takes it away.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.hypervisor.conftest import until
from tests.shell_guest import ShellGuest, shell_guest
from tuivm.core.console import ConsoleState
from tuivm.core.consoles import ConsoleSign
from tuivm.core.transfer import TransferState
from tuivm.model.domain import State
from tuivm.model.errors import Invalid
from tuivm.model.event import EventKind
from tuivm.model.job import JobState

pytestmark = [pytest.mark.qemu, pytest.mark.libvirtd]

CONTENT = random.Random(3).randbytes(30_000)
TEXT = "".join(f"line {number}: a text that is typed into a file\n" for number in range(100))


@pytest.fixture(scope="module")
def guest() -> Iterator[ShellGuest]:
    with shell_guest() as made:
        made.prompt()
        yield made


def said(guest: ShellGuest, begin: str) -> None:
    """Wait until the last that the session said about consoles, on a thread of its own, begins so."""

    def told() -> list[str]:
        return [event.detail for event in guest.session.events if event.kind is EventKind.CONSOLE]

    until(lambda: any(line.startswith(begin) for line in told()[-1:]), f"{begin!r} (said: {told()})")


def interrupt(guest: ShellGuest) -> None:
    """Press Ctrl+C until the prompt is there: a serial port whose queue is full drops what comes."""
    tried = 0.0

    def pressed() -> bool:
        nonlocal tried
        if guest.at_prompt():
            return True
        if time.monotonic() - tried > 1:
            guest.console.send(b"\x03\r")
            tried = time.monotonic()
        return False

    guest.until(pressed, "a prompt")


def echoes(guest: ShellGuest) -> bool:
    """Whether the guest's terminal is as a shell leaves it to programs."""
    return guest.ask("stty -a 2>&1 >/tmp/tty; grep -o -e '.echo ' /tmp/tty")[-1:] == [" echo"]


def put(guest: ShellGuest, state: State) -> None:
    """Pause the guest or let it go on, and wait until the console knows."""
    (guest.hypervisor.suspend if state is State.PAUSED else guest.hypervisor.resume)(guest.key)
    guest.until(lambda: guest.console.line.paused == (state is State.PAUSED), "the pause")


def test_a_file_is_sent_without_a_network(guest: ShellGuest, tmp_path: Path) -> None:
    file = tmp_path / "it's a file"
    file.write_bytes(CONTENT)
    sent = guest.console.send_file(file, to="/data/")
    guest.console.send(b"echo typed meanw''hile\r")
    guest.until(lambda: sent.state.is_over, "the end")
    assert sent.message == "sent it's a file: 30,000 bytes, sha256 checksum equal"
    guest.until(lambda: "typed meanwhile" in guest.text(), "what was typed")
    said(guest, sent.message)
    assert guest.ask("wc -c /data/it*; ls -A /data | grep -c '^.tv'") == ["30000 /data/it's a file", "0"]
    assert echoes(guest)
    again = guest.console.send_file(file, to="/data")
    guest.until(lambda: again.state.is_over, "the end")
    assert again.exists


def test_a_paste_waits_while_the_guest_is_paused(guest: ShellGuest) -> None:
    guest.console.send(b"clear; stty -echo; echo re''ady; cat >/tmp/pasted; stty echo\r")
    guest.until(lambda: "ready" in guest.text(), "cat")
    guest.console.paste(TEXT)
    guest.until(lambda: guest.console.paste_left < guest.console.paste_total, "the first piece")
    put(guest, State.PAUSED)
    guest.console.send(b"the last line\r\x04")
    left = guest.console.paste_left
    assert left > 0
    assert "paused: the paste waits" in guest.console.message
    put(guest, State.RUNNING)
    guest.until(guest.at_prompt, "the end of cat")
    # The shell asks for the cursor at each prompt: its answer may have come when cat already read.
    clean = r"tr -d '\033' </tmp/pasted | sed 's/\[[0-9;]*R//'"
    assert guest.ask(f"{clean} | wc -c; tail -n 1 /tmp/pasted") == [
        str(len(TEXT) + len("the last line\n")),
        "the last line",
    ]


def test_a_file_to_a_guest_that_is_paused_fails_and_leaves_no_trace(
    guest: ShellGuest, tmp_path: Path
) -> None:
    file = tmp_path / "large"
    file.write_bytes(CONTENT * 20)
    sent = guest.console.send_file(file, to="/tmp/large")
    guest.until(lambda: sent.sent > 0, "the first piece")
    put(guest, State.PAUSED)
    guest.until(lambda: sent.state.is_over, "the end")
    assert sent.reason == "the guest was paused"
    assert guest.console.send_file(file).reason == "the guest is paused"
    put(guest, State.RUNNING)
    guest.console.send(b"\r")
    guest.until(guest.at_prompt, "a prompt")
    assert guest.ask("ls -A /tmp | grep -c -e large -e '^.tv'") == ["0"]
    assert echoes(guest)


def test_no_space_in_the_guest(guest: ShellGuest, tmp_path: Path) -> None:
    assert guest.ask("mkdir -p /tmp/small; mount -t tmpfs -o size=8k none /tmp/small; echo ok") == ["ok"]
    file = tmp_path / "large"
    file.write_bytes(CONTENT)
    sent = guest.console.send_file(file, to="/tmp/small/")
    guest.until(lambda: sent.state.is_over, "the end")
    assert sent.state is TransferState.FAILED
    # Newer busybox says it itself; older leaves out what found no room.
    assert "is there room?" in sent.reason or "No space left on device" in sent.reason
    guest.until(guest.at_prompt, "a prompt")
    assert guest.ask("ls -A /tmp/small | wc -l; umount /tmp/small") == ["0"]


def test_a_break_reaches_the_serial_line_and_keys_the_keyboard(guest: ShellGuest) -> None:
    domain = guest.session.inventory.domains[guest.key]
    for job in (
        guest.session.send_break(domain),
        guest.session.press(domain, ("KEY_LEFTCTRL", "KEY_LEFTALT", "KEY_F2")),
    ):
        until(lambda job=job: _over(guest, job.id), job.label)  # type: ignore[misc]
        done = next(one for one in guest.session.jobs if one.id == job.id)
        assert (done.state, done.message) == (JobState.DONE, "")
    # Linux takes the key after a break as a command to itself, of which this is none.
    guest.console.send(b"\r")
    assert guest.ask("grep -o brk:1 /proc/tty/driver/serial") == ["brk:1"]
    with pytest.raises(Invalid, match="there is no key called KEY_NONE"):
        guest.hypervisor.send_keys(guest.key, ["KEY_NONE"])


def _over(guest: ShellGuest, job_id: int) -> bool:
    return any(job.id == job_id and job.state.is_over for job in guest.session.jobs)


def test_another_device_and_back(guest: ShellGuest) -> None:
    assert [one.alias for one in guest.console.devices] == ["serial0", "serial1"]
    guest.console.choose("serial1")
    guest.until(lambda: guest.console.state is ConsoleState.OPEN, "the second port")
    guest.console.choose("serial0")
    guest.until(lambda: guest.console.state is ConsoleState.OPEN, "the first port")
    guest.console.send(b"\r")
    guest.until(guest.at_prompt, "a prompt")


def test_taken_by_another_it_comes_back_when_that_one_leaves(
    guest: ShellGuest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuivm.core.line.BUSY_RETRY", 0.5)
    other = guest.hypervisor.open_console(
        guest.key, on_data=lambda data: None, on_end=lambda error: None, force=True, device="serial0"
    )
    guest.until(lambda: guest.console.state is ConsoleState.BUSY, "the other")
    other.close()
    guest.until(lambda: guest.console.state is ConsoleState.OPEN, "it is free again")


def test_a_killed_daemon_in_the_middle_of_a_paste(guest: ShellGuest) -> None:
    guest.console.send(b"clear; echo re''ady; cat >/dev/null\r")
    guest.until(lambda: "ready" in guest.text(), "cat")
    guest.console.paste("x\n" * 50_000)
    guest.until(lambda: guest.console.paste_left < guest.console.paste_total, "the first piece")
    guest.daemon.kill()
    guest.until(lambda: guest.console.state is not ConsoleState.OPEN, "the loss")
    assert "the paste broke off after" in guest.console.message
    said(guest, "the paste broke off after")
    guest.daemon.start()
    guest.until(lambda: guest.console.state is ConsoleState.OPEN, "the way back")
    guest.hypervisor.open()
    interrupt(guest)


def test_forced_off_in_the_middle_of_a_file(guest: ShellGuest, tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(CONTENT * 20)
    sent = guest.console.send_file(file, to="/tmp/large")
    guest.until(lambda: sent.sent > 0, "the first piece")
    guest.console.send(b"typed")
    guest.console.wake = None
    assert guest.session.consoles.sign(guest.key) is ConsoleSign.OPEN
    with suppress(Invalid):
        guest.hypervisor.destroy(guest.key)
    until(lambda: sent.state.is_over and guest.console.state is ConsoleState.OFF, "the end")
    assert sent.state is TransferState.FAILED
    assert "5 bytes typed were not delivered" in guest.console.message
    assert "the guest" in sent.reason
