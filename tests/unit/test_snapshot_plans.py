"""What the plans say of snapshots that are to be taken, reverted to, deleted or merged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.snapshots.parts import and_list, quoted
from tuivm.core.snapshots.plan import merge_base, names_of, plan_delete, plan_merge, plan_revert, plan_take
from tuivm.core.snapshots.retention import describe, expired, safety_name
from tuivm.core.snapshots.ruin import ruined_by_writing
from tuivm.model.detail import Description, Detail, Disk
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.snapshot import (
    DeleteScope,
    DiskChain,
    Layer,
    Plan,
    Retention,
    Snapshot,
    SnapshotDisk,
    SnapshotFacts,
    SnapshotKind,
    SnapshotRequest,
    Space,
)

MIB, GIB = 1 << 20, 1 << 30
KEY = DomainKey("test:///", "1")
DOMAIN = Domain(KEY, "web", State.RUNNING)
BASE, TOP = "/img/web.qcow2", "/img/web.over"
DAY = 86400.0


def inner(name: str, parent: str | None = None, image: str = BASE, created: float = 1.0) -> Snapshot:
    return Snapshot(name, created, "shutoff", parent, disks=(SnapshotDisk("vda", "internal", image),))


def outer(name: str, parent: str | None = None, image: str = BASE, overlay: str = TOP) -> Snapshot:
    disk = SnapshotDisk("vda", "external", image, overlay)
    return Snapshot(name, 2.0, "disk-snapshot", parent, external=True, disks=(disk,))


def detail(*snapshots: Snapshot, image: str = BASE, form: str = "qcow2", kind: str = "file") -> Detail:
    disk = Disk("vda", image, "disk", "virtio", form, kind=kind)
    return Detail(KEY, "<domain/>", Description(disks=(disk,)), snapshots)


def facts(*images: str, active: bool = True, free: int | None = 100 * GIB, **fields: object) -> SnapshotFacts:
    layers = tuple(Layer(path, "qcow2", 10 * GIB, GIB) for path in images or (BASE,))
    plain = SnapshotFacts(
        active, True, 2 * GIB, (DiskChain("vda", layers),), (Space("/img", free, ("vda",)),), "no agent"
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def request(kind: SnapshotKind = SnapshotKind.INTERNAL, **fields: object) -> SnapshotRequest:
    return replace(SnapshotRequest("new", kind=kind), **fields)  # type: ignore[arg-type]


def take(wanted: SnapshotRequest, about: Detail | None = None, known: SnapshotFacts | None = None) -> Plan:
    return plan_take(DOMAIN, about or detail(), known or facts(), wanted)


@pytest.mark.parametrize(
    ("wanted", "active", "words", "needed"),
    [
        (request(), True, "internal: vda and memory", 2 * GIB),
        (request(), False, "internal: vda,", 0),
        (request(SnapshotKind.DISK_ONLY), True, "external: vda alone", 0),
        (request(SnapshotKind.EXTERNAL), True, "external: vda and memory", 2 * GIB),
        (request(SnapshotKind.EXTERNAL, memory=False), True, "external: vda alone", 0),
        (request(SnapshotKind.EXTERNAL), False, "external: vda;", 0),
    ],
)
def test_what_it_will_be_and_needs(wanted: SnapshotRequest, active: bool, words: str, needed: int) -> None:
    told = take(wanted, known=facts(active=active))
    assert told.kind_words.startswith(words)
    assert told.needed is not None
    assert needed <= told.needed <= needed + MIB
    assert (told.free, told.refusal) == (100 * GIB, "")


@pytest.mark.parametrize(
    ("wanted", "about", "known", "refusal"),
    [
        (request(name=""), detail(), facts(), "needs a name"),
        (request(name="a/b"), detail(), facts(), "slash"),
        (request(), detail(inner("new")), facts(), "exists already"),
        (request(disks=("vdz",)), detail(), facts(), "vdz"),
        (request(), detail(form="raw"), facts(), "take an external one"),
        (request(SnapshotKind.DISK_ONLY), detail(kind="block"), facts(), "no place for an overlay"),
        (request(quiesce=True), detail(), facts(agent=""), "without memory"),
        (request(SnapshotKind.DISK_ONLY, quiesce=True), detail(), facts(), "no agent"),
        (request(SnapshotKind.DISK_ONLY, quiesce=True), detail(), facts(active=False), "it is off"),
        (request(), replace(detail(), description=Description()), facts(active=False), "nothing to keep"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    wanted: SnapshotRequest, about: Detail, known: SnapshotFacts, refusal: str
) -> None:
    assert refusal in take(wanted, about, known).refusal


def test_little_room_and_mixed_kinds_are_told() -> None:
    assert "it would fail" in take(request(), known=facts(free=GIB)).warnings[0]
    assert "stands still" in take(request(), known=facts(free=2 * GIB + 8 * MIB)).warnings[0]
    assert take(request(), known=facts(free=None)).free is None
    mixed = take(request(), detail(outer("x"), image=TOP), facts(TOP, BASE))
    assert any("mixed" in warning for warning in mixed.warnings)
    mixed = take(request(SnapshotKind.DISK_ONLY), detail(inner("x")))
    assert any("mixed" in warning for warning in mixed.warnings)
    assert not any("mixed" in warning for warning in take(request()).warnings)


def test_a_revert_names_what_is_lost_and_a_safety_snapshot_saves_it() -> None:
    about = detail(inner("x"))
    told = plan_revert(DOMAIN, about, facts(), "x", safety=False)
    assert "memory" in told.losses[0]
    assert (told.needed, told.refusal) == (None, "")
    told = plan_revert(DOMAIN, about, facts(), "x", "running")
    assert (told.losses, told.refusal) == ((), "")
    assert told.needed is not None
    assert "it runs (booted anew" in told.kind_words
    assert "any more" in plan_revert(DOMAIN, about, facts(), "gone").refusal


def test_a_revert_below_an_overlay_ruins_what_lies_above() -> None:
    above = outer("above", "x")
    in_overlay = inner("in it", "above", TOP)
    about = detail(inner("x"), above, in_overlay, image=TOP)
    told = plan_revert(DOMAIN, about, facts(TOP, BASE), "x", safety=False)
    assert told.refusal == ""
    assert any("web.over" in loss for loss in told.losses)
    assert any("'above' and 'in it'" in loss for loss in told.losses)
    assert "merge the overlay first" in plan_revert(DOMAIN, about, facts(TOP, BASE), "x").refusal
    # The one in the overlay itself touches nothing below.
    told = plan_revert(DOMAIN, about, facts(TOP, BASE), "in it")
    assert (told.refusal, told.losses) == ("", ())


def test_external_ones_cannot_be_reverted_to_where_libvirt_cannot() -> None:
    about = detail(outer("x"), image=TOP)
    known = facts(TOP, BASE, reverts_external="libvirt 9.0.0 cannot")
    assert "Way out" in plan_revert(DOMAIN, about, known, "x").refusal
    assert plan_revert(DOMAIN, about, facts(TOP, BASE), "x").refusal == ""


def test_an_image_that_lost_the_snapshot_is_known_beforehand() -> None:
    chain = DiskChain("vda", (Layer(BASE, snapshots=("other",)),))
    assert "does not hold it" in plan_revert(DOMAIN, detail(inner("x")), facts(chains=(chain,)), "x").refusal
    chain = DiskChain("vda", (Layer(BASE, missing=True),))
    assert "not there" in plan_revert(DOMAIN, detail(inner("x")), facts(chains=(chain,)), "x").refusal


def test_a_saved_state_is_not_parted_from_its_disks() -> None:
    saved = replace(DOMAIN, state=State.OFF, saved=True)
    known = facts(active=False)
    for kind in (SnapshotKind.DISK_ONLY, SnapshotKind.EXTERNAL):
        assert "saved state" in plan_take(saved, detail(), known, request(kind)).refusal
    told = plan_take(saved, detail(), known, request())
    assert told.refusal == ""
    assert any("saved state" in warning for warning in told.warnings)
    assert "saved state" in plan_revert(saved, detail(inner("x")), known, "x", safety=False).refusal
    over = detail(outer("x"), image=TOP)
    assert "saved state" in plan_delete(saved, over, facts(TOP, BASE, active=False), "x").refusal
    assert plan_delete(saved, detail(inner("x")), known, "x").refusal == ""


def test_deleting_names_what_goes_children_first() -> None:
    about = detail(inner("a"), inner("b", "a"), inner("c", "b"), inner("d", "a"), inner("e"))
    assert names_of(about, "a", DeleteScope.ONE) == ("a",)
    assert names_of(about, "a", DeleteScope.TREE) == ("d", "c", "b", "a")
    assert names_of(about, "a", DeleteScope.CHILDREN) == ("d", "c", "b")
    assert plan_delete(DOMAIN, about, facts(), "e", DeleteScope.CHILDREN).refusal == "it has no children"
    told = plan_delete(DOMAIN, about, facts(), "a")
    assert (told.removes, told.refusal) == (("a",), "")
    assert any("'b' and 'd'" in warning for warning in told.warnings)
    told = plan_delete(DOMAIN, about, facts(), "a", DeleteScope.TREE)
    assert "4 snapshots" in told.kind_words


def test_deleting_never_takes_what_lies_in_an_overlay() -> None:
    about = detail(outer("x"), inner("in it", "x", TOP), image=TOP)
    assert "'in it'" in plan_delete(DOMAIN, about, facts(TOP, BASE), "x").refusal
    assert plan_delete(DOMAIN, about, facts(TOP, BASE), "x", DeleteScope.TREE).refusal == ""
    told = plan_delete(DOMAIN, about, facts(TOP, BASE), "x", metadata_only=True)
    assert told.refusal == ""
    assert any(TOP in warning for warning in told.warnings)


def test_what_libvirt_cannot_delete_is_refused_with_a_way_out() -> None:
    below = detail(inner("a"), outer("b", "a"), image=TOP)
    assert "merge its overlay" in plan_delete(DOMAIN, below, facts(TOP, BASE), "b").refusal
    assert "below an overlay" in plan_delete(DOMAIN, below, facts(TOP, BASE), "a").refusal
    assert plan_delete(DOMAIN, below, facts(TOP, BASE, active=False), "a").refusal == ""
    pair = detail(outer("a"), outer("b", "a", TOP, "/img/web.two"), image="/img/web.two")
    known = facts("/img/web.two", TOP, BASE, active=False)
    assert "start it" in plan_delete(DOMAIN, pair, known, "a").refusal
    assert plan_delete(DOMAIN, pair, known, "a", DeleteScope.TREE).refusal == ""
    assert "cannot" in plan_delete(DOMAIN, pair, replace(known, deletes_external="it cannot"), "b").refusal


def test_a_merge_goes_down_to_the_image_of_before_the_first_snapshot() -> None:
    chain = DiskChain("vda", tuple(Layer(path, "qcow2", GIB, MIB) for path in (TOP, BASE, "/img/template")))
    about = detail(outer("x"), image=TOP)
    assert merge_base(about, chain).path == BASE
    assert merge_base(detail(), chain).path == "/img/template"
    told = plan_merge(DOMAIN, about, facts(chains=(chain,)), "vda")
    assert (told.removes, told.needed, told.refusal) == (("x",), MIB, "")
    assert "web.qcow2" in told.kind_words
    assert "'x'" in told.losses[0]
    told = plan_merge(DOMAIN, about, facts(chains=(chain,)), "vda", pull=True)
    assert (told.removes, told.losses, told.needed, told.refusal) == ((), (), 2 * MIB, "")


def test_a_merge_is_refused_where_it_would_harm() -> None:
    about = detail(outer("x"), image=TOP)
    shared = DiskChain("vda", (Layer(TOP), Layer(BASE, users=("db (vda), built on it",))))
    assert "pull instead" in plan_merge(DOMAIN, about, facts(chains=(shared,)), "vda").refusal
    assert plan_merge(DOMAIN, about, facts(chains=(shared,)), "vda", pull=True).refusal == ""
    assert "it is off" in plan_merge(DOMAIN, about, facts(TOP, BASE, active=False), "vda").refusal
    assert "no overlay" in plan_merge(DOMAIN, detail(), facts(), "vda").refusal
    assert "no disk" in plan_merge(DOMAIN, detail(), facts(), "[b]vdz").refusal


def test_a_merge_tells_of_internal_snapshots_in_the_overlay() -> None:
    about = detail(outer("x"), inner("in it", "x", TOP), image=TOP)
    told = plan_merge(DOMAIN, about, facts(TOP, BASE), "vda")
    assert "'x' and 'in it'" in told.losses[0]
    assert told.removes == ("x", "in it")


def test_an_entry_stays_as_long_as_another_disk_needs_it() -> None:
    both = replace(
        outer("x"), disks=(*outer("x").disks, SnapshotDisk("vdb", "external", "/img/b", "/img/b.x"))
    )
    about = detail(both, image=TOP)
    chains = (
        DiskChain("vda", (Layer(TOP), Layer(BASE))),
        DiskChain("vdb", (Layer("/img/b.x"), Layer("/img/b"))),
    )
    assert plan_merge(DOMAIN, about, facts(chains=chains), "vda").removes == ()
    chains = (chains[0], DiskChain("vdb", (Layer("/img/b"),)))
    assert plan_merge(DOMAIN, about, facts(chains=chains), "vda").removes == ("x",)


@given(st.permutations(range(5)))
def test_all_that_lies_on_a_written_image_is_found_in_any_order(order: list[int]) -> None:
    tower = [outer(f"s{n}", None, f"/img/{n}", f"/img/{n + 1}") for n in range(5)]
    found = ruined_by_writing(detail(*(tower[n] for n in order)), {"/img/2"})
    assert {one.name for one in found} == {"s2", "s3", "s4"}


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=12),
    st.integers(0, 5),
    st.integers(0, 20),
    st.integers(0, 5),
    st.integers(0, 20),
)
def test_the_rule_lets_go_the_old_and_never_the_last(
    taken: list[tuple[int, bool]], keep: int, days: int, safety_keep: int, safety_days: int
) -> None:
    now = 100 * DAY
    known = [
        inner(f"before-revert-{n}" if safety else f"own-{n}", created=now - age * DAY - n)
        for n, (age, safety) in enumerate(taken)
    ]
    rule = Retention(keep, days, safety_keep, safety_days)
    gone = expired(known, rule, now)
    left = [one for one in known if one not in gone]
    own = [one for one in left if not one.safety]
    assert any(not safety for _, safety in taken) == bool(own)
    if keep:
        assert len(own) <= keep
    if safety_keep:
        assert len(left) - len(own) <= safety_keep
    if days:
        assert all(
            now - one.created <= days * DAY for one in own[:0] + sorted(own, key=lambda s: s.created)[:-1]
        )
    for one in gone:
        same = [each for each in known if each.safety == one.safety and each.created > one.created]
        limit = (safety_keep, safety_days) if one.safety else (keep, days)
        assert (limit[0] and len(same) >= limit[0]) or (limit[1] and now - one.created > limit[1] * DAY)
    assert list(gone) == sorted(gone, key=lambda one: one.created)


def test_a_snapshot_without_a_date_never_expires() -> None:
    known = [inner(name, created=0.0) for name in "abc"]
    assert expired(known, Retention(keep=1, days=1), 100 * DAY) == ()


def test_names_of_safety_snapshots_count_on_within_a_second() -> None:
    first = safety_name(1e9)
    assert first.startswith("before-revert-2001")
    assert safety_name(1e9, [first]) == f"{first}-2"
    assert safety_name(1e9, [f"{first}-2", f"{first}-9"]) == f"{first}-10"
    assert safety_name(1e9, [f"{first}-x", "before-revert-"]) == f"{first}-2"
    assert describe(Retention(5, 1)) == "keeps 5, for 1 day; safety: keeps 3, for 14 days"
    assert describe(Retention(0, 0, 0, 0)) == "keeps all; safety: keeps all"


def test_names_from_outside_are_one_printable_line() -> None:
    assert quoted("a\x1b[2J\nb [red]") == "'a [2J b [red]'"
    assert and_list([]) == ""
    assert and_list("abc") == "a, b and c"
    assert and_list("abcdefgh") == "a, b, c, d, e and 3 more"


def test_an_image_made_by_going_back_is_one_of_the_snapshots_overlays() -> None:
    """Else the base to merge into would be taken for a template's, and what is below it be written."""
    template, second = "/img/template.qcow2", "/img/web.1795375903"
    back = SnapshotDisk("vda", "external", BASE, TOP, reverted=second)
    known = detail(Snapshot("x", 2.0, "shutoff", external=True, disks=(back,)), image=second)
    now = facts(second, BASE, template)
    assert merge_base(known, now.chains[0]).path == BASE
    told = plan_merge(DOMAIN, known, now, "vda")
    assert ("'web.qcow2'" in told.kind_words, told.removes) == (True, ("x",))
    assert plan_delete(DOMAIN, known, now, "x").needed == GIB
    assert second in plan_delete(DOMAIN, known, now, "x", metadata_only=True).warnings[0]
    lost = ruined_by_writing(detail(*known.snapshots, outer("y", "x", second, "/img/y")), {BASE})
    assert [one.name for one in lost] == ["x", "y"]


