"""Definitions of the in-memory fake: a mixin of ``MemoryHypervisor``.

Its schema knows every element but ``<nonsense>``. ``hypervisor.machine(key).definition`` is the stored one.
"""

from __future__ import annotations

from xml.etree import ElementTree

from tests.memory_machine import Machine
from tests.memory_world import World
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Invalid

SCHEMA_ERROR = (
    "XML document failed to validate against schema: Unable to validate doc against"
    " /usr/share/libvirt/schemas/domain.rng\nExtra element nonsense in interleave\n"
    "Element domain failed to validate content"
)


class MemoryEditing(World):
    """The fake's ``Editing``."""

    def definition(self, key: DomainKey) -> str:
        with self._call("definition", Capability.DEFINE):
            return _stored(self._find(key))

    def redefine(self, key: DomainKey, xml: str, *, validate: bool = True) -> None:
        with self._call("redefine", Capability.DEFINE):
            machine = self._find(key)
            if not machine.domain.persistent:
                raise Invalid("transient: it has no definition")
            try:
                root = ElementTree.fromstring(xml)
            except ElementTree.ParseError as error:
                raise Invalid(f"XML error: {error}", code=27) from error
            if root.findtext("name") != machine.name:
                raise Invalid(f"operation failed: domain '{machine.name}' is already defined", code=9)
            if root.find("nonsense") is not None and validate:
                refusal = Invalid(" ".join(SCHEMA_ERROR.split()), code=102)
                refusal.full = SCHEMA_ERROR
                raise refusal
            machine.definition = xml
        self.emit(key, "defined (updated)")

    def edit_elsewhere(self, key: DomainKey, old: str, new: str) -> None:
        """Another program changes the definition."""
        with self.lock:
            machine = self._machines[key]
            assert old in _stored(machine)
            machine.definition = _stored(machine).replace(old, new)
        self.emit(key, "defined (updated)")


def _stored(machine: Machine) -> str:
    return machine.definition or machine.default_xml()
