"""Checks of libvirt itself: does the daemon answer, and is there a network for the guests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

from tuivm.commands.checks_host import install
from tuivm.commands.findings import Finding, System, fail, ok, warn
from tuivm.model.errors import HypervisorError, TimedOut
from tuivm.model.facts import Facts, Network

SYSTEM_URI = "qemu:///system"
SESSION_URI = "qemu:///session"
_PATIENCE = 10.0
"""Seconds a daemon is given to answer."""

Ask = Callable[[str], Facts]
Answer = Facts | HypervisorError


def ask_within(ask: Ask, uri: str, patience: float = _PATIENCE) -> Answer:
    """Ask one connection on a thread of its own: a daemon that hangs must not hang the doctor."""
    answers: list[Answer] = []

    def work() -> None:
        try:
            answers.append(ask(uri))
        except HypervisorError as error:
            answers.append(error)

    worker = threading.Thread(target=work, name=f"doctor {uri}", daemon=True)
    worker.start()
    worker.join(patience)
    if answers:
        return answers[0]
    return TimedOut(f"{uri}: no answer within {patience:g} s", "is the daemon stuck? look at its log")


def all_checks(system: System, ask: Ask, chosen: str | None) -> Iterator[Finding]:
    """Yield the checks of each connection, then those of the default network.

    ``chosen`` is the connection the user named, if any. Without one it is enough that the system's or
    the user's own daemon answers. As root there is no daemon of the user's own.
    """
    uris = [SYSTEM_URI] if system.uid == 0 else [SYSTEM_URI, SESSION_URI]
    if chosen is not None and chosen not in uris:
        uris.append(chosen)
    answers = {uri: ask_within(ask, uri) for uri in uris}
    yield from connections(answers, chosen)
    system_answer = answers[SYSTEM_URI]
    if isinstance(system_answer, Facts):
        yield network(system, system_answer.networks or ())


def connections(answers: dict[str, Answer], chosen: str | None) -> Iterator[Finding]:
    """Yield whether each connection answers. One that nobody named may be silent when another answers."""
    works = any(isinstance(answer, Facts) for answer in answers.values())
    for uri, answer in answers.items():
        if isinstance(answer, Facts):
            yield ok("connection", f"{uri}: {describe(answer)}")
        elif uri == chosen or (chosen is None and not works):
            yield fail("connection", answer.message, answer.remedy)
        else:
            yield warn("connection", answer.message, answer.remedy)


def describe(facts: Facts) -> str:
    """Return what a connection is in a few words: ``QEMU 9.0.1 with KVM, libvirt 9.0.0, 3 machines``."""
    host = facts.host
    what = " ".join(word for word in (host.hypervisor, host.version) if word)
    if host.acceleration:
        what += f" with {host.acceleration}"
    count = f"{facts.domains} machine{'' if facts.domains == 1 else 's'}"
    return f"{what}, libvirt {host.libvirt}, {count}"


def network(system: System, networks: Sequence[Network]) -> Finding:
    """Whether the network that most guests are attached to is there, up, and comes up with the host."""
    found = next((each for each in networks if each.name == "default"), None)
    virsh = f"virsh -c {SYSTEM_URI}"
    if found is None:
        return warn(
            "network",
            "there is no network 'default', which most guests are attached to",
            f"{virsh} net-define /usr/share/libvirt/networks/default.xml",
        )
    if not found.active:
        if not system.which("dnsmasq"):
            return warn("network", "'default' is down and dnsmasq is missing", install(system, "dnsmasq"))
        return warn(
            "network", "'default' is down: guests attached to it do not start", f"{virsh} net-start default"
        )
    if not found.autostart:
        return warn("network", "'default' is up, but not after a reboot", f"{virsh} net-autostart default")
    return ok("network", "'default' is up and comes up with the host")