def test_going_back_never_lets_libvirt_delete_an_image_that_another_snapshot_lies_on() -> None:
    """It deletes the current one's overlays afterwards, and does not look who else needs them."""

    def current(**fields: str) -> Snapshot:
        disk = SnapshotDisk("vda", "external", BASE, TOP, **fields)
        return Snapshot("x", 2.0, "shutoff", current=True, external=True, disks=(disk,))

    child = outer("y", "x", TOP, "/img/y")
    known = detail(current(), child, image="/img/z")
    without = plan_revert(DOMAIN, known, facts("/img/z", BASE), "y", safety=False)
    assert "'y' lies on" in without.refusal
    assert plan_revert(DOMAIN, known, facts("/img/z", BASE), "y").refusal == ""
    own = detail(current(reverted="/img/z"), child, image="/img/z")
    assert plan_revert(DOMAIN, own, facts("/img/z", BASE), "y", safety=False).refusal == ""
    lost = detail(child, image=TOP)
    assert "crash" in plan_revert(DOMAIN, lost, facts(TOP, BASE), "y", safety=False).refusal
    assert plan_revert(DOMAIN, lost, facts(TOP, BASE), "y").refusal == ""


def test_a_disk_left_out_that_has_another_image_now_goes_back_to_its_own() -> None:
    disks = (SnapshotDisk("vda", "external", BASE, TOP), SnapshotDisk("vdb", "no", "/img/b.qcow2"))
    about = detail(Snapshot("x", 2.0, "shutoff", current=True, external=True, disks=disks), image=TOP)
    vda = about.description.disks[0]
    for image, words in (("/img/b.qcow2", "stays as it is now"), ("/img/b.over", "the image that it had")):
        now = replace(about, description=Description(disks=(vda, replace(vda, target="vdb", source=image))))
        told = plan_revert(DOMAIN, now, facts(TOP, BASE), "x", safety=False)
        assert any(words in warning for warning in told.warnings)


def test_what_several_grew_from_is_not_deleted_alone() -> None:
    ways = [outer(name, "a", TOP, f"/img/web.{name}") for name in ("b", "c")]
    about = detail(outer("a"), ways[0], replace(ways[1], current=True), image="/img/web.c")
    known = facts("/img/web.c", TOP, BASE)
    refusal = plan_delete(DOMAIN, about, known, "a").refusal
    assert "'b' and 'c' grew from it" in refusal
    assert "all but one" in refusal
    assert plan_delete(DOMAIN, about, known, "a", DeleteScope.TREE).refusal == ""
    assert plan_delete(DOMAIN, about, known, "b").refusal == ""
    # Of one way left it depends on whether the present state came by it.
    for left, present, refused in (("c", "c", False), ("b", "a", True), ("b", "other", True)):
        kept = replace(outer(left, "a", TOP, f"/img/web.{left}"), current=left == present)
        first = replace(outer("a"), current=present == "a")
        beside = replace(inner("other", image="/img/o"), current=present == "other")
        told = plan_delete(DOMAIN, detail(first, kept, beside), known, "a").refusal
        assert ("did not come by way of" in told) is refused, (left, present, told)
