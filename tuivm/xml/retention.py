"""The rule of what is kept of a domain's snapshots, as an element of the domain's ``<metadata>``."""

from __future__ import annotations

from dataclasses import fields

# Only writes; what is read goes through :func:`tuivm.xml.document.parse`.
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid
from tuivm.model.snapshot import Retention
from tuivm.xml.document import parse

NAMESPACE = "https://tuivm.org/xmlns/snapshots/1"
"""Of the element ``snapshots``, whose attributes are the fields of :class:`Retention`."""
PREFIX = "tuivm-snapshots"
"""What libvirt puts before the element's name."""
_MOST = 100_000


def write(retention: Retention) -> str:
    """The element."""
    told = {each.name: str(getattr(retention, each.name)) for each in fields(Retention)}
    return ET.tostring(ET.Element("snapshots", told), encoding="unicode")


def read(text: str) -> Retention:
    """What the element says; the default for what it does not say, or where it makes no sense."""
    plain = Retention()
    try:
        root = parse(text, "snapshots")
    except Invalid:
        return plain
    return Retention(
        **{each.name: _number(root.get(each.name), getattr(plain, each.name)) for each in fields(plain)}
    )


def _number(text: str | None, default: int) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 7):
        return default
    return min(int(text), _MOST)
