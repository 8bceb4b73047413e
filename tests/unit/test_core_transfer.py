"""Files sent through a shell: real shells on pseudo terminals of this machine stand in for guests."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.recorder import Recorder
from tests.shell_line import SHELLS, ShellLine
from tuivm.core import checksum, transfer, transfer_script
from tuivm.core.transfer import Transfer, TransferState

CONTENT = random.Random(7).randbytes(20_000)


class Desk:
    """A shell at the other end, and somebody who sends it files."""

    def __init__(self, argv: tuple[str, ...], folder: Path, path: str | None = None) -> None:
        self.guest = folder / "guest"
        self.guest.mkdir()
        self.file = folder / "file.bin"
        self.file.write_bytes(CONTENT)
        self.told = Recorder()
        self.shown = b""
        self.transfer: Transfer | None = None
        self.takes = True
        self.changed: Callable[[], None] = lambda: None
        self.line = ShellLine(argv, self.guest, self.data, path)

    def data(self, data: bytes) -> None:
        self.shown += data if self.transfer is None else self.transfer.receive(data)

    def prompt(self) -> None:
        self.told.wait(lambda: b"$ " in self.shown, "a prompt")

    def make(self, path: Path | None = None, to: str = "", overwrite: bool = False) -> Transfer:
        made = Transfer(
            path or self.file,
            to,
            overwrite=overwrite,
            send=lambda data: self.takes and self.line.send(data),
            changed=lambda: self.changed(),
            over=self.over,
        )
        self.transfer = made
        return made

    def over(self, held: bytes) -> None:
        self.shown += held

    def send(self, path: Path | None = None, to: str = "", overwrite: bool = False) -> Transfer:
        made = self.make(path, to, overwrite)
        made.start()
        self.told.wait(lambda: made.state.is_over, f"the end: {made.message}")
        return made

    def files(self) -> list[str]:
        """Names of what is in the shell's folder."""
        return [path.name for path in self.guest.iterdir()]

    def is_sane(self) -> bool:
        """Whether the shell takes commands, its terminal echoes, and nothing was left behind."""
        self.line.send(b"stty -a|grep -o ' .echo ';echo s''ane\r")
        self.told.wait(lambda: b"sane\r\n" in self.shown, f"an answer: {self.shown!r}")
        return b" -echo " not in self.shown and not list(self.guest.glob(".tv*"))


@pytest.fixture(params=sorted(SHELLS))
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """At the prompt of each of the shells."""
    made = Desk(tuple(SHELLS[request.param]), tmp_path)
    with made.line:
        made.prompt()
        yield made


@pytest.fixture
def ash(tmp_path: Path) -> Iterator[Desk]:
    """At the prompt of busybox' shell."""
    made = Desk(tuple(SHELLS["ash"]), tmp_path)
    with made.line:
        made.prompt()
        yield made


def test_a_file_arrives_whole_and_the_screen_shows_nothing_of_it(desk: Desk) -> None:
    desk.line.send(b"half a comm")
    before = len(desk.shown)
    done = desk.send()
    assert (done.state, done.sent, done.total) == (TransferState.DONE, len(CONTENT), len(CONTENT))
    assert done.message == "sent file.bin: 20,000 bytes, sha256 checksum equal"
    assert (desk.guest / "file.bin").read_bytes() == CONTENT
    desk.told.wait(lambda: desk.shown.count(b"$ ") > 1, "the next prompt")
    shown = desk.shown[before:].replace(b"half a comm", b"").replace(b"\x1b[6n", b"")
    assert shown.strip(b"\r\n") == b"$ "
    assert desk.is_sane()
    assert desk.files() == ["file.bin"]


@pytest.mark.parametrize("size", [0, 1, transfer_script.LINE, transfer.PIECE, transfer.PIECE + 1])
def test_sizes_at_the_edges(ash: Desk, size: int) -> None:
    ash.file.write_bytes(CONTENT[:size])
    assert ash.send().state is TransferState.DONE
    assert (ash.guest / "file.bin").read_bytes() == CONTENT[:size]


