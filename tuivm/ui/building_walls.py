"""The pages that show what keeps machines apart, and what is pointed at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from textual.content import Content

from tuivm.model.domain import DomainKey
from tuivm.model.finding import Finding, Severity
from tuivm.model.standing import Aspect, Grade, Standing, Wall
from tuivm.model.survey import Survey
from tuivm.ui.dialogs.diagnosis import folded
from tuivm.ui.text import fit, plain, width_of
from tuivm.ui.widgets.picks import Pick, fixed
from tuivm.ui.words import content, counted

_SIGNS: Mapping[Grade, tuple[str, str, str]] = {
    # grade: sign, ASCII sign, style
    Grade.NONE: ("·", ".", "$muted"),
    Grade.GOOD: ("✓", "+", "$success"),
    Grade.DOOR: ("◇", "o", "$foreground"),
    Grade.UNKNOWN: ("?", "?", "$accent"),
    Grade.WEAK: ("!", "!", "$warning"),
    Grade.MISSING: ("✗", "X", "bold $error"),
}
_SEVERITIES: Mapping[Severity, tuple[str, str, str]] = {
    Severity.SERIOUS: ("✗", "X", "bold $error"),
    Severity.WARNING: ("!", "!", "$warning"),
    Severity.NOTE: ("·", "-", "$muted"),
}
_WIDTHS: Mapping[Wall, int] = {
    Wall.BOUNDARY: 10,
    Wall.USER: 13,
    Wall.LABEL: 9,
    Wall.SECCOMP: 8,
    Wall.NETWORK: 13,
}
"""Cells of each column, the gap to the next in it."""
_TITLES: Mapping[Wall, str] = {
    Wall.BOUNDARY: "wall",
    Wall.USER: "user",
    Wall.LABEL: "label",
    Wall.SECCOMP: "seccomp",
    Wall.NETWORK: "network",
}
_NAMES: Mapping[Wall, str] = {Wall.BOUNDARY: "wall", Wall.SCREEN: "screen", Wall.ARGUMENTS: "QEMU"}
_DOORS = 9
_TITLE = 11
_TOPIC = 13
_NAMES_OF_TOPICS: Mapping[str, str] = {wall.value: name for wall, name in _NAMES.items()}


def sign(grade: Grade, *, ascii_only: bool) -> tuple[str, str]:
    """Sign and style of a grade."""
    shown, letter, style = _SIGNS[grade]
    return (letter if ascii_only else shown), style


def _columns(width: int) -> tuple[int, int]:
    """Cells of the name, and of the doors at the end."""
    rest = width - 3 - sum(_WIDTHS.values()) - 1
    name = max(8, min(24, max(rest - _DOORS, 0) if rest < 3 * _DOORS else rest // 2))
    return name, max(0, rest - name)


def heads(width: int) -> Content:
    """The titles of the table."""
    name, doors = _columns(width)
    titles = "".join(fit(_TITLES[wall], cells) for wall, cells in _WIDTHS.items())
    return Content.styled(f"   {fit('machine', name)}{titles}{fit('doors', doors)}", "$muted")


def wall_picks(found: Survey, width: int, *, ascii_only: bool, looking: bool) -> list[Pick]:
    """The table: a line for each machine, the worst first."""
    if not found.standings:
        told = "Looking at the machines…" if looking or found.facts.unread else "There are no machines."
        return [fixed(Content.styled(f" {told}", "$muted"))]
    picks = [
        Pick(partial(_row, found.names[key], standing, width, ascii_only=ascii_only), key)
        for key, standing in found.standings.items()
    ]
    if found.facts.unread:
        picks.append(fixed(Content.styled(f" {found.facts.unread:,} more to be read…", "$muted")))
    return picks


def _row(name: str, standing: Standing, width: int, *, ascii_only: bool) -> Content:
    names, doors = _columns(width)
    mark, style = sign(standing.grade, ascii_only=ascii_only)
    quiet = "" if standing.room.active else "$muted"
    parts: list[Content] = [
        Content.assemble(" ", (mark, style), " "),
        Content.styled(fit(plain(name), names - 1) + " ", quiet),
    ]
    for wall, cells in _WIDTHS.items():
        aspect = standing.aspect(wall)
        word = plain(aspect.word) if aspect is not None else "-"
        parts.append(Content.styled(fit(word, cells - 1) + " ", _ink(aspect)))
    words = ", ".join(plain(one.word) for one in standing.doors) or "-"
    if width_of(words) > doors and len(standing.doors) > 1:
        words = f"{len(standing.doors)} doors"
    worst = max(standing.doors, key=lambda one: one.grade, default=None)
    parts.append(Content.styled(fit(words, doors), _ink(worst)))
    return Content.assemble(*parts)


def _ink(aspect: Aspect | None) -> str:
    """Style of a word in the table: only what is to be noticed is coloured."""
    if aspect is None or aspect.grade is Grade.NONE:
        return "$muted"
    return "$foreground" if aspect.grade in (Grade.GOOD, Grade.DOOR) else _SIGNS[aspect.grade][2]


def wall_details(found: Survey, key: DomainKey | None, width: int, *, ascii_only: bool) -> list[Content]:
    """Every wall of one machine in words, with what to do about it."""
    standing = found.standings.get(key) if key is not None else None
    if standing is None or key is None:
        return []
    lines: list[Content] = []
    for one in standing.aspects:
        mark, style = sign(one.grade, ascii_only=ascii_only)
        head = Content.assemble(
            " ", (mark, style), " ", (fit(_NAMES.get(one.wall, str(one.wall)), _TITLE), "$muted")
        )
        lines += folded(head + content(one.words), width - 1, 3 + _TITLE)
        if one.remedy:
            arrow = "->" if ascii_only else "→"
            indent = " " * (3 + _TITLE)
            line = content(f"{indent}{arrow} {one.remedy}", "$success")
            lines += folded(line, width - 1, 4 + _TITLE + len(arrow))
    lines += _process(standing)
    return lines


def _process(standing: Standing) -> Iterator[Content]:
    """What the kernel tells of its process beyond the walls."""
    process = standing.room.process
    if process is None:
        return
    told = [f"{process.pid}"]
    if process.no_new_privileges is not None:
        told.append("can gain no privileges" if process.no_new_privileges else "may gain privileges")
    if process.capabilities is not None:
        told.append("has capabilities of root" if process.capabilities else "no capabilities")
    yield Content.assemble("   ", (fit("process", _TITLE), "$muted"), content(", ".join(told)))


# Findings


def finding_picks(found: Survey, width: int, *, ascii_only: bool, looking: bool) -> list[Pick]:
    """What is pointed at, the most serious first, then what could not be looked at."""
    picks: list[Pick] = []
    for one in found.findings:
        picks += _finding(one, width, ascii_only=ascii_only)
    if not picks:
        told = "Looking at the host…" if looking else "Nothing was found that should be looked at."
        picks.append(fixed(Content.styled(f" {told}", "$muted" if looking else "$success")))
    if found.unseen:
        picks += [fixed(Content("")), fixed(Content.styled(" What could not be looked at", "$muted"))]
        for unseen in found.unseen:
            line = content(f" ? {unseen.what}: {unseen.why}", "$muted")
            picks += [fixed(piece) for piece in folded(line, width - 1, 3)]
    return picks


def _finding(one: Finding, width: int, *, ascii_only: bool) -> Iterator[Pick]:
    shown, letter, style = _SEVERITIES[one.severity]
    mark = letter if ascii_only else shown
    topic = _NAMES_OF_TOPICS.get(one.topic, one.topic)
    line = Content.assemble(" ", (mark, style), " ", (fit(topic, _TOPIC), "$muted"), content(one.text))
    key = one.keys[0] if one.keys else None
    arrow = "->" if ascii_only else "→"
    whole = line + content(f"  {arrow} {one.remedy}", "$success") if one.remedy else line
    if whole.cell_length <= width - 1:
        yield fixed(whole, key)
        return
    for index, piece in enumerate(folded(line, width - 1, 3 + _TOPIC)):
        yield fixed(piece, None if index else key)
    if one.remedy:
        line = content(f"{' ' * (3 + _TOPIC)}{arrow} {one.remedy}", "$success")
        for piece in folded(line, width - 1, 4 + _TOPIC + len(arrow)):
            yield fixed(piece)


def counts(findings: Sequence[Finding]) -> str:
    """How many findings there are, by how much they matter: ``2 serious, 3 warnings``."""
    by = {severity: sum(1 for one in findings if one.severity is severity) for severity in Severity}
    parts = []
    if by[Severity.SERIOUS]:
        parts.append(f"{by[Severity.SERIOUS]} serious")
    if by[Severity.WARNING]:
        parts.append(counted(by[Severity.WARNING], "warning"))
    if by[Severity.NOTE]:
        parts.append(counted(by[Severity.NOTE], "note"))
    return ", ".join(parts) or "none"


def standing_counts(found: Survey) -> str:
    """How the machines stand: ``✗ 1 ! 2 ✓ 5`` in words."""
    by = found.grades
    names = {
        Grade.MISSING: "open",
        Grade.WEAK: "weak",
        Grade.UNKNOWN: "not known",
        Grade.GOOD: "sound",
        Grade.NONE: "not graded",
    }
    return ", ".join(f"{by[grade]} {name}" for grade, name in names.items() if grade in by)
