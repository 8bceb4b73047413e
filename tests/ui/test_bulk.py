"""What is done to several domains: one question, a job each, results, another try."""

from __future__ import annotations

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.model.capability import Capability
from tuivm.model.domain import State
from tuivm.ui.app import TuivmApp


async def mark(world: World, *names: str) -> None:
    """Mark these."""
    for name in names:
        await world.choose(name)
        await world.pilot.press("space")
    await world.shows(f"{len(names)} marked")


def states(world: World, *names: str) -> list[State]:
    return [world.domain(name).state for name in names]


async def test_one_question_names_all_and_each_gets_a_job() -> None:
    async with living() as world:
        await mark(world, "db", "mail", "win11")
        await world.pilot.press("D")
        await world.shows("Force off: 2 domains?", " db ", " mail ", "win11", "cannot: not running")
        await world.shows("1 of the 3 marked is left out: not running (1).", "Yes, force off")
        for refusal in ("escape", "n", "enter"):
            await world.pilot.press(refusal)
            await world.until(lambda: not world.app.has_dialog)
            assert world.hypervisor.calls["destroy"] == 0
            await world.pilot.press("D")
            await world.until(lambda: world.app.has_dialog)
        await world.pilot.press("y")
        await world.until(lambda: states(world, "db", "mail") == [State.OFF, State.OFF])
        await world.until(lambda: "force off: 2 of 2 domains done" in world.notices)
        assert "db: force off" not in world.notices
        assert "db|force off" in world.log
        await world.shows("3 marked")


async def test_the_question_tells_how_many_the_filter_hides() -> None:
    async with living() as world:
        await mark(world, "db", "mail", "web-1")
        await world.pilot.press("slash", *"db", "enter", "S")
        await world.shows("Shut down: 3 domains, 2 of them hidden by the filter?", "hidden", " mail ")
        await world.pilot.press("y")
        await world.until(lambda: states(world, "db", "mail", "web-1") == [State.OFF] * 3)


async def test_a_verb_that_loses_nothing_asks_too_and_enter_is_yes() -> None:
    async with living() as world:
        await mark(world, "win11", "build")
        await world.pilot.press("s")
        await world.shows("Start: 2 domains?", "boot from")
        await world.pilot.press("enter")
        await world.until(lambda: states(world, "win11", "build") == [State.RUNNING] * 2)


async def test_what_none_of_them_allows_is_said_and_not_asked() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.pilot.press("s")
        await world.until(
            lambda: (
                "cannot start none of the 2 marked" in world.notices
                or "none of the 2 marked can" in world.notices
            )
        )
        assert not world.app.has_dialog


async def test_of_verbs_that_share_a_key_the_one_that_some_allow() -> None:
    async with living() as world:
        await mark(world, "db", "build")
        await world.pilot.press("p")
        await world.shows("Pause: 1 domain?", "already paused")
        await world.pilot.press("enter")
        await world.until(lambda: states(world, "db", "build") == [State.PAUSED] * 2)
        await world.until(lambda: "pause: 1 of 1 domain done" in world.notices)
        await world.pilot.press("p")
        await world.shows("Resume: 2 domains?")


async def test_autostart_of_several_is_turned_one_way() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        before = [world.domain(name).autostart for name in ("db", "mail")]
        assert set(before) == {True, False}
        await world.pilot.press("a")
        await world.shows("Autostart: 2 domains?", "(*) on", "( ) off")
        await world.pilot.press("right", "enter")
        await world.until(lambda: not any(world.domain(name).autostart for name in ("db", "mail")))


async def test_above_ten_a_phrase_is_typed() -> None:
    hypervisor = MemoryHypervisor(12, running=12)
    async with living(hypervisor) as world:
        await world.pilot.press("asterisk", "D")
        await world.shows("Force off: 12 domains?", "type  force off 12")
        await world.pilot.press(*"force off 1", "enter")
        await world.shows("To go on, type: force off 12")
        assert world.hypervisor.calls["destroy"] == 0
        await world.pilot.press(*"2", "enter")
        await world.until(lambda: world.hypervisor.calls["destroy"] == 12)


async def test_ten_need_a_yes_only() -> None:
    async with living(MemoryHypervisor(10, running=10)) as world:
        await world.pilot.press("asterisk", "D")
        await world.shows("Force off: 10 domains?", "No", "Yes, force off")
        await world.pilot.press("y")
        await world.until(lambda: world.hypervisor.calls["destroy"] == 10)