NASTY = [
    'it\'s "two" words',
    "$(touch pwned) `touch pwned` ; touch pwned & | > < * ? [x] {a,b} !! ~ # \\",
    "-rf",
    "line\nfeed\r\ttab\x03\x04\x15\x1b[A",
    "ends with a line feed\n",
    "%s%n\\0101",
    "näme-日本",
]


@pytest.mark.parametrize("name", NASTY)
def test_names_are_nothing_but_names(desk: Desk, name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"content")
    assert desk.send(file).state is TransferState.DONE
    assert desk.files() == [name]
    assert desk.send(to=f"./{name}").exists
    assert desk.send(to=f"./{name}", overwrite=True).state is TransferState.DONE
    assert desk.files() == [name]
    assert (desk.guest / name).read_bytes() == CONTENT


@given(st.binary(min_size=1, max_size=60).filter(lambda name: 0 not in name))
def test_a_quoted_name_is_that_name_for_printf(name: bytes) -> None:
    word = transfer_script.quoted(name)
    assert "'" not in word
    assert word.isascii()
    assert word.isprintable()
    command = f"printf %b '{word}'"
    for shell in (["sh", "-c"], ["busybox", "sh", "-c"]):
        assert subprocess.run([*shell, command], capture_output=True, check=True).stdout == name


def test_where_it_goes(ash: Desk) -> None:
    (ash.guest / "folder").mkdir()
    assert ash.send(to="folder").state is TransferState.DONE
    assert (
        ash.send(to="folder/").message
        == "file.bin was not sent: folder/ exists in the guest and is not overwritten"
    )
    assert ash.send(to="~/other").state is TransferState.DONE
    assert ash.send(to=str(ash.guest / "third")).state is TransferState.DONE
    found = sorted(str(path.relative_to(ash.guest)) for path in ash.guest.rglob("*") if path.is_file())
    assert found == ["folder/file.bin", "other", "third"]


def test_what_cannot_be_sent_is_said_before_anything_is_typed(ash: Desk, tmp_path: Path) -> None:
    before = ash.line.output
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    told = [ash.send(path).message for path in (tmp_path, tmp_path / "none", pipe)]
    assert told == [
        f"{tmp_path.name} was not sent: it is a folder",
        "none was not sent: No such file or directory",
        "pipe was not sent: it is no regular file",
    ]
    assert ash.line.output == before


def test_a_guest_that_cannot_write_there(ash: Desk) -> None:
    failed = ash.send(to="no/such/folder/x")
    assert failed.message == "file.bin was not sent: the guest cannot write no/such/folder/x"
    (ash.guest / "dir" / "file.bin").mkdir(parents=True)
    assert ash.send(to="dir", overwrite=True).reason == "dir is a folder in the guest"
    assert ash.is_sane()


def test_no_space_left(desk: Desk) -> None:
    # A limit on the size of files stands in for a full disk; the signal it sends is ignored.
    desk.line.send(b"trap '' XFSZ; ulimit -f 8\r")
    failed = desk.send()
    assert failed.state is TransferState.FAILED
    assert "could not store it" in failed.reason or "is there room?" in failed.reason
    assert desk.is_sane()
    assert desk.files() == []


@pytest.mark.parametrize("lacking", ["stty", "head", "base64", "sums"])
def test_what_the_guest_lacks_is_said(tmp_path: Path, lacking: str) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    names = {"stty", "head", "base64", "sha256sum", "rm", "mv", "cat", "md5sum", "cksum"} - {lacking}
    names -= {"sha256sum", "md5sum", "cksum"} if lacking == "sums" else set()
    for name in names:
        (tools / name).symlink_to(shutil.which(name) or "")
    desk = Desk(("/bin/dash", "-i"), tmp_path, str(tools))
    with desk.line:
        desk.prompt()
        what = {"sums": "sha256sum"}.get(lacking, lacking)
        assert desk.send().reason == f"the guest has no {what}: a file cannot be received"
        desk.line.send(b"echo s''ane\r")
        desk.told.wait(lambda: b"sane\r\n" in desk.shown, "the shell")
        assert desk.line.echoes


