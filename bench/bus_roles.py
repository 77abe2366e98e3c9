"""The processes of the distributed benchmark: one says, one handles. Orders come as JSON lines, answers go so.

`python -m bench.bus_roles produce|consume|plain-produce|plain-consume '{"database": URL, "amqp": URL, "prefix": P}'`
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop

from bench import bus_plain
from bench.bus_world import edit, handlers
from harmonic_chassis import garbage
from harmonic_chassis.database import Database
from harmonic_chassis.event_path import EventPath
from harmonic_chassis.handlers import Handlers
from harmonic_chassis.transport.rabbit import RabbitTransport

Order = dict[str, Any]
Do = Callable[[Order], Awaitable[Any]]


async def produce(place: Order) -> None:
    """Business transactions and the relay."""
    database, path, transport = await _started(place, "physics", Handlers())

    async def work(order: Order) -> Any:
        return await (_paced(database, order) if "per_second" in order else _flood(database, order))

    await _obey(work)
    await path.stop()
    await transport.stop()
    await database.close()


async def _flood(database: Database, order: Order) -> Any:
    """So many events, so many a transaction, by so many writers at once."""
    began, cpu = time.monotonic(), time.process_time()
    left = order["events"] // order["a_transaction"]

    async def write() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await edit(database, order["a_transaction"])

    await asyncio.gather(*(write() for _ in range(order["writers"])))
    return {"began": began, "ended": time.monotonic(), "cpu": time.process_time() - cpu}


async def _paced(database: Database, order: Order) -> Any:
    """Single events at an even pace; when each was committed."""
    said: dict[str, float] = {}
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for place in range(order["events"]):
            await asyncio.sleep(max(0.0, begun + place / order["per_second"] - time.monotonic()))

            async def one() -> None:
                (event_id,) = await edit(database, 1)
                said[event_id] = time.monotonic()

            group.create_task(one())
    return said


async def consume(place: Order) -> None:
    """The inbox and the handlers."""
    arrivals = Arrivals()
    database, path, transport = await _started(place, "audio", handlers(arrivals.note))
    await _obey(arrivals.answer)
    await path.stop()
    await transport.stop()
    await database.close()


async def plain_produce(place: Order) -> None:
    """The plain pattern's producer."""
    opened, queue = await bus_plain.channel(place["amqp"], f"{place['prefix']}bench.plain")
    producer = bus_plain.Producer(place["database"], opened, queue.name)
    await _obey(lambda order: producer.flood(order["events"], order["writers"]))


async def plain_consume(place: Order) -> None:
    """The plain pattern's consumer."""
    arrivals = Arrivals()
    _, queue = await bus_plain.channel(place["amqp"], f"{place['prefix']}bench.plain")
    await queue.consume(bus_plain.Consumer(place["database"], arrivals.note).take)
    await _obey(arrivals.answer)


class Arrivals:
    """When each event's handler had committed."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def note(self, event_id: str) -> None:
        """It has, now."""
        self.at[event_id] = time.monotonic()

    async def answer(self, order: Order) -> Any:
        """Wait for so many."""
        async with asyncio.timeout(order.get("patience", 300)):
            while len(self.at) < order["events"]:  # noqa: ASYNC110  # what counts lies in committed transactions
                await asyncio.sleep(0.005)
        answer = {"last": max(self.at.values()), "at": dict(self.at) if order.get("times") else {}}
        self.at.clear()
        return answer


async def _started(place: Order, service: str, made: Handlers) -> tuple[Database, EventPath, RabbitTransport]:
    database = Database.from_url(place["database"], service=service, connections=24)
    await database.start()
    transport = RabbitTransport(place["amqp"], prefix=place["prefix"])
    await transport.start()
    path = EventPath(database, transport, made, service=service)
    await path.start()
    garbage.resume()  # as in a service
    return database, path, transport


async def _obey(do: Do) -> None:
    _say({"ready": True})
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        _say(await do(json.loads(line)))


def _say(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    role, where = sys.argv[1], json.loads(sys.argv[2])
    roles = {"produce": produce, "consume": consume, "plain-produce": plain_produce, "plain-consume": plain_consume}
    uvloop.run(roles[role](where))
