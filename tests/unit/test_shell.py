"""Commands for a shell: whatever a name holds, a shell gets it back and a terminal obeys nothing."""

from __future__ import annotations

import subprocess

from hypothesis import given, settings
from hypothesis import strategies as st

from tuivm.core.shell import pasted

ODD = ("a b", "--all", "it's", "$(id)", "a\x1b[2Jb", "\n", "\\\x07'", "[bold]", "\u202eevil", "x" * 250, "")


def taken(line: str) -> list[str]:
    """The words as bash takes them."""
    done = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, check=True, timeout=60
    )
    return done.stdout.decode(errors="surrogateescape").split("\0")[:-1]


def test_odd_words_come_through() -> None:
    line = pasted(ODD)
    assert line.isprintable()
    assert taken(line) == list(ODD)


def test_plain_words_stay_as_they_are() -> None:
    assert pasted(("virsh", "start", "--domain", "web-1")) == "virsh start --domain web-1"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",))), min_size=1))
def test_any_words_come_through(words: list[str]) -> None:
    line = pasted(words)
    assert line.isprintable()
    assert taken(line) == words


def test_what_is_no_text_is_still_one_printable_word() -> None:
    assert all(pasted((word,)).isprintable() for word in ("\udcff", "\ud800"))
