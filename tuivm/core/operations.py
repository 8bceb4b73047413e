"""What libvirt does with a domain that takes long, whoever asked for it: a migration, a backup, a dump."""

from __future__ import annotations

import logging
from types import MappingProxyType

from tuivm.core.ports import Hypervisor
from tuivm.core.store import Store
from tuivm.model.domain import DomainKey
from tuivm.model.errors import HypervisorError, NotSupported, Unreachable
from tuivm.model.job import Operation

_log = logging.getLogger("tuivm.operations")

_NONE: MappingProxyType[DomainKey, Operation] = MappingProxyType({})


class Operations:
    """Asks, and puts the answer into the inventory."""

    def __init__(self, hypervisor: Hypervisor, store: Store) -> None:
        self._hypervisor = hypervisor
        self._store = store
        self._refused = False

    def look(self, key: DomainKey | None) -> None:
        """Look at this domain, and forget about any other. Blocks; raises Unreachable."""
        found = self._ask(key) if key is not None else None
        operations = _NONE if key is None or found is None else MappingProxyType({key: found})
        if operations != self._store.inventory.operations:
            self._store.update(operations=operations)

    def _ask(self, key: DomainKey) -> Operation | None:
        domain = self._store.inventory.domains.get(key)
        if self._refused or domain is None or not domain.state.is_active:
            return None
        try:
            return self._hypervisor.operation(key)
        except NotSupported:
            self._refused = True
        except Unreachable:
            raise
        except HypervisorError as error:
            _log.info("cannot tell what is done with %s: %s", key.uuid, error)
        return None
