"""Conformance: at least once on the way, exactly once in effect."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from sqlalchemy import select, text

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.outbox import numbered
from harmonic_chassis.tables.event_path import event_log
from harmonic_chassis.testing.faults import Basket, LostAnswer, outgoing
from harmonic_chassis.testing.world import World, created, note, noting, revised
from harmonic_chassis.transport.base import ConsumerSpec, Outcome, Outgoing
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import Simulate, UniverseCreated

PHYSICS = ConsumerSpec("audio", ("physics.#",))


async def logged(world: World) -> list[Outgoing]:
    """Everything in the producer's log, as the relay published it."""
    async with world.physics.reading() as session:
        rows = (await session.execute(select(event_log).order_by(event_log.c.number))).all()
    return [Outgoing(row.id, row.type, "physics", row.number, numbered(row.envelope, row.number)) for row in rows]


async def test_a_rolled_back_transaction_says_nothing(world: World) -> None:
    """What was emitted in a transaction that failed is never heard, and leaves no hole in the numbers."""
    await world.run("audio", noting())
    await world.run("physics")
    await world.emit(created())
    with pytest.raises(ZeroDivisionError):
        async with world.physics.transaction() as uow:
            uow.emit(created())
            await uow.flush()
            raise ZeroDivisionError
    await world.emit(created())
    await world.settle()
    assert len(await world.effects()) == 2
    assert await world.rows("physics", "SELECT number FROM event_log ORDER BY number") == [(1,), (2,)]


async def test_numbers_have_no_holes_under_concurrent_writers(world: World) -> None:
    """Many writers, some of which fail: the log is numbered from 1 without holes, each subject in its order."""
    await world.run("physics")
    subjects = [new_id() for _ in range(4)]

    async def write(place: int) -> None:
        async with world.physics.transaction() as uow:
            uow.emit(revised(subjects[place % 4], place + 1))
            if place % 5 == 0:
                await uow.session.rollback()
                uow.effects.drafts.clear()

    async with asyncio.TaskGroup() as writers:
        for place in range(40):
            writers.create_task(_ignoring(write(place)))
    await world.settle()
    numbers = [number for (number,) in await world.rows("physics", "SELECT number FROM event_log ORDER BY number")]
    assert len(numbers) >= 32
    assert numbers == list(range(1, len(numbers) + 1))
    for universe in subjects:
        query = f"SELECT sequence FROM event_log WHERE subject = 'universe/{universe}' ORDER BY number"
        sequences = [sequence for (sequence,) in await world.rows("physics", query)]
        assert sequences == list(range(1, len(sequences) + 1))


