"""Promises of the deployment: the compose file as it is performs the main job, and each service goes its own way."""

import json
import secrets
from pathlib import Path
from typing import Any

import pytest

from harmonic_chassis.testing.house import eventually
from harmonic_client.client import Harmonic
from harmonic_client.credentials import CredentialStore
from harmonic_client.errors import ServerFault
from harmonic_client.models import Universe
from harmonic_standalone.demo import perform
from harmonic_standalone.resonance import links, transits

pytestmark = [pytest.mark.docker, pytest.mark.timeout(1500)]


async def test_the_main_job_runs_in_containers(deployment: Any, tmp_path: Path) -> None:
    """The demonstration's performance succeeds against the containers, and its chain of resonances holds."""
    facts = await perform(deployment.url, tmp_path / "out", tmp_path / "credentials.json")
    assert facts["simulated"] >= 300
    assert all(link.holds for link in links(transits(tmp_path / "out" / "trajectory.npz")))


async def test_a_service_restarts_alone_and_workers_scale(deployment: Any, tmp_path: Path) -> None:
    """While physics restarts and has three workers, the others go on and a performance still succeeds."""
    deployment.run("up", "-d", "--no-recreate", "--scale", "physics-worker=3", "physics-worker")
    deployment.run("restart", "physics")
    async with Harmonic(deployment.url, store=CredentialStore(tmp_path / "credentials.json")) as harmonic:
        await harmonic.auth.register(f"scale-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(18))
        universe = await eventually(lambda: _created(harmonic), 120.0)
        begun = await harmonic.performances.create(universe.universe_id)
        ended = await harmonic.operations.wait(begun.operation_id)
    assert ended.result is not None
    workers = deployment.run("ps", "-q", "physics-worker").split()
    assert len(workers) == 3


async def _created(harmonic: Harmonic) -> Universe | None:
    """A universe, or nothing while physics is away."""
    try:
        return await harmonic.universes.create({"preset": "bouncing-balls"})
    except ServerFault:
        return None


def test_no_role_enters_anothers_database(deployment: Any) -> None:
    """The role of physics may connect to its own database and to no other."""
    command = ("exec", "-T", "postgres", "psql", "-U", "postgres", "-Atc")
    query = "SELECT d.datname FROM pg_database d WHERE has_database_privilege('physics', d.datname, 'CONNECT')"
    reachable = set(deployment.run(*command, query).split())
    assert "physics" in reachable
    assert reachable.isdisjoint({"organization", "audio", "ai", "export", "gateway"})


def test_images_run_without_privileges_and_build_tools(deployment: Any) -> None:
    """Every service runs as the user harmonic, on a read-only root, without pip or a compiler."""
    probe = "import shutil, os, json; print(json.dumps([os.getuid(), shutil.which('pip'), shutil.which('gcc')]))"
    for service in ("organization", "physics", "audio", "ai", "export", "gateway"):
        said = deployment.run("exec", "-T", service, "/opt/harmonic/bin/python", "-c", probe)
        user, _, compiler = json.loads(said.strip().splitlines()[-1])
        assert (user, compiler) == (10001, None)
