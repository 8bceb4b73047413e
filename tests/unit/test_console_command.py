"""``tuivm console NAME...``: which domain is meant."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

import pytest

from tests.memory import MemoryHypervisor
from tuivm.commands import console
from tuivm.core.session import Session
from tuivm.model.errors import TuivmError


@pytest.fixture
def session() -> Iterator[Session]:
    session = Session(MemoryHypervisor(5, names=("web-1", "web-2", "db", "\x1b[31mred")), interval=60)
    session.start()
    assert session.wait_ready(20)
    yield session
    session.close()


def test_by_name_and_by_uuid(session: Session) -> None:
    keys = {domain.name: domain.key for domain in session.inventory.domains.values()}
    assert console.find(["db"], session) == [keys["db"]]
    assert console.find([keys["web-2"].uuid.upper()], session) == [keys["web-2"]]
    assert console.find([keys["web-2"].uuid.replace("-", "")], session) == [keys["web-2"]]
    assert console.find(["db", "web-1", "db"], session) == [keys["db"], keys["web-1"]]


def test_an_unknown_one_is_said_with_what_is_near(session: Session) -> None:
    with pytest.raises(TuivmError) as raised:
        console.find(["db", "web1"], session)
    assert str(raised.value) == "there is no domain 'web1' (did you mean web-1 or web-2?)"
    with pytest.raises(TuivmError, match=r"no domain 'zzz'.*tuivm list"):
        console.find(["zzz"], session)
    with pytest.raises(TuivmError, match=r"no domain '\\x1b\[2J'"):
        console.find(["\x1b[2J"], session)
    with pytest.raises(TuivmError, match="no domain ''"):
        console.find([""], session)


def test_near_names_are_harmless_in_the_message(session: Session) -> None:
    with pytest.raises(TuivmError) as raised:
        console.find(["[31mred"], session)
    assert "\x1b" not in str(raised.value)


def test_where_there_is_none_at_all() -> None:
    session = Session(MemoryHypervisor(0), interval=60)
    session.start()
    try:
        assert session.wait_ready(20)
        with pytest.raises(TuivmError, match="there is no domain at all"):
            console.find(["db"], session)
    finally:
        session.close()


def test_five_are_too_many() -> None:
    with pytest.raises(TuivmError, match=r"5 consoles.*at most 4"):
        console.run(Namespace(names=["a", "b", "c", "d", "e"]))
