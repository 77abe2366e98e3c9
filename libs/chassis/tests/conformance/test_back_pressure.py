"""Conformance: who is slow holds nobody else up, and what waits for it waits durably, not in memory."""

import asyncio

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.relay import RelayPace
from harmonic_chassis.testing.faults import Basket
from harmonic_chassis.testing.world import World, created, note, noting
from harmonic_chassis.transport.base import ConsumerSpec
from harmonic_chassis.transport.rabbit import PREFETCH
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated

AT_ONCE = max(RelayPace().batch, PREFETCH)
"""The most messages that a way or a relay has in hand for one consumer."""


async def test_a_slow_handler_holds_no_producer(world: World) -> None:
    """The producer's outbox empties while the consumer is still at its first message: its inbox has the rest."""
    go_on = asyncio.Event()
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def slow(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await go_on.wait()
        await note(message, uow)

    await world.run("audio", handlers) if world.physics.dialect == "postgresql" else await _one_writer(world, handlers)
    await world.run("physics")
    await world.emit(*[created() for _ in range(100)])

    async def all_sent() -> bool:
        return await world.count("physics", "event_log") == 100

    await world.until(all_sent)
    assert await world.effects() == []
    go_on.set()
    await world.noted(100)


async def _one_writer(world: World, handlers: Handlers) -> None:
    """On SQLite a handler at work has the only writer: what arrives meanwhile would wait for it. So it begins later."""
    path = await world.run("audio", handlers)
    await path._runners[0].stop()

    async def begin() -> None:
        await world.until(lambda: world.count("audio", "inbox", "number = 100"))
        await path._runners[0].start()

    world.background.append(asyncio.create_task(begin()))


async def test_a_slow_consumer_holds_no_other(world: World) -> None:
    """What one consumer does not take yet, another has handled long ago."""
    closed, way = Basket(), await world.transport()
    closed.open.clear()
    await world.run("audio", noting())
    if world.over_a_broker:
        await way.consume(ConsumerSpec("closed", ("physics.#",)), closed)
    else:
        path = await world.run("ai", noting())
        await path._runners[0].stop()
    await world.run("physics")
    await world.emit(*[created() for _ in range(50)])
    await world.noted(50)
    assert closed.kept == []
    assert await world.effects("ai") == []
    closed.open.set()


async def test_what_a_consumer_does_not_take_is_not_held_in_memory(world: World) -> None:
    """While an inbox takes nothing, a bounded number of messages is in hand; the rest stays on the broker or in the
    outbox, durably."""
    basket, way = Basket(), await world.transport()
    basket.open.clear()
    await way.consume(ConsumerSpec("basket", ("physics.#",)), basket)
    await world.run("physics", transport=way)
    await world.emit(*[created() for _ in range(AT_ONCE + 200)])

    async def handed() -> bool:
        return basket.handed > 0

    await world.until(handed)
    await asyncio.sleep(0.2)  # time enough to hand over more
    assert basket.handed <= AT_ONCE
    basket.open.set()

    async def all_there() -> bool:
        return len(set(basket.numbers)) == AT_ONCE + 200

    await world.until(all_there)


async def test_a_backlog_is_worked_off_in_batches(world: World) -> None:
    """Thousands of waiting messages do not become one transaction: the first effects are seen before the last
    message is handled."""
    audio = await world.run("audio", noting())
    await audio._runners[0].stop()
    await world.run("physics")
    await world.emit(*[created() for _ in range(400)])

    async def all_kept() -> bool:
        return await world.count("audio", "inbox") == 400

    await world.until(all_kept)
    await audio._runners[0].start()
    seen: set[int] = set()

    async def handled() -> bool:
        seen.add(await world.count("audio", "effect"))
        return 400 in seen

    await world.until(handled)
    assert min(seen - {0}) < 400
