"""From facts and libvirt's words to findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.core.diagnosis import findings
from tuivm.model.diagnosis import FileFact, PlaceFact, StartFacts
from tuivm.model.domain import DomainKey

GIB = 1024**3
KEY = DomainKey("qemu:///system", "u")


def facts(**fields: object) -> StartFacts:
    return StartFacts(KEY, "db", "qemu:///system", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ('Failed to get "write" lock', "has one of its disks open"),
        ("cannot set up guest memory 'pc.ram': Cannot allocate memory", "cannot give it the memory"),
        ("invalid argument: could not find capabilities for domaintype=kvm virt type 'kvm'", "KVM"),
        ("Could not access KVM kernel module: No such file or directory", "KVM cannot be used"),
        ("Failed to listen: Address already in use", "port"),
        ("Could not open '/home/me/x.qcow2': Permission denied", "may not open a file"),
        ("write: No space left on device", "file system is full"),
        ("unsupported configuration: Emulator does not support machine type 'pc-9'", "machine type"),
        ("the CPU is incompatible with host CPU: missing features: vmx", "CPU"),
        ("operation failed: Unable to find any firmware to satisfy 'efi'", "firmware"),
        ("Failed to connect socket to '/run/libvirt/virtlogd-sock'", "helper"),
        ("unable to set AppArmor profile", "security policy"),
        ("Timed out during operation: cannot acquire state change lock", "Another operation"),
        ("qemu unexpectedly closed the monitor: -x: invalid option", "ended at once"),
        ("cannot find init path '/sbin/init'", "first process"),
        ("error while loading state for instance: load of migration failed", "saved state does not fit"),
    ],
)
def test_libvirts_words_have_a_remedy(said: str, word: str) -> None:
    found = findings(None, said)
    assert any(word in one.words and one.remedy for one in found), found


def test_what_is_certain_comes_first_and_nothing_twice() -> None:
    found = findings(
        facts(
            memory=4 * GIB,
            memory_free=GIB,
            memory_total=8 * GIB,
            files=(FileFact("/a", "vda", "it is not there"), FileFact("/a", "vda", "it is not there")),
            saved=True,
        ),
        "",
    )
    assert [one.certain for one in found] == [True, False, False]
    assert found[0].words == "vda: /a: it is not there."
    assert found[1].words == "It asks for 4.0G of memory; the host has 1.0G free."


def test_memory_beyond_the_host_and_huge_pages() -> None:
    more = findings(facts(memory=9 * GIB, memory_free=GIB, memory_total=8 * GIB), "")
    assert more[0].certain
    assert "the whole host has 8.0G" in more[0].words
    pages = findings(facts(memory=GIB, memory_free=0, memory_total=8 * GIB, hugepages=True), "")
    assert "nr_hugepages" in pages[0].remedy


def test_commands_hold_a_hostile_name_as_one_word() -> None:
    place = PlaceFact("$(reboot) net", "network", exists=True, active=False)
    assert findings(facts(places=(place,)), "")[0].remedy.endswith("net-start '$(reboot) net'")


def test_who_owns_a_file_counts_only_where_permission_was_missing() -> None:
    fact = FileFact(
        "/home/me/x", "vda", "", "it belongs to user 1000, mode 0600; others cannot enter /home/me"
    )
    assert findings(facts(files=(fact,)), "something else") == ()
    found = findings(facts(files=(fact,)), "Could not open '/home/me/x': Permission denied")
    assert found[0].certain
    assert "others cannot enter /home/me" in found[0].words


def test_kvm_that_cannot_be_had() -> None:
    found = findings(facts(kvm=True, kvm_problem="this host has no /dev/kvm"), "")
    assert found[0].words == "It asks for KVM: this host has no /dev/kvm."
    assert findings(facts(kvm=False, kvm_problem="x"), "") == ()


@given(st.text(), st.lists(st.text()))
def test_any_words_make_findings(said: str, log: list[str]) -> None:
    for one in findings(facts(log=tuple(log)), said):
        assert one.words
