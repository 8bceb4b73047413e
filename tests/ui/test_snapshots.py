"""The tree of snapshots: its shape, its columns, its cursor."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.snapshot import Snapshot, SnapshotDisk
from tuivm.ui import snapshot_words
from tuivm.ui.snapshot_tree import Row, place_of, shorten, tree


def family(**parents: str) -> list[Snapshot]:
    """Snapshots of these parents (empty for none), each a second after the one before."""
    return [
        Snapshot(name, float(number), parent=parent or None)
        for number, (name, parent) in enumerate(parents.items())
    ]


def drawn(snapshots: list[Snapshot], *, ascii_only: bool = False) -> list[str]:
    return [row.guide + row.snapshot.name for row in tree(snapshots, ascii_only=ascii_only)]


def test_a_chain_stays_in_its_column() -> None:
    chain = [Snapshot(f"s{index}", float(index), parent=f"s{index - 1}") for index in range(3000)]
    rows = tree(chain)
    assert [row.snapshot.name for row in rows] == [snapshot.name for snapshot in chain]
    assert [row.guide for row in rows] == ["┌ ", *["├ "] * 2998, "└ "]


def test_the_newest_child_goes_on_below_and_the_others_leave_to_the_side() -> None:
    snapshots = family(a="", b="a", c="b", d="b", e="a", f="a", g="f", lone="")
    assert drawn(snapshots) == [
        "┌ a",
        "├─┬ b",
        "│ ├── c",
        "│ └ d",
        "├── e",
        "├ f",
        "└ g",
        "─ lone",
    ]
    assert drawn(snapshots, ascii_only=True) == [
        ", a",
        "|-. b",
        "| |-- c",
        "| ` d",
        "|-- e",
        "| f",
        "` g",
        "- lone",
    ]


def test_it_knows_parents_and_children() -> None:
    rows = {row.snapshot.name: row for row in tree(family(a="", b="a", c="a", orphan="gone", d="orphan"))}
    assert (rows["a"].parent, rows["a"].children) == (None, 2)
    assert (rows["b"].parent, rows["b"].children) == ("a", 0)
    assert (rows["orphan"].parent, rows["d"].parent) == (None, "orphan")


def test_a_ring_of_parents_is_drawn_once() -> None:
    ring = [Snapshot("a", 1.0, parent="b"), Snapshot("b", 2.0, parent="a"), Snapshot("c", 3.0, parent="c")]
    assert {row.snapshot.name for row in tree(ring)} == {"a", "b", "c"}


NAMES = st.sampled_from([f"n{index}" for index in range(12)])


@given(st.lists(st.tuples(NAMES, st.one_of(st.none(), NAMES)), max_size=20, unique_by=lambda pair: pair[0]))
def test_every_snapshot_has_one_line_whatever_its_parents_are(pairs: list[tuple[str, str | None]]) -> None:
    snapshots = [Snapshot(name, float(number), parent=parent) for number, (name, parent) in enumerate(pairs)]
    rows = tree(snapshots)
    assert sorted(row.snapshot.name for row in rows) == sorted(name for name, _ in pairs)
    names = [row.snapshot.name for row in rows]
    rings = {name for name, _ in pairs if _in_ring(name, dict(pairs))}
    for row in rows:
        if row.parent is not None and row.snapshot.name not in rings:
            assert names.index(row.parent) < names.index(row.snapshot.name)
            # Its own column begins at its parent's, or two cells beside it.
            parent = rows[names.index(row.parent)]
            assert len(row.guide) in (len(parent.guide), len(parent.guide) + 2)


def _in_ring(name: str, parents: dict[str, str | None]) -> bool:
    seen = []
    at: str | None = name
    while at is not None and at in parents and at not in seen:
        seen.append(at)
        at = parents[at]
    return at in seen


def test_a_guide_that_is_too_wide_is_cut_at_its_left() -> None:
    assert shorten("│ │ │ └ ", 8) == "│ │ │ └ "
    assert shorten("│ │ │ └ ", 5) == "…│ └ "
    assert len(shorten("│ " * 40 + "└ ", 12)) == 12
    assert shorten("| | ` ", 3, ascii_only=True) == "~` "


def test_the_cursor_stays_on_its_snapshot() -> None:
    before = tree(family(a="", b="a", c="b"))
    assert place_of(before, 1, tree(family(x="", a="", b="a"))) == 2
    renamed = [row.snapshot for row in before]
    renamed[1] = Snapshot("new name", 1.0, parent="a")
    renamed[2] = Snapshot("c", 2.0, parent="new name")
    assert place_of(before, 1, tree(renamed)) == 1
    without = [Snapshot("a", 0.0), Snapshot("c", 2.0, parent="a")]
    assert place_of(before, 1, tree(without)) == 0, "where it is gone: to its parent"
    assert place_of(before, 0, tree([Snapshot("z", 9.0)])) == 0
    assert place_of(before, 2, []) == -1
    assert place_of([], -1, before) == 0


def test_words_of_a_snapshot() -> None:
    internal = Snapshot("a", 0.0, "running", memory=True, disks=(SnapshotDisk("vda", "internal"),))
    assert snapshot_words.kind_word(internal) == "disk+mem"
    overlay = SnapshotDisk("vda", "external", overlay="/tmp/over[lay].qcow2")
    external = Snapshot("b", 0.0, "disk-snapshot", external=True, disks=(overlay,))
    assert (snapshot_words.kind_word(external), snapshot_words.state_word(external)) == ("ext", "live")
    mixed = Snapshot("c", 0.0, external=True, disks=(overlay, SnapshotDisk("vdb", "internal")))
    assert snapshot_words.kind_word(mixed) == "mixed"
    assert snapshot_words.age_word(100.0, 130.0) == "now"
    assert snapshot_words.age_word(100.0, 0.0) == "ahead"
    assert snapshot_words.taken_word(1_790_000_000.0, 1_790_000_900.0) == "09-21 14:13"
    assert snapshot_words.taken_word(1_690_000_000.0, 1_790_000_900.0) == "2023-07-22"
    text = "\n".join(line.plain for line in snapshot_words.facts(Row("", external, "a", 2), 60.0, 60))
    assert "/tmp/over[lay].qcow2" in text.replace("\n", "")
    assert "grew from 'a'; 2 grew from it" in text
