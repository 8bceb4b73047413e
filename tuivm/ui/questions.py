"""The questions about verbs: of one domain, and of many."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual.content import Content

from tuivm.core.selection import Selection
from tuivm.core.verbs import Arguments, Verb, command
from tuivm.model.domain import Domain, DomainKey, State
from tuivm.model.errors import Invalid
from tuivm.ui.bulk_forms import form_of_many
from tuivm.ui.dialogs.question import Question
from tuivm.ui.marks import count_words
from tuivm.ui.signs import state_word
from tuivm.ui.text import fit, plain, width_of
from tuivm.ui.verb_forms import Form, form_of
from tuivm.ui.words import content, counted, short

if TYPE_CHECKING:
    from tuivm.model.detail import Detail

_AGENT = "agent"
_NAME_WIDTH = 60
_COLUMN = 32
_NAMED = 500
"""Domains named at most in a question, of those it is done to and of the others."""
_REASONS = 3
"""Reasons told at most on a line."""


def of_one(
    wanted: Verb, domain: Domain, arguments: Arguments, detail: Detail | None = None, first: str = ""
) -> Question:
    """Ask whether ``wanted`` is to be done to ``domain``; ``first`` is said before the question."""
    silent = _agent_problem(domain, detail)
    form = _fitted(form_of(wanted.id), domain, wanted, silent)
    name = short(domain.name, _NAME_WIDTH)
    what = f" '{short(arguments.snapshot, _NAME_WIDTH)}'" if arguments.snapshot else ""

    def why_not(now: Arguments) -> str:
        mode = silent if now.mode == _AGENT else ""
        return _sentence(wanted.protected(domain, now) or mode or _start_problem(wanted, domain, now))

    return Question(
        domain.key,
        domain.name,
        lambda _: f"{first}{wanted.label.capitalize()}{what}: {name}?",
        wanted.label,
        form,
        wanted.dangerous,
        lambda now: wanted.lost(domain, now),
        why_not,
        lambda now: command(wanted, domain, now),
        arguments,
        form.text.now(domain, detail) if form.text is not None else "",
    )


def _agent_problem(domain: Domain, detail: Detail | None) -> str:
    """Why the guest's agent cannot be asked; empty when it can, or when that is not known."""
    from tuivm.xml.read import agent_problem

    if detail is None or not domain.state.is_active:
        return ""
    try:
        return agent_problem(detail.xml)
    except Invalid:
        return ""


def _fitted(form: Form, domain: Domain, wanted: Verb, silent: str) -> Form:
    """The form for this domain, greyed where it cannot be; ``silent`` is why its agent cannot be asked."""
    if wanted.id != "start":
        ways = (replace(way, why_not=silent) if way.value == _AGENT else way for way in form.modes)
        return replace(form, modes=tuple(ways)) if silent else form
    if domain.state is State.PAUSED:
        return Form()
    saved = "" if domain.saved else "it has no saved state"
    switches = (
        replace(option, why_not=saved) if option.value == "discard-saved" else option
        for option in form.switches
    )
    return replace(form, switches=tuple(switches))


def _start_problem(wanted: Verb, domain: Domain, now: Arguments) -> str:
    if wanted.id == "start" and now.device and domain.saved and "discard-saved" not in now.options:
        return "it would go on from its saved state: discard that too"
    return ""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of several domains, with some options."""

    picked: Selection
    """Those that it is done to then, and the others."""
    words: str
    """The question."""
    lost: str
    """What is lost."""
    left_out: str
    """Who it is not done to."""
    names: Sequence[Content]
    """All of them."""


def of_many(selection: Selection, shown: Container[DomainKey], text: str = "") -> Question:
    """Ask whether a verb is to be done to all that it can be done to; ``shown`` is what the list shows.

    ``text`` stands in the form at first, where it asks for one.
    """
    wanted = selection.verb
    form = form_of_many(wanted.id)
    kept: dict[frozenset[str], _Told] = {}

    def told(now: Arguments) -> _Told:
        if now.options not in kept:
            kept[now.options] = _tell(selection.with_options(now), now, shown)
        return kept[now.options]

    def phrase(now: Arguments) -> str:
        picked = told(now).picked
        return f"{wanted.label} {len(picked.able)}" if picked.needs_phrase(now) else ""

    def virsh(now: Arguments) -> str:
        rest = "" if len(selection.able) == 1 else "   and so on for each"
        return command(wanted, selection.able[0], form.becomes(now)) + rest

    def why_not(now: Arguments) -> str:
        return form.unfit(now) if told(now).picked.able else "It can be done to none of them."

    return Question(
        None,
        "",
        lambda now: told(now).words,
        wanted.label,
        form,
        wanted.dangerous,
        lambda now: told(now).lost,
        why_not,
        virsh,
        text=text,
        left_out=lambda now: told(now).left_out,
        names=lambda now: told(now).names,
        phrase=phrase,
    )


def _tell(picked: Selection, now: Arguments, shown: Container[DomainKey]) -> _Told:
    hidden = sum(1 for domain in picked.able if domain.key not in shown)
    return _Told(
        picked,
        f"{picked.verb.label.capitalize()}: {count_words(len(picked.able), hidden)}?",
        _losses(picked, now),
        left_out(picked),
        _names(picked, shown),
    )


def left_out(selection: Selection) -> str:
    """``2 of the 7 marked are left out: not running (1), locked (1)``; empty for nobody."""
    if not selection.unable:
        return ""
    total, out = len(selection.able) + len(selection.unable), len(selection.unable)
    are = "is" if out == 1 else "are"
    return f"{out:,} of the {total:,} marked {are} left out: {reasons(selection)}."


def reasons(selection: Selection) -> str:
    """Why some cannot have it done to them, the most frequent reason first."""
    found = selection.reasons
    words = [f"{reason} ({count:,})" for reason, count in found[:_REASONS]]
    return ", ".join(words + (["other reasons"] if len(found) > _REASONS else []))


def _losses(selection: Selection, now: Arguments) -> str:
    """What is lost; where it is not the same of all, each with how many it is of."""
    losses: dict[str, int] = {}
    for domain in selection.able:
        loss = selection.verb.lost(domain, now)
        losses[loss] = losses.get(loss, 0) + 1
    told = sorted((-count, loss) for loss, count in losses.items() if loss)
    if len(losses) == 1:
        return told[0][1] if told else ""
    return " ".join(f"{counted(-count, 'domain')}: {loss}" for count, loss in told[:_REASONS])


def _names(selection: Selection, shown: Container[DomainKey]) -> list[Content]:
    """A line each: those it is done to, then the others greyed with the reason."""
    able, others = selection.able[:_NAMED], selection.unable[:_NAMED]
    told = [(domain, state_word(domain, wide=True), "bold") for domain in able]
    told += [(domain, f"cannot: {plain(reason)}", "$muted") for domain, reason in others]
    named = [(short(domain.name, _COLUMN), domain.key, words, style) for domain, words, style in told]
    width = max((width_of(name) for name, *_ in named), default=0)
    lines = [
        Content.assemble(
            " ", (fit(name, width), style), "  ", (words if key in shown else f"{words}, hidden", "$muted")
        )
        for name, key, words, style in named
    ]
    return [
        *lines[: len(able)],
        *_more(len(selection.able)),
        *lines[len(able) :],
        *_more(len(selection.unable)),
    ]


def _more(count: int) -> list[Content]:
    return [content(f" and {count - _NAMED:,} more", "$muted")] if count > _NAMED else []


def _sentence(words: str | None) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
