"""The stream's numbers follow the commits, whoever writes; so nobody who reads by number misses a slow writer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from harmonic_chassis import migrate
from harmonic_chassis.database import Database
from harmonic_chassis.readers import Reader
from harmonic_chassis.testing.house import House, running
from harmonic_chassis.transport.local import LocalTransport
from harmonic_contracts.messages.audio import SoundscapeCreated
from harmonic_contracts.roles import Role
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.service import service
from harmonic_gateway.store import stream
from harmonic_gateway.store.stream import StreamEvent
from harmonic_gateway.streams.follow import Item
from harmonic_gateway.streams.position import Position
from harmonic_gateway.testing.samples import ORGANIZATION, SOUNDSCAPE, UNIVERSE

WRITERS, EACH = 8, 6
OTHER = "01900000-0000-7000-8000-000000000002"
TIME = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    await migrate.upgrade(database_url, service)
    db = Database.from_url(database_url, service="gateway")
    yield db
    await db.close()


MEMBER = Reader.of("somebody", {ORGANIZATION: Role.VIEWER})


async def write(db: Database, writer: int) -> None:
    """Appends slowly, in either order: some transactions stay open for a while after they have their numbers."""
    organizations = [ORGANIZATION, OTHER]
    for number in range(EACH):
        async with db.transaction() as uow:
            for organization in organizations if writer % 2 else organizations[::-1]:
                stream.append(uow, StreamEvent(organization, "t.v1", TIME, {"is": [writer, number]}))
            uow.before_commit(lambda: asyncio.sleep(0.004 * ((writer + number) % 3)))  # noqa: B023  # called at once


async def test_a_reader_by_number_misses_nobody(database: Database) -> None:
    """While slow writers write side by side, a reader that only asks for higher numbers gets every event once."""
    writing = asyncio.gather(*(write(database, writer) for writer in range(WRITERS)))
    seen: list[StreamEvent] = []
    async with asyncio.timeout(30):
        while len(seen) < WRITERS * EACH:
            async with database.reading() as session:
                seen += await stream.read(session, {ORGANIZATION: seen[-1].number if seen else 0}, MEMBER, limit=7)
            await asyncio.sleep(0.002)
    await writing
    assert [event.number for event in seen] == list(range(1, WRITERS * EACH + 1))
    assert len({tuple(event.data["is"]) for event in seen}) == WRITERS * EACH


async def test_any_replica_goes_on_with_the_stream(postgres_url: str) -> None:
    """What one replica was told last, another takes up: two gateways over one database, each event once."""
    transport = LocalTransport()
    async with (
        running(service, database_url=postgres_url, transport=transport) as one,
        running(service, database_url=postgres_url, transport=transport) as two,
    ):
        position = Position({})
        for revision in range(1, 7):
            event = SoundscapeCreated(
                soundscape_id=SOUNDSCAPE, universe_id=UNIVERSE, organization_id=ORGANIZATION, revision=revision
            )
            await one.deliver(event, organization_id=ORGANIZATION)
            item = await _next(one if revision % 2 else two, position)
            assert item.data["data"]["revision"] == revision
            assert item.id is not None
            position = Position.parse(item.id)


async def _next(replica: House, position: Position) -> Item:
    async def reader() -> Reader:
        return MEMBER

    following = gateway_of(replica.chassis).follower(reader).organizations(position, [ORGANIZATION])
    async with asyncio.timeout(10):
        return await anext(following)
