"""Servers for tests are found or started, and nothing of ours stays behind."""

import os
from pathlib import Path

import asyncpg
import pytest

from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.servers import (
    AMQP_VARIABLE,
    DATABASE_VARIABLE,
    Server,
    ServerMissing,
    blocking,
    first_found,
    listening,
)
from harmonic_chassis.transport.rabbit import answers


def test_the_environment_wins_and_a_dead_server_in_it_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL that was set and does not answer is not silently replaced by another server."""
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql+asyncpg://x@127.0.0.1:1/x")
    monkeypatch.setenv(AMQP_VARIABLE, "amqp://x:x@127.0.0.1:1/")
    with pytest.raises(ServerMissing, match=DATABASE_VARIABLE):
        postgres._from_environment()
    with pytest.raises(ServerMissing, match=AMQP_VARIABLE):
        rabbit._from_environment()


def test_the_reason_of_every_way_is_told() -> None:
    """Where nothing is found the message lists what was tried and why it failed."""

    def _from_nowhere() -> Server | None:
        return None

    def _from_ruins() -> Server | None:
        raise RuntimeError("collapsed")

    with pytest.raises(ServerMissing, match=r"from_nowhere: none; from_ruins: collapsed"):
        first_found("castle", [_from_nowhere, _from_ruins])


def test_a_database_is_dropped_at_the_end(postgres_url: str) -> None:
    """A database made for a test exists within its block and not after, even when someone is still connected."""
    server = Server(postgres_url.replace("+asyncpg", ""), "the fixture")
    with postgres.database(server) as url:
        plain = url.replace("+asyncpg", "")
        blocking(_connect(plain))
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        blocking(_connect(plain))


async def _connect(url: str) -> None:
    await (await asyncpg.connect(url)).execute("SELECT 1")


@pytest.mark.slow
@pytest.mark.skipif("HARMONIC_TEST_SLOW" not in os.environ, reason="long form: set HARMONIC_TEST_SLOW=1")
@pytest.mark.parametrize("kind", [postgres, rabbit])
def test_binaries_are_started_on_a_free_port_and_stopped(kind: object) -> None:
    """Binaries of this machine are started beside any server that runs, and leave neither process nor files."""
    module = postgres if kind is postgres else rabbit
    before = set(Path("/tmp").glob("hu-*"))
    server = module._from_binaries()
    if server is None:
        pytest.skip("no such binaries here")
    port = int(server.url.rsplit(":", 1)[1].split("/")[0])
    assert listening(port)
    if module is rabbit:
        assert blocking(answers(server.url))
    server.stop()
    assert not listening(port)
    assert set(Path("/tmp").glob("hu-*")) <= before
