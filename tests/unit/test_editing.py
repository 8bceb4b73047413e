"""Editing without a screen: checks, differences, effect, versions, drafts, and the job's last look."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.memory import MemoryHypervisor
from tuivm import paths
from tuivm.core.editing import definition, editor, steps, versions
from tuivm.core.editing.check import check
from tuivm.core.editing.difference import Mark, difference
from tuivm.core.editing.drafts import Drafts
from tuivm.core.editing.effect import effect
from tuivm.core.editing.merge import merge
from tuivm.core.editing.text import same, visible, with_name
from tuivm.core.editing.versions import Versions
from tuivm.core.verbs import Arguments, Work, verb
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Denied, Failed, Invalid, NotFound
from tuivm.xml.document import parse

UUID = "11111111-1111-4111-8111-111111111111"
KEY = DomainKey("test:///default", UUID)
XML = f"""<domain type='kvm'>
  <name>web</name>
  <uuid>{UUID}</uuid>
  <memory unit='KiB'>1048576</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu placement='static' current='1'>2</vcpu>
  <os>
    <type arch='x86_64'>hvm</type>
  </os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/a.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='/a.iso'/>
      <target dev='sda' bus='sata'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default'/>
    </interface>
    <video><model type='vga'/></video>
  </devices>
</domain>
"""


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "state_dir", lambda: tmp_path)


def domain(state: State = State.OFF, **more: object) -> Domain:
    return Domain(KEY, "web", state, **more)  # type: ignore[arg-type]


# The text


def test_what_acts_on_a_terminal_becomes_a_number() -> None:
    shown = visible("<domain><title>a\x9b1m\u202e\u200bb ü 機\x7f</title></domain>")
    assert shown == "<domain><title>a&#x9b;1m&#x202e;&#x200b;b ü 機&#x7f;</title></domain>\n"
    assert visible(XML.replace("\n", "\r\n") + "\n\n") == XML


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_visible_text_means_the_same_and_shows_everything(text: str) -> None:
    root = ElementTree.Element("domain")
    ElementTree.SubElement(root, "title").text = text
    xml = ElementTree.tostring(root, encoding="unicode")
    try:
        before = parse(xml, "domain").findtext("title")
    except Invalid:
        return  # It holds what no XML can.
    shown = visible(xml)
    after = parse(shown, "domain").findtext("title")
    # A line's end is a line's end to every XML parser; as a number it is itself.
    assert (after or "").replace("\r", "\n") == (before or "").replace("\r", "\n")
    assert all(character.isprintable() or character in " \t\n" or character.isspace() for character in shown)
    assert visible(shown) == shown


def test_blanks_comments_and_the_order_of_attributes_do_not_count() -> None:
    other = XML.replace("  <memory", "\n\n <!-- x --> <memory").replace(
        "placement='static' current='1'", 'current="1" placement="static"'
    )
    assert other != XML
    assert same(XML, other)
    assert not same(XML, XML.replace(">2<", ">3<"))
    assert not same(XML, XML.replace("  <vcpu", "zzz  <vcpu"))
    assert not same(XML, XML.replace("</devices>", "</devices>zzz"))
    assert not same(XML, "<domain>")
    deep = "<domain>" + "<a>" * 5000 + "</a>" * 5000 + "</domain>"
    assert same(deep, deep + "\n")


def test_a_version_gets_todays_name() -> None:
    assert with_name(XML, "web") == XML
    assert with_name(XML, "a <b>&") == XML.replace("<name>web<", "<name>a &lt;b&gt;&amp;<")
    squeezed = "<domain><name>web</name><devices><x><name>web</name></x></devices></domain>"
    root = parse(with_name(squeezed, "new"), "domain")
    assert (root.findtext("name"), root.findtext("devices/x/name")) == ("new", "web")
    assert parse(with_name("<domain/>", "new"), "domain").findtext("name") == "new"
    with pytest.raises(Invalid):
        with_name("<domain>", "new")


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("</os>", "</oss>", "not well-formed XML, line 9, column 5: mismatched tag", 9),
        ("<name>web<", "<name>we b<", "rename does that", 2),
        ("<name>web</name>", "", "the text has nothing", None),
        (UUID, UUID.replace("1111-", "2222-", 1), "must stay", 3),
        (f"<uuid>{UUID}</uuid>", "", "must stay", None),
        ("<domain type", "<!DOCTYPE x [<!ENTITY a 'b'>]><domain type", "document type", None),
        ("<domain type='kvm'>", "<network type='kvm'>", "not well-formed", 25),
        ("<vcpu", "\x1b<vcpu", "not well-formed XML, line 6", 6),
    ],
)
def test_what_is_wrong_is_one_line_with_its_place(old: str, new: str, words: str, line: int | None) -> None:
    text = XML.replace(old, new)
    assert text != XML
    flaw = check(XML, text)
    assert flaw is not None
    assert words in flaw.message
    assert "\n" not in flaw.message
    assert flaw.line == line


def test_what_is_right_has_no_flaw() -> None:
    assert check(XML, XML) is None
    assert check(XML, XML.replace(UUID, UUID.replace("-", "").upper())) is None
    assert check(XML, XML.replace(">2<", ">3<")) is None


@given(st.text(max_size=200))
def test_any_text_is_checked_without_a_crash(text: str) -> None:
    check(XML, text)
    check(XML, XML[: len(text) * 3] + text + XML[len(text) * 3 :])


# The difference


def test_a_difference_is_unified() -> None:
    found = difference(XML, XML.replace(">2<", ">3<").replace("<video>", "<sound/>\n    <video>"))
    assert (found.more, found.less, found.words) == (2, 1, "+2 -1")
    assert [line.text for line in found.lines if line.mark is Mark.LESS] == [
        "  <vcpu placement='static' current='1'>2</vcpu>"
    ]
    assert found.lines[0].mark is Mark.PLACE
    assert difference(XML, XML).words == "the same"
    assert difference("a", "a\n").lines != ()
    assert len(difference("a\n" * 30_000, "b\n" * 30_000).lines) == 1


LINES = st.lists(st.sampled_from(["a", "b", "--", "++", "@@", "", " x"]))


@given(LINES, LINES)
def test_a_difference_counts_what_it_shows(before: list[str], after: list[str]) -> None:
    found = difference("".join(f"{line}\n" for line in before), "".join(f"{line}\n" for line in after))
    more = [line.text for line in found.lines if line.mark is Mark.MORE]
    less = [line.text for line in found.lines if line.mark is Mark.LESS]
    assert (found.more, found.less) == (len(more), len(less))
    assert len(after) - len(before) == found.more - found.less
    assert Counter(after) - Counter(more) == Counter(before) - Counter(less)
    assert bool(found.lines) == (before != after)


def test_two_changes_of_different_lines_are_put_together() -> None:
    mine, theirs = XML.replace(">2<", ">3<"), XML.replace("/a.iso", "/b.iso")
    assert merge(XML, mine, theirs) == XML.replace(">2<", ">3<").replace("/a.iso", "/b.iso")
    assert merge(XML, mine, mine) == mine
    assert merge(XML, mine, XML) == merge(XML, XML, mine) == mine
    assert merge(XML, mine, XML.replace(">2<", ">4<")) is None
    assert merge("a\n", "a\nb\n", "a\nc\n") is None
    assert merge("a\nb\n", "x\nb\n", "a\ny\n") is None


@given(LINES, LINES, LINES)
def test_a_merge_takes_both_changes_or_none(base: list[str], mine: list[str], theirs: list[str]) -> None:
    texts = ["".join(f"{line}\n" for line in lines) for lines in (base, mine, theirs)]
    merged = merge(*texts)
    assert merged == merge(texts[0], texts[2], texts[1])
    assert merge(texts[0], texts[1], texts[0]) == texts[1]
    if merged is not None and texts[1] != texts[2]:
        added = len(merged.splitlines()) - len(base)
        assert added == (len(mine) - len(base)) + (len(theirs) - len(base)) or _overlap(*texts)


def _overlap(base: str, mine: str, theirs: str) -> bool:
    """Whether both did one and the same thing somewhere."""
    return any(
        line in difference(base, theirs).lines for line in difference(base, mine).lines if line.mark != " "
    )


# The effect


def parts(old: str, new: str, state: State = State.RUNNING) -> list[tuple[str, str, str]]:
    assert old in XML
    return [
        (part.name, part.change, part.live)
        for part in effect(XML, XML.replace(old, new), domain(state)).parts
    ]


def test_when_it_takes_effect() -> None:
    changed = XML.replace(">2<", ">3<")
    assert "next start" in effect(XML, changed, domain(State.RUNNING)).when
    assert "when it starts" in effect(XML, changed, domain()).when
    assert "as it was saved" in effect(XML, changed, domain(saved=True)).when
    assert effect(XML, XML + "\n", domain()).parts == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("type='kvm'", "type='qemu'", ("domain type", "changed", "")),
        ("current='1'", "current='2'", ("vcpu", "changed", "virsh setvcpus --live")),
        (">2<", ">4<", ("vcpu", "changed", "")),
        ("  <os>", "  <title>x</title>\n  <os>", ("title", "added", "virsh desc --title --live")),
        ("/a.qcow2", "/b.qcow2", ("disk vda", "changed", "")),
        ("/a.iso", "/b.iso", ("disk sda", "changed", "virsh change-media --live")),
        ("'default'", "'other'", ("interface 52:54:00:00:00:01", "changed", "virsh update-device --live")),
        ("<video><model type='vga'/></video>", "", ("video", "removed", "")),
        (
            "    <video>",
            "    <disk type='file'><target dev='vdb' bus='virtio'/></disk>\n    <video>",
            ("disk vdb", "added", "virsh attach-device --live"),
        ),
        (
            "      <target dev='vda' bus='virtio'/>",
            "      <target dev='vda' bus='virtio'/><iotune><total_iops_sec>9</total_iops_sec></iotune>",
            ("disk vda", "changed", "virsh blkdeviotune --live"),
        ),
    ],
)
def test_what_could_be_had_at_once(old: str, new: str, expected: tuple[str, str, str]) -> None:
    assert parts(old, new) == [expected]
    assert parts(old, new, State.OFF) == [(*expected[:2], "")]


def test_a_disk_moved_to_another_target_goes_and_comes() -> None:
    found = parts("dev='vda'", "dev='vdb'")
    assert found == [
        ("disk vdb", "added", "virsh attach-device --live"),
        ("disk vda", "removed", "virsh detach-device --live"),
    ]


# Versions


def test_versions_are_private_bounded_and_newest_first(tmp_path: Path) -> None:
    shelf = Versions(KEY)
    assert shelf.all() == ()
    for number in range(versions.KEPT + 5):
        assert shelf.keep(f"<domain>{number}</domain>", "edit") is not None
    assert shelf.keep(f"<domain>{versions.KEPT + 4}</domain>", "restore") is None
    found = shelf.all()
    assert [version.read() for version in found[:2]] == [
        f"<domain>{versions.KEPT + 4}</domain>",
        f"<domain>{versions.KEPT + 3}</domain>",
    ]
    assert len(found) == versions.KEPT
    assert {version.path.stat().st_mode & 0o777 for version in found} == {0o600}
    assert found[0].path.parent == tmp_path / "xml" / UUID
    assert found[0].path.parent.stat().st_mode & 0o777 == 0o700
    assert found[0].time > found[1].time > 1e9
    # The same UUID elsewhere is another domain.
    assert Versions(DomainKey("qemu:///system", UUID)).all() == ()


def test_what_else_is_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    shelf = Versions(KEY)
    kept = shelf.keep(XML, "edit")
    assert kept is not None
    (kept.path.parent / "notes.txt").write_text("mine")
    (kept.path.parent / kept.path.name.replace("edit", "other")).write_text("x")
    for number in range(versions.KEPT):
        shelf.keep(f"<domain>{number}</domain>", "edit")
    assert (kept.path.parent / "notes.txt").exists()
    assert not kept.path.exists()
    newest = shelf.all()[0]
    newest.path.write_bytes(b"\xff\xfe")
    with pytest.raises(Invalid, match="not UTF-8"):
        newest.read()
    hostile = Versions(DomainKey("test:///x", "../../etc"))
    hostile.keep(XML, "edit")
    assert hostile.all()[0].path.is_relative_to(tmp_path / "xml")


# Drafts


def test_a_draft_is_there_until_it_is_dropped() -> None:
    desk = Drafts(KEY)
    draft = desk.begin(XML, XML, "we/b [x]\n")
    assert draft.path.name == "we_b_x.xml"
    assert (draft.path.stat().st_mode & 0o777, draft.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    assert desk.left() == []  # One that is being worked on is not left behind.
    draft.write(XML.replace(">2<", ">3<"))
    draft.refuse("two\nlines")
    draft.release()
    (again,) = desk.left()
    assert (again.read(), again.base(), again.why) == (XML.replace(">2<", ">3<"), XML, "two\nlines")
    assert desk.left() == []
    again.rebase("<domain/>")
    assert again.base() == "<domain/>"
    (again.folder / ".web.xml.swp").write_text("an editor's own")
    again.drop()
    assert not again.folder.exists()
    assert desk.left() == []


def test_a_draft_that_says_nothing_is_cleared_away() -> None:
    desk = Drafts(KEY)
    for text in (XML, XML + "<!-- x -->\n", "", None):
        draft = desk.begin(XML, XML, "web")
        if text is None:
            draft.path.unlink()
        else:
            draft.path.write_text(text)
        draft.release()
    assert desk.left() == []
    assert list(paths.state_dir().glob("xml/*/draft-*")) == []


def test_a_draft_that_cannot_be_read_is_not_thrown_away() -> None:
    draft = Drafts(KEY).begin(XML, XML, "web")
    draft.path.write_bytes(b"\xff")
    draft.release()
    (left,) = Drafts(KEY).left()
    left.release()
    (left.folder / ".base").unlink()
    (left,) = Drafts(KEY).left()
    left.release()


def test_a_draft_of_a_program_that_died_is_found() -> None:
    code = (
        "import os, sys; from tuivm import paths; from pathlib import Path\n"
        "paths.state_dir = lambda: Path(sys.argv[1])\n"
        "from tuivm.core.editing.drafts import Drafts; from tuivm.model.domain import DomainKey\n"
        "drafts = Drafts(DomainKey(sys.argv[2], sys.argv[3]))\n"
        "draft = drafts.begin('<domain/>', '<domain><a/></domain>', 'web')\n"
        "os.kill(os.getpid(), 9)\n"
    )
    argv = [sys.executable, "-c", code, str(paths.state_dir()), KEY.connection, KEY.uuid]
    assert subprocess.run(argv, check=False, timeout=60).returncode == -9
    (left,) = Drafts(KEY).left()
    assert left.read() == "<domain><a/></domain>"
    left.drop()


def test_where_nothing_can_be_kept_the_folder_for_temporary_files_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setattr(paths, "state_dir", lambda: blocked)
    draft = Drafts(KEY).begin(XML, XML, "web")
    assert "cannot be kept: Not a directory" in draft.warning
    assert draft.read() == XML
    assert draft.path.stat().st_mode & 0o777 == 0o600
    draft.drop()
    assert not draft.folder.exists()
    monkeypatch.setattr("tempfile.mkdtemp", _full)
    with pytest.raises(Failed, match="No space"):
        steps.drafted(domain(), XML, XML)


def _full(*_: object, **__: object) -> str:
    raise OSError(28, "No space left on device")


# The editor


def test_the_editor_is_the_configurations_then_visual_then_editor() -> None:
    environ = {"VISUAL": "vim -n", "EDITOR": "ed"}
    assert editor.command(None, environ) == ("vim", "-n")
    assert editor.command(None, {"VISUAL": "  ", "EDITOR": "ed"}) == ("ed",)
    assert editor.command("'my editor' $(x)", environ) == ("my editor", "$(x)")
    assert editor.command("builtin", environ) == ()
    assert editor.command(None, {}) == ()
    with pytest.raises(ValueError, match="no closing quotation"):
        editor.command("vim '", environ)


def test_known_editors_begin_at_the_line() -> None:
    path = Path("/x/web.xml")
    assert editor.argv(("/usr/bin/vim", "-n"), path, 7) == ["/usr/bin/vim", "-n", "+7", "/x/web.xml"]
    assert editor.argv(("code", "--wait"), path, 7) == ["code", "--wait", "/x/web.xml"]
    assert editor.argv(("nano",), path) == ["nano", "/x/web.xml"]


# The job


def made() -> tuple[MemoryHypervisor, DomainKey, str]:
    hypervisor = MemoryHypervisor(2)
    hypervisor.open()
    key = hypervisor.keys()[1]
    return hypervisor, key, definition.read(hypervisor, key)


def test_the_job_keeps_what_it_takes_the_place_of() -> None:
    hypervisor, key, base = made()
    xml = base.replace("<vcpu>2", "<vcpu>3")
    work = Work(hypervisor, key, Arguments(xml=xml, base=base))
    verb("edit").run(work)
    assert work.message == "defined; takes effect at the next start"
    assert hypervisor.definition(key) == xml
    (version,) = Versions(key).all()
    assert (version.read(), version.why) == (base, "edit")
    verb("edit").run(Work(hypervisor, key, Arguments(xml=base, base=xml, mode="restore")))
    assert [version.why for version in Versions(key).all()] == ["restore", "edit"]
    Versions(key).keep(base.replace("</name>", " </name>"), "delete")
    assert [version.why for version in Versions(key).all()] == ["delete", "restore", "edit"]


def test_the_job_looks_once_more() -> None:
    hypervisor, key, base = made()
    xml = base.replace("<vcpu>2", "<vcpu>3")
    hypervisor.edit_elsewhere(key, "<devices>", "<on_crash>destroy</on_crash><devices>")
    with pytest.raises(Invalid, match=definition.CHANGED):
        definition.put(hypervisor, key, base, xml)
    present = definition.read(hypervisor, key)
    with pytest.raises(Invalid, match="rename does that"):
        definition.put(hypervisor, key, present, present.replace("<name>db", "<name>other"))
    lock = "<metadata><t:tuivm xmlns:t='https://tuivm.org/xmlns/domain/1'><t:locked/></t:tuivm></metadata>"
    hypervisor.edit_elsewhere(key, "<devices>", f"{lock}<devices>")
    locked = definition.read(hypervisor, key)
    with pytest.raises(Denied, match="locked"):
        definition.put(hypervisor, key, locked, locked.replace("<vcpu>2", "<vcpu>3"))
    assert Versions(key).all() == ()
    hypervisor.remove(key)
    with pytest.raises(NotFound):
        definition.put(hypervisor, key, base, xml)


def test_no_room_for_a_backup_stops_it_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    hypervisor, key, base = made()
    xml = base.replace("<vcpu>2", "<vcpu>3")
    monkeypatch.setattr(Versions, "keep", _full)
    with pytest.raises(Failed, match=definition.NO_BACKUP):
        definition.put(hypervisor, key, base, xml)
    assert hypervisor.definition(key) == base
    definition.put(hypervisor, key, base, xml, backup=False)
    assert hypervisor.definition(key) == xml


def test_a_draft_that_was_defined_after_all_is_not_offered() -> None:
    hypervisor, key, base = made()
    xml = base.replace("<vcpu>2", "<vcpu>3")
    for text in (xml, base.replace("<vcpu>2", "<vcpu>4")):
        Drafts(key).begin(base, text, "db").release()
    found = steps.opened(hypervisor, key).drafts
    assert len(found) == 2
    for draft in found:
        draft.release()
    definition.put(hypervisor, key, base, xml)
    (left,) = steps.opened(hypervisor, key).drafts
    assert "<vcpu>4" in left.read()
    left.drop()


def test_the_verb_says_why_not() -> None:
    assert verb("edit").why_not(domain(), {}) is None
    assert "transient" in str(verb("edit").why_not(domain(persistent=False), {}))
    assert "locked" in str(verb("edit").why_not(domain(locked=True), {}))


def test_a_file_on_a_full_disk_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = Drafts(KEY).begin(XML, XML, "web")
    monkeypatch.setattr(os, "fsync", _full)
    with pytest.raises(OSError, match="No space"):
        draft.write("lost?")
    draft.keep("lost?")
    assert draft.read() == XML
    assert [path.name for path in draft.folder.iterdir() if path.name.startswith(".new")] == []
    draft.drop()


def test_a_lock_is_no_childs() -> None:
    draft = Drafts(KEY).begin(XML, XML.replace(">2<", ">3<"), "web")
    handle = os.open(draft.folder / ".lock", os.O_RDWR)
    with pytest.raises(BlockingIOError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
    draft.drop()
