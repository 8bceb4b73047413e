"""A domain's rule of what is kept of its snapshots: in its ``<metadata>``, so that they go together."""

from __future__ import annotations

from tuivm.hypervisor.metadata import Metadata
from tuivm.model.domain import DomainKey
from tuivm.model.errors import NotSupported
from tuivm.model.snapshot import Retention


class RetentionRules(Metadata):
    """``retention`` and ``set_retention``."""

    def retention(self, key: DomainKey) -> Retention:
        """What is kept; the default where nothing, or nothing sensible, was set. Raises NotFound."""
        from tuivm.xml import retention

        try:
            text = self.read_element(key, retention.NAMESPACE)
        except NotSupported:
            return Retention()
        return retention.read(text) if text is not None else Retention()

    def set_retention(self, key: DomainKey, retention: Retention) -> None:
        """Keep the rule with the domain, for now and for its next start."""
        from tuivm.xml import retention as xml

        self.write_element(key, xml.write(retention), xml.PREFIX, xml.NAMESPACE)
