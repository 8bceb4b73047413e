"""How characters look (ECMA-48 8.3.117, ISO 8613-6, xterm ctlseqs)."""

from __future__ import annotations

import pytest

from tests.conformance.cases import run

LOOKS = [
    *(
        ("1", "bold", True),
        ("2", "dim", True),
        ("3", "italics", True),
        ("4", "underline", 1),
        ("5", "blink", True),
    ),
    *(("6", "blink", True), ("7", "reverse", True), ("8", "conceal", True), ("9", "strikethrough", True)),
    *(("21", "underline", 2), ("53", "overline", True), ("4:0", "underline", 0), ("4:1", "underline", 1)),
    *(("4:2", "underline", 2), ("4:3", "underline", 3), ("4:4", "underline", 4), ("4:5", "underline", 5)),
    *(
        ("1;22", "bold", False),
        ("2;22", "dim", False),
        ("3;23", "italics", False),
        ("4;24", "underscore", False),
    ),
    *(
        ("5;25", "blink", False),
        ("7;27", "reverse", False),
        ("8;28", "conceal", False),
        ("9;29", "strikethrough", False),
    ),
    *(("53;55", "overline", False), ("1;0", "bold", False), ("1;", "bold", False), ("", "bold", False)),
    *((str(30 + n), "fg", name) for n, name in enumerate(("black", "red", "green", "brown"))),
    *((str(44 + n), "bg", name) for n, name in enumerate(("blue", "magenta", "cyan", "white"))),
    *(
        ("90", "fg", "brightblack"),
        ("97", "fg", "brightwhite"),
        ("101", "bg", "brightred"),
        ("107", "bg", "brightwhite"),
    ),
    *(("31;39", "fg", "default"), ("41;49", "bg", "default"), ("58:5:1;59", "underline_color", "default")),
    *(
        ("38;5;1", "fg", "red"),
        ("38;5;8", "fg", "brightblack"),
        ("38;5;16", "fg", "000000"),
        ("48;5;255", "bg", "eeeeee"),
    ),
    *(("38:5:21", "fg", "0000ff"), ("38;2;1;2;3", "fg", "010203"), ("48:2:1:2:3", "bg", "010203")),
    *(
        ("38:2::1:2:3", "fg", "010203"),
        ("58:2::1:2:3", "underline_color", "010203"),
        ("58;5;1", "underline_color", "red"),
    ),
    *(
        ("38;5;1;1", "bold", True),
        ("38;2;1;2;3;1", "bold", True),
        ("38;5;999;1", "bold", True),
        ("38;5;999", "fg", "default"),
    ),
    *(
        ("38;2;256;0;0", "fg", "default"),
        ("99;1", "bold", True),
        ("1;31;44", "bold", True),
        ("38", "fg", "default"),
    ),
]


@pytest.mark.parametrize(("codes", "field", "value"), LOOKS)
def test_sgr(codes: str, field: str, value: object) -> None:
    assert getattr(run(f"␛[{codes}mx").screen.buffer[0][0].pen.style, field) == value


def test_sgr_with_a_prefix_is_another_function() -> None:
    terminal = run("␛[>4;2m␛[?4m␛[<1mx")
    assert not terminal.screen.buffer[0][0].underscore
