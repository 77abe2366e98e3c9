"""Platforms that the journeys share: starting twelve processes takes longer than most journeys."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest

from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.servers import Server
from harmonic_standalone.testing import DistributedPlatform, EmbeddedPlatform, Platform

P = TypeVar("P", bound=Platform)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPlatform]:
    """The embedded platform, running. Tests leave it running."""
    platform = EmbeddedPlatform(tmp_path_factory.mktemp("embedded"))
    yield from _running(platform)


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

        yield from _running(DistributedPlatform(_folder(tmp_path_factory), new_database, broker.url))


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("distributed")


def _running(platform: P) -> Iterator[P]:
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()
