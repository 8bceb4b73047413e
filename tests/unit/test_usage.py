"""Who uses a file, where libvirt does not tell everything; with a stand-in for its connection."""

from __future__ import annotations

import libvirt
import pytest

from tuivm.hypervisor.usage import Usage


class Refused(libvirt.libvirtError):
    """An error of that code."""

    def __init__(self, code: int) -> None:
        super().__init__("refused")
        self.code = code

    def get_error_code(self) -> int:
        return self.code


class Domain:
    """One whose disk is a volume."""

    def UUIDString(self) -> str:  # noqa: N802 - libvirt's name
        return "other"

    def name(self) -> str:
        return "other"

    def ID(self) -> int:  # noqa: N802
        return -1

    def isPersistent(self) -> int:  # noqa: N802
        return 1

    def hasManagedSaveImage(self, _: int) -> int:  # noqa: N802
        return 0

    def listAllSnapshots(self, _: int) -> list[object]:  # noqa: N802
        return []

    def XMLDesc(self, _: int) -> str:  # noqa: N802
        return (
            "<domain><devices><disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>"
            "</devices></domain>"
        )


class Link:
    """A connection that tells of its pools what ``code`` says."""

    def __init__(self, code: int) -> None:
        self.code = code

    def listAllStoragePools(self, _: int) -> list[object]:  # noqa: N802
        raise Refused(self.code)

    def storagePoolLookupByName(self, _: str) -> object:  # noqa: N802
        raise Refused(self.code)

    def listAllDomains(self, _: int) -> list[Domain]:  # noqa: N802
        return [Domain()]


@pytest.mark.parametrize(
    ("code", "blind"),
    [
        (libvirt.VIR_ERR_NO_STORAGE_POOL, []),
        (libvirt.VIR_ERR_NO_SUPPORT, []),
        (libvirt.VIR_ERR_ACCESS_DENIED, ["other (vda), whose pool p cannot be looked into"]),
    ],
)
def test_a_pool_that_is_not_shown_may_hold_any_file(code: int, blind: list[str]) -> None:
    usage = Usage(Link(code), local=False)  # type: ignore[arg-type]
    assert usage.blind == blind
