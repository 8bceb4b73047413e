"""``tuivm host``: the same facts and findings as the screen, in words and as JSON."""

from __future__ import annotations

import argparse
import json
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.memory import MemoryHypervisor
from tests.memory_building import remote
from tuivm.commands import connection, host, host_text
from tuivm.config import Config
from tuivm.model.building import Building, Unseen
from tuivm.model.standing import Grade
from tuivm.model.survey import survey


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host, "BETWEEN", 0.0)


def opened(*, count: int = 8, names: tuple[str, ...] = ()) -> MemoryHypervisor:
    hypervisor = MemoryHypervisor(count, names=names)
    hypervisor.open()
    return hypervisor


def test_it_looks_until_everything_is_read() -> None:
    hypervisor = opened()
    hypervisor.rooms_a_look = 3
    inventory, found = host.look(hypervisor)
    assert hypervisor.calls["building"] == 3
    assert found.facts.unread == 0
    assert len(found.standings) == 8
    assert inventory.host == hypervisor.host
    assert any(share.cpu for share in found.sharing.shares), "rates are measured"
    assert found.sharing.cpu is not None


def test_the_text_tells_all() -> None:
    inventory, found = host.look(opened(names=("\x1b[31mred", "db")))
    shown = host_text.lines(inventory, found)
    text = "\n".join(shown)
    assert "\x1b" not in text
    assert r"\x1b[31mred" in text
    for words in (
        "host          lab1, QEMU 7.2.9, KVM, type 1",
        "machines      5 of 8 run",
        "12 given on 8 (1.5:1)",
        "pool          default: 58G of 200G free, 420G promised (2.1:1)",
        "NUMA node     0: 4 processors, 16G, 5.0G free",
        "huge pages    2.0M: 124 of 1024 in use",
        "mitigations   1 not affected, 1 mitigated, 1 vulnerable",
        "confinement   apparmor; IOMMU yes",
        "serious  user: process runs as root: mail  -> set user and group",
    ):
        assert words in text
    order = [line.split()[0] for line in shown if line.startswith("  ") and ": " in line]
    assert order == sorted(order, key=["serious", "warning", "note"].index)


def test_what_is_not_known_is_said() -> None:
    hypervisor = opened(count=1)
    why = Unseen("pressure", "only the host \x07 itself tells")
    hypervisor.facts = replace(remote(Building()), unseen=(why,))
    inventory, found = host.look(hypervisor)
    text = "\n".join(host_text.lines(inventory, found))
    assert "pressure      not known" in text
    assert "confinement   not known; IOMMU not known" in text
    assert "nothing was found that should be looked at" in text
    assert r"  pressure  only the host \x07 itself tells" in text


def test_json_has_a_stable_shape() -> None:
    inventory, found = host.look(opened())
    told = json.loads(json.dumps(host.record(inventory, found)))
    assert list(told) == [
        "connection",
        "host",
        "machines",
        "processors",
        "memory",
        "load",
        "pressure",
        "merging",
        "pools",
        "numa",
        "hugepages",
        "mitigations",
        "nested",
        "iommu",
        "security_drivers",
        "networks",
        "domains",
        "findings",
        "unseen",
    ]
    assert told["machines"] == {"total": 8, "running": 5}
    assert told["processors"]["ratio"] == 1.5
    assert told["pressure"]["io"] == {"some10": 11.3, "some300": 7.9, "full10": 2.5}
    assert [pool["promised"] for pool in told["pools"]][-1] is None
    mail = next(domain for domain in told["domains"] if domain["name"] == "mail")
    assert (mail["grade"], mail["process"]["user"], mail["process"]["seccomp"]) == ("missing", "root", 0)
    assert {wall["wall"] for wall in mail["walls"]} >= {"boundary", "user", "label", "seccomp", "network"}
    assert {domain["grade"] for domain in told["domains"]} <= {grade.name.lower() for grade in Grade}
    first = told["findings"][0]
    assert first["severity"] == "serious"
    assert next(one for one in told["findings"] if one["topic"] == "user")["domains"] == [mail["uuid"]]


def test_null_is_what_is_not_known() -> None:
    hypervisor = opened(count=1)
    hypervisor.facts = Building()
    inventory, _ = host.look(hypervisor)
    told = host.record(inventory, survey(inventory, Building()))
    assert (told["load"], told["merging"], told["pools"], told["networks"]) == (None, None, None, None)
    assert (told["pressure"], told["domains"], told["unseen"]) == ({}, [], [])


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_prints(
    as_json: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hypervisor = MemoryHypervisor(3)

    @contextmanager
    def hold(uri: str, *, read_only: bool = False):  # type: ignore[no-untyped-def]
        hypervisor.open()
        yield hypervisor

    monkeypatch.setattr(connection, "choose", lambda *_, **__: SimpleNamespace(uri="memory:///default"))
    monkeypatch.setattr(connection, "opened", hold)
    monkeypatch.setattr(host, "read_config", lambda _: (Config(), ["odd line"]))
    assert host.run(argparse.Namespace(json=as_json)) == 0
    out, errors = capsys.readouterr()
    assert errors == "tuivm: odd line\n"
    assert (json.loads(out)["machines"]["total"] == 3) if as_json else out.startswith("host ")
