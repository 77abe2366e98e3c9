"""Finds the servers that tests need, and makes databases and vhosts of unique names that are removed at the end.

In this order: the URL in the environment; a server answering on its standard local port; binaries on this machine,
started on a free loopback port; testcontainers; else the tests that need it are skipped, with a loud count, or fail
where ``HARMONIC_TEST_REQUIRE_SERVERS=1``. A server that was not started here is never stopped.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

DATABASE_VARIABLE = "HARMONIC_TEST_DATABASE_URL"
AMQP_VARIABLE = "HARMONIC_TEST_AMQP_URL"
REQUIRE_VARIABLE = "HARMONIC_TEST_REQUIRE_SERVERS"
START_S = 60.0

Result = TypeVar("Result")


class ServerMissing(RuntimeError):
    """No such server can be found or started here."""


@dataclass
class Server:
    """A server to test against: where it is, where it came from, and how to stop it where it was started here."""

    url: str
    origin: str
    stop: Callable[[], None] = field(default=lambda: None)


def listening(port: int) -> bool:
    """Whether something listens on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def blocking(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end from anywhere, also from within a running event loop (which stands still then)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(
    what: str,
    ready: Callable[[], bool],
    process: "subprocess.Popen[bytes] | None" = None,
    seconds: float = START_S,
) -> None:
    """Wait until a server that was started answers. Raises ServerMissing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ready():
            return
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.2)
    raise ServerMissing(f"{what} did not start within {seconds:.0f} s")


def first_found(name: str, ways: list[Callable[[], Server | None]]) -> Server:
    """The server by the first way that has one. Raises ServerMissing with the reason of each."""
    reasons = []
    for way in ways:
        try:
            server = way()
        except Exception as error:
            reasons.append(f"{way.__name__.strip('_')}: {error}")
            continue
        if server is not None:
            return server
        reasons.append(f"{way.__name__.strip('_')}: none")
    raise ServerMissing(f"no {name} here ({'; '.join(reasons)})")


def scratch_folder() -> Path:
    """A folder for a started server's data; short, because sockets live in it."""
    return Path(tempfile.mkdtemp(prefix="hu-"))


def binary(name: str, *folders: str) -> str | None:
    """The path of a program, looked for in folders (patterns) where packages put it, then in PATH, which may hold a
    wrapper that changes the user."""
    for pattern in folders:
        matches = sorted(Path("/").glob(f"{pattern.lstrip('/')}/{name}"))
        if matches:
            return str(matches[-1])
    return shutil.which(name)


def run(*command: str, user: str | None = None, timeout: float = START_S) -> str:
    """Run a program to its end; its output. Raises RuntimeError with what it said."""
    done = subprocess.run(  # noqa: S603 - programs of this machine, found by `binary`
        command,
        user=user,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout


def terminate(process: "subprocess.Popen[bytes]", folder: Path) -> Callable[[], None]:
    """How to end a server that was started here, and remove its data."""

    def stop() -> None:
        # The whole session of the server that we started: some are scripts that start the real one.
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
                break
        shutil.rmtree(folder, ignore_errors=True)

    return stop
