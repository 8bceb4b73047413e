"""The verbs on how a domain is described: autostart, name, title, description, tags, lock."""

from __future__ import annotations

from tuivm.core.verbs import states, virsh
from tuivm.core.verbs.verb import Arguments, Verb, Work
from tuivm.model.capability import Capability
from tuivm.model.domain import Domain
from tuivm.model.errors import Invalid
from tuivm.model.labels import split_tags


def _autostart(work: Work) -> None:
    options = work.arguments.options
    enabled = "on" in options if options else not work.hypervisor.read_domain(work.key).autostart
    work.hypervisor.set_autostart(work.key, enabled)
    work.say("starts with the host" if enabled else "does not start with the host")


def _tagged(_: Domain, arguments: Arguments) -> str:
    from tuivm.xml import labels

    try:
        tags = split_tags(arguments.text)
    except Invalid:  # The verb refuses them, in words; the command only shows what is meant.
        tags = ()
    return labels.with_tags(None, tags)


SETTINGS: tuple[Verb, ...] = (
    Verb(
        "autostart",
        "a",
        "autostart",
        "Turn starting with the host on or off.",
        Capability.AUTOSTART,
        states.persists,
        _autostart,
        virsh.autostart,
        options=("on", "off"),
    ),
    Verb(
        "rename",
        "",
        "rename",
        "Give the domain another name.",
        Capability.RENAME,
        states.renames,
        lambda work: work.hypervisor.rename(work.key, work.arguments.text),
        virsh.with_text("domrename", "--new-name"),
    ),
    Verb(
        "title",
        "",
        "set title",
        "Give the domain a title: a line of its own words.",
        Capability.METADATA,
        states.anything,
        lambda work: work.hypervisor.set_title(work.key, work.arguments.text),
        virsh.described("--title"),
    ),
    Verb(
        "description",
        "",
        "describe",
        "Give the domain a description.",
        Capability.METADATA,
        states.anything,
        lambda work: work.hypervisor.set_description(work.key, work.arguments.text),
        virsh.described(),
    ),
    Verb(
        "tags",
        "",
        "set tags",
        "Give the domain tags, to find it by: words apart by commas or spaces.",
        Capability.METADATA,
        states.anything,
        lambda work: work.hypervisor.set_tags(work.key, split_tags(work.arguments.text)),
        virsh.tags(_tagged),
    ),
    Verb(
        "lock",
        "",
        "lock",
        "Protect the domain: nothing destructive is done to it until it is unlocked.",
        Capability.METADATA,
        states.locks,
        lambda work: work.hypervisor.set_locked(work.key, True),
        virsh.lock(locked=True),
    ),
    Verb(
        "unlock",
        "",
        "unlock",
        "Let destructive verbs be used on the domain again.",
        Capability.METADATA,
        states.unlocks,
        lambda work: work.hypervisor.set_locked(work.key, False),
        virsh.lock(locked=False),
    ),
)
"""What changes how the domain is described."""
