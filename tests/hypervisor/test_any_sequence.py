"""Any sequence of verbs, by the program and by other programs, leaves its list equal to libvirt's own.

On libvirt's test driver: a machine of random steps (hypothesis) that does verbs as jobs, and behind the
program's back what another client could do. After every step the inventory is held against libvirt's list.
"""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import libvirt
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.hypervisor.conftest import until
from tuivm.core.session import Session
from tuivm.core.verbs import LIFECYCLE, SAVING, SETTINGS, Arguments, Verb
from tuivm.core.verbs.verb import LOCKED
from tuivm.hypervisor import connect, words
from tuivm.model.domain import Domain, DomainKey
from tuivm.model.job import Job, JobState
from tuivm.model.snapshot import SnapshotRequest
from tuivm.xml import labels

UUID = "11111111-1111-4111-8111-1111111111{:02d}"
DOMAIN = (
    "<domain type='test'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>64</memory>"
    "<os><type>hvm</type></os></domain>"
)
NODE = (
    "<node>"
    + "".join(DOMAIN.format(name=f"vm-{number}", uuid=UUID.format(number)) for number in range(3))
    + "</node>"
)
TEXTS = st.one_of(
    st.sampled_from(["vm-1", "", "[b]x[/b]", "two words", "a,b c", "$(x)", "x" * 300, "\x1b[31m", "a\nb"]),
    st.text(max_size=12),
)
WISHES = st.sampled_from(
    # The test driver would write a dump to a real file.
    [verb for verb in (*LIFECYCLE, *SAVING, *SETTINGS) if verb.id != "dump"]
).flatmap(
    lambda verb: st.tuples(st.just(verb), st.frozensets(st.sampled_from(verb.options or ("none",))), TEXTS)
)
TELLS = ("state", "persistent", "autostart", "saved", "has_snapshots", "title", "tags", "locked", "name")
ELSEWHERE = st.sampled_from(["create", "destroy", "suspend", "resume", "undefine"])


class AnySequence(RuleBasedStateMachine):
    """The program on one connection; ``self.link`` is the same world by libvirt's own words."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name, "node.xml")
        path.write_text(NODE)
        self.hypervisor = connect(f"test://{path}")
        self.session = Session(self.hypervisor, interval=60.0, shutdown_timeout=1.0, history=1)
        self.names = itertools.count()
        self.snapshots = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.session.start()
        assert self.session.wait_ready(60)
        assert self.session.error is None
        self.session.read_details()

    def teardown(self) -> None:
        self.session.close()
        self.folder.cleanup()

    # -- what the program does ------------------------------------------------------------------

    @rule(wish=WISHES, number=st.integers(0, 9))
    def do(self, wish: tuple[Verb, frozenset[str], str], number: int) -> None:
        """Any verb, whether or not it can be done now."""
        chosen, options, text = wish
        domain = self.pick(number)
        if domain is None:
            return
        arguments = Arguments(options=options, text=text)
        protected = chosen.protected(domain, arguments)
        before = self.told(domain.key)
        over = self.end_of(self.session.run(chosen, domain, arguments))
        if protected is not None:
            assert (over.state, over.message) == (JobState.FAILED, LOCKED)
            assert self.told(domain.key) == before
        if over.state is JobState.FAILED:
            assert "\n" not in over.message
            assert "tuivm's log" not in over.remedy, over.message

    # -- what other programs do -----------------------------------------------------------------

    @rule(number=st.integers(0, 9), what=ELSEWHERE)
    def elsewhere(self, number: int, what: str) -> None:
        found = self.pick(number)
        if found is not None:
            try:
                getattr(self.handle(found.key), what)()
            except libvirt.libvirtError:
                return
            self.settle(found.key)

    @rule(persistent=st.booleans())
    def another(self, persistent: bool) -> None:
        if len(self.session.inventory.domains) < 5:
            number = next(self.names)
            xml = DOMAIN.format(name=f"new-{number}", uuid=UUID.format(50 + number))
            link = self.hypervisor.link()
            made = link.defineXML(xml) if persistent else link.createXML(xml, 0)
            self.settle(DomainKey(self.hypervisor.host().connection, made.UUIDString()))

    @rule(number=st.integers(0, 9))
    def snapshot(self, number: int) -> None:
        found = self.pick(number)
        if found is not None:
            self.hypervisor.take_snapshot(found.key, SnapshotRequest(f"s{next(self.snapshots)}"))
            self.settle(found.key)  # libvirt sends no event for it.

    @rule(number=st.integers(0, 9), kind=st.sampled_from([0, 1]), text=st.sampled_from(["", "words", "[x]"]))
    def described_elsewhere(self, number: int, kind: int, text: str) -> None:
        found = self.pick(number)
        if found is not None:
            try:
                self.handle(found.key).setMetadata(kind, text or None, None, None, 0)
            except libvirt.libvirtError:
                return
            self.settle(found.key)

    # -- what must hold -------------------------------------------------------------------------

    @invariant()
    def the_list_is_libvirts(self) -> None:
        if not self.session.inventory.domains:
            return
        until(lambda: self.shown() == self.libvirts(), f"{self.libvirts()} (shown: {self.shown()})")

    # -- inside ---------------------------------------------------------------------------------

    def pick(self, number: int) -> Domain | None:
        domains = sorted(self.session.inventory.domains.values(), key=lambda one: one.key)
        return domains[number % len(domains)] if domains else None

    def handle(self, key: DomainKey) -> libvirt.virDomain:
        return self.hypervisor.link().lookupByUUIDString(key.uuid)

    def settle(self, key: DomainKey) -> None:
        self.session._monitor.touch(key)

    def end_of(self, job: Job) -> Job:
        found = job
        deadline = time.monotonic() + 60
        while not found.state.is_over:
            assert time.monotonic() < deadline, found
            time.sleep(0.001)
            found = next(one for one in self.session.jobs if one.id == job.id)
        return found

    def shown(self) -> dict[str, tuple[object, ...]]:
        return {
            domain.key.uuid: tuple(getattr(domain, field) for field in TELLS)
            for domain in tuple(self.session.inventory.domains.values())
        }

    def libvirts(self) -> dict[str, tuple[object, ...]]:
        return {one.UUIDString(): self.told_of(one) for one in self.hypervisor.link().listAllDomains()}

    def told(self, key: DomainKey) -> tuple[object, ...]:
        return self.told_of(self.handle(key))

    def told_of(self, one: libvirt.virDomain) -> tuple[object, ...]:
        found = labels.from_domain(one.XMLDesc(0))
        return (
            words.state(one.state()[0]),
            bool(one.isPersistent()),
            bool(one.autostart()),
            bool(one.hasManagedSaveImage()),
            bool(one.snapshotNum()),
            found.title,
            found.tags,
            found.locked,
            one.name(),
        )


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
