"""The design, held: which way imports point, what the command line may load, how large a piece may grow."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tuivm"
SOURCES = sorted(PACKAGE.rglob("*.py"))

LINES_OF_A_FILE = 385
LINES_OF_A_FUNCTION = 44
PUBLIC_METHODS_OF_A_CLASS = 22

# Which outside packages only one room may import; import-linter sees the same, but not the libvirt_* modules.
OWNERS = {"libvirt": "hypervisor", "textual": "ui", "rich": "ui", "pyte": "terminal"}
# The one place where any error becomes a failed job.
BROAD_EXCEPT = {"core/attempt.py"}
_HANDLER = re.compile(r"_|on_|action_|watch_|compute_|validate_|key_")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every node of these kinds in the package, with ``file:line`` of it."""
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, kinds):
                yield f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}", node


def test_import_contracts() -> None:
    # In a process of its own: import-linter switches the loggers off that exist when it starts.
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return [node.module]
    return []


def test_outside_packages_are_known_to_one_room_each() -> None:
    strangers = [
        f"{where} imports {name}"
        for where, node in nodes(ast.Import, ast.ImportFrom)
        for name in imported(node)
        for package, room in OWNERS.items()
        if re.match(rf"{package}(_\w+|aio)?(\.|$)", name) and not where.startswith(f"{room}/")
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--version"], {"textual", "rich", "libvirt", "asyncio", "pyte"}),
        (["--help"], {"textual", "rich", "libvirt", "pyte"}),
        (["-c", "test:///default", "list", "--json"], {"textual", "rich", "pyte"}),
        (["host", "--help"], {"textual", "rich", "libvirt", "pyte", "argcomplete"}),
        (["-c", "test:///default", "host"], {"textual", "rich", "pyte", "argcomplete"}),
        (["doctor", "--help"], {"textual", "rich", "libvirt", "pyte"}),
        (["-c", "test:///default", "doctor"], {"textual", "rich", "pyte"}),
        (["play", "--text", "/nonexistent"], {"textual", "rich", "libvirt"}),
        (["console", "--help"], {"textual", "rich", "libvirt", "pyte"}),
        (["start", "--help"], {"textual", "rich", "libvirt", "pyte", "argcomplete"}),
        (["-c", "test:///default", "pause", "test"], {"textual", "rich", "pyte", "argcomplete"}),
    ],
)
def test_what_prints_and_exits_loads_little(arguments: list[str], unwanted: set[str], tmp_path: Path) -> None:
    homes = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "STATE", "CACHE")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tuivm", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **homes},
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    loaded = {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "tuivm.cli" in loaded, done.stderr[-2000:]
    assert {name.partition(".")[0] for name in loaded} & unwanted == set()


def test_files_stay_small() -> None:
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_FILE} == {}


def test_functions_stay_small() -> None:
    long = {
        f"{where} {node.name}": length
        for where, node in nodes(ast.FunctionDef, ast.AsyncFunctionDef)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LINES_OF_A_FUNCTION
    }
    assert long == {}


def test_classes_stay_small() -> None:
    large = {}
    for where, node in nodes(ast.ClassDef):
        assert isinstance(node, ast.ClassDef)
        if any(ast.unparse(base) == "Protocol" for base in node.bases):
            continue
        methods = [item for item in node.body if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)]
        public = [method.name for method in methods if not _HANDLER.match(method.name)]
        if len(public) > PUBLIC_METHODS_OF_A_CLASS:
            large[f"{where} {node.name}"] = len(public)
    assert large == {}


def test_only_the_job_runner_catches_everything() -> None:
    broad = []
    for where, node in nodes(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        caught = ast.unparse(node.type) if node.type else "everything"
        last = node.body[-1]
        passed_on = isinstance(last, ast.Raise) and last.exc is None
        everything = re.search(r"\b(Base)?Exception\b|everything", caught)
        if everything and not passed_on and where.partition(":")[0] not in BROAD_EXCEPT:
            broad.append(f"{where} catches {caught}")
    assert broad == []


def test_nothing_is_left_to_do() -> None:
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pragma: no cover|raise NotImplementedError")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if words.search(line)
    ]
    assert found == []


def test_no_group_is_repeated_possessively() -> None:
    # Python before 3.11.5 matches it wrongly (python/cpython#106052): the terminal lost text.
    names = [f"tuivm.{'.'.join(path.relative_to(PACKAGE).with_suffix('').parts)}" for path in SOURCES]
    modules = [importlib.import_module(name) for name in names if not name.endswith(("__init__", "__main__"))]
    patterns = {
        each.pattern for module in modules for each in vars(module).values() if isinstance(each, re.Pattern)
    }
    assert len(patterns) > 20
    assert [each for each in patterns if re.search(r"(?<!\\)\)[*+?}]\+|\(\?>", str(each))] == []


def test_no_shell_is_asked() -> None:
    shells = []
    for where, node in nodes(ast.Call):
        assert isinstance(node, ast.Call)
        name = ast.unparse(node.func)
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        if name in {"os.system", "os.popen"} or given.get("shell", "False") != "False":
            shells.append(f"{where} {name}")
    assert shells == []


def test_the_wheel_holds_themes_style_and_manual(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("tuivm-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    themes = {f"tuivm/themes/{path.name}" for path in (ROOT / "themes").glob("*.toml")}
    data = {str(path.relative_to(ROOT)) for path in PACKAGE.rglob("*") if path.suffix in {".tcss", ".toml"}}
    assert themes
    assert themes | data <= names
    assert any(name.endswith("share/man/man1/tuivm.1") for name in names)
    assert any(name.endswith("share/systemd/user/tuivm-record.service") for name in names)
    assert not any(name.startswith("tests/") for name in names)
