"""The way of an event: commit to handler, and messages a second, embedded and on PostgreSQL with RabbitMQ.

Beside the latter, in the same run, bare aio-pika without outbox, order, dedupe or handler: what the promises cost.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bench.raw_rabbit import raw_rate
from bench.result import Figure, Measurement
from harmonic_chassis.database import Database
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.servers import Server, ServerMissing
from harmonic_chassis.testing.world import World, create_tables, created
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.local import LocalTransport
from harmonic_chassis.transport.rabbit import RabbitTransport
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated

MESSAGES = 2000
A_TRANSACTION = 50
SINGLE = 100
APART_S = 0.01
SERVICES = ("physics", "audio")


class Arrivals:
    """When each universe's event reached the handler."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.handlers = Handlers()
        self.handlers.on(UniverseCreated, consumer="audio")(self._note)

    async def _note(self, message: Message[Any], _uow: UnitOfWork, _chassis: object) -> None:
        self.at[message.data.universe_id] = time.perf_counter()

    async def all_of(self, count: int) -> None:
        """Wait until so many have come."""
        async with asyncio.timeout(120.0):
            while len(self.at) < count:  # noqa: ASYNC110  # handlers run in transactions of their own
                await asyncio.sleep(0.002)


async def _measured(urls: list[str], make_transport: Callable[[], Transport], name: str) -> list[Figure]:
    databases = {each: Database.from_url(url, service=each) for each, url in zip(SERVICES, urls, strict=True)}
    for database in databases.values():
        await create_tables(database)
    world, arrivals = World(databases, make_transport, name), Arrivals()
    try:
        await world.run("audio", arrivals.handlers)
        await world.run("physics")
        await _latencies(world, arrivals)
        arrivals.at.clear()
        waits = await _latencies(world, arrivals)
        rate, cpu_us = await _rate(world, arrivals)
    finally:
        await world.close()
    return [
        Figure(f"{name}: commit to handler, median", 1e3 * statistics.median(waits), "ms"),
        Figure(f"{name}: commit to handler, 99 in 100", 1e3 * sorted(waits)[int(0.99 * len(waits))], "ms"),
        Figure(f"{name}: outbox to handled", rate, "messages/s"),
        Figure(f"{name}: processor time of Python", cpu_us, "us/message"),
    ]


async def _latencies(world: World, arrivals: Arrivals) -> list[float]:
    """Seconds from the commit to the handler, one message at a time."""
    arrivals.at.clear()
    said: dict[str, float] = {}
    for _ in range(SINGLE):
        event = created()
        await world.emit(event)
        said[event.universe_id] = time.perf_counter()
        await asyncio.sleep(APART_S)
    await arrivals.all_of(SINGLE)
    return [max(0.0, arrivals.at[key] - at) for key, at in said.items()]


async def _rate(world: World, arrivals: Arrivals) -> tuple[float, float]:
    """Messages a second from the first commit to the last handler, and processor time a message."""
    arrivals.at.clear()
    batches = [[created() for _ in range(A_TRANSACTION)] for _ in range(MESSAGES // A_TRANSACTION)]
    began, cpu = time.perf_counter(), time.process_time()
    for batch in batches:
        await world.emit(*batch)
    await arrivals.all_of(MESSAGES)
    return MESSAGES / (time.perf_counter() - began), 1e6 * (time.process_time() - cpu) / MESSAGES


def _embedded() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="harmonic-bench-") as scratch:
        shared = LocalTransport()
        urls = [f"sqlite+aiosqlite:///{Path(scratch) / name}.db" for name in SERVICES]
        return asyncio.run(_measured(urls, lambda: shared, "embedded"))


def _distributed(stack: ExitStack) -> list[Figure]:
    database, broker = _kept(stack, postgres.find()), _kept(stack, rabbit.find())
    urls = [stack.enter_context(postgres.database(database)) for _ in SERVICES]
    place = stack.enter_context(rabbit.vhost(broker))
    name = "PostgreSQL + RabbitMQ"
    figures = asyncio.run(_measured(urls, lambda: RabbitTransport(place.url, prefix=place.prefix), name))
    bare = asyncio.run(raw_rate(place.url, f"{place.prefix}bench", MESSAGES))
    ours = next(figure.value for figure in figures if figure.unit == "messages/s")
    return [
        *figures,
        Figure("bare aio-pika: published with pipelined confirms and consumed", bare, "messages/s"),
        Figure("share of the bare rate that is left with all promises", ours / bare, ""),
    ]


def _kept(stack: ExitStack, server: Server) -> Server:
    stack.callback(server.stop)
    return server


def measure() -> Measurement:
    """Embedded always; the servers where they can be found or started."""
    figures, notes = _embedded(), ["Producer, relay, inbox and handler share one process and one core."]
    with ExitStack() as stack:
        try:
            figures += _distributed(stack)
        except ServerMissing as missing:
            notes.append(f"Not measured on PostgreSQL and RabbitMQ: {missing}")
    return Measurement("bus", "python -m bench bus", figures, notes)
