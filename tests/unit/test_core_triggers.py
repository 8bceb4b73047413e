"""Patterns in what consoles print."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.config import ConsoleConfig, TriggerRule
from tuivm.core.triggers import Matcher, Trigger, applying, triggers_of

DEFAULTS = triggers_of(ConsoleConfig())


def matcher(*rules: TriggerRule) -> Matcher:
    return Matcher(triggers_of(ConsoleConfig(default_triggers=False, triggers=rules)))


def found(data: bytes, which: Matcher | None = None) -> list[str]:
    which = which or Matcher(DEFAULTS)
    return [match.rule.name for match in (*which.look(data), *which.look_at_prompt())]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Debian GNU/Linux 12 web-1 ttyS0\r\n\r\nweb-1 login: ", "login prompt"),
        (b"\x1b[2J\x1b[Hbuildroot login:", "login prompt"),
        (b"[    1.234] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n", "kernel panic"),
        (b"[    1.234] BUG: unable to handle page fault for address: 0\r\n", "kernel panic"),
        (b"[    1.234] Oops: 0002 [#1] SMP PTI\r\n", "kernel panic"),
        (b"[    1.234] Internal error: Oops: 96000004 [#1] SMP\r\n", "kernel panic"),
        (b"[    1.234] kernel BUG at mm/slub.c:305!\r\n", "kernel panic"),
        (b"[  99.1] watchdog: BUG: soft lockup - CPU#0 stuck for 22s!\r\n", "kernel panic"),
        (b"[    9.9] Out of memory: Killed process 123 (mysqld)\r\n", "out of memory"),
        (b"[    9.9] stress invoked oom-killer: gfp_mask=0x100cca\r\n", "out of memory"),
        (b"You are in emergency mode. After logging in, type\r\n", "emergency mode"),
        (b"Entering emergency mode. Exit the shell to continue.\r\n", "emergency mode"),
        (b"Give root password for maintenance\r\n", "emergency mode"),
        (b"\r\n(initramfs) ", "emergency mode"),
        (b"dracut:/# ", "emergency mode"),
        (b"ALERT!  UUID=1234 does not exist.  Dropping to a shell!\r\n", "emergency mode"),
        (b"[   12.3] blk_update_request: I/O error, dev vda, sector 2048\r\n", "disk error"),
        (b"[   12.3] EXT4-fs error (device vda1): ext4_find_entry:1455\r\n", "disk error"),
        (b"[   12.3] XFS (vda1): Metadata corruption detected at xfs_agf\r\n", "disk error"),
        (b"/dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.\r\n", "disk error"),
        (b"[    1.2] \x1b[1;31mKernel panic - \x1b[mnot syncing\r\n", "kernel panic"),
    ],
)
def test_what_is_looked_for_by_default(data: bytes, name: str) -> None:
    assert found(data) == [name]
    pieces = Matcher(DEFAULTS)
    cut = [match for at in range(len(data)) for match in pieces.look(data[at : at + 1])]
    assert [match.rule.name for match in (*cut, *pieces.look_at_prompt())] == [name]


@pytest.mark.parametrize(
    "data",
    [
        b"Last login: Tue Nov 17 10:11:12 on ttyS0\r\n",
        b"Last login: ",
        b"web-1 login: root\r\n",
        b"login: failed attempts are logged\r\n",
        b"Reading package lists... Done\r\n",
        b"fixed a BUG: see changelog\r\n",
        b"Oops, I did it again\r\n",
        b"cat: /nonexistent: Input/output error\r\n",
        b"",
        b"\x1b]0;Kernel panic - not syncing\x07$ ",
    ],
)
def test_what_is_none(data: bytes) -> None:
    assert found(data) == []


def test_a_prompt_is_told_once_also_when_its_line_ends() -> None:
    one = Matcher(triggers_of(ConsoleConfig()))
    one.look(b"web-1 login: ")
    assert [match.line for match in one.look_at_prompt()] == ["web-1 login:"]
    assert one.look_at_prompt() == []
    assert one.look(b"\r\n") == []
    one.look(b"web-1 login: ")
    assert len(one.look_at_prompt()) == 1


def test_own_triggers_over_the_default_ones() -> None:
    login = TriggerRule("login prompt", "login: ", "off")
    own = TriggerRule("mine", r"^done \d+$")
    ready = triggers_of(ConsoleConfig(triggers=(login, own)))
    names = [trigger.rule.name for trigger in ready]
    assert "login prompt" not in names
    assert names[-1] == "mine"
    assert found(b"done 5\r\nalmost done 5\r\nweb-1 login: ", Matcher(ready)) == ["mine"]


def test_domains_are_named_as_files_are() -> None:
    ready = triggers_of(
        ConsoleConfig(
            default_triggers=False,
            triggers=(TriggerRule("a", "x", domains="web-*"), TriggerRule("b", "x", domains="[!w]*")),
        )
    )
    names = {name: [trigger.rule.name for trigger in applying(ready, name)] for name in ("WEB-1", "db", "")}
    assert names == {"WEB-1": ["a"], "db": ["b"], "": []}


def test_a_line_is_cut_and_printable() -> None:
    (match,) = matcher(TriggerRule("x", "panic")).look(b"panic \x00\x07\xc2\xad\t" + b"x" * 5000 + b"\n")
    assert match.line.isprintable()
    assert len(match.line) <= 512


def test_a_flood_is_skimmed_for_what_patterns_need() -> None:
    one = Matcher(DEFAULTS)
    flood = b"y\r\n" * 50_000
    data = flood + b"[ 1.0] Kernel panic - \x1b[31mnot syncing: \x1b[mbad\r\n" + flood
    assert [match.rule.name for match in one.skim(data)] == []
    data = flood + b"[ 1.0] \x1b[31mKernel panic - not syncing: \x1b[mbad\r\n" + flood
    (match,) = one.skim(data)
    assert match.line == "[ 1.0] Kernel panic - not syncing: bad"
    assert not one.needs_every_line
    assert matcher(TriggerRule("x", r"\d+")).needs_every_line


def test_a_trigger_that_takes_too_long_is_switched_off() -> None:
    one = matcher(TriggerRule("slow", "(a+)+$"), TriggerRule("quick", "needle"))
    found = one.look(b"a" * 400 + b"!\nneedle\n")
    assert [match.rule.name for match in found] == ["quick"]
    assert [rule.name for rule in one.take_slow()] == ["slow"]
    assert one.take_slow() == []
    assert [match.rule.name for match in one.look(b"needle\n")] == ["quick"]


@given(
    st.lists(st.binary(max_size=30) | st.sampled_from([b"login: ", b"\r\n", b"Kernel panic - not syncing"]))
)
def test_any_output_can_be_looked_at(pieces: list[bytes]) -> None:
    one = Matcher(DEFAULTS)
    for piece in pieces:
        for match in (*one.look(piece), *one.look_at_prompt(), *one.skim(piece)):
            assert match.line.isprintable()


def test_looking_is_cheap_beside_splitting_into_lines() -> None:
    """A ratio of one run: 100 triggers that do not match cost little more than none."""
    data = b"[   12.345678] systemd[1]: Started thing number 12345 with some words\r\n" * 500
    many = tuple(TriggerRule(f"t{at}", rf"needle {at:03} of \d+") for at in range(60))

    def cost(one: Matcher) -> float:
        best = 1e9
        for _ in range(5):
            before = time.process_time()
            one.look(data)
            best = min(best, time.process_time() - before)
        return best

    assert cost(matcher(*many)) < 5 * cost(Matcher([]))


def test_the_type_of_a_ready_trigger() -> None:
    assert all(isinstance(trigger, Trigger) and trigger.needs for trigger in DEFAULTS)