async def test_locked_domains_are_left_out_of_what_destroys() -> None:
    hypervisor = MemoryHypervisor(5)
    hypervisor.change(hypervisor.key("db"), locked=True)
    async with living(hypervisor) as world:
        await mark(world, "db", "mail")
        await world.pilot.press("D")
        await world.shows("Force off: 1 domain?", "locked")
        await world.pilot.press("y")
        await world.until(lambda: world.domain("mail").state is State.OFF)
        assert world.domain("db").state is State.RUNNING


async def test_who_went_or_stopped_meanwhile_is_left_out() -> None:
    async with living() as world:
        await mark(world, "db", "mail", "web-1")
        await world.pilot.press("D")
        await world.until(lambda: world.app.has_dialog)
        world.hypervisor.power_off(world.hypervisor.key("db"))
        world.hypervisor.remove(world.hypervisor.key("mail"))
        await world.until(lambda: len(world.session.inventory.domains) == 4)
        key = world.hypervisor.key("db")
        await world.until(lambda: not world.session.inventory.domains[key].state.is_active)
        await world.pilot.press("y")
        await world.until(lambda: world.domain("web-1").state is State.OFF)
        assert "force off: 2 domains changed meanwhile and left out" in world.notices
        assert world.hypervisor.calls["destroy"] == 1


async def test_results_name_the_failed_try_again_and_mark_them() -> None:
    async with living(shutdown_timeout=0.4) as world:
        world.hypervisor.machine(world.hypervisor.key("db")).ignores_shutdown = True
        await mark(world, "db", "mail")
        await world.pilot.press("S", "y")
        await world.until(lambda: "shut down: 1 of 2 domains done, 1 failed (B shows them)" in world.notices)
        assert not world.app.has_dialog
        await world.pilot.press("B")
        await world.shows("Shut down: 2 domains, 1 done, 1 failed", "db", "has not reacted", "mail")
        await world.pilot.press("r")
        await world.shows("Shut down: 1 domain", "2/2")
        await world.shows("1 failed")
        await world.pilot.press("left_square_bracket")
        await world.shows("1/2", "mail")
        await world.pilot.press("m")
        await world.shows("1 marked")
        assert set(world.app.main.marks) == {world.hypervisor.key("db")}
        await world.pilot.press("D", "y")
        await world.until(lambda: world.domain("db").state is State.OFF)


async def test_results_are_there_at_once_and_lead_to_the_job(monkeypatch: pytest.MonkeyPatch) -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.pilot.press("D", "y")
        await world.until(lambda: "2 of 2 domains done" in world.notices)
        # Nothing else happens on a quiet host: no news, no tick.
        monkeypatch.setattr(TuivmApp, "_renew_sheet", lambda *_, **__: None)
        await world.pilot.press("B")
        await world.shows("Force off: 2 domains, 2 done", "mail")
        await world.pilot.press("down", "enter")
        await world.shows("Command", "one of 2 domains")


async def test_the_rest_of_a_batch_is_cancelled() -> None:
    async with living() as world:
        for name in ("db", "mail"):
            world.hypervisor.machine(world.hypervisor.key(name)).ignores_shutdown = True
        await mark(world, "db", "mail")
        await world.pilot.press("S", "y", "B")
        await world.shows("2 running")
        await world.pilot.press("x")
        await world.shows("2 cancelled")
        await world.pilot.press("x")
        await world.until(lambda: "nothing of it can be cancelled" in world.notices)


async def test_without_any_batch_the_results_say_so() -> None:
    async with living() as world:
        await world.pilot.press("B")
        await world.until(lambda: "nothing was done to several domains yet" in world.notices)


async def test_from_within_the_details_a_verb_is_for_the_one_shown() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.choose("web-1")
        await world.pilot.press("enter")
        await world.until(lambda: world.app.main.details_focused)
        await world.pilot.press("S")
        await world.shows("Shut down: web-1?")


async def test_one_marked_domain_is_asked_about_by_its_name() -> None:
    async with living() as world:
        await mark(world, "db")
        await world.choose("mail")
        await world.pilot.press("D")
        await world.shows("Force off: db?")