@pytest.mark.parametrize("program", ["md5sum", "cksum"])
def test_other_checksums_do(tmp_path: Path, program: str) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("stty", "head", "base64", "rm", "mv", program):
        (tools / name).symlink_to(shutil.which(name) or "")
    desk = Desk(("/bin/dash", "-i"), tmp_path, str(tools))
    with desk.line:
        desk.prompt()
        assert desk.send().message.endswith(f"{program.removesuffix('sum')} checksum equal")


@given(st.binary(max_size=5000))
def test_cksum_is_that_of_the_program(data: bytes) -> None:
    ours = checksum.new("cksum")
    ours.update(data[:100])
    ours.update(data[100:])
    told = subprocess.run(["cksum"], input=data, capture_output=True, check=True).stdout
    assert ours.hexdigest() == told.split()[0].decode()
    assert checksum.new("sha256sum").hexdigest() == hashlib.sha256().hexdigest()


def test_cancelled_half_way_the_guest_is_as_before(desk: Desk) -> None:
    desk.file.write_bytes(CONTENT * 50)
    begun = threading.Event()
    made = desk.make()
    desk.changed = lambda: begun.set() if made.sent > 5000 else None
    made.start()
    assert begun.wait(20.0)
    made.cancel()
    desk.told.wait(lambda: made.state.is_over, "the end")
    assert made.state is TransferState.CANCELLED
    assert "cancelled after" in made.message
    assert desk.is_sane()
    assert desk.files() == []


def test_a_file_that_changes_while_it_is_sent(ash: Desk) -> None:
    made = ash.make()

    def change() -> None:
        with ash.file.open("ab") as file:
            file.write(b"more")
        ash.changed = lambda: None

    ash.changed = change
    made.start()
    ash.told.wait(lambda: made.state.is_over, "the end")
    assert made.reason == "the file was changed while it was sent"
    assert ash.is_sane()
    assert ash.files() == []


def test_something_lost_on_the_line_is_noticed(ash: Desk) -> None:
    made, real = ash.make(), ash.line.send

    def lossy(data: bytes) -> bool:
        if data.startswith(b"3\n") and made.sent > 4000:
            data = data[:1500] + (b"A" if data[1500:1501] != b"A" else b"B") + data[1501:]
        return real(data)

    made._send = lossy
    made.start()
    ash.told.wait(lambda: made.state.is_over, "the end")
    assert made.reason == "the checksum differs: something was lost on the line"
    assert ash.is_sane()
    assert ash.files() == []


def test_a_line_that_loses_whole_lines_does_not_hold_the_guest(
    ash: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "ANSWER", 1.0)
    made, real = ash.make(), ash.line.send

    def lossy(data: bytes) -> bool:
        if data.startswith(b"3\n") and made.sent > 4000:
            data = b"\n".join(data.split(b"\n")[:3]) + b"\n"
        return real(data)

    made._send = lossy
    made.start()
    ash.told.wait(lambda: made.state.is_over, "the end")
    assert made.reason == "the guest no longer answers"
    assert ash.is_sane()
    assert ash.files() == []


def test_no_shell_at_the_other_end(ash: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "ANSWER", 0.5)
    ash.line.send(b"cat\r")
    ash.told.wait(lambda: b"cat\r\n" in ash.shown, "cat")
    failed = ash.send()
    assert failed.reason == "no shell answers: is the console at a prompt?"
    ash.told.wait(lambda: b"stty" in ash.shown, "what was held back is shown after all")


def test_a_shell_that_answers_too_late_gets_its_echo_back(ash: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "ANSWER", 0.5)
    ash.line.send(b"sleep 2\r")
    ash.told.wait(lambda: b"sleep 2\r\n" in ash.shown, "sleep")
    assert ash.send().state is TransferState.FAILED
    ash.told.wait(lambda: b"-off" in ash.line.output, "the late answer")
    assert ash.is_sane()


