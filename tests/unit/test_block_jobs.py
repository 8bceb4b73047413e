"""Merging overlays against another client, with a stand-in for libvirt's domain."""

from __future__ import annotations

from typing import Any

import libvirt
import pytest

from tuivm.hypervisor import blockjobs
from tuivm.hypervisor.blockjobs import BlockJobs
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Failed

KEY = DomainKey("qemu:///x", "u")
READY = {"type": libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_ACTIVE_COMMIT, "cur": 5, "end": 10}


class Domain:
    """A domain with one disk, whose block job somebody else ends."""

    def __init__(self, *infos: dict[str, int], ends_on: str) -> None:
        self.infos = list(infos)
        self.source = "/images/overlay"
        self.ends_on = ends_on
        self.refuses = False
        self.aborted = 0

    def XMLDesc(self, _: int) -> str:  # noqa: N802 - libvirt's name
        disk = f"<disk type='file'><source file='{self.source}'/><target dev='vda'/></disk>"
        return f"<domain><name>x</name><devices>{disk}</devices></domain>"

    def blockJobInfo(self, _: str, __: int) -> dict[str, int]:  # noqa: N802
        if self.infos:
            return self.infos.pop(0)
        self.source = self.ends_on
        return {}

    def blockCommit(self, *_: Any) -> None:  # noqa: N802
        """Begin."""

    def blockJobAbort(self, _: str, __: int) -> None:  # noqa: N802
        self.aborted += 1
        if self.refuses:
            libvirt.virResetLastError()  # The exception would take the words of this thread's last error.
            raise libvirt.libvirtError("no job")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blockjobs, "_LOOK", 0.0)


def merge(domain: Domain, *, cancelled: bool = False) -> bool:
    made = BlockJobs("qemu:///x")
    made._handles[KEY.uuid] = domain  # type: ignore[assignment]
    made._link = object()  # type: ignore[assignment]
    return made.merge_disk(KEY, "vda", lambda _: None, lambda: cancelled, base="/images/base")


def test_one_that_another_client_finished_is_done() -> None:
    assert merge(Domain({}, READY, ends_on="/images/base"))


def test_one_that_another_client_called_off_is_not() -> None:
    assert not merge(Domain({}, READY, ends_on="/images/overlay"))


def test_one_that_ended_just_before_it_was_called_off_is_told_as_it_is() -> None:
    for ends_on, done in (("/images/base", True), ("/images/overlay", False)):
        domain = Domain({}, READY, ends_on=ends_on)
        domain.refuses = True
        assert merge(domain, cancelled=True) is done
        assert domain.aborted == 1


def test_one_that_cannot_be_called_off_says_so() -> None:
    domain = Domain({}, READY, READY, ends_on="/images/overlay")
    domain.refuses = True
    with pytest.raises(Failed, match="no job"):
        merge(domain, cancelled=True)
