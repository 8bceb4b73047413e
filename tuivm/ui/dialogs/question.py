"""What a form asks, as a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual.content import Content

from tuivm.core.verbs import Arguments
from tuivm.model.domain import DomainKey
from tuivm.ui.verb_forms import Form

_NONE = Arguments()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what follows from the answer."""

    subject: DomainKey | None
    """The domain; None for several."""
    about: str
    """Its name; may be hostile."""
    words: Callable[[Arguments], str]
    """The question; may be hostile."""
    yes: str
    """What a yes does (``force off``)."""
    form: Form
    """What can be chosen."""
    asks: bool
    """Whether No is the default: something is lost by a yes, or may be."""
    lost: Callable[[Arguments], str]
    """What is lost; empty for nothing."""
    why_not: Callable[[Arguments], str]
    """Why it cannot be done so; empty when it can."""
    command: Callable[[Arguments], str]
    """The virsh command that does the same; empty for none."""
    base: Arguments = _NONE
    """What is chosen already."""
    text: str = ""
    """The text that is there now."""
    left_out: Callable[[Arguments], str] = lambda _: ""
    """Who it is not done to, and why; empty for nobody."""
    names: Callable[[Arguments], Sequence[Content]] = lambda _: ()
    """Who it is done to, where they are several, a line each; the same object while nothing changes."""
    phrase: Callable[[Arguments], str] = lambda _: ""
    """What must be typed for a yes; empty for nothing."""
    unasked: bool = False
    """Whether it comes by itself: a ``y`` may be meant for what was there before, and is no yes."""
