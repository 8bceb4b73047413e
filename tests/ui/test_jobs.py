"""The list of jobs, one job in full, and what is asked before jobs are left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.memory import MemoryHypervisor
from tests.ui.app_world import World, living
from tuivm.core.verbs import Work, verb
from tuivm.model.errors import Failed
from tuivm.model.job import Job, JobState, Progress
from tuivm.ui.dialogs.jobs import JobScreen, JobsScreen
from tuivm.ui.job_words import job_line, job_text, progress_words

NOW = 1_700_000_100.0


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with living(MemoryHypervisor(4, running=4)) as made:
        yield made


def failing(work: Work) -> None:
    """A verb that fails with several lines."""
    error = Failed("internal error: qemu said no", "put the file back")
    error.full = "internal error: qemu said\n[bold]no[/bold]: /x.qcow2"
    raise error


def holding(work: Work) -> None:
    """A verb that goes on until it is cancelled."""
    work.report(Progress(percent=25.0, done=32 * 1024**2, total=128 * 1024**2, remaining=12.0))
    while not work.pause(20.0):
        pass
    work.stop_if_cancelled()


async def test_a_job_in_full_its_command_and_once_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    session = world.app.session
    copied: list[str] = []
    monkeypatch.setattr(world.app, "copy_to_clipboard", copied.append)
    session.run(replace(verb("reset"), run=failing), world.domain("db"))
    await world.until(lambda: session.jobs and session.jobs[0].state.is_over, "the failure")
    await world.pilot.press("J")
    await world.shows("Jobs", "failed", "qemu said no", "Enter more")
    await world.pilot.press("enter")
    await world.shows("libvirt said", "[bold]no[/bold]: /x.qcow2", "put the file back", "virsh -c")
    await world.pilot.press("y")
    await world.until(lambda: copied, "the command")
    assert copied == [session.jobs[0].command]
    await world.pilot.press("E")
    await world.until(lambda: len(copied) == 2, "the error")
    assert copied[1] == "internal error: qemu said\n[bold]no[/bold]: /x.qcow2"
    await world.pilot.press("r")
    await world.until(lambda: len(session.jobs) == 2, "once more")
    await world.pilot.press("escape")
    await world.until(lambda: isinstance(world.app.screen, JobsScreen), "the list")


async def test_a_job_that_runs_shows_how_far_and_is_cancelled(world: World) -> None:
    session = world.app.session
    session.run(replace(verb("reset"), id="long", run=holding, interruptible=True), world.domain("db"))
    await world.until(lambda: session.jobs[0].progress, "progress")
    await world.pilot.press("J", "enter")
    await world.until(lambda: isinstance(world.app.screen, JobScreen), "the job")
    await world.shows("25 %", "32M of 128M", "12s left")
    await world.pilot.press("x")
    await world.until(lambda: session.jobs[0].state is JobState.CANCELLED, "the end")
    await world.shows("cancelled")


async def test_leaving_names_what_is_under_way_and_stays_on_no(world: World) -> None:
    session = world.app.session
    held = replace(verb("reset"), id="long", run=holding, interruptible=True)
    session.run(held, world.domain("db"))
    session.run(verb("pause"), world.domain("db"))
    await world.until(lambda: session.jobs[0].progress, "progress")
    await world.pilot.press("q")
    await world.shows("Leave tuivm?", "1 job under way", "left to libvirt", "1 job not begun", "given up")
    await world.pilot.press("n")
    await world.shows_not("Leave tuivm?")
    session.work.cancel(session.jobs[0].id)
    await world.until(lambda: all(job.state.is_over for job in session.jobs), "the end")


async def test_the_question_of_leaving_answers_itself_when_nothing_is_left_to_lose(world: World) -> None:
    session = world.app.session
    held = replace(verb("reset"), id="long", run=holding, interruptible=True)
    session.run(held, world.domain("db"))
    await world.until(lambda: session.jobs[0].progress, "progress")
    await world.pilot.press("q")
    await world.shows("Leave tuivm?", "1 job under way")
    session.work.cancel(session.jobs[0].id)
    await world.until(lambda: world.app.return_code == 0 and not world.app.is_running, "the end")


def plain(job: Job, width: int = 80) -> list[str]:
    """The job in full."""
    return [line.plain for line in job_text(job, NOW, width)]


def test_hostile_words_are_shown_and_do_nothing(world: World) -> None:
    domain = world.domain("db")
    name = "[red]x\x1b[2J\u202e"
    error = "line\x1b]0;t\x07\nnext"
    job = Job(1, "start", "start", domain.key, name, JobState.FAILED, NOW - 9, NOW, "m", error=error)
    lines = [*plain(job), job_line(job, NOW).plain]
    assert not any(char in line for line in lines for char in "\x1b\x07\u202e\n")
    assert any("[red]x" in line for line in lines)


@pytest.mark.parametrize("width", [38, 60, 118])
def test_long_words_are_folded_to_the_width(world: World, width: int) -> None:
    domain = world.domain("db")
    job = Job(1, "start", "start", domain.key, "n" * 250, JobState.FAILED, NOW - 9, NOW, "word " * 60)
    job = replace(job, command="virsh -c qemu:///system " + "x" * 200, started=NOW - 5)
    assert max(len(line) for line in plain(job, width)) <= width


def test_what_is_not_known_of_progress_is_left_out() -> None:
    assert progress_words(Progress()) == ""
    assert progress_words(Progress(percent=130.0, what="vda")) == "vda, 100 %"
    assert progress_words(Progress(done=1024**2)) == "1.0M"
