"""What is known of a domain from its definition alone: title, tags, lock, and whether it has an agent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tuivm.model.domain import Domain
from tuivm.model.errors import Invalid

TAG_LIMIT = 40
"""Longest tag, characters."""
TAGS_LIMIT = 32
"""Most tags of a domain."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands in a domain's definition and in no list."""

    title: str = ""
    """A short description; hostile data; empty when there is none."""
    tags: tuple[str, ...] = ()
    """Words to find it by, in the order given; hostile data."""
    locked: bool = False
    """Whether destructive verbs refuse."""
    agent_problem: str = ""
    """Why the agent of a guest that runs cannot be asked; empty when it can, or where that is not told."""


def labels_of(domain: Domain) -> Labels:
    """What a row of the list says of it."""
    return Labels(domain.title, domain.tags, domain.locked, domain.agent_problem)


def split_tags(text: str) -> tuple[str, ...]:
    """The tags in a line that people wrote, apart by commas or spaces, each once. Raises Invalid."""
    return checked_tags(text.replace(",", " ").split())


def checked_tags(words: Iterable[str]) -> tuple[str, ...]:
    """The tags, each once. Raises Invalid for one that cannot be a tag."""
    tags = tuple(dict.fromkeys(words))
    if len(tags) > TAGS_LIMIT:
        raise Invalid(f"{len(tags)} tags are too many", f"give at most {TAGS_LIMIT}")
    for tag in tags:
        if not tag or not tag.isprintable() or "," in tag or any(char.isspace() for char in tag):
            raise Invalid("a tag is one word of printable characters", "separate tags by commas or spaces")
        if len(tag) > TAG_LIMIT:
            raise Invalid(f"the tag {tag[:20]}... is too long", f"a tag has at most {TAG_LIMIT} characters")
    return tags
