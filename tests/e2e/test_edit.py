"""Editing with an editor of one's own in a real terminal, which must come back whole whatever that does."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.e2e.terminal import Person
from tests.hypervisor.conftest import until
from tests.pty_program import environment

XML = (
    "<node><domain type='test'><name>web</name><uuid>11111111-1111-4111-8111-111111111111</uuid>"
    "<memory unit='MiB'>512</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain></node>"
)
EDITORS = {
    # Looks at the terminal it was given, then waits for a line as a person at an editor does.
    "good": 'test "$(stat -c %a "$1")" = 600 && tty <&1 && stty -a | grep -o " icanon" && echo THE-EDITOR'
    ' && read answer && sed -i "s/>2</>$answer</" "$1"',
    # Takes the terminal apart and dies.
    "killed": 'sed -i "s/>2</>7</" "$1"; stty raw -echo; printf "\\033[?1049h\\033[?1000h\\033[?2004h"'
    '; printf "\\033[5;9r\\033[?25l\\033[4h\\033(0"; kill -9 $$',
    "waits": 'sed -i "s/>2</>9</" "$1"; echo THE-EDITOR; read answer; sleep 600',
    "stops": 'echo THE-EDITOR; kill -TSTP 0; echo BACK; read answer; sed -i "s/>2</>$answer</" "$1"',
    "wrong": 'sed -i "s/<vcpu /<nonsense \\/><vcpu /" "$1"',
}


class Desk:
    """A machine of libvirt's test driver, and editors that are scripts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "node.xml").write_text(XML)
        for name, script in EDITORS.items():
            path = folder / name
            path.write_text(f"#!/bin/sh\n{script}\n")
            path.chmod(0o755)
        self.state = folder / "state"

    def person(self, editor: str, *, columns: int = 100, lines: int = 30, **more: str) -> Person:
        """Somebody with that editor."""
        environ = environment(
            XDG_STATE_HOME=str(self.state),
            XDG_CONFIG_HOME=str(self.folder / "config"),
            LANG="C.UTF-8",
            EDITOR="false",
            VISUAL=str(self.folder / editor),
            **more,
        )
        argv = [sys.executable, "-m", "tuivm", "-c", f"test://{self.folder}/node.xml"]
        return Person(argv, columns=columns, lines=lines, environ=environ)

    def files(self, pattern: str) -> list[Path]:
        """Files kept of the domain."""
        return sorted(self.state.glob(f"tuivm/xml/*/{pattern}"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def leave(person: Person) -> None:
    """Press q; the terminal is as it was, and what was typed in between is no key of the shell."""
    person.type("q")
    assert person.wait_end() == 0, person.text
    assert person.echoes()
    written = bytes(person.output)
    assert written.rindex(b"\x1b[?1049l") > written.rindex(b"\x1b[?1049h")
    assert written.rindex(b"\x1b[?25h") > written.rindex(b"\x1b[?25l")
    for mode in (b"1000", b"2004", b"1004"):
        assert written.rindex(b"\x1b[?" + mode + b"l") > written.rindex(b"\x1b[?" + mode + b"h"), mode
    assert b"Traceback" not in written


def test_the_editor_has_the_terminal_and_the_screen_comes_back(desk: Desk) -> None:
    with desk.person("good") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("icanon", "THE-EDITOR", "/dev/pts/")
        # The window may change its size meanwhile.
        person.resize(90, 26)
        person.type("3\r")
        person.wait_for("Define this: web", "takes effect at its next start", "+  <vcpu placement='static'>3")
        assert max(len(line) for line in person.lines()) <= 90
        assert "THE-EDITOR" not in person.text
        person.type("y")
        person.wait_for("edit XML: defined")
        (version,) = desk.files("*.xml")
        assert version.stat().st_mode & 0o777 == 0o600
        assert "2</vcpu>" in version.read_text()
        until(lambda: desk.files("draft-*") == [], "the draft gone")
        person.type("E")
        person.wait_for("Versions of the XML: web", "before an edit")
        person.type("u")
        person.wait_for("Restore this version", "+  <vcpu placement='static'>2")
        person.type("y")
        until(lambda: len(desk.files("*.xml")) == 2, "a second version")
        until(lambda: desk.files("draft-*") == [], "the job done")
        leave(person)


def test_an_editor_that_is_killed_leaves_text_and_terminal_whole(desk: Desk) -> None:
    with desk.person("killed") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("The editor failed: web", "ended by SIGKILL", "+  <vcpu placement='static'>7")
        person.type("\x1b")
        person.wait_for("kept as a draft")
        # The screen is drawn as ever: no margins, no line drawing characters, no insert mode.
        person.wait(lambda lines: any("web" in line and "running" in line for line in lines), "the list")
        leave(person)
    (draft,) = desk.files("draft-*/web.xml")
    assert "7</vcpu>" in draft.read_text()
    with desk.person("good") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("An edit was left: web", "+  <vcpu placement='static'>7")
        leave_by_escape(person)


def leave_by_escape(person: Person) -> None:
    """Leave the draft for another time."""
    person.type("\x1b")
    person.wait(lambda lines: "An edit was left" not in "\n".join(lines), "the list")
    leave(person)


def test_libvirts_own_schema_refuses_and_the_text_stays(desk: Desk) -> None:
    with desk.person("wrong") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("Define this: web")
        person.type("y")
        person.wait_for("This cannot be defined: web", "against schema")
        person.type("\x1b")
        person.wait_for("kept as a draft")
        leave(person)
    assert len(desk.files("draft-*/web.xml")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_the_editor_has_the_terminal(desk: Desk, number: signal.Signals) -> None:
    with desk.person("waits") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("THE-EDITOR")
        (editor,) = [
            one for one in psutil.Process(person.pid).children(recursive=True) if "waits" in one.cmdline()[-2]
        ]
        os.kill(_program(person), number)
        person.wait_end()
        psutil.wait_procs([editor], timeout=30)
        assert not editor.is_running()
        assert person.echoes()
        assert b"Traceback" not in bytes(person.output)
    (draft,) = desk.files("draft-*/web.xml")
    assert "9</vcpu>" in draft.read_text()


def _program(person: Person) -> int:
    """The process of the program itself: setsid may stand over it."""
    for one in (psutil.Process(person.pid), *psutil.Process(person.pid).children(recursive=True)):
        if "tuivm" in one.cmdline():
            return int(one.pid)
    raise AssertionError("it does not run")


def test_keys_that_send_signals_are_the_editors(desk: Desk) -> None:
    with desk.person("waits") as person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("THE-EDITOR")
        person.type("\x03")
        person.wait_for("The editor failed: web", "SIGINT", "9</vcpu>")
        person.type("d")
        person.wait_for("Throw the edit away?")
        person.type("y")
        until(lambda: desk.files("draft-*") == [], "the draft gone")
        leave(person)


def test_no_editor_named_is_the_built_in_one(desk: Desk) -> None:
    person = desk.person("good")
    person.environ["VISUAL"] = person.environ["EDITOR"] = ""
    with person:
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("Edit XML: web", "<vcpu placement='static'>2</vcpu>")
        person.type("<!-- typed -->")
        person.wait_for("<!-- typed --><domain")
        person.type("\x13")
        person.wait_for("nothing was changed")
        leave(person)


def test_an_editor_that_is_stopped_goes_on_in_the_foreground(desk: Desk) -> None:
    person = desk.person("stops")
    command = shlex.join(person.argv[2:])
    person.argv[2:] = ["bash", "--norc", "--noprofile", "-i"]
    person.environ["PS1"] = "SHELL> "
    with person:
        person.wait_for("SHELL>")
        person.type(f"clear; {command}\r")
        person.wait_for("web", "running")
        person.type("e")
        person.wait_for("Stopped", "SHELL>")
        assert "web " not in person.lines()[0]
        # "SHELL>" stands on the screen that tuivm leaves to: only these words come after its end.
        person.type("fg; echo it en''ded\r")
        person.wait_for("BACK")
        person.type("3\r")
        person.wait_for("Define this: web", "+  <vcpu placement='static'>3")
        person.type("y")
        person.wait_for("edit XML: defined")
        person.type("q")
        person.wait_for("it ended")
        person.type("exit\r")
        person.wait_end()
        assert b"Traceback" not in bytes(person.output)
