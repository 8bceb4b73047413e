"""Asking the guest's agent without waiting for ever.

libvirt waits for an agent's answer as long as it takes. One that stops answering after libvirt has spoken
with it (the guest swaps, the process is stopped) holds the caller for good, and in libvirt's daemon the locks
of the domain with it: nobody can change the domain any more. ``virDomainAgentSetResponseTimeout`` sets a
limit for the domain, whoever asks; libvirt does not tell what it was before, so its default is put back.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import libvirt

from tuivm.hypervisor.connection import Connection
from tuivm.hypervisor.errors import translate
from tuivm.model.domain import DomainKey
from tuivm.model.errors import Busy, Invalid, TimedOut

ANSWER = 5
"""Seconds for an answer that needs no work."""
WORK = 120
"""Seconds for what a guest may have to work on: writing out all it has, holding its file systems still."""
_FOREVER = libvirt.VIR_DOMAIN_AGENT_RESPONSE_TIMEOUT_BLOCK
_ABSENT = frozenset({libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED, libvirt.VIR_ERR_OPERATION_INVALID})
"""Codes that say that the domain has no agent, or does not run."""


class Agent(Connection):
    """Limits on what a domain's agent is asked."""

    def __init__(self, uri: str, *, read_only: bool = False) -> None:
        super().__init__(uri, read_only=read_only)
        self._agents: dict[str, threading.Lock] = {}

    @contextmanager
    def asking_agent(self, key: DomainKey, domain: libvirt.virDomain) -> Iterator[None]:
        """Limit what is asked in the block, after a question whether the agent answers at all.

        Raises libvirtError when it does not. Other threads wait with what they want of this agent.
        """
        with self._agents.setdefault(key.uuid, threading.Lock()), _limited(domain, ANSWER) as limited:
            if limited:
                _greet(domain)
                domain.agentSetResponseTimeout(WORK)
            yield

    @contextmanager
    def glancing_at_agent(self, key: DomainKey, domain: libvirt.virDomain) -> Iterator[None]:
        """Limit one quick question in the block. Raises Busy while another thread asks this agent."""
        lock = self._agents.setdefault(key.uuid, threading.Lock())
        if not lock.acquire(blocking=False):
            raise Busy("the guest's agent is being asked something else")
        try:
            with _limited(domain, ANSWER):
                yield
        finally:
            lock.release()

    def agent_hangs(self, key: DomainKey, domain: libvirt.virDomain) -> bool:
        """Whether an agent is connected and answers nobody: libvirt would ask it, and wait a minute."""
        if not has_agent(domain):
            return False
        try:
            with self.asking_agent(key, domain):
                return False
        except libvirt.libvirtError as error:
            if not isinstance(translate(error), TimedOut | Busy):  # Busy: another client waits for it.
                raise
            return True

    def forget(self, key: DomainKey) -> None:
        """Drop what is kept of a domain that is no more."""
        super().forget(key)
        self._agents.pop(key.uuid, None)


def is_silent(error: libvirt.libvirtError) -> bool:
    """Whether it says that an agent did not answer in time; libvirt has several numbers for that."""
    return isinstance(translate(error), TimedOut)


def has_agent(domain: libvirt.virDomain) -> bool:
    """Whether an agent is connected, so that asking it may take long: libvirt refuses at once without one."""
    from tuivm.xml.read import agent_problem  # not loaded until the first list is there

    try:
        return not agent_problem(domain.XMLDesc(0))
    except Invalid:
        return False


@contextmanager
def _limited(domain: libvirt.virDomain, seconds: int) -> Iterator[bool]:
    """Limit what is asked in the block; yields False where the driver has no limits."""
    try:
        domain.agentSetResponseTimeout(seconds)
    except libvirt.libvirtError as error:
        if error.get_error_code() != libvirt.VIR_ERR_NO_SUPPORT:
            raise
        yield False
        return
    try:
        yield True
    finally:
        # It may be off by now, and then there is nothing to put back.
        with suppress(libvirt.libvirtError):
            domain.agentSetResponseTimeout(_FOREVER)


def _greet(domain: libvirt.virDomain) -> None:
    """Raises libvirtError unless the agent answers; that it must not tell the time is an answer."""
    try:
        domain.getTime()
    except libvirt.libvirtError as error:
        if is_silent(error) or error.get_error_code() in _ABSENT:
            raise
