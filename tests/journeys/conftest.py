"""Platforms that the journeys share: starting twelve processes takes longer than most journeys."""

import os
import random
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest

from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.servers import Server
from harmonic_standalone.testing import DistributedPlatform, EmbeddedPlatform, Platform, hashes, signed_up

SEED_VARIABLE = "HARMONIC_TEST_SEED"
OPERATOR_SECRET = secrets.token_hex(32)
SPANS = "spans.jsonl"
"""The file of a platform's folder that its spans go to."""
Running = TypeVar("Running", bound=Platform)
Undisturbed = Callable[[Mapping[str, Any], Mapping[str, Any]], Awaitable[dict[str, str]]]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    """The embedded platform, running. Tests leave it running."""
    folder = tmp_path_factory.mktemp("embedded")
    yield from _running(EmbeddedPlatform(folder, _seen(folder)))


@pytest.fixture(scope="session")
def distributed(
    tmp_path_factory: pytest.TempPathFactory, _servers: Callable[[str], Server]
) -> Iterator[DistributedPlatform]:
    """Six services, twelve processes, on PostgreSQL and RabbitMQ. Tests leave it running."""
    with ExitStack() as stack:
        broker = stack.enter_context(rabbit.vhost(_servers("RabbitMQ")))
        if broker.prefix:
            pytest.skip("no vhost can be made on this RabbitMQ")

        def new_database() -> str:
            return stack.enter_context(postgres.database(_servers("PostgreSQL")))

        folder = tmp_path_factory.mktemp("distributed")
        yield from _running(DistributedPlatform(folder, new_database, broker.url, _seen(folder)))


def _seen(folder: Path) -> dict[str, str]:
    """Settings by which tests look into a platform: its spans in a file, and the operator's secret."""
    return {
        "HARMONIC_TRACES_URL": (folder / SPANS).as_uri(),
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "HARMONIC_GATEWAY_OPERATOR_SECRET": OPERATOR_SECRET,
    }


@pytest.fixture(
    params=["embedded", pytest.param("distributed", marks=[pytest.mark.postgres, pytest.mark.rabbit])], scope="session"
)
def platform(request: pytest.FixtureRequest) -> Platform:
    """A running platform; the test runs on each kind."""
    found: Platform = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def undisturbed(embedded: EmbeddedPlatform) -> Undisturbed:
    """The hashes of the files of a performance of which nobody disturbed the process; worked out once each."""
    known: dict[str, dict[str, str]] = {}

    async def of(document: Mapping[str, Any], sound: Mapping[str, Any]) -> dict[str, str]:
        key = repr((document, sound))
        if key not in known:
            async with signed_up(embedded.url) as player:
                universe = await player.universe(document, sound)
                known[key] = hashes(await player.perform(universe.universe_id))
        return known[key]

    return of


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """A seeded choice, printed, so that a failure can be had again by setting HARMONIC_TEST_SEED."""
    seed = int(os.environ.get(SEED_VARIABLE, "1"))
    print(f"{SEED_VARIABLE}={seed} {request.node.name}")
    return random.Random(f"{seed} {request.node.name}")


def _running(platform: Running) -> Iterator[Running]:
    try:
        platform.start()
        yield platform
    finally:
        codes = platform.stop()
    assert set(codes.values()) <= {0}, f"processes ended badly at SIGTERM: {codes}"