def test_broken_off_it_says_what_cleans_up_later(ash: Desk) -> None:
    ash.file.write_bytes(CONTENT * 50)
    begun = threading.Event()
    made = ash.make()
    ash.changed = lambda: begun.set() if made.sent > 5000 else None
    made.start()
    assert begun.wait(20.0)
    ash.takes = False
    farewell = made.break_off("the guest was paused")
    ash.told.wait(lambda: made.state.is_over, "the end")
    assert made.reason == "the guest was paused"
    ash.line.send(farewell)
    ash.told.wait(lambda: ash.shown.count(b"$ ") > 1, f"a prompt: {ash.shown!r}")
    assert ash.is_sane()
    assert ash.files() == []


def begun_and_broken(path: Path) -> tuple[Transfer, str]:
    """A transfer that its guest answered once, and which was then broken off; and its token."""
    path.write_bytes(CONTENT)
    typed: list[bytes] = []
    over = threading.Event()
    told = Recorder()

    def send(data: bytes) -> bool:
        typed.append(data)
        return True

    made = Transfer(path, "", overwrite=False, send=send, changed=lambda: None, over=lambda _: over.set())
    made.start()
    told.wait(lambda: bool(typed), "the line at the prompt")
    token = "tv" + typed[0].split(b"tv", 1)[1][:10].decode()
    assert made.receive(f"(if ...\r\n\r\n{token}:go\r\n".encode()) == b""
    told.wait(lambda: len(typed) == 2, "the receiver")
    made.break_off("the console closed")
    assert over.wait(20.0)
    return made, token


def test_after_a_console_closed_all_is_shown_as_it_comes(tmp_path: Path) -> None:
    made, _ = begun_and_broken(tmp_path / "file")
    assert made.receive(b"\r\n\r\nlog") == b""
    assert made.let_through() == b"log"
    assert made.receive(b"in: ") == b"in: "
    assert made.receive(b"\r\n\r\n") == b"\r\n\r\n"


def test_a_guest_that_was_reset_is_shown_without_its_answer(tmp_path: Path) -> None:
    made, token = begun_and_broken(tmp_path / "file")
    boot = b"[    0.000000] Linux\r\n" * 300
    shown = made.receive(boot) + made.receive(b"login: ")
    assert shown == boot + b"login: "
    assert made.receive(f"\r\n{token}-stop\r\n".encode()).endswith(b"-stop\r\n")


def test_an_answer_that_comes_late_counts_once() -> None:
    answers = transfer_script.Answers("tvx")
    answers.release()
    assert answers.feed(b"\r\ntvx:go\r\n") == ([":go"], b"\r\ntvx:go\r\n")
    assert answers.feed(b"# ") == ([], b"# ")
    assert answers.feed(b"tvx:g") == ([], b"tvx:g")
    assert answers.feed(b"o\r\n") == ([":go"], b"o\r\n")


@given(st.lists(st.binary(max_size=30), max_size=20))
def test_any_bytes_pass_through_the_answers_and_none_raise(chunks: list[bytes]) -> None:
    answers = transfer_script.Answers("tv0123456789")
    shown = b"".join(answers.feed(chunk)[1] for chunk in chunks)
    assert shown + answers.release() == b"".join(chunks)
    assert answers.feed(b"after") == ([], b"after")


def test_what_others_write_during_a_transfer_is_shown() -> None:
    answers = transfer_script.Answers("tvx")
    assert answers.feed(b"(if s=... tvx :go)\r\n") == ([], b"")
    assert answers.feed(b"\r\ntvx:go\r\n") == ([":go"], b"")
    assert answers.feed(b"[ 12.3] kernel: hot\r\n\r\ntv") == ([], b"[ 12.3] kernel: hot\r\n")
    assert answers.feed(b"x+\r\n") == (["+"], b"")
    assert answers.feed(b"\r\ntvx=ok\r\n# ") == (["=ok"], b"\r\n# ")
    assert answers.feed(b"tvx+\r\n") == ([], b"tvx+\r\n")
