"""Tags, lock and title in a domain's XML: what is kept, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuivm.model.errors import Invalid
from tuivm.model.labels import Labels, checked_tags, split_tags
from tuivm.xml import document, labels
from tuivm.xml.labels import LOCK, LOCK_NAMESPACE, NAMESPACE

LETTERS = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters=",")
WORDS = st.text(LETTERS, min_size=1, max_size=40).filter(str.isprintable)
TAGS = st.lists(WORDS, max_size=10, unique=True)


def domain(element: str = "", title: str = "") -> str:
    """A domain's XML as libvirt writes it: the element of ours with its prefix and namespace."""
    inner = element.replace("<tuivm", f"<tuivm xmlns='{NAMESPACE}'", 1)
    inner = inner.replace("<lock/>", f"<tuivm-lock:lock xmlns:tuivm-lock='{LOCK_NAMESPACE}'/>", 1)
    other = "<x:y xmlns:x='urn:x'><locked/><tag>not ours</tag></x:y>"
    return f"<domain><name>n</name>{title}<metadata>{other}{inner}</metadata></domain>"


@given(TAGS, st.booleans())
def test_what_is_written_is_read(tags: list[str], locked: bool) -> None:
    element = labels.with_tags(None, tags)
    assert labels.from_domain(domain(element + (LOCK if locked else ""))) == Labels("", tuple(tags), locked)
    assert labels.is_empty(element) == (not tags)
    assert labels.without_lock(element) is None


@given(TAGS, TAGS)
def test_a_change_keeps_everything_else(tags: list[str], later: list[str]) -> None:
    element = "<tuivm since='1'><retention keep='3'/><a:b xmlns:a='urn:a'>text &amp; more</a:b></tuivm>"
    element = labels.with_tags(labels.with_tags(element, tags), later)
    assert labels.from_domain(domain(element)).tags == tuple(later)
    for kept in ('since="1"', 'keep="3"', "text &amp; more", "urn:a"):
        assert kept in element
    assert not labels.is_empty(element)


def test_a_title_and_none() -> None:
    assert labels.from_domain(domain(title="<title> [red]a &amp; b </title>")).title == "[red]a & b"
    assert labels.from_domain(domain()) == Labels()
    assert labels.from_domain("<domain><name>n</name></domain>") == Labels()


def test_another_programs_lock_is_not_ours() -> None:
    assert not labels.from_domain(domain("<tuivm><tag>a</tag></tuivm>")).locked


def test_what_another_program_wrote_into_ours_is_read_as_far_as_it_goes() -> None:
    element = "<tuivm><tag/><tag>  </tag><tag>a</tag><tag>a</tag><locked why='x'>yes</locked></tuivm>"
    assert labels.from_domain(domain(element)) == Labels("", ("a",), locked=True)
    unlocked = labels.without_lock(element)
    assert unlocked is not None
    assert labels.from_domain(domain(unlocked)) == Labels("", ("a",))


@pytest.mark.parametrize("text", ["<tuivm", "<other/>", "<!DOCTYPE x []><tuivm/>"])
def test_an_element_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        labels.with_tags(text, ["a"])


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "a\ud800", "\ufffe", "a\rb"])
def test_what_xml_cannot_hold_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="a title cannot hold"):
        document.storable(text, "title")


def test_tags_as_people_write_them() -> None:
    assert split_tags(" web, prod  web,,b\tü ") == ("web", "prod", "b", "ü")
    assert split_tags("") == ()
    for wrong in ("a\x1bb", "x" * 41, " ".join(map(str, range(33)))):
        with pytest.raises(Invalid):
            split_tags(wrong)
    for wrong in ("a b", "a,b", ""):
        with pytest.raises(Invalid):
            checked_tags([wrong])
