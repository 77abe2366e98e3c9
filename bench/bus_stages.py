"""The relay and the inbox by themselves, each beside bare aio-pika doing the same share of the work in the same run."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from bench import raw_rabbit
from bench.bus_world import edit
from bench.result import Figure
from harmonic_chassis.database import Database
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.outbox import numbered
from harmonic_chassis.relay import Relay
from harmonic_chassis.tables.event_path import event_log, outbox
from harmonic_chassis.transport.base import ConsumerSpec
from harmonic_chassis.transport.rabbit import PREFETCH, RabbitTransport

COUNT = 4000
ROUNDS = 3
TYPE = "physics.universe.revised.v1"


@dataclass(frozen=True)
class Place:
    """Where to measure: a producer's and a consumer's database, and a broker."""

    producer: str
    consumer: str
    amqp: str
    prefix: str


async def measure(place: Place) -> list[Figure]:
    """Best of some rounds of each, turn by turn, so that neighbours disturb both alike."""
    producer, consumer = (
        Database.from_url(place.producer, service="physics"),
        Database.from_url(place.consumer, service="audio"),
    )
    transport = RabbitTransport(place.amqp, prefix=place.prefix)
    await transport.start()
    spec = ConsumerSpec("audio", (TYPE,))
    await (await transport.consume(spec, Inbox(consumer, "audio", [TYPE]))).close()  # the queue is there from now on
    queue, exchange = f"{place.prefix}audio.inbox.v1", f"{place.prefix}harmonic.events"
    relay, raw_out, inbox, raw_in = [], [], [], []
    bodies: list[bytes] = []
    for _ in range(ROUNDS):
        relay.append(await _relay(producer, transport))
        inbox.append(await _inbox(consumer, transport, spec))
        bodies = bodies or await _bodies(producer)
        raw_out.append(await raw_rabbit.publish_rate(place.amqp, exchange, TYPE, bodies))
        raw_in.append(await raw_rabbit.consume_rate(place.amqp, queue, COUNT, PREFETCH))
    await transport.stop()
    await producer.close()
    await consumer.close()
    return [
        *_figures(
            "relay: outbox to confirmed and logged", "bare aio-pika: published, confirms pipelined", relay, raw_out, 0.9
        ),
        *_figures(
            "inbox: consumed, kept, acknowledged",
            "bare aio-pika: consumed, validated, acknowledged",
            inbox,
            raw_in,
            0.75,
        ),
    ]


Rounds = Sequence[tuple[float, float]]


def _figures(ours: str, bare: str, done: Rounds, raw: Rounds, bar: float) -> list[Figure]:
    def us(rounds: Rounds) -> float:
        return 1e6 * min(cpu for _, cpu in rounds) / COUNT

    best, best_raw = max(rate for rate, _ in done), max(rate for rate, _ in raw)
    return [
        Figure(ours, best, "messages/s"),
        Figure(f"{ours}: Python", us(done), "CPU us/message"),
        Figure(bare, best_raw, "messages/s"),
        Figure(f"{bare}: Python", us(raw), "CPU us/message"),
        Figure(f"{ours}: share of bare aio-pika", best / best_raw, "", bar=bar, more_is_better=True),
    ]


async def _relay(database: Database, transport: RabbitTransport) -> tuple[float, float]:
    for _ in range(COUNT // 100):
        await edit(database, 100)
    relay = Relay(database, transport)
    began, cpu = time.perf_counter(), time.process_time()
    relay.start()
    while relay.busy or await _count(database, outbox):  # noqa: ASYNC110  # what is left lies in the database
        await asyncio.sleep(0.02)
    spent = time.perf_counter() - began, time.process_time() - cpu
    await relay.stop()
    return COUNT / spent[0], spent[1]


async def _inbox(database: Database, transport: RabbitTransport, spec: ConsumerSpec) -> tuple[float, float]:
    kept = _Counting(Inbox(database, "audio", [TYPE]), COUNT)
    began, cpu = time.perf_counter(), time.process_time()
    subscription = await transport.consume(spec, kept)
    await asyncio.wait_for(kept.ended.wait(), 300.0)
    spent = time.perf_counter() - began, time.process_time() - cpu
    await subscription.close()
    return COUNT / spent[0], spent[1]


class _Counting:
    def __init__(self, inbox: Inbox, count: int) -> None:
        self._inbox = inbox
        self._left = count
        self.ended = asyncio.Event()

    async def receive(self, bodies: Sequence[bytes]) -> list[int]:
        refused = await self._inbox.receive(bodies)
        self._left -= len(bodies)
        if self._left <= 0:
            self.ended.set()
        return refused


async def _count(database: Database, table: object) -> int:
    async with database.reading() as session:
        return int(await session.scalar(select(func.count()).select_from(table)) or 0)  # type: ignore[arg-type]


async def _bodies(database: Database) -> list[bytes]:
    async with database.reading() as session:
        rows = await session.execute(
            select(event_log.c.number, event_log.c.envelope).order_by(event_log.c.number).limit(COUNT)
        )
        return [numbered(envelope, number) for number, envelope in rows]