async def _ignoring(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        return


async def test_a_large_transaction_arrives_whole_and_in_order(world: World) -> None:
    """Hundreds of messages of one transaction travel in several batches and lose neither one nor their order."""
    basket, way, universe = Basket(), await world.transport(), new_id()
    await way.consume(PHYSICS, basket)
    await world.run("physics", transport=way)
    await world.emit(*[revised(universe, number) for number in range(1, 601)])

    async def all_there() -> bool:
        return len(basket.kept) >= 600

    await world.until(all_there)
    assert basket.numbers == list(range(1, 601))


async def test_a_repeated_delivery_has_one_effect(world: World) -> None:
    """The transport may deliver twice, also much later; the effect happens once."""
    await world.run("audio", noting())
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    transport = await world.transport()
    again = await logged(world)
    assert await transport.publish([*again, *again]) == [Outcome.DELIVERED] * 10
    await world.emit(created())
    await world.noted(6)
    await world.settle()
    assert len(await world.effects()) == 6


async def test_copies_in_one_batch_have_one_effect(world: World) -> None:
    """The same message several times in one batch is kept once."""
    await world.run("audio", noting())
    way, message = await world.transport(), outgoing(created(), 1)
    await way.publish([message] * 20)
    await world.noted(1)
    await world.settle()
    assert len(await world.effects()) == 1


async def test_copies_to_competing_instances_have_one_effect(world: World) -> None:
    """Two instances that keep the same messages at the same moment have one effect of each between them."""
    paths = [await world.run("audio", noting()) for _ in range(2)]
    bodies = [outgoing(created(), number).body for number in range(1, 41)]
    inboxes = [Inbox(world.databases["audio"], "audio", path._inboxes["audio"]._types) for path in paths]
    await asyncio.gather(*[inbox.receive(bodies) for inbox in inboxes * 3])
    await world.noted(40)
    await world.settle()
    assert len(await world.effects()) == 40


async def test_a_lost_acknowledgement_has_one_effect(world: World) -> None:
    """An inbox that kept a batch and died before it could say so gets the batch again, and drops it."""
    await world.run("audio", noting())
    path = world.paths[0]
    inbox = LostAnswer(path._inboxes["audio"], times=2)
    for subscription in path._subscriptions:
        await subscription.close()
    way = await world.transport()
    await way.consume(ConsumerSpec("audio", ("physics.universe.created.v1",)), inbox)
    await world.run("physics", transport=way)
    await world.emit(*[created() for _ in range(3)])
    await world.noted(3)
    await world.settle()
    assert len(await world.effects()) == 3


async def test_an_inbox_that_refuses_gets_the_messages_later(world: World) -> None:
    """While the consumer's database takes nothing, the way (or the sender's outbox) holds the messages, in order."""
    basket, way, universe = Basket(refusals=2), await world.transport(), new_id()
    await way.consume(PHYSICS, basket)
    await world.run("physics", transport=way)
    await world.emit(*[revised(universe, number) for number in range(1, 6)])

    async def all_there() -> bool:
        return len(basket.kept) >= 5

    await world.until(all_there)
    assert basket.numbers == [1, 2, 3, 4, 5]


async def test_a_failed_attempt_leaves_no_trace(world: World) -> None:
    """What the handler wrote and said before it failed is rolled back; the messages of its batch have one effect."""
    bad = created()
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        if message.data.universe_id == bad.universe_id:
            raise ArithmeticError

    await world.run("audio", handlers)
    await world.run("physics")
    good = [created() for _ in range(4)]
    await world.emit(*good[:2], bad, *good[2:])
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    await world.settle()
    assert sorted(await world.effects()) == sorted((f"universe/{each.universe_id}", 1) for each in good)


async def test_what_a_failed_attempt_said_is_never_heard(world: World) -> None:
    """A handler that speaks, fails and is tried again has spoken once."""
    attempts: list[str] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        uow.emit(Simulate(simulation_id=message.data.universe_id, universe_id=message.data.universe_id, revision=1))
        attempts.append(message.id)
        if len(attempts) < 3:
            raise ArithmeticError

    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(created())

    async def three_attempts() -> bool:
        return len(attempts) == 3

    await world.until(three_attempts)
    await world.until(lambda: world.count("audio", "outbox"))
    assert await world.count("audio", "outbox") == 1


async def test_a_violated_constraint_is_the_fault_of_its_message_alone(world: World) -> None:
    """An error that only the database sees counts as the attempt of the message that caused it."""
    bad = created()
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        if message.data.universe_id == bad.universe_id:
            await uow.session.execute(text("INSERT INTO effect (place) VALUES (1), (1)"))

    await world.run("audio", handlers)
    await world.run("physics")
    good = [created() for _ in range(3)]
    await world.emit(good[0], bad, *good[1:])
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    await world.settle()
    assert len(await world.effects()) == 3


@pytest.mark.parametrize("garbage", [b"{", b"[]", b'{"id": "x"}', b"\xff\xfe"])
async def test_what_is_no_message_holds_nothing_up(world: World, garbage: bytes) -> None:
    """A body that is no message of the house enters no inbox; what follows it passes."""
    await world.run("audio", noting())
    way = await world.transport()
    spoilt = Outgoing(new_id(), "physics.universe.created.v1", "physics", 1, garbage)
    await way.publish([spoilt, outgoing(created(), 2)])
    await world.noted(1)
    await world.settle()
    assert await world.rows("audio", "SELECT number FROM seen") == [(2,)]


async def test_dedupe_outlives_the_handled_message(world: World) -> None:
    """Handled messages leave the inbox; that they were received is remembered without them, for each consumer."""
    await world.run("audio", noting())
    await world.run("physics")
    await world.emit(*[created() for _ in range(3)])
    await world.settle()
    assert await world.count("audio", "inbox") == 0
    path = world.paths[0]
    await path._inboxes["audio"].receive([message.body for message in await logged(world)])
    assert await world.count("audio", "inbox") == 0


async def test_data_of_a_message_is_any(world: World) -> None:
    """Text in every script, control characters and quotes arrive as they were said."""
    heard: list[Any] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], _uow: UnitOfWork, _chassis: object) -> None:
        heard.append(message.data.name)

    await world.run("audio", handlers)
    await world.run("physics")
    names = ["Κέπλερ 宇宙 🌍", 'a "quoted" \\ name', "line\nbreak\ttab", "e\u0301 is not \u00e9"]
    await world.emit(*[created(name=name) for name in names])
    await world.settle()
    assert sorted(heard) == sorted(names)
