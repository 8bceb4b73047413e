"""The text that is edited: made safe to show, and told apart."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree as ET

from tuivm.model.errors import Invalid
from tuivm.xml.document import parse

_PLAIN = re.compile(r"[\t\n -~]*")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_NAME = re.compile(r"^  <name>[^<]*</name>$", re.MULTILINE)


def visible(xml: str) -> str:
    """``xml`` with every character that acts on a terminal, or that nobody sees, as its number (``&#x9b;``).

    To an XML parser that is the same text. Ends with one line end.
    """
    xml = xml.replace("\r\n", "\n").rstrip("\n") + "\n"
    if _PLAIN.fullmatch(xml):
        return xml
    return "".join(_seen(character) for character in xml)


def _seen(character: str) -> str:
    if character in "\t\n" or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"&#x{ord(character):x};"


def same(first: str, second: str) -> bool:
    """Whether libvirt would see no difference: blanks around text, comments, order of attributes aside."""
    if first == second:
        return True
    try:
        return canonical(parse(first, "domain")) == canonical(parse(second, "domain"))
    except Invalid:
        return False


def canonical(element: ET.Element) -> str:
    """An element as a text to compare: blanks around text and the order of attributes do not count."""
    pieces: list[str] = []
    # A stack of our own: the text may be nested deeper than Python calls.
    waiting: list[ET.Element | str] = [element]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            pieces.append(each)
            continue
        pieces.append(f"({each.tag!r} {sorted(each.attrib.items())} {(each.text or '').strip()!r}")
        # Words behind an element are its parent's.
        behind = (each.tail or "").strip() if each is not element else ""
        waiting.append(f"){behind!r}" if behind else ")")
        waiting.extend(reversed(each))
    return "".join(pieces)


def with_name(xml: str, name: str) -> str:
    """``xml`` with the domain's present name. Raises Invalid when it cannot be read.

    A version kept before the domain was renamed is brought back under the name of today.
    """
    root = parse(xml, "domain")
    found = root.find("name")
    if found is not None and found.text == name:
        return xml
    holder = ET.Element("name")
    holder.text = name
    line = visible("  " + ET.tostring(holder, encoding="unicode")).rstrip("\n")
    renamed = _NAME.sub(lambda _: line, xml, count=1)
    if parse(renamed, "domain").findtext("name") == name:
        return renamed
    if found is None:
        root.insert(0, holder)
    else:
        found.text = name
    return visible(ET.tostring(root, encoding="unicode"))
