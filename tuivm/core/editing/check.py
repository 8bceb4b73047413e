"""What is wrong with an edited definition before libvirt is asked."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid
from tuivm.xml.document import parse


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why the text cannot be defined."""

    message: str
    """One line; may quote the text, which is hostile data."""
    line: int | None = None
    """Where, counted from 1; None when that is not one place."""
    column: int = 0
    """Where in that line, counted from 0."""


def check(base: str, text: str) -> Flaw | None:
    """None when ``text`` can be handed to libvirt, else why not. ``base`` is the definition it began from."""
    try:
        root = parse(text, "domain")
    except Invalid as error:
        return _unreadable(error)
    before = parse(base, "domain")
    name, new_name = before.findtext("name") or "", root.findtext("name") or ""
    if name != new_name:
        shown = f"'{new_name}'" if new_name else "nothing"
        return Flaw(
            f"the name cannot be changed here ('{name}', the text has {shown}): rename does that",
            _line_of(text, "name"),
        )
    if _plain_uuid(before) != _plain_uuid(root):
        return Flaw(
            f"the UUID {before.findtext('uuid') or ''} must stay: with another it is another domain",
            _line_of(text, "uuid"),
        )
    return None


def _unreadable(error: Invalid) -> Flaw:
    """A text that is no XML, with the place that expat tells."""
    cause = error.__cause__
    if isinstance(cause, ET.ParseError):
        line, column = cause.position
        words = str(cause).partition(": line ")[0]
        return Flaw(f"not well-formed XML, line {line}, column {column + 1}: {words}", line, column)
    return Flaw(error.message)


def _plain_uuid(root: ET.Element) -> str:
    return (root.findtext("uuid") or "").replace("-", "").strip().lower()


def _line_of(text: str, tag: str) -> int | None:
    """The first line with that element, as libvirt writes it."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith(f"<{tag}>"):
            return number
    return None
