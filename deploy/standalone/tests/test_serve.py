"""The process: it says when it is ready, keeps a second one out, and ends in order."""

import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from typer.testing import CliRunner

from harmonic_standalone.commands import cleanup, db

PATIENCE_S = 60


def command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "harmonic_standalone", "--data", str(folder), "--port", "0"]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running platform and its address."""
    process = subprocess.Popen(command(folder), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        assert found, line
        yield process, found[0]
    finally:
        process.kill()
        process.wait()


def test_it_serves_keeps_others_out_and_ends_in_order(tmp_path: Path) -> None:
    """Ready when it says so; a second one on the same folder ends with the reason; SIGTERM ends the first with 0."""
    with serving(tmp_path) as (process, url):
        with urllib.request.urlopen(f"{url}readyz") as answer:
            assert answer.status == 200
        second = subprocess.run(command(tmp_path), capture_output=True, text=True, timeout=PATIENCE_S)
        assert second.returncode == 1
        assert f"in use by process {process.pid}" in second.stderr
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert time.monotonic() - began < 10
    with serving(tmp_path) as (_, url), urllib.request.urlopen(f"{url}docs") as answer:
        assert answer.status == 200  # the folder is free again, and what is in it is good


def test_databases_are_cared_for_by_command(tmp_path: Path) -> None:
    """`db verify` fails before `db upgrade` and passes after it; nothing has drifted; `cleanup` cleans."""
    run, data = CliRunner(), ["--data", str(tmp_path)]
    assert run.invoke(db, ["verify", "gateway", *data]).exit_code == 1
    assert run.invoke(db, ["upgrade", *data]).exit_code == 0
    assert run.invoke(db, ["verify", *data]).exit_code == 0
    drift = run.invoke(db, ["drift", *data])
    assert drift.exit_code == 0, drift.output
    assert run.invoke(db, ["downgrade", "gateway", *data]).exit_code == 0
    assert run.invoke(db, ["verify", "gateway", *data]).exit_code == 1
    assert run.invoke(db, ["upgrade", "gateway", *data]).exit_code == 0
    app = typer.Typer()
    app.command()(cleanup)
    cleaned = run.invoke(app, data)
    assert cleaned.exit_code == 0, cleaned.output
    assert "organization: clean" in cleaned.output
    unknown = run.invoke(db, ["verify", "weather", *data])
    assert unknown.exit_code == 1
    assert "There is no service weather" in unknown.output
