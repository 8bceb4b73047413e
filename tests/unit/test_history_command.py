"""``tuivm history``: times, choices, formats, on files that hold hostile names and damage."""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tuivm import cli
from tuivm.commands import completion, keeping
from tuivm.commands.exposition import FAMILIES, exposition
from tuivm.commands.history_parsers import with_times
from tuivm.commands.moments import moment, span
from tuivm.config import HistoryConfig
from tuivm.core.archive import Archive
from tuivm.model.domain import DomainKey
from tuivm.model.event import Event, EventKind
from tuivm.model.series import Metric, Series
from tuivm.model.stats import Sample

ROOT = Path(__file__).resolve().parents[2]
URI = "qemu:///system"
WEB, EVIL = DomainKey(URI, "u-1"), DomainKey(URI, "u-2")
NAMES = {WEB: "web", EVIL: 'ev"il\\\n\x1b[2J=1'}


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("now", "2026-11-30T12:00:00+01:00"),
        ("03:00", "2026-11-30T03:00:00+01:00"),
        ("13:00", "2026-11-29T13:00:00+01:00"),
        ("3:00:30", "2026-11-30T03:00:30+01:00"),
        (" Yesterday  03:00 ", "2026-11-29T03:00:00+01:00"),
        ("today", "2026-11-30T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00:00+02:00"),
        ("2026-11-30T03:00", "2026-11-30T03:00:00+01:00"),
        ("2026-11-30 03:00", "2026-11-30T03:00:00+01:00"),
        ("2026-11-30T03:00Z", "2026-11-30T04:00:00+01:00"),
        ("-2h", "2026-11-30T10:00:00+01:00"),
        ("-1.5d", "2026-11-29T00:00:00+01:00"),
        ("@0", "1970-01-01T00:00:00+00:00"),
    ],
)
def test_times_are_what_a_person_means(text: str, wanted: str) -> None:
    assert moment(text, at("2026-11-30T12:00:00+01:00")) == at(wanted)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "25:00",
        "3",
        "soon",
        "-2",
        "-h",
        "@x",
        "@nan",
        "@1e99",
        "yesterday x",
        "9999-01-01",
        "-9999999999w",
        "٣:٠٠",
    ],
)
def test_what_is_no_time_is_said(text: str) -> None:
    if text == "-2":
        assert moment(text, 100.0) == 98.0
        return
    with pytest.raises(argparse.ArgumentTypeError, match="expected a time"):
        moment(text)


def test_spans() -> None:
    assert [span(text) for text in ("90", "15s", "5m", "2h", "7d", "1w")] == [
        90,
        15,
        300,
        7200,
        604800,
        604800,
    ]
    for text in ("", "0", "-1", "x", "11y", "1e3"):
        with pytest.raises(argparse.ArgumentTypeError):
            span(text)


def test_a_time_that_looks_like_an_option_is_none() -> None:
    assert with_times(["history", "--from", "-2h", "--to", "now", "web"]) == [
        "history",
        "--from=-2h",
        "--to",
        "now",
        "web",
    ]
    assert with_times(["--from", "--to"]) == ["--from", "--to"]


# -- a history on disk ---------------------------------------------------------------------------------


@pytest.fixture
def now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """A history of twenty minutes up to now, and when that is."""
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    now = int(time.time())
    clock = [float(now)]
    archive = Archive(keeping.file_of(HistoryConfig(), URI), clock=lambda: clock[0])
    archive.works.name_of = lambda key: NAMES[key]
    for number in range(1200):
        clock[0] = now - 1200 + number
        more = {Series(Metric.CPU, "0"): 12.5, Series(Metric.DISK_READ_LATENCY, 'v"d\n'): 0.002}
        samples = {WEB: Sample(0.0, cpu=10.0 + 40 * (number == 600), memory_used=1 << 30, more=more)}
        if number > 900:
            samples[EVIL] = Sample(0.0, cpu=50.0)
        archive.put(clock[0], samples)
        if number % 100 == 0:
            archive.works.write()
    archive.keep(Event(EventKind.PANIC, now - 600, WEB, "web", "panic\x1b[2J in\nguest"))
    archive.keep(Event(EventKind.CONNECTION, now - 300, None, "", "connection lost"))
    archive.works.write()
    archive.works.close()
    return now


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert cli.main(["history", *words]) == code
    captured = capsys.readouterr()
    assert (captured.err == "") == (code == 0), captured.err
    return captured.out if code == 0 else captured.err