@pytest.mark.parametrize("size", [(40, 15), (80, 24), (200, 50)])
async def test_the_question_fits(size: tuple[int, int]) -> None:
    names = ["[red]x[/red]", "$(reboot)", "a\x1b[31mb\x07\u202ec", *(f"vm-{n}" for n in range(20))]
    async with living(MemoryHypervisor(23, names=names, running=20), size=size) as world:
        await world.pilot.press("asterisk", "D")
        await world.shows("Force off: 20 domains?", "type")
        assert "\x1b" not in world.text
        await world.pilot.press("escape", "S")
        await world.shows("Shut down: 20 domains?", "No", "Yes, shut down")


async def test_a_refusal_of_libvirt_is_a_result_of_each() -> None:
    hypervisor = MemoryHypervisor(5)
    async with living(hypervisor) as world:
        await mark(world, "db", "mail")
        hypervisor.refuse[Capability.DESTROY] = "[denied] by polkit"
        await world.pilot.press("D", "y")
        await world.until(lambda: "force off: 0 of 2 domains done, 2 failed" in world.notices)
        await world.pilot.press("B")
        await world.shows("[denied] by polkit")


async def test_a_snapshot_of_each_by_one_name() -> None:
    async with living() as world:
        await mark(world, "db", "mail", "win11")
        await world.pilot.press("t")
        await world.shows("Take snapshot: 3 domains?", " db ", " mail ", "win11", "name", "snap-", "inside")
        await world.shows("snapshot-create-as", "and so on for each")
        await world.pilot.press(*("backspace",) * 20, *"before [b]", "enter")
        await world.until(lambda: "3 of 3 domains done" in world.notices)
        for name in ("db", "mail", "win11"):
            taken = [one.name for one in world.hypervisor.detail(world.hypervisor.key(name)).snapshots]
            assert "before [b]" in taken, (name, taken)
        # The name is in use now: each says so by itself, and nothing else is harmed.
        await world.pilot.press("t")
        await world.shows("Take snapshot: 3 domains?")
        await world.pilot.press(*("backspace",) * 20, *"before [b]", "enter")
        await world.until(lambda: "0 of 3 domains done" in world.notices)
        await world.pilot.press("B")
        await world.shows("3 failed", "a snapshot named")


async def test_what_does_not_go_together_is_said_in_the_question_about_snapshots() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.pilot.press("t")
        await world.shows("Take snapshot: 2 domains?")
        await world.pilot.press("end", "slash", "enter")
        await world.shows("A name cannot hold '/'")
        await world.pilot.press("backspace", "tab", "tab", "space")
        await world.shows("(*) disk and memory", "Only disks alone are quiesced")
        await world.pilot.press("enter")
        assert world.app.has_dialog
        await world.pilot.press("shift+tab", "right")
        await world.shows("(*) disks alone", "--disk-only --quiesce")
        await world.shows_not("Only disks alone are quiesced")
        await world.pilot.press("escape")
        await world.until(lambda: not world.app.has_dialog)
        assert world.hypervisor.calls["take_snapshot"] == 0


async def test_dumps_of_several_go_into_a_folder_by_their_names() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.pilot.press("V")
        await world.shows("dump core")
        await world.pilot.press(*await letter(world, "dump core"))
        await world.shows("Dump core: 2 domains?", "folder there")
        await world.pilot.press(*"/srv/x", "enter")
        await world.shows("A folder on the hypervisor's host")
        await world.pilot.press("slash", "enter")
        await world.until(lambda: "2 of 2 domains done" in world.notices)
        jobs = {job.name: job.message for job in world.session.jobs}
        assert jobs["db"] == "written to /srv/x/db.core on the hypervisor's host"
        assert jobs["mail"] == "written to /srv/x/mail.core on the hypervisor's host"


async def letter(world: World, label: str) -> str:
    """The key of an entry of the menu that is shown."""
    line = next(line for line in world.text.splitlines() if label in line)
    return line.partition(label)[0].replace("│", " ").split()[-1]


async def test_what_is_for_one_at_a_time_says_why() -> None:
    async with living() as world:
        await mark(world, "db", "mail")
        await world.pilot.press("U")
        await world.until(lambda: "delete is for one domain at a time" in world.notices)
        assert "chosen part by part" in world.notices
        await world.pilot.press("V")
        await world.shows("one at a time: a title tells one from the others")
