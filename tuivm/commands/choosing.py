"""Which domains the words of a command line mean: names, UUIDs, globs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from tuivm.commands.output import plain
from tuivm.model.domain import Domain
from tuivm.model.errors import TuivmError

_GLOB = frozenset("*?[")


def find(wanted: str, domains: Collection[Domain]) -> Domain:
    """The domain of a name or a UUID; by name first, a name may look like a UUID.

    Raises TuivmError with names that are near.
    """
    found = _exact(wanted, domains)
    if found is None:
        raise _unknown(wanted, domains)
    return found


def find_all(wanted: Sequence[str], domains: Collection[Domain]) -> list[Domain]:
    """The domains that each word means, each once: of a name, of a UUID, or all that match a glob.

    A name that is there stands for itself, whatever signs are in it. Raises TuivmError for a word that
    means none.
    """
    chosen: dict[str, Domain] = {}
    for word in wanted:
        exact = _exact(word, domains)
        found = [exact] if exact is not None else []
        if exact is None and _GLOB & set(word):
            found = sorted((one for one in domains if fnmatchcase(one.name, word)), key=lambda one: one.name)
            if not found:
                raise TuivmError(f"no domain matches {word!r}", _what_there_is(domains))
        if not found:
            raise _unknown(word, domains)
        chosen |= {one.key.uuid: one for one in found if one.key.uuid not in chosen}
    return list(chosen.values())


def _exact(wanted: str, domains: Collection[Domain]) -> Domain | None:
    for domain in domains:
        if domain.name == wanted:
            return domain
    uuid = wanted.replace("-", "").lower()
    for domain in domains:
        if domain.key.uuid.replace("-", "").lower() == uuid:
            return domain
    return None


def _unknown(wanted: str, domains: Collection[Domain]) -> TuivmError:
    from difflib import get_close_matches  # only who mistypes waits for it

    names = [domain.name for domain in domains]
    near = get_close_matches(wanted, names, n=3, cutoff=0.5)
    near = near or [name for name in names if wanted and wanted.lower() in name.lower()][:3]
    remedy = f"did you mean {' or '.join(map(plain, near))}?" if near else _what_there_is(domains)
    return TuivmError(f"there is no domain {wanted!r}", remedy)


def _what_there_is(domains: Collection[Domain]) -> str:
    return "tuivm list shows them" if domains else "there is no domain at all"
