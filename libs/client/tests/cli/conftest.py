"""The command in a home of its own, against the small gateway."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harmonic_client.cli.app import app
from harmonic_client.testing import PASSWORD, Stage


@dataclass
class Ran:
    """What a run of the command left."""

    code: int
    out: str
    err: str


Run = Callable[..., Awaitable[Ran]]


@pytest.fixture
def run(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in a home of its own, in another thread, against the small gateway."""
    for name in [name for name in os.environ if name.startswith("HARMONIC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HARMONIC_GATEWAY": stage.url, "COLUMNS": "100"}

    async def runs(*arguments: str, stdin: str = "", **environment: str) -> Ran:
        runner = CliRunner(env={**own, **environment})
        result = await asyncio.to_thread(runner.invoke, app, arguments, input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, result.stdout, result.stderr)

    return runs


@pytest.fixture
async def signed_in(run: Run) -> Run:
    """The same, after a sign-in."""
    ran = await run("login", "ada@example.org", "--password-stdin", stdin=PASSWORD + "\n")
    assert ran.code == 0, ran.err
    return run
