"""The way of an event: commit to handler, and events a second, embedded and on PostgreSQL with RabbitMQ.

Beside the latter, in the same run: the plain pattern, and bare aio-pika doing the relay's and the inbox's share.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import uvloop

from bench import bus_flow, bus_stages, bus_world
from bench.bus_roles import Arrivals
from bench.bus_stages import Place
from bench.result import Figure, Measurement
from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.relay import RelayPace
from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.servers import Server, ServerMissing
from harmonic_chassis.testing.world import World
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.local import LocalTransport

MESSAGES = 5000
A_TRANSACTION = 10
SINGLE = 300
APART_S = 0.01
SERVICES = ("physics", "audio")


async def _measured(urls: list[str], make_transport: Callable[[], Transport], name: str) -> list[Figure]:
    databases = {each: Database.from_url(url, service=each) for each, url in zip(SERVICES, urls, strict=True)}
    for database in databases.values():
        await bus_world.create_tables(database)
    arrivals = Arrivals()
    world = World(databases, make_transport, name)
    try:
        await world.run("audio", bus_world.handlers(arrivals.note), pace=RelayPace())
        await world.run("physics", pace=RelayPace())
        await _latencies(databases["physics"], arrivals)
        waits = await _latencies(databases["physics"], arrivals)
        rate, cpu_us = await _rate(databases["physics"], arrivals)
    finally:
        await world.close()
    return [
        Figure(f"{name}: commit to handler, median", 1e3 * statistics.median(waits), "ms", bar=2.0),
        Figure(f"{name}: commit to handler, 99 in 100", 1e3 * sorted(waits)[int(0.99 * len(waits))], "ms"),
        Figure(f"{name}: outbox to handled, ten events a transaction", rate, "events/s"),
        Figure(f"{name}: processor time of Python and SQLite", cpu_us, "CPU us/event"),
    ]


async def _latencies(database: Database, arrivals: Arrivals) -> list[float]:
    """Seconds from the commit to the committed handler, one message at a time."""
    said: dict[str, float] = {}
    for _ in range(SINGLE):
        (event_id,) = await bus_world.edit(database, 1)
        said[event_id] = time.monotonic()
        await asyncio.sleep(APART_S)
    at = (await arrivals.answer({"events": SINGLE, "times": True}))["at"]
    return [max(0.0, at[key] - committed) for key, committed in said.items()]


async def _rate(database: Database, arrivals: Arrivals) -> tuple[float, float]:
    """Messages a second from the first commit to the last handler, and processor time a message."""
    began, cpu = time.monotonic(), time.process_time()
    for _ in range(MESSAGES // A_TRANSACTION):
        await bus_world.edit(database, A_TRANSACTION)
    last = (await arrivals.answer({"events": MESSAGES}))["last"]
    return MESSAGES / (last - began), 1e6 * (time.process_time() - cpu) / MESSAGES


def _embedded() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="harmonic-bench-") as scratch:
        shared = LocalTransport()
        urls = [f"sqlite+aiosqlite:///{Path(scratch) / name}.db" for name in SERVICES]
        return uvloop.run(_measured(urls, lambda: shared, "embedded"))


def _distributed(stack: ExitStack) -> list[Figure]:
    database, broker = _kept(stack, postgres.find()), _kept(stack, rabbit.find())
    place = stack.enter_context(rabbit.vhost(broker))
    return [*bus_flow.measure(_place(stack, database, place)), *_stages(_place(stack, database, place))]


def _place(stack: ExitStack, database: Server, broker: rabbit.Broker) -> Place:
    producer, consumer = (stack.enter_context(postgres.database(database)) for _ in range(2))
    for url in (producer, consumer):
        asyncio.run(_prepare(url))
    return Place(producer, consumer, broker.url, f"{broker.prefix}{new_id()[-6:]}.")


async def _prepare(url: str) -> None:
    database = Database.from_url(url, service="physics")
    await bus_world.create_tables(database)
    await database.close()


def _stages(place: Place) -> list[Figure]:
    return uvloop.run(bus_stages.measure(place))


def _kept(stack: ExitStack, server: Server) -> Server:
    stack.callback(server.stop)
    return server


def measure() -> Measurement:
    """Embedded always; the servers where they can be found or started."""
    figures, notes = _embedded(), ["Embedded: producer, relay, inbox and handler share one process."]
    with ExitStack() as stack:
        try:
            figures += _distributed(stack)
        except ServerMissing as missing:
            notes.append(f"Not measured on PostgreSQL and RabbitMQ: {missing}")
    return Measurement("bus", "python -m bench bus", figures, notes)
