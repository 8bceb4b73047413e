"""Why a domain does not start: what was found, libvirt's words, the end of the hypervisor's log."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from tuivm.core.diagnosis import findings
from tuivm.model.diagnosis import Finding, StartFacts
from tuivm.model.errors import HypervisorError
from tuivm.model.job import Job
from tuivm.ui.dialogs.sheet import Sheet
from tuivm.ui.text import plain_lines
from tuivm.ui.words import content, short

_NAME_WIDTH = 60
_NARROW = 24


class DiagnosisScreen(Sheet[None]):
    """Opens at once with libvirt's words; the facts come when they are known (:meth:`learn`)."""

    HINT = "Esc close   ↑↓ PgUp PgDn scroll"

    def __init__(self, job: Job, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._job = job
        self._ascii = ascii_only
        self._facts: StartFacts | None = None
        self._problem = "Looking for the reason..."

    def heading(self) -> Content:
        """Whom it is about."""
        return content(f"Why does {short(self._job.name, _NAME_WIDTH)} not start?")

    def on_resize(self) -> None:
        """Long lines are broken to the width."""
        self.call_after_refresh(self.renew)

    def learn(self, answer: StartFacts | HypervisorError) -> None:
        """What was found out, or why nothing could be."""
        if isinstance(answer, HypervisorError):
            self._problem = f"More cannot be found out: {answer}"
        else:
            self._facts, self._problem = answer, ""
        if self.is_attached:
            self.renew()

    def renew(self) -> None:
        """Show what is known now."""
        width = max(_NARROW, (self.lines.size.width or self.app.size.width) - 1)
        self.lines.show([piece for line, indent in self._lines() for piece in folded(line, width, indent)])

    def _lines(self) -> Iterator[tuple[Content, int]]:
        """Every line, with the columns that its continuation stands in."""
        job, facts = self._job, self._facts
        said = job.error or job.message
        yield content("libvirt says", "bold"), 0
        for line in plain_lines(said) or ["nothing"]:
            yield content(f"  {line}", "$error"), 2
        if job.remedy:
            yield content(f"  {job.remedy}"), 2
        yield content(""), 0
        found = findings(facts, said)
        if found or facts is not None:
            yield (
                content("What was found" if found else "Nothing was found that would explain it.", "bold"),
                0,
            )
        for one in found:
            yield from self._finding(one)
        if self._problem:
            yield content(self._problem, "$muted"), 0
        if facts is not None:
            yield content(""), 0
            yield content("The end of its log" if facts.log else "No log", "bold"), 0
            yield content(f"  {facts.log_note}", "$muted"), 2
            for raw in facts.log:
                yield content(f"  {raw.expandtabs(8)}"), 4

    def _finding(self, one: Finding) -> Iterator[tuple[Content, int]]:
        sign = ("!" if self._ascii else "✗") if one.certain else "?"
        style = "$error" if one.certain else "$warning"
        yield Content.assemble("  ", (sign, style), " ", content(one.words)), 4
        if one.remedy:
            yield (
                Content.assemble("    ", content(f"{'->' if self._ascii else '→'} {one.remedy}", "$success")),
                6,
            )


def folded(line: Content, width: int, indent: int) -> list[Content]:
    """The line, broken where it is too long, what follows put in by ``indent`` columns."""
    if line.cell_length <= width:
        return [line]
    first, *_ = line.wrap(width)
    rest = line[len(first.plain) :]
    rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
    pieces = rest.wrap(width - indent)
    return [first, *(Content(" " * indent) + piece for piece in pieces)]
