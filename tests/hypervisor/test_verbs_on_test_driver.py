"""The verbs beyond starting and stopping, on libvirt's test driver: names, labels, saved states, limits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hypervisor.conftest import Seen, Wire, until
from tuivm.hypervisor import LibvirtHypervisor
from tuivm.model.capability import Capability
from tuivm.model.domain import DomainKey, State
from tuivm.model.errors import HypervisorError, Invalid, NotSupported
from tuivm.model.labels import Labels
from tuivm.xml.labels import NAMESPACE

NAMES = (
    "with spaces in it",
    "[bold]markup & <xml> \"'",
    "$(reboot); `id` | rm -rf .",
    "名前 имя όνομα שם",
    "--help",
    "." + "x" * 246,
)


@pytest.fixture
def key(test_hypervisor: LibvirtHypervisor) -> DomainKey:
    return next(one.key for one in test_hypervisor.list_domains() if one.name == "web")


def test_labels_are_told_by_the_row_and_an_event(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    seen = Seen()
    test_hypervisor.subscribe(seen)
    title = "[red]the <web> & 'title'[/] $(reboot)"
    test_hypervisor.set_title(key, title)
    test_hypervisor.set_tags(key, ("web", "[b]&<x>"))
    test_hypervisor.set_locked(key, True)
    until(lambda: any(event.relabelled for event in seen.events), "an event")
    domain = test_hypervisor.read_domain(key)
    assert (domain.title, domain.tags, domain.locked) == (title, ("web", "[b]&<x>"), True)
    assert test_hypervisor.labels(key) == Labels(title, ("web", "[b]&<x>"), True)
    assert test_hypervisor.detail(key).description.title == title
    listed = next(one for one in test_hypervisor.list_domains() if one.key == key)
    assert (listed.title, listed.tags, listed.locked) == (title, domain.tags, True)
    test_hypervisor.set_title(key, "")
    test_hypervisor.set_title(key, "")  # There is none to be removed any more.
    test_hypervisor.set_tags(key, ())
    test_hypervisor.set_locked(key, False)
    assert test_hypervisor.labels(key) == Labels()
    assert NAMESPACE not in test_hypervisor.detail(key).xml


def test_labels_outlive_a_stop_and_a_start(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    test_hypervisor.set_tags(key, ("a",))
    test_hypervisor.set_locked(key, True)
    test_hypervisor.destroy(key)
    assert test_hypervisor.labels(key) == Labels("", ("a",), True)
    test_hypervisor.set_tags(key, ("b",))
    test_hypervisor.start(key)
    assert test_hypervisor.labels(key) == Labels("", ("b",), True)


def test_a_description_of_several_lines(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    text = "first line\n\n  second & <b>\n"
    test_hypervisor.set_description(key, text)
    assert "second &amp; &lt;b&gt;" in test_hypervisor.detail(key).xml
    test_hypervisor.set_description(key, "")
    assert "<description>" not in test_hypervisor.detail(key).xml


@pytest.mark.parametrize("wrong", ["a\x1b[31m", "a\x00", "\ud800", "\uffff"])
def test_what_xml_cannot_hold_never_reaches_libvirt(
    test_hypervisor: LibvirtHypervisor, key: DomainKey, wire: Wire, wrong: str
) -> None:
    calls: list[Callable[[], object]] = [
        lambda: test_hypervisor.set_title(key, wrong),
        lambda: test_hypervisor.set_description(key, wrong),
        lambda: test_hypervisor.set_tags(key, (wrong,)),
        lambda: test_hypervisor.rename(key, wrong),
        lambda: test_hypervisor.dump(key, f"/tmp/{wrong}"),
    ]
    wire.calls.clear()
    for call in calls:
        with pytest.raises(Invalid):
            call()
    assert wire.calls == []


def test_a_title_is_one_line(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    with pytest.raises(Invalid, match="one line"):
        test_hypervisor.set_title(key, "a\nb")


@pytest.mark.parametrize("name", NAMES)
def test_a_domain_takes_odd_names(test_hypervisor: LibvirtHypervisor, key: DomainKey, name: str) -> None:
    test_hypervisor.destroy(key)
    test_hypervisor.rename(key, name)
    assert test_hypervisor.read_domain(key).name == name
    assert name in {one.name for one in test_hypervisor.list_domains()}
    test_hypervisor.start(key)


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\nb", ".", "..", "x" * 248, "ü" * 124, "$(reboot)"])
def test_a_name_that_cannot_be_is_refused_in_words(
    test_hypervisor: LibvirtHypervisor, key: DomainKey, name: str
) -> None:
    test_hypervisor.destroy(key)
    with pytest.raises(HypervisorError) as caught:
        test_hypervisor.rename(key, name)
    assert "\n" not in caught.value.message
    assert test_hypervisor.read_domain(key).name == "web"


def test_a_running_domain_is_not_renamed(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    with pytest.raises(Invalid):
        test_hypervisor.rename(key, "other")


def test_saved_restored_and_discarded(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    test_hypervisor.save(key)
    domain = test_hypervisor.read_domain(key)
    assert (domain.state, domain.saved) == (State.OFF, True)
    assert next(one for one in test_hypervisor.list_domains() if one.key == key).saved
    with pytest.raises(NotSupported, match="TEST driver cannot start a domain paused"):
        test_hypervisor.start(key, paused=True)
    test_hypervisor.start(key)
    domain = test_hypervisor.read_domain(key)
    assert (domain.state, domain.saved) == (State.RUNNING, False)
    test_hypervisor.save(key)
    test_hypervisor.discard_saved(key)
    assert not test_hypervisor.read_domain(key).saved
    with pytest.raises(Invalid, match="no saved state"):
        test_hypervisor.discard_saved(key)
    test_hypervisor.start(key)
    test_hypervisor.save(key)
    test_hypervisor.start(key, discard_saved=True)
    domain = test_hypervisor.read_domain(key)
    assert (domain.state, domain.saved) == (State.RUNNING, False)


def test_what_the_driver_lacks_is_learned_without_doing_it(
    test_hypervisor: LibvirtHypervisor, key: DomainKey
) -> None:
    before = test_hypervisor.detail(key).xml
    test_hypervisor.probe_verbs()
    missing = test_hypervisor.unsupported()
    assert missing[Capability.SLEEP] == "the TEST driver has no way to suspend a guest to RAM"
    assert Capability.WAKE in missing
    for there in (Capability.SAVE, Capability.DUMP, Capability.NMI, Capability.RENAME, Capability.METADATA):
        assert there not in missing
    assert test_hypervisor.detail(key).xml == before
    assert test_hypervisor.read_domain(key).state is State.RUNNING
    with pytest.raises(NotSupported):
        test_hypervisor.sleep(key)


def test_modes_are_libvirts(test_hypervisor: LibvirtHypervisor, key: DomainKey) -> None:
    with pytest.raises(Invalid, match="no mode 'telepathy'"):
        test_hypervisor.shutdown(key, "telepathy")
    with pytest.raises(Invalid, match="no sleep"):
        test_hypervisor.sleep(key, "well")
    test_hypervisor.shutdown(key)
    assert test_hypervisor.read_domain(key).state is State.OFF


def test_labels_cost_the_list_nothing_and_each_domain_one_call(
    test_hypervisor: LibvirtHypervisor, wire: Wire
) -> None:
    test_hypervisor.list_domains(quick=True)
    wire.calls.clear()
    test_hypervisor.list_domains()
    assert "virDomainGetXMLDesc" not in wire.calls
    assert "virDomainGetMetadata" not in wire.calls
    unknown = test_hypervisor.unlabelled()
    assert len(unknown) == 3
    wire.calls.clear()
    for key in unknown:
        test_hypervisor.labels(key)
    assert wire.calls == ["virDomainGetXMLDesc"] * 3
    assert test_hypervisor.unlabelled() == ()


def test_labels_are_read_again_after_an_event_and_after_a_reconnection(
    test_hypervisor: LibvirtHypervisor, key: DomainKey
) -> None:
    for one in test_hypervisor.list_domains():
        test_hypervisor.labels(one.key)
    test_hypervisor.link().lookupByUUIDString(key.uuid).setMetadata(1, "from elsewhere", None, None, 0)
    until(lambda: test_hypervisor.unlabelled() == (key,), "the event")
    assert test_hypervisor.read_domain(key).title == "from elsewhere"
    assert test_hypervisor.unlabelled() == ()
    test_hypervisor.open()
    assert len(test_hypervisor.unlabelled()) == 0, "nothing is listed yet"
    test_hypervisor.list_domains()
    assert len(test_hypervisor.unlabelled()) == 3


def test_a_dump_needs_a_whole_path(test_hypervisor: LibvirtHypervisor, key: DomainKey, wire: Wire) -> None:
    wire.calls.clear()
    for path in ("relative", "", "/tmp/"):
        with pytest.raises(Invalid, match="whole path"):
            test_hypervisor.dump(key, path)
    assert wire.calls == []
