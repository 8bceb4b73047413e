"""Which domains are marked: the next verb acts on them. A mark belongs to its domain, not to its row."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator

from tuivm.model.domain import DomainKey
from tuivm.ui.words import counted


class Marks(Collection[DomainKey]):
    """The marked domains, and how many of them the list does not show."""

    def __init__(self) -> None:
        self._keys: set[DomainKey] = set()
        self.hidden = 0
        """How many are marked that the filter hides; as of the last :meth:`fit`."""

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[DomainKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def flip(self, keys: Iterable[DomainKey]) -> set[DomainKey]:
        """Mark those of ``keys`` that are not marked, and the others no longer; gives ``keys`` back."""
        turned = set(keys)
        self._keys ^= turned
        return turned

    def add(self, keys: Iterable[DomainKey]) -> set[DomainKey]:
        """Mark all of ``keys``; gives back those that were not marked before."""
        new = set(keys) - self._keys
        self._keys |= new
        return new

    def remove(self, keys: Iterable[DomainKey]) -> set[DomainKey]:
        """Mark none of ``keys``; gives back those that were marked before."""
        gone = self._keys & set(keys)
        self._keys -= gone
        return gone

    def fit(self, shown: Container[DomainKey]) -> None:
        """Count those that are not among ``shown``."""
        self.hidden = sum(1 for key in self._keys if key not in shown)


def count_words(marked: int, hidden: int = 0, *, short: bool = False) -> str:
    """``5 domains, 2 of them hidden by the filter``; ``5 marked, 2 hidden`` where ``short``."""
    if short:
        return f"{marked:,} marked" + (f", {hidden:,} hidden" if hidden else "")
    words = counted(marked, "domain")
    if not hidden:
        return words
    of_them = "it is" if marked == 1 else "all of them" if hidden == marked else f"{hidden:,} of them"
    return f"{words}, {of_them} hidden by the filter"
