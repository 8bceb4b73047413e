"""The console pane used as a person uses it: programs of a real guest under emulation, driven by keys.

One guest for all tests of this module; each leaves it at its prompt.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import rich_guest
from tests.daemon import temporary_daemon
from tests.e2e.terminal import Person
from tests.pty_program import environment

NAME = "rich"
LEAVE = "\x1d"


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A daemon on which the guest runs."""
    folder = tmp_path_factory.mktemp("rich")
    with temporary_daemon() as daemon:
        (folder / "domain.xml").write_text(rich_guest.xml(folder, NAME))
        daemon.virsh("define", str(folder / "domain.xml"))
        daemon.virsh("start", NAME)
        yield daemon.uri


class User:
    """Somebody who types on the guest's console in the program."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def pane(self) -> list[str]:
        """The lines of the console: between the title of the details and the status line."""
        return _pane(self.person.lines())

    def wait(self, condition: Callable[[list[str]], bool], what: str) -> list[str]:
        """Wait until ``condition`` holds for the console's lines; return them."""
        return _pane(self.person.wait(lambda lines: condition(_pane(lines)), what))

    def prompt(self) -> list[str]:
        """Wait for the shell's prompt as the last line of the console."""
        return self.wait(lambda pane: _written(pane)[-1:] == [f"{NAME}:~#"], "a prompt")

    def run(self, command: str, *words: str) -> list[str]:
        """Type a command and wait until the console shows all words; they are not in the command."""
        self.person.type(f"clear; {command}\r")
        return self.wait(lambda pane: all(word in "\n".join(pane) for word in words), f"{words} of {command}")


def _pane(lines: list[str]) -> list[str]:
    start = next((at for at, line in enumerate(lines) if line.startswith("─")), len(lines))
    return lines[start + 1 : -2]


def _written(pane: list[str]) -> list[str]:
    return [line for line in pane if line]


@pytest.fixture
def user(uri: str, tmp_path: Path) -> Iterator[User]:
    environ = environment(
        XDG_STATE_HOME=str(tmp_path / "state"), XDG_CONFIG_HOME=str(tmp_path / "config"), LANG="C.UTF-8"
    )
    argv = [sys.executable, "-m", "tuivm", "-c", uri]
    with Person(argv, columns=100, lines=40, environ=environ) as person:
        person.wait_for(NAME)
        person.type("c")
        person.wait_for("Ctrl+] leaves")
        # Ctrl+L: a new prompt whether the guest was at one already or is still booting.
        person.type("\x0c")
        user = User(person)
        user.prompt()
        yield user
        user.prompt()
        person.type(LEAVE)
        person.wait_for("c console")
        person.type("q")
        assert person.wait_end() == 0


@pytest.mark.qemu
@pytest.mark.e2e
@pytest.mark.parametrize(("editor", "inserts"), [("vi", "I /tmp/edited"), ("vim -N -u NONE", "-- INSERT --")])
def test_an_editor_edits_a_file(user: User, editor: str, inserts: str) -> None:
    user.run(f"printf 'one\\ntwo\\n' >/tmp/edited; {editor} /tmp/edited")
    user.wait(lambda pane: pane[:3] == ["one", "two", "~"], "the editor")
    # Step by step, as a person does: busybox's vi takes an Escape and the key right after it for one key.
    user.person.type("o")
    user.wait(lambda pane: pane[-1].startswith(inserts), "the editor to insert")
    user.person.type("between")
    user.wait(lambda pane: pane[:3] == ["one", "between", "two"], "the new line")
    user.person.type("\x1b")
    user.wait(lambda pane: not pane[-1].startswith(inserts), "the editor to take commands")
    user.person.type(":wq\r")
    user.prompt()
    pane = user.run("cat /tmp/edited | tr a-z A-Z", "BETWEEN", "TWO")
    assert [line for line in pane if line.isupper()] == ["ONE", "BETWEEN", "TWO"]


@pytest.mark.qemu
@pytest.mark.e2e
def test_top_runs(user: User) -> None:
    user.run("top -d 1", "Load average", "COMMAND")
    first = user.pane()
    user.wait(lambda pane: "Load average" in "".join(pane) and pane != first, "other figures")
    user.person.type("q")
    user.prompt()


@pytest.mark.qemu
@pytest.mark.e2e
def test_less_scrolls_and_leaves_the_screen_as_it_was(user: User) -> None:
    user.run("seq 1000 1999 >/tmp/numbers; fit; echo abo''ve; echo the li''nes", "above", "the lines")
    user.prompt()
    # By its path: busybox prefers its own less, which knows no alternate screen.
    user.person.type("/sbin/less /tmp/numbers")
    before = user.wait(lambda pane: "less /tmp/numbers" in "\n".join(pane), "the command")
    user.person.type("\r")
    user.wait(lambda pane: pane[0] == "1000", "the first page")
    user.person.type(" ")
    user.wait(lambda pane: 1000 < int(pane[0] or 0) < 1100, "the second page")
    user.person.type("b")
    user.wait(lambda pane: pane[0] == "1000", "the first page again")
    user.person.type("/1777\r")
    user.wait(lambda pane: pane[0] == "1777", "the line that was looked for")
    user.person.type("q")
    after = user.prompt()
    written = len(_written(before))
    assert _written(after)[:written] == _written(before)
    assert _written(after)[written:] == [f"{NAME}:~#"]


@pytest.mark.qemu
@pytest.mark.e2e
def test_whiptail_draws_boxes_under_vt220(user: User) -> None:
    user.run(
        "TERM=vt220 whiptail --title Question --yesno 'Shall it be?' 8 40; echo an''swer $?",
        "Question",
        "Shall it be?",
        "<Yes>",
        f"└{'─' * 38}┘",
    )
    box = [line.strip() for line in user.pane() if line.strip().startswith(("┌", "│", "└"))]
    assert box[0].startswith("┌──")
    assert box[0].endswith("──┐")
    assert box[-1] == "└" + "─" * 38 + "┘"
    assert {line[-1] for line in box[1:-1]} == {"│"}
    user.person.type("\t\r")
    user.wait(lambda pane: "answer 1" in pane, "the answer")
    user.prompt()
