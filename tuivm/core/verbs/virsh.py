"""The virsh command that does the same as a verb, as argv."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tuivm.core.verbs.verb import Arguments
from tuivm.model.domain import Domain, State

if TYPE_CHECKING:
    from collections.abc import Mapping

Argv = Callable[[Domain, Arguments], tuple[str, ...]]


def plain(command: str, switches: Mapping[str, str] | None = None) -> Argv:
    """``virsh COMMAND --domain NAME``, with a switch of virsh's for each option of ours that is chosen."""

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        chosen = (switch for option, switch in (switches or {}).items() if option in arguments.options)
        return ("virsh", "-c", domain.key.connection, command, "--domain", domain.name, *chosen)

    return argv


def with_mode(command: str) -> Argv:
    """The same with ``--mode`` where one is chosen."""
    words_of = plain(command)

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        mode = ("--mode", arguments.mode) if arguments.mode else ()
        return (*words_of(domain, arguments), *mode)

    return argv


def with_text(command: str, *switches: str) -> Argv:
    """The same with the text behind ``switches``."""
    words_of = plain(command)
    return lambda domain, arguments: (*words_of(domain, arguments), *switches, arguments.text)


def start(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``start``, ``resume`` for a paused domain, or virt-xml's for another boot device: virsh has none."""
    if domain.state is State.PAUSED:
        return plain("resume")(domain, arguments)
    if arguments.device:
        return _boot_once(domain, arguments)
    return plain("start", {"paused": "--paused", "discard-saved": "--force-boot"})(domain, arguments)


def after_start(domain: Domain, arguments: Arguments) -> tuple[tuple[str, ...], ...]:
    """The key that leads into the firmware's setup, where that is wanted.

    Which firmware it is nobody knows here: Esc opens the setup of UEFI as well as the menu of SeaBIOS, which
    a second one would close. After these seconds both have begun to wait for it.
    """
    if domain.state is State.PAUSED or arguments.device != "firmware" or "paused" in arguments.options:
        return ()
    return (("sleep", "8"), (*plain("send-key")(domain, Arguments()), "KEY_ESC"))


def _boot_once(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    boot = "menu=on,bootmenu.timeout=30000" if arguments.device == "firmware" else arguments.device
    edit: tuple[str, ...] = ("--edit", "--boot", boot)
    if arguments.device not in ("firmware", "hd", "cdrom", "network", "fd"):
        edit = ("--edit", f"target={arguments.device}", "--disk", "boot.order=1")
    connect = ("virt-xml", "--connect", domain.key.connection, domain.key.uuid)
    return (*connect, *edit, "--no-define", "--start")


def force_off(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``destroy``; what comes first when it is to be graceful."""
    return plain("shutdown" if "graceful" in arguments.options else "destroy")(domain, arguments)


def sleep(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``dompmsuspend``."""
    return (*plain("dompmsuspend")(domain, arguments), "--target", arguments.mode or "mem")


def autostart(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
    """``autostart``, or its opposite."""
    argv = plain("autostart")(domain, arguments)
    off = "off" in arguments.options or (domain.autostart and "on" not in arguments.options)
    return (*argv, "--disable") if off else argv


def described(*switches: str) -> Argv:
    """``desc`` where it is seen now and where it is kept."""

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        words = (*plain("desc")(domain, arguments), *_scope(domain), *switches)
        return (*words, "--new-desc", arguments.text)

    return argv


def tags(element_of: Callable[[Domain, Arguments], str]) -> Argv:
    """``metadata`` with the whole element of the tags; ``--remove`` where nothing would stand in it."""

    def argv(domain: Domain, arguments: Arguments) -> tuple[str, ...]:
        from tuivm.xml.labels import ELEMENT, NAMESPACE, is_empty

        element = element_of(domain, arguments)
        return _metadata(domain, NAMESPACE, ELEMENT, "" if is_empty(element) else element)

    return argv


def lock(*, locked: bool) -> Argv:
    """``metadata`` with the lock, or without."""

    def argv(domain: Domain, _: Arguments) -> tuple[str, ...]:
        from tuivm.xml.labels import LOCK, LOCK_NAMESPACE, LOCK_PREFIX

        return _metadata(domain, LOCK_NAMESPACE, LOCK_PREFIX, LOCK if locked else "")

    return argv


def _metadata(domain: Domain, uri: str, key: str, element: str) -> tuple[str, ...]:
    words = (*plain("metadata")(domain, Arguments()), "--uri", uri, *_scope(domain))
    return (*words, "--key", key, "--set", element) if element else (*words, "--remove")


def _scope(domain: Domain) -> tuple[str, ...]:
    live = ("--live",) if domain.state.is_active else ()
    return (*live, "--config") if domain.persistent else live
