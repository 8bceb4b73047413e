"""The kernel's small files: what is of their format is read, anything else is not known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model import hostfiles, procfiles
from tuivm.model.building import Cure, Merging, Pressure

PSI = (
    "some avg10=0.30 avg60=0.74 avg300=0.42 total=4059719\nfull avg10=0.21 avg60=0.22 avg300=0.20 total=27\n"
)


def test_pressure() -> None:
    assert hostfiles.pressure(PSI) == Pressure(0.30, 0.42, 0.21)
    assert hostfiles.pressure("some avg10=5.00 avg60=1.00 avg300=2.00 total=1\n") == Pressure(5.0, 2.0, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "some",
        "some avg10",
        "some avg10= avg300=",
        "some avg10=x avg300=1",
        "some avg10=nan avg300=1",
        "some avg10=inf avg300=1",
        "some avg60=1.00",
        "full avg10=1.00 avg60=1 avg300=1 total=1",
        "\x00\x1b[2J",
        "some avg10=1,0 avg300=1,0",
    ],
)
def test_pressure_that_is_none(text: str) -> None:
    assert hostfiles.pressure(text) is None


def test_pressure_is_a_share() -> None:
    assert hostfiles.pressure("some avg10=-3 avg60=0 avg300=1e9 total=0") == Pressure(0.0, 100.0, 0.0)


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    for shown in (hostfiles.pressure(text), hostfiles.pressure(f"some avg10={text} avg300={text}")):
        assert shown is None or 0 <= shown.some <= 100
    load = hostfiles.load_average(text)
    assert load is None or all(math.isfinite(value) for value in load)
    told = procfiles.number(text)
    assert told is None or told >= 0
    assert hostfiles.switch(text) in (True, False, None)
    assert "\n" not in hostfiles.weakness("x", text).words
    assert isinstance(procfiles.status(text), dict)


def test_load_average() -> None:
    assert hostfiles.load_average("3.36 1.52 0.59 8/165 10466\n") == (3.36, 1.52, 0.59)
    for text in ("", "1 2", "1 2 x", "nan 1 1", "-1 0 0", "1 2 inf"):
        assert hostfiles.load_average(text) is None


def test_merging() -> None:
    files = {"run": "1\n", "pages_shared": "10\n", "pages_sharing": "25\n"}
    assert hostfiles.merging(files, 4096) == Merging(True, 40960, 102400)
    assert hostfiles.merging({**files, "run": "2"}, 4096) == Merging(False, 40960, 102400)
    assert hostfiles.merging({**files, "run": ""}, 4096) == Merging(None, 40960, 102400)
    for broken in (
        {},
        {"pages_shared": "1"},
        {**files, "pages_sharing": "-4"},
        {**files, "pages_shared": "٣"},
    ):
        assert hostfiles.merging(broken, 4096) is None


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("Not affected\n", Cure.NONE_NEEDED),
        ("Mitigation: Retpolines; STIBP: disabled\n", Cure.MITIGATED),
        ("Vulnerable: Safe RET, no microcode\n", Cure.VULNERABLE),
        ("KVM: Mitigation: VMX disabled\n", Cure.MITIGATED),
        ("Processor vulnerable\n", Cure.VULNERABLE),
        ("Unknown: Dependent on hypervisor status\n", Cure.UNKNOWN),
        ("", Cure.UNKNOWN),
        ("\x1b[2Jnot", Cure.UNKNOWN),
    ],
)
def test_weaknesses(text: str, cure: Cure) -> None:
    assert hostfiles.weakness("x", text).cure is cure


def test_status() -> None:
    told = procfiles.status("Name:\tqemu\nUid:\t1000\t64055\t0\t0\nSeccomp:\t2\nGroups:\t \nbroken\n")
    assert (told["Uid"], told["Seccomp"], told["Name"]) == ("64055", "2", "qemu")
    assert "Groups" not in told
    assert procfiles.status("Uid:\t7")["Uid"] == "7"


def test_switches() -> None:
    assert [hostfiles.switch(text) for text in ("Y\n", "1", "N", "0\n", "", "2", None)] == [
        True,
        True,
        False,
        False,
        None,
        None,
        None,
    ]
