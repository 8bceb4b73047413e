"""SVG snapshots: a screen compared with the picture of it that is committed.

A plugin of our own in place of pytest-textual-snapshot: that one pins an old pytest, and its
``snap_compare`` starts the app itself, so it cannot be asked from within a pilot test. Here the
test drives its app with a pilot and compares as often as it likes::

    async def test_list(svg):
        async with TuivmApp(...).run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            svg(pilot.app)                 # __svg__/test_list.svg beside the test's file
            await pilot.press("question_mark")
            svg(pilot.app, "help")         # __svg__/test_list-help.svg

``pytest --svg-update`` writes the pictures; look at them before they are committed.
"""

from __future__ import annotations

import difflib
import html
import re
from pathlib import Path
from typing import Protocol

import pytest


class Exporter(Protocol):
    """What is needed of an app: textual's ``App.export_screenshot``."""

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """The screen as SVG."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--svg-update``."""
    parser.addoption("--svg-update", action="store_true", help="write the SVG snapshots instead of comparing")


def normalize(svg: str) -> str:
    """``svg`` without what differs from run to run: the id that rich derives for its classes."""
    return re.sub(r"terminal-\d+-", "terminal-", svg).rstrip() + "\n"


def lines_of(svg: str) -> list[str]:
    """The text on the screen, one string a line, for a readable difference (colours are not in it)."""
    rows: dict[str, list[str]] = {}
    for line, text in re.findall(
        r"<text[^>]*clip-path=\"url\(#[^)]*?(line-\d+)\)\"[^>]*>([^<]*)</text>", svg
    ):
        rows.setdefault(line, []).append(html.unescape(text).replace("\xa0", " "))
    ordered = sorted(rows.items(), key=lambda row: int(row[0].rpartition("-")[2]))
    return ["".join(pieces).rstrip() for _line, pieces in ordered]


class SvgSnapshots:
    """Compares an app's screen with ``__svg__/<test>[-<name>].svg`` beside the test's file."""

    def __init__(self, test: str, folder: Path, scratch: Path, *, update: bool) -> None:
        self._test = re.sub(r"[^\w.=-]+", "_", test).strip("_")
        self._folder = folder
        self._scratch = scratch
        self._update = update

    def __call__(self, app: Exporter, name: str = "") -> None:
        """Fail when the screen of ``app`` is not the committed picture; show which lines differ."""
        actual = normalize(app.export_screenshot(title="tuivm"))
        file = self._folder / f"{self._test}{'-' + name if name else ''}.svg"
        if self._update:
            self._folder.mkdir(exist_ok=True)
            file.write_text(actual, encoding="utf-8")
            return
        expected = file.read_text(encoding="utf-8") if file.exists() else ""
        if actual == expected:
            return
        seen = self._scratch / file.name
        seen.write_text(actual, encoding="utf-8")
        changes = difflib.unified_diff(
            lines_of(expected), lines_of(actual), "expected", "seen", "", "", 0, ""
        )
        difference = "\n".join(changes) or "the text is the same: colours or styles differ"
        pytest.fail(f"{file} differs from the screen, which is in {seen}:\n{difference}", pytrace=False)


@pytest.fixture
def svg(request: pytest.FixtureRequest, tmp_path: Path) -> SvgSnapshots:
    """The comparison for this test."""
    update = bool(request.config.getoption("--svg-update"))
    return SvgSnapshots(request.node.name, request.path.parent / "__svg__", tmp_path, update=update)
