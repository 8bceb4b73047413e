"""A part of the comparison with tmux that is quick; ``compare_tmux`` is the whole of it."""

from __future__ import annotations

import shutil

import pytest

from tests.conformance.compare_tmux import SCRIPTS, compare


@pytest.mark.parametrize(
    ("name", "term"), [("whiptail", "vt220"), ("less", "linux"), ("vim", "xterm-256color")]
)
def test_the_screen_is_that_of_tmux(name: str, term: str) -> None:
    missing = [program for program in ("tmux", SCRIPTS[name].command[0]) if not shutil.which(program)]
    if missing:
        pytest.skip(f"{missing[0]} is not installed")
    moments, found = compare(name, term)
    assert moments > 5
    assert found == []
