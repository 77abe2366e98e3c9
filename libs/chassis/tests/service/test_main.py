"""`python -m harmonic_chassis`: a service by itself, on the broker; and a start that is refused says why."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import httpx2
import pytest

from harmonic_chassis import migrate
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.house import eventually
from harmonic_chassis.testing.sample.service import service

RUN = """
import sys
from harmonic_chassis import main
from harmonic_chassis.testing.sample.service import service
main.load_service = lambda name: service
sys.exit(main.main(sys.argv[1:]))
"""


async def start(tmp_path: Path, *arguments: str, **environment: str) -> asyncio.subprocess.Process:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("HARMONIC_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        *arguments,
        cwd=tmp_path,
        env={**clean, **environment},
        stderr=asyncio.subprocess.PIPE,
    )


async def test_a_refused_start_names_what_is_missing(tmp_path: Path) -> None:
    """Without settings the exit code is 78 and every missing one is named; so is the broker."""
    process = await start(tmp_path, "serve", "physics", HARMONIC_SERVICE_SECRET="s" * 20)
    _, text = await process.communicate()
    assert process.returncode == 78
    assert b"HARMONIC_PHYSICS_DATABASE_URL" in text and b"HARMONIC_CURSOR_SECRET" in text
    assert b"Traceback" not in text
    given = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/x.db",
        "SERVICE_SECRET": "s" * 20,
        "CURSOR_SECRET": "c" * 20,
    }
    process = await start(tmp_path, "work", "physics", **{f"HARMONIC_{name}": value for name, value in given.items()})
    _, text = await process.communicate()
    assert process.returncode == 78 and b"HARMONIC_AMQP_URL" in text


@pytest.mark.rabbit
async def test_serve_and_work_are_two_processes(tmp_path: Path, postgres_url: str, amqp_url: str, serve) -> None:
    """`migrate`, `serve` and `work` do the whole way together and are cared for by command; they stop at SIGTERM with
    exit code 0 in good time."""
    authority = Authority()
    environment = {
        "HARMONIC_PHYSICS_DATABASE_URL": postgres_url,
        "HARMONIC_AMQP_URL": amqp_url,
        "HARMONIC_SERVICE_SECRET": "s" * 20,
        "HARMONIC_CURSOR_SECRET": "c" * 20,
        "HARMONIC_DATA_DIR": str(tmp_path / "data"),
        "HARMONIC_PEERS": f"organization={await serve(authority)}",
        "HARMONIC_PORT": "0",
    }
    early = await start(tmp_path, "serve", "physics", **environment)
    _, text = await early.communicate()
    assert early.returncode == 78 and b"run `harmonic db upgrade physics`" in text
    migrated = await start(tmp_path, "migrate", "physics", **environment)
    await migrated.communicate()
    assert migrated.returncode == 0
    await migrate.verify(postgres_url, service)
    await _answers(tmp_path, environment, {"verify": 0, "drift": 0, "downgrade": 0})
    await _answers(tmp_path, environment, {"verify": 1, "migrate": 0})
    port = _free_port()
    environment |= {"HARMONIC_PORT": str(port), "HARMONIC_METRICS_PORT": str(worker_port := _free_port())}
    serving = await start(tmp_path, "serve", "physics", **environment)
    working = await start(tmp_path, "work", "physics", **environment)
    try:
        await _whole_way(f"http://127.0.0.1:{port}", authority)
        await _tells_of_its_work(f"http://127.0.0.1:{worker_port}")
        await _answers(tmp_path, environment, {"cleanup": 0})
    finally:
        begun = time.monotonic()
        for process in (serving, working):
            process.send_signal(signal.SIGTERM)
        for process in (serving, working):
            _, text = await asyncio.wait_for(process.communicate(), 25)
            assert process.returncode == 0, text.decode()
            assert b"Traceback" not in text, text.decode()
    assert time.monotonic() - begun < 25


async def _answers(tmp_path: Path, environment: dict[str, str], expected: dict[str, int]) -> None:
    """Each command of care ends with its exit code."""
    for command, code in expected.items():
        process = await start(tmp_path, command, "physics", **environment)
        _, text = await process.communicate()
        assert process.returncode == code, (command, text.decode())


async def _whole_way(url: str, authority: Authority) -> None:
    organization, user = "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-000000000002"
    token = authority.user_token(user, organization, "owner", project_id="01890000-0000-7000-8000-000000000003")
    async with httpx2.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}) as client:
        await eventually(lambda: _ready(client), 60)
        made = await client.post("/v1/notes", json={"text": "by itself"})
        assert made.status_code == 201, made.text

        async def counted() -> str | None:
            return (await client.get(made.headers["location"])).json()["sha256"]

        assert (await client.get(f"/v1/artifacts/{await eventually(counted, 60)}")).json() == {"letters": 9}


async def _tells_of_its_work(url: str) -> None:
    """A worker answers the operator at a port of its own, and nothing else."""
    async with httpx2.AsyncClient(base_url=url) as client:
        assert (await client.get("/readyz")).json()["status"] == "ready"
        assert 'harmonic_jobs{kind="' in (await client.get("/metrics")).text
        assert (await client.get("/v1/notes")).status_code == 404


async def _ready(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx2.TransportError:
        return False


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
