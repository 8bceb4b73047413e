"""Keys that a terminal cannot send, pressed on the domain's own keyboard; and the break of a serial line."""

from __future__ import annotations

from tuivm.core.verbs import Verb
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain, State

BREAK = "send-break"
"""Id of the verb that sends a break."""
PRESS = "press"
"""Id of the verb that presses keys."""


def press(names: tuple[str, ...], label: str = "") -> Verb:
    """The verb that presses these keys together: Linux's names, as ``virsh send-key`` takes them."""
    return Verb(
        PRESS,
        "",
        f"press {label or spoken(names)}",
        "Press keys on the domain's own keyboard.",
        Capability.SEND_KEYS,
        _hears,
        lambda work: work.hypervisor.send_keys(work.key, names),
        lambda domain, _: _virsh(domain, "send-key", *names),
    )


def send_break(device: str | None = None) -> Verb:
    """The verb that sends a break on a serial line, the first without a name."""
    command = f"chardev-send-break char{device or 'serial0'}"
    return Verb(
        BREAK,
        "",
        "send break",
        "Send a break on the domain's serial line.",
        Capability.SEND_BREAK,
        _hears,
        lambda work: work.hypervisor.send_break(work.key, device),
        lambda domain, _: _virsh(domain, "qemu-monitor-command", "--hmp", command),
    )


def spoken(names: tuple[str, ...]) -> str:
    """Names as people say them: ``Ctrl+Alt+Delete``."""
    words = (name.removeprefix("KEY_").removeprefix("LEFT").capitalize() for name in names)
    return "+".join(word if word != "Sysrq" else "SysRq" for word in words)


def _hears(domain: Domain) -> str | None:
    if domain.state is State.PAUSED:
        return "paused: the guest cannot react; resume it first"
    return None if domain.state.is_active else "not running"


def _virsh(domain: Domain, command: str, *words: str) -> tuple[str, ...]:
    return ("virsh", "-c", domain.key.connection, command, "--domain", domain.name, *words)
