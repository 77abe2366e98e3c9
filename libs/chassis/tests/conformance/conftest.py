"""The event path's worlds on each transport and database."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harmonic_chassis.database import Database
from harmonic_chassis.tables import metadata
from harmonic_chassis.testing import postgres
from harmonic_chassis.testing.rabbit import Broker
from harmonic_chassis.testing.servers import Server, blocking
from harmonic_chassis.testing.world import SERVICES, World, create_tables, effects_metadata
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.local import LocalTransport
from harmonic_chassis.transport.rabbit import RabbitTransport


async def _prepare(url: str) -> None:
    database = Database.from_url(url, service="physics")
    await create_tables(database)
    await database.close()


@pytest.fixture(scope="session")
def _postgres_pool(_servers: Callable[[str], Server]) -> Iterator[list[str]]:
    """A database a service for all tests, emptied by each: making one takes longer than a test."""
    with ExitStack() as stack:
        urls = [stack.enter_context(postgres.database(_servers("PostgreSQL"))) for _ in SERVICES]
        for url in urls:
            blocking(_prepare(url))
        yield urls


async def _empty(database: Database) -> None:
    async with database.writer.begin() as connection:
        # Not TRUNCATE: for tables this small it takes a hundred times as long.
        for table in (table for each in (metadata, effects_metadata) for table in each.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture(params=["sqlite", "postgres"])
async def databases(request: pytest.FixtureRequest) -> dict[str, Database]:
    """An empty database a service, of each kind."""
    if request.param == "postgres":
        urls = request.getfixturevalue("_postgres_pool")
        made = {name: Database.from_url(url, service=name) for name, url in zip(SERVICES, urls, strict=True)}
        for database in made.values():
            await _empty(database)
        return made
    return await _sqlite(request.getfixturevalue("sqlite_urls"), request.getfixturevalue("_sqlite_template"))


async def _sqlite(make: Callable[[], str], template: bytes) -> dict[str, Database]:
    urls = {name: make() for name in SERVICES}
    for url in urls.values():
        Path(url.removeprefix("sqlite+aiosqlite:///")).write_bytes(template)
    return {name: Database.from_url(url, service=name) for name, url in urls.items()}


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database file with the tables, to be copied: making them takes longer than many a test."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    blocking(_prepare(f"sqlite+aiosqlite:///{path}"))
    return path.read_bytes()


@pytest.fixture(params=["local", "rabbit"])
def make_transport(request: pytest.FixtureRequest) -> Callable[[], Transport]:
    """Makes transports of each kind; those of one test reach each other."""
    if request.param == "local":
        shared = LocalTransport()
        return lambda: shared
    broker = request.getfixturevalue("broker")
    return lambda: RabbitTransport(broker.url, prefix=broker.prefix)


@pytest.fixture
async def world(
    databases: dict[str, Database], make_transport: Callable[[], Transport], request: pytest.FixtureRequest
) -> AsyncIterator[World]:
    """The same world over {local, rabbit} x {sqlite, postgres}."""
    made = World(databases, make_transport, request.node.callspec.id)
    yield made
    await made.close()


@pytest.fixture
async def sqlite_world(sqlite_urls: Callable[[], str], _sqlite_template: bytes, broker: Broker) -> AsyncIterator[World]:
    """A world on RabbitMQ and SQLite, for what no database changes."""
    made = World(
        await _sqlite(sqlite_urls, _sqlite_template),
        lambda: RabbitTransport(broker.url, prefix=broker.prefix),
        "sqlite-rabbit",
    )
    yield made
    await made.close()
