"""What the pages of an edit say."""

from __future__ import annotations

from textual.content import Content

from tuivm.core.editing.difference import Difference
from tuivm.core.editing.drafts import Draft
from tuivm.core.editing.effect import Effect
from tuivm.core.editing.steps import Look
from tuivm.ui.difflines import difference_lines
from tuivm.ui.text import fit, plain, plain_lines, width_of
from tuivm.ui.words import age, content, moment

_NAME_MAX = 34
_WHY_MAX = 60


def review(look: Look) -> list[Content]:
    """What defining the text does: warnings, when it counts, the parts, the difference."""
    lines: list[Content] = []
    if look.theirs is not None:
        words = "The definition was changed by somebody else since this edit began. To define yours takes"
        lines += [content(f"{words} this back unless your text has it:", "bold $warning")]
        lines += [*difference_lines(look.theirs), Content("")]
    if look.warning:
        lines += [content(f"Beware: {look.warning}", "bold $warning"), Content("")]
    if look.effect is not None:
        lines += [*effect_lines(look.effect), Content("")]
    title = f"The difference to the definition of now ({look.difference.words}):"
    return [*lines, content(title, "bold"), *difference_lines(look.difference)]


def effect_lines(effect: Effect) -> list[Content]:
    """When it counts, and each part with what could be had at once."""
    lines = [content(effect.when, "bold")]
    width = min(_NAME_MAX, max((width_of(plain(part.name)) for part in effect.parts), default=0))
    for part in effect.parts:
        now = f"  at once too: {part.live}" if part.live else ""
        name = fit(plain(part.name), width)
        lines.append(content(f"  {name}  {part.change:<7}") + content(now, "$muted"))
    return lines


def refusal(words: str) -> list[Content]:
    """An error in full."""
    return [content(line, "$error") for line in plain_lines(words)]


def draft_lines(draft: Draft, found: Difference, why: str, now: float, *, is_old: bool) -> list[Content]:
    """What was left behind: since when, why it was refused, and what it would change."""
    lines = [content(f"An edit of {moment(draft.time)} ({age(draft.time, now)}) was not finished.", "bold")]
    if why:
        lines += [content("It was refused:"), *refusal(why)]
    if is_old:
        lines.append(content("The definition was changed since it began.", "bold $warning"))
    return [*lines, Content(""), content(f"It changes ({found.words}):", "bold"), *difference_lines(found)]
