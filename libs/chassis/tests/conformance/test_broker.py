"""What is particular to RabbitMQ: connections break, the broker is away, and strangers publish garbage."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aio_pika
import pytest

from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.rabbit import Broker
from harmonic_chassis.testing.servers import free_port
from harmonic_chassis.testing.world import World, noting, revised
from harmonic_chassis.transport.rabbit import RabbitTransport


class Cable:
    """A TCP way to the broker that can be cut and joined."""

    def __init__(self, broker: Broker) -> None:
        parts = urlsplit(broker.url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 5672
        self._own_port = free_port()
        self.url = parts._replace(netloc=f"{parts.netloc.rsplit('@', 1)[0]}@127.0.0.1:{self._own_port}").geturl()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def join(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self._own_port)

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(self._host, self._port)
        self._writers |= {writer, back}
        with contextlib.suppress(OSError):
            await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def cabled(databases: dict[str, Database], broker: Broker) -> AsyncIterator[tuple[World, Cable]]:
    cable = Cable(broker)
    world = World(databases, lambda: RabbitTransport(cable.url, prefix=broker.prefix), "cabled")
    try:
        yield world, cable
    finally:
        await world.close()
        await cable.cut()


async def test_cut_connections_lose_and_double_nothing(databases: dict[str, Database], broker: Broker) -> None:
    """The connections of all are cut in the middle of the stream, several times: every effect once, in order."""
    async with cabled(databases, broker) as (world, cable):
        await cable.join()
        await world.run("audio", noting())
        await world.run("physics")
        universe = new_id()
        for first in range(1, 91, 30):
            for n in range(first, first + 30, 3):
                await world.emit(*[revised(universe, n + each) for each in range(3)])
            await cable.cut()
            await asyncio.sleep(0.05)
            await cable.join()
        await world.until(lambda: _arrived(world, 90), seconds=30)
        await world.settle()
        assert [n for _, n in await world.effects()] == list(range(1, 91))


async def _arrived(world: World, count: int) -> bool:
    return len(await world.effects()) >= count


async def test_a_broker_that_is_away_holds_nobody_up(sqlite_world: World, broker: Broker) -> None:
    """Services start and work without the broker; what they said arrives when it comes."""
    async with cabled(sqlite_world.databases, broker) as (world, cable):
        async with asyncio.timeout(15):
            await world.run("audio", noting(), sources=None)
        await world.run("physics", sources=None)
        await world.emit(revised(new_id(), 1))
        assert await world.effects() == []
        await cable.join()
        await world.until(lambda: _arrived_or_logged(world))


async def _arrived_or_logged(world: World) -> bool:
    """The consumer's queue may be declared after the event came: then the log has it, and reconciliation heals that."""
    return bool(await world.effects() or await world.rows("physics", "SELECT 1 FROM event_log"))


@pytest.mark.parametrize("garbage", [b"{", b"[]", b'{"id": "x"}', b"\xff\xfe"])
async def test_garbage_goes_to_the_brokers_dead_letters(sqlite_world: World, broker: Broker, garbage: bytes) -> None:
    """A body that is no message cannot enter the inbox: it is kept on the broker, and what follows passes."""
    await sqlite_world.run("audio", noting())
    await sqlite_world.run("physics")
    async with await aio_pika.connect(broker.url) as connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange(f"{broker.prefix}harmonic.events")
        await exchange.publish(aio_pika.Message(garbage), "physics.universe.revised.v1")
        await sqlite_world.emit(revised(new_id(), 1))
        await sqlite_world.settle()
        assert len(await sqlite_world.effects()) == 1
        dead = await channel.get_queue(f"{broker.prefix}harmonic.dead.v1")
        async with asyncio.timeout(5):
            while (kept := await dead.get(fail=False)) is None:  # noqa: ASYNC110  # the queue lies on the broker
                await asyncio.sleep(0.05)
        assert kept.body == garbage
        await kept.ack()
