"""The devices of a domain that a console can be opened on."""

from __future__ import annotations

from dataclasses import replace

from tuivm.model.detail import CharDevice


def named(devices: tuple[CharDevice, ...]) -> tuple[CharDevice, ...]:
    """Devices with the names libvirt will give them (``serial0``, ``console1``) where they have none yet."""
    serials = [one for one in devices if one.kind == "serial"]
    rest = [one for one in devices if one.kind != "serial"]
    first = 1 if serials else 0
    return tuple(
        one if one.alias else replace(one, alias=f"{word}{index}")
        for word, group, start in (("serial", serials, 0), ("console", rest, first))
        for index, one in enumerate(group, start)
    )
