"""What stands in domains' definitions alone: title, description, tags, lock, and whether they have an agent.

Kept, and read again after a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, Invalid
from tuivm.model.event import Event
from tuivm.model.host import Host
from tuivm.model.labels import Labels, checked_tags
from tuivm.xml import labels as xml_labels
from tuivm.xml.document import storable

_NOTHING = Labels()
_NO_METADATA = libvirt.VIR_ERR_NO_DOMAIN_METADATA
_UNKNOWN_FLAG = 1 << 30
_HAS_AGENTS = "QEMU"
"""The driver that asks a guest's agent, and tells of its channel whether one is there."""


class Metadata(Connection):
    """A domain's labels. One round trip reads them all; the list takes what is kept and asks nothing."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._labels: dict[str, Labels] = {}
        self._doubtful: set[str] = set()
        self._probed_verbs = False

    def open(self) -> Host:
        """Connect, or connect again: what was known may have changed meanwhile."""
        host = super().open()
        self._doubtful.update(tuple(self._labels))
        return host

    def labels(self, key: DomainKey) -> Labels:
        """Title, tags and lock, read anew. Raises NotFound."""
        domain = self.handle(key)
        self._doubtful.discard(key.uuid)  # Before the question: an event that comes meanwhile doubts anew.
        with self.asking(key=key):
            xml = domain.XMLDesc(0)
        return self.note_labels(key.uuid, xml)

    def unlabelled(self) -> tuple[DomainKey, ...]:
        """The domains listed last whose labels were not read since they may have changed; asks nobody."""
        connection = self.host().connection
        unknown = (
            uuid for uuid in tuple(self._handles) if uuid not in self._labels or uuid in self._doubtful
        )
        return tuple(DomainKey(connection, uuid) for uuid in unknown)

    def labels_kept(self, uuid: str) -> Labels:
        """What was read last; nothing for a domain that was not read."""
        return self._labels.get(uuid, _NOTHING)

    def labels_known(self, uuid: str) -> bool:
        """Whether what is kept was read since it may have changed."""
        return uuid in self._labels and uuid not in self._doubtful

    def note_labels(self, uuid: str, xml: str) -> Labels:
        """Keep what a domain's XML, just read, says."""
        try:
            found = xml_labels.from_domain(xml)
            if self.host().hypervisor == _HAS_AGENTS:
                from tuivm.xml.read import agent_problem_now  # not loaded until the first list is there

                found = replace(found, agent_problem=agent_problem_now(xml))
        except Invalid:  # XML beyond every measure: nothing can be told of it
            found = _NOTHING
        self._labels[uuid] = found
        return found

    def set_title(self, key: DomainKey, title: str) -> None:
        """Set the title, one line; none when empty. Raises Invalid."""
        if "\n" in title:
            raise Invalid("a title is one line")
        self._write(key, libvirt.VIR_DOMAIN_METADATA_TITLE, storable(title, "title") or None)

    def set_description(self, key: DomainKey, text: str) -> None:
        """Set the description, perhaps of several lines; none when empty. Raises Invalid."""
        self._write(key, libvirt.VIR_DOMAIN_METADATA_DESCRIPTION, storable(text, "description") or None)

    def set_tags(self, key: DomainKey, tags: Sequence[str]) -> None:
        """Set the tags, in place of all that it has. Raises Invalid."""
        wanted = checked_tags(storable(tag, "tag") for tag in tags)
        self._write_element(key, xml_labels.with_tags(self._element(key), wanted))

    def set_locked(self, key: DomainKey, locked: bool) -> None:
        """Lock it against destructive verbs, or unlock it."""
        self.write_element(
            key, xml_labels.LOCK if locked else None, xml_labels.LOCK_PREFIX, xml_labels.LOCK_NAMESPACE
        )
        rest = None if locked else xml_labels.without_lock(self._element(key))
        if rest is not None:
            self._write_element(key, rest)

    def probe_verbs(self) -> None:
        """Learn which verbs the driver lacks, once: one that it has refuses a flag that does not exist."""
        domain = next(iter(tuple(self._handles.values())), None)
        if self._probed_verbs or domain is None:
            return
        self._probed_verbs = True
        questions = (
            (Capability.SAVE, lambda: domain.managedSave(_UNKNOWN_FLAG)),
            (Capability.SLEEP, lambda: domain.pMSuspendForDuration(0, 0, _UNKNOWN_FLAG)),
            (Capability.THAW, lambda: domain.fsThaw(None, _UNKNOWN_FLAG)),
            (Capability.WAKE, lambda: domain.pMWakeup(_UNKNOWN_FLAG)),
            (Capability.DUMP, lambda: domain.coreDumpWithFormat("/", 0, _UNKNOWN_FLAG)),
            (Capability.NMI, lambda: domain.injectNMI(_UNKNOWN_FLAG)),
            (Capability.RENAME, lambda: domain.rename(domain.name(), _UNKNOWN_FLAG)),
            (
                Capability.METADATA,
                lambda: domain.metadata(libvirt.VIR_DOMAIN_METADATA_TITLE, None, _UNKNOWN_FLAG),
            ),
        )
        for capability, question in questions:
            with suppress(HypervisorError), self.asking(capability=capability):
                question()

    def forget(self, key: DomainKey) -> None:
        """Drop what is kept of a domain that is no more."""
        super().forget(key)
        self._labels.pop(key.uuid, None)
        self._doubtful.discard(key.uuid)

    def _dispatch(self, event: Event) -> None:
        if event.key is not None and event.relabelled:
            self._doubtful.add(event.key.uuid)
        super()._dispatch(event)

    def read_element(self, key: DomainKey, uri: str) -> str | None:
        """One element of the ``<metadata>``, by its namespace; None where there is none."""
        with self.asking("reading metadata", Capability.METADATA, key):
            try:
                return self.handle(key).metadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, uri, 0)
            except libvirt.libvirtError as error:
                if error.get_error_code() != _NO_METADATA:
                    raise
                return None

    def write_element(self, key: DomainKey, element: str | None, prefix: str, uri: str) -> None:
        """Put ``element`` in the place of the one of that namespace; None removes it."""
        self._write(key, libvirt.VIR_DOMAIN_METADATA_ELEMENT, element, prefix, uri)

    def _element(self, key: DomainKey) -> str | None:
        """The element of ours alone; None where there is none."""
        return self.read_element(key, xml_labels.NAMESPACE)

    def _write_element(self, key: DomainKey, element: str) -> None:
        text = None if xml_labels.is_empty(element) else element
        self.write_element(key, text, xml_labels.ELEMENT, xml_labels.NAMESPACE)

    def _write(
        self, key: DomainKey, kind: int, text: str | None, prefix: str | None = None, uri: str | None = None
    ) -> None:
        """Write it where it is seen now and where it is kept."""
        with self.asking("writing metadata", Capability.METADATA, key):
            domain = self.handle(key)
            flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG if domain.isPersistent() else 0
            if domain.isActive():
                flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
            try:
                domain.setMetadata(kind, text, prefix, uri, flags)
            except libvirt.libvirtError as error:
                # There was none, and there shall be none.
                if text is not None or error.get_error_code() != _NO_METADATA:
                    raise
            finally:
                self._doubtful.add(key.uuid)