def test_a_table_of_what_happened(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "*", "--from", f"@{now - 1200}", "--step", "1m", "--events")
    assert out.count("connection lost") == 1
    out = said(capsys, "web", "--from", f"@{now - 1200}", "--step", "1m", "--events")
    heading, *rows = out.split("\n\n")[0].splitlines()
    assert heading.split() == ["time", "machine", "cpu", "memory"]
    assert 20 <= len(rows) <= 21
    assert sum("10%" in row for row in rows) >= 19
    assert sum("/50%" in row for row in rows) == 1
    assert re.search(r"web +panic +panic\\x1b\[2J in\\nguest\n", out)
    assert "\x1b" not in out


def test_globs_names_uuids_and_what_is_not_there(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "u-1") == said(capsys, "web")
    both = said(capsys, "*", "--format", "csv")
    assert {row["uuid"] for row in csv.DictReader(io.StringIO(both))} == {"u-1", "u-2"}
    assert said(capsys, "-c", URI, "*", "--format", "csv") == both
    assert "there is no history of 'wob' (there is one of ev" in said(capsys, "wob", code=1)
    assert "no history of 'x*'" in said(capsys, "x*", code=1)
    assert "there is no history of test:///default" in said(capsys, "-c", "test:///default", "web", code=1)
    assert "there is no metric 'cpi'" in said(capsys, "web", "--metric", "cpi", code=1)
    assert "--from is not before --to" in said(capsys, "web", "--from", "now", "--to", "-1h", code=1)
    assert "the most" in said(capsys, "web", "--from", "-1w", "--step", "1", code=1)


def test_csv_has_every_figure_and_nothing_unescaped(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("*", "--from", f"@{now - 1200}", "--step", "1m", "--metric", "cpu,*:*", "--format", "csv")
    out = said(capsys, *words)
    assert "\x1b" not in out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {(row["name"], row["metric"], row["instance"], row["unit"]) for row in rows} == {
        ("web", "cpu", "", "percent"),
        ("web", "cpu", "0", "percent"),
        ("web", "disk-read-latency", 'v"d\\n', "seconds"),
        ('ev"il\\\\n\\x1b[2J=1', "cpu", "", "percent"),
    }
    highest = [row["highest"] for row in rows if row["uuid"] == "u-1" and row["instance"] == ""]
    assert highest.count("50") == 1
    assert all(row["average"] == "12.5" for row in rows if row["instance"] == "0")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["time"]) for row in rows)


