"""What another program has libvirt do with the selected machine."""

from __future__ import annotations

from tests.memory import MemoryHypervisor
from tests.ui.app_world import living
from tuivm.model.job import Operation, Progress


async def test_an_operation_of_another_program_stands_in_the_overview() -> None:
    hypervisor = MemoryHypervisor(3)
    async with living(hypervisor) as world:
        await world.choose("db")
        hypervisor.operations = {hypervisor.key("db"): Operation("migration out", Progress(34.0))}
        await world.shows("migration out 34%")
        hypervisor.operations = {hypervisor.key("db"): Operation("dump")}
        await world.shows("dump under way")
        hypervisor.operations = {}
        await world.shows_not("under way")
