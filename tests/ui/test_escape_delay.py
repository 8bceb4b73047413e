"""How long Escape waits for the rest of a sequence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = "import tuivm.ui.app; from textual import constants; print(constants.ESCAPE_DELAY)"


@pytest.mark.parametrize(("given", "used"), [(None, "0.025"), ("300", "0.3")])
def test_escape_waits_shortly_unless_the_user_says_otherwise(given: str | None, used: str) -> None:
    environ = {name: value for name, value in os.environ.items() if name != "ESCDELAY"}
    if given is not None:
        environ["ESCDELAY"] = given
    asked = subprocess.run(
        [sys.executable, "-c", ASK], env=environ, capture_output=True, text=True, check=True
    )
    assert asked.stdout.strip() == used