def test_json_is_exact(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("*", "--from", f"@{now - 1200}", "--step", "1m", "--format", "json")
    plain = json.loads(said(capsys, *words))
    assert "events" not in plain[0]
    told = {record["name"]: record for record in json.loads(said(capsys, *words, "--events"))}
    assert set(told) == set(NAMES.values())
    lost = {"time": now - 300, "kind": "connection", "detail": "connection lost"}
    panic = {"time": now - 600, "kind": "panic", "detail": "panic\x1b[2J in\nguest"}
    assert told["web"]["events"] == [panic, lost]
    assert told[NAMES[EVIL]]["events"] == [lost]
    (cpu,) = [series for series in told["web"]["series"] if series["metric"] == "cpu"]
    assert (cpu["unit"], cpu["step"], cpu["instance"]) == ("percent", 60, "")
    assert max(value for value in cpu["highest"] if value is not None) == 50
    assert len(cpu["average"]) == len(cpu["lowest"]) == len(cpu["highest"])
    (evil,) = told[NAMES[EVIL]]["series"]
    assert evil["average"][0] is None
    assert evil["start"] <= now - 1200


def parsed(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Read the text format as its grammar says; each family once, with HELP and TYPE before its lines."""
    families: dict[str, list[tuple[dict[str, str], float]]] = {}
    assert text == "" or text.endswith("\n")
    pending: list[str] = []
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name, rest = line[2:].split(" ", 2)
            if kind == "HELP":
                assert name not in families
                families[name] = []
                assert rest
            else:
                assert (kind, rest) == ("TYPE", "gauge")
                assert name == pending[-1]
            pending.append(name)
            continue
        found = re.fullmatch(
            r'([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\} (\S+)', line
        )
        assert found, line
        assert found[1] == pending[-1]
        labels = dict(re.findall(r'([a-z]+)="((?:[^"\\]|\\.)*)"', found[2]))
        families[found[1]].append((labels, float(found[3])))
    return families


def test_prometheus_reads_the_latest_figures(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    families = parsed(said(capsys, "*", "--format", "prometheus"))
    assert {labels["uuid"]: value for labels, value in families["tuivm_domain_cpu_usage_ratio"]} == {
        "u-1": 0.1,
        "u-2": 0.5,
    }
    ((labels, value),) = families["tuivm_vcpu_usage_ratio"]
    assert labels == {"connection": URI, "domain": "web", "uuid": "u-1", "vcpu": "0"}
    assert value == 0.125
    ((labels, _),) = families["tuivm_disk_read_latency_seconds"]
    assert labels["disk"] == 'v\\"d\\n'
    assert families["tuivm_domain_memory_used_bytes"][0][1] == 1 << 30
    (evil,) = [labels for labels, _ in families["tuivm_domain_cpu_usage_ratio"] if labels["uuid"] == "u-2"]
    assert evil["domain"].startswith('ev\\"il\\\\\\n\\\\x1b')
    assert parsed(said(capsys, "*", "--format", "prometheus", "--to", f"@{now - 100_000}")) == {}


def test_every_metric_has_a_family_of_its_own() -> None:
    assert set(FAMILIES) == set(Metric)
    figures = {Series(metric, part): 1.0 for metric in Metric for part in ("", "x")}
    families = parsed(exposition([(WEB, "web", figures)]))
    assert len(families) == 2 * len(Metric)
    assert all(len(samples) == 1 for samples in families.values())
    assert all(re.fullmatch(r"tuivm_[a-z_]+_(ratio|bytes|seconds|per_second)", name) for name in families)
    assert exposition([]) == ""


def test_a_damaged_file_is_said_and_the_others_are_read(now: int, capsys: pytest.CaptureFixture[str]) -> None:
    damaged = keeping.file_of(HistoryConfig(), "lxc:///system")
    damaged.write_bytes(b"no database at all" * 1000)
    assert cli.main(["history", "web"]) == 1
    captured = capsys.readouterr()
    assert "10%" in captured.out
    assert captured.err.count("\n") == 1
    assert "cannot be read" in captured.err
    assert damaged.read_bytes().startswith(b"no database"), "who only reads changes nothing"


def test_nothing_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    assert "there is no history (the screen and tuivm record write it)" in said(capsys, "web", code=1)
    assert not list(tmp_path.iterdir())
    with pytest.raises(SystemExit):
        raise SystemExit(cli.main(["history"]))
    assert cli.main(["history", "x", "--events", "--format", "csv"]) == 2


def test_reading_loads_no_libvirt(now: int) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tuivm", "history", "web"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert loaded & {"libvirt", "textual", "rich", "pyte"} == set()


def test_files_are_named_after_their_connection() -> None:
    settings = HistoryConfig(folder=Path("/x"))
    first, second = (keeping.file_of(settings, uri) for uri in ("qemu:///system", "qemu+ssh://a/system"))
    assert first.name.startswith("qemu-system-")
    assert second.name.startswith("qemu-ssh-a-system-")
    assert keeping.file_of(settings, "../../etc/x\x00\udc80").parent == Path("/x")
    assert keeping.file_of(settings, "QEMU:///system") != first


def test_a_shell_completes_what_there_is_a_history_of(now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = argparse.Namespace(command="history", connect=None, config=None)
    complete = completion._Completer()
    names, metric = argparse.Action([], "names"), argparse.Action([], "metric")
    assert complete("w", names, arguments) == ["web"]
    assert complete("", names, arguments) == ["web"], "nothing that cannot be typed"
    assert "disk-read-latency" in complete("disk-", metric, arguments)
    arguments.connect = "test:///default"
    assert complete("", names, arguments) == []
