"""The only package that imports libvirt: event loop, connection, domains, statistics, consoles."""

from __future__ import annotations

from tuivm.hypervisor import quiet as quiet  # before any module that loads libvirt
from tuivm.hypervisor.balloons import Balloons
from tuivm.hypervisor.blockjobs import BlockJobs
from tuivm.hypervisor.consoles import Consoles
from tuivm.hypervisor.discovery import Choice, default_uri
from tuivm.hypervisor.domains import Domains
from tuivm.hypervisor.editing import Editing
from tuivm.hypervisor.jobs import DomainJobs
from tuivm.hypervisor.keyboard import Keyboard
from tuivm.hypervisor.later import LaterSeams
from tuivm.hypervisor.lifecycle import Lifecycle
from tuivm.hypervisor.saving import Saving

__all__ = ["Choice", "LibvirtHypervisor", "connect", "default_uri"]


class LibvirtHypervisor(
    Domains,
    DomainJobs,
    BlockJobs,
    Lifecycle,
    Saving,
    Editing,
    Keyboard,
    Consoles,
    LaterSeams,
    Balloons,
):
    """One libvirt connection as core's Hypervisor and Provisioner.

    Every method may block; all are safe to call from several threads. What each method
    promises is said in :mod:`tuivm.core.ports`.
    """


def connect(uri: str, *, read_only: bool = False) -> LibvirtHypervisor:
    """A hypervisor on ``uri``, not yet connected: ``open`` does that."""
    return LibvirtHypervisor(uri, read_only=read_only)
