"""Which domains the words of a command line mean."""

from __future__ import annotations

import pytest

from tuivm.commands.choosing import find, find_all
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import TuivmError

NAMES = ("web-1", "web-2", "db", "[red]x", "a b", "*")
DOMAINS = [
    Domain(DomainKey("test", f"{number}1111111-1111-4111-8111-111111111111"), name, State.OFF)
    for number, name in enumerate(NAMES)
]


def names(*words: str) -> list[str]:
    return [domain.name for domain in find_all(words, DOMAINS)]


def test_names_uuids_and_globs() -> None:
    assert names("db", "web-*") == ["db", "web-1", "web-2"]
    assert names("21111111111141118111111111111111") == ["db"]
    assert names("21111111-1111-4111-8111-111111111111") == ["db"]
    assert names("web-[12]", "web-1") == ["web-1", "web-2"]
    assert names("a b") == ["a b"]


def test_a_name_stands_for_itself_before_it_is_a_glob() -> None:
    assert names("[red]x") == ["[red]x"]
    assert names("*") == ["*"]
    assert names("?*") == sorted(NAMES)


def test_case_matters() -> None:
    with pytest.raises(TuivmError, match="no domain matches 'WEB-\\*'"):
        find_all(["WEB-*"], DOMAINS)


def test_a_word_that_means_none_stops_everything() -> None:
    with pytest.raises(TuivmError, match="did you mean web-"):
        find_all(["db", "web-3"], DOMAINS)
    with pytest.raises(TuivmError, match="there is no domain at all"):
        find("db", [])


def test_control_characters_of_names_are_escaped() -> None:
    hostile = [Domain(DomainKey("test", "u"), "web\x1b[31m", State.OFF)]
    with pytest.raises(TuivmError) as caught:
        find("web", hostile)
    assert "\x1b" not in str(caught.value)
