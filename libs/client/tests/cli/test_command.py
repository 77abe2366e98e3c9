"""The `harmonic` command, as people and programs run it: its output, its files and its exit code."""

import asyncio
import json
import os
import signal
import stat
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harmonic_client.cli.app import app
from harmonic_client.testing import PASSWORD, Stage, id_of, operation


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


def _performance(stage: Stage, last: str = "succeeded") -> None:
    facts = {
        "simulated": 340.0,
        "simulated_unit": "d",
        "notes": 70,
        "true_peak_dbtp": -1.0,
        "wall_seconds": {"simulate": 1.234},
    }
    result = {"files": [stage.add_blob(b"RIFF" * 1000), stage.add_blob(b"MThd", "score.mid")], "facts": facts}
    problem = {"type": "x", "title": "It failed", "status": 500, "detail": "a planet escaped"}
    more = {"result": result} if last == "succeeded" else {"problem": problem}
    stage.events[id_of(7)] = [
        (1, "operation", operation(7, "running", 0.5)),
        (2, "operation", operation(7, last, 1.0, **more)),
    ]


async def test_a_sign_in_is_kept_for_its_owner(run: Run, stage: Stage, tmp_path: Path) -> None:
    """Register, whoami, logout; the file of credentials has mode 0600; after logout nobody is signed in (3)."""
    ran = await run("register", "ada@example.org", "--json", HARMONIC_PASSWORD=PASSWORD)
    assert (ran.code, json.loads(ran.out)["user_id"]) == (0, id_of(2))
    kept = tmp_path / "config" / "harmonic" / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "ada@example.org" in (await run("whoami")).out
    assert (await run("logout")).code == 0
    ran = await run("whoami")
    assert ran.code == 3
    assert "harmonic login" in ran.err


async def test_play_makes_music_of_a_preset(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """Universe, performance, files in out/NAME, the facts in words and units; exit code 0."""
    _performance(stage)
    ran = await signed_in("play", "trappist-1", "--seed", "7")
    assert ran.code == 0, ran.err
    folder = tmp_path / "out" / "trappist-1"
    assert (folder / "sound.wav").read_bytes() == b"RIFF" * 1000
    assert (folder / "score.mid").read_bytes() == b"MThd"
    for words in ("340 d", "-1 dBTP", "1.23 s", "sound.wav"):
        assert words in ran.out
    assert "simulate: done" in ran.err
    assert len(stage.universes) == 1


async def test_play_takes_a_file_and_speaks_to_machines(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """With --json standard output is one JSON document, and standard error is empty."""
    _performance(stage)
    (tmp_path / "mine.json").write_text('{"name": "Mine", "system": "particles"}')
    ran = await signed_in("play", "mine.json", "--out", "here", "--json")
    assert (ran.code, ran.err) == (0, "")
    said = json.loads(ran.out)
    assert said["operation"]["state"] == "succeeded"
    assert [Path(each).name for each in said["files"]] == ["sound.wav", "score.mid"]
    assert (tmp_path / "here" / "score.mid").exists()
    assert next(iter(stage.universes.values()))["name"] == "Mine"


async def test_a_failed_operation_is_exit_code_1(signed_in: Run, stage: Stage) -> None:
    """The reason is told; for machines with the problem document."""
    _performance(stage, "failed")
    ran = await signed_in("play", "trappist-1")
    assert ran.code == 1
    assert "a planet escaped" in ran.err
    ran = await signed_in("watch", id_of(7), "--json")
    assert ran.code == 1
    assert [json.loads(line)["state"] for line in ran.out.splitlines()] == ["running", "failed"]
    assert json.loads(ran.err)["operation"]["problem"]["detail"] == "a planet escaped"


async def test_watch_downloads_and_export_packages(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """Both leave the files in the folder named."""
    _performance(stage)
    assert (await signed_in("watch", id_of(7), "--out", "a")).code == 0
    assert (await signed_in("export", id_of(7), "--out", "b", "--format", "wav")).code == 0
    for folder in "ab":
        assert (tmp_path / folder / "sound.wav").exists()


async def test_universes_are_listed_shown_made_and_deleted(signed_in: Run, stage: Stage) -> None:
    """The life of a universe on the command line."""
    made = json.loads((await signed_in("universes", "create", "trappist-1", "--name", "Ours", "--json")).out)
    assert "Ours" in (await signed_in("universes", "list")).out
    shown = json.loads((await signed_in("universes", "show", made["universe_id"])).out)
    assert shown["revision"] == 1
    assert (await signed_in("universes", "delete", made["universe_id"], "--yes")).code == 0
    assert (await signed_in("universes", "show", made["universe_id"])).code == 4
    assert "trappist-1" in (await signed_in("presets")).out


async def test_refusals_say_what_is_allowed(signed_in: Run) -> None:
    """An unknown preset is exit code 4 with the field and the allowed values; in JSON as a problem document."""
    ran = await signed_in("universes", "create", "nonsense")
    assert ran.code == 4
    assert "allowed: trappist-1, billiard" in ran.err
    ran = await signed_in("universes", "create", "nonsense", "--json")
    assert json.loads(ran.err)["problem"]["status"] == 422
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["play", "no/such/file.json"], 2, "There is no file"),
        (["play", "broken.json"], 2, "line 1, column 2"),
        (["play", "trappist-1", "--gateway", "nonsense"], 2, "must be a URL"),
        (["nonsense"], 2, "No such command"),
        (["login", "ada@example.org"], 2, "--password-stdin"),
        (["presets"], 3, "harmonic login"),
        (["login", "ada@example.org", "--password-stdin"], 3, "wrong"),
        (["login", "a@b.example", "--password-stdin", "--gateway", "http://127.0.0.1:9"], 5, "harmonic serve"),
    ],
)
async def test_every_mistake_has_its_exit_code(
    run: Run, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    """Wrong usage 2, nobody signed in 3, nobody there 5: each with a word that helps, and no traceback."""
    (tmp_path / "broken.json").write_text("{broken")
    ran = await run(*arguments)
    assert (ran.code, words in ran.err, "Traceback" in ran.err) == (code, True, False), ran.err


async def test_the_process_ends_with_the_code(stage: Stage, tmp_path: Path) -> None:
    """As a process of its own: the exit code is the process's, the words are on standard error."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "HARMONIC_GATEWAY": stage.url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from harmonic_client.cli import main; main()", "whoami",
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert (process.returncode, out) == (3, b"")
    assert b"harmonic login" in err


async def test_ctrl_c_leaves_the_operation_alone(signed_in: Run, stage: Stage, tmp_path: Path) -> None:
    """Interrupted while it watches, the command ends with 130 and without a traceback; nothing was cancelled."""
    stage.events[id_of(7)] = [(1, "operation", operation(7, "running", 0.5))]
    own = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HARMONIC_GATEWAY": stage.url}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from harmonic_client.cli import main; main()", "watch", id_of(7), "--json",
        env={**os.environ, **own}, stdout=pipe, stderr=pipe,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # a run in the background has it ignored
    )  # fmt: skip
    assert process.stdout is not None
    assert json.loads(await process.stdout.readline())["state"] == "running"
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert not stage.requests("POST", f"/v1/operations/{id_of(7)}/cancel")


async def test_starting_is_light() -> None:
    """Naming the commands imports neither HTTP nor numbers."""
    code = (
        "import sys, harmonic_client.cli.app; "
        "print([m for m in ('aiohttp', 'numpy', 'numba', 'fastapi', 'sqlalchemy', 'rich') if m in sys.modules])"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    assert (await process.communicate())[0].strip() == b"[]"
