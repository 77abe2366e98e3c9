"""The real compose file, built and started on a Docker engine under a project name, port and volumes of its own."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from testcontainers.compose import DockerCompose

from harmonic_chassis.testing.servers import free_port, wait_for
from harmonic_standalone.testing.processes import answers

ROOT = Path(__file__).parents[2]
IMAGES = ("python:3.13-slim-bookworm", "postgres:17", "rabbitmq:4-management")
UP_S = 300.0
"""Two servers, six migrations and twelve processes start, one after the other where they need each other."""
BRIDGE = "#!/bin/sh\n# `docker compose ...` for an engine that has the separate docker-compose program alone.\nshift\n"


@dataclass
class Deployment:
    """The running containers: where the gateway answers, and the command that steers them."""

    url: str
    compose: DockerCompose

    def run(self, *arguments: str) -> str:
        """Run a compose command; its output."""
        command = [*self.compose.docker_compose_command(), *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout


def _answering(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def _have_or_pull(image: str) -> bool:
    return _answering("docker", "image", "inspect", image) or _answering("docker", "pull", "--quiet", image)


def _docker_command(folder: Path) -> str | None:
    if _answering("docker", "compose", "version"):
        return None
    program = shutil.which("docker-compose", path=f"/usr/bin:{os.environ['PATH']}")
    if program is None:
        pytest.skip("neither `docker compose` nor docker-compose is here")
    bridge = folder / "docker"
    bridge.write_text(f'{BRIDGE}exec {program} "$@"\n')
    bridge.chmod(0o755)
    return str(bridge)


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Build and start everything; stop it and remove its volumes at the end."""
    if not _answering("docker", "info"):
        pytest.skip("no Docker engine answers: the compose file was not tried")
    if missing := [image for image in IMAGES if not _have_or_pull(image)]:
        pytest.skip(f"the compose file was not tried: these images cannot be had here: {', '.join(missing)}")
    subprocess.run([sys.executable, ROOT / "deploy" / "tools" / "make_secrets.py"], check=True)
    port = free_port()
    environment = {
        "HARMONIC_BIND": f"127.0.0.1:{port}",
        "COMPOSE_PROJECT_NAME": f"harmonic-test-{secrets.token_hex(4)}",
        "DOCKER_BUILDKIT": "1",
        "COMPOSE_DOCKER_CLI_BUILD": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        command = _docker_command(tmp_path_factory.mktemp("docker"))
        compose = DockerCompose(ROOT, "compose.yaml", build=True, wait=False, docker_command_path=command)
        try:
            compose.start()
            url = f"http://127.0.0.1:{port}"
            wait_for("the gateway in its container", lambda: answers(f"{url}/readyz"), seconds=UP_S)
            yield Deployment(url, compose)
        finally:
            compose.stop()
