"""Conformance: what is said arrives, once in effect, where it is wanted. The same on every transport and database."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.outbox import numbered
from harmonic_chassis.tables.event_path import event_log
from harmonic_chassis.testing.world import World, created, noting, revised
from harmonic_chassis.transport.base import Outcome, Outgoing
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import Simulate, UniverseCreated, UniverseRevised


async def logged(world: World) -> list[Outgoing]:
    """Everything in the producer's log, as the relay published it."""
    async with world.physics.reading() as session:
        rows = (await session.execute(select(event_log).order_by(event_log.c.number))).all()
    return [Outgoing(row.id, row.type, "physics", row.number, numbered(row.envelope, row.number)) for row in rows]


async def test_an_event_reaches_its_handler_with_its_context(world: World) -> None:
    """The handler sees the data, the organization and the chain, and its own messages continue the chain."""
    heard: list[Message[Any]] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        heard.append(message)
        uow.emit(Simulate(simulation_id=new_id(), universe_id=message.data.universe_id, revision=1))

    await world.run("audio", handlers)
    await world.run("physics")
    universe = created()
    (event_id,) = await world.emit(universe)
    await world.settle()
    assert [message.data for message in heard] == [universe]
    assert heard[0].id == event_id
    assert heard[0].organization_id == universe.organization_id
    ((envelope,),) = await world.rows("audio", "SELECT envelope FROM outbox")
    assert f'"causationid":"{event_id}"' in envelope
    assert f'"correlationid":"{heard[0].envelope.correlationid}"' in envelope


async def test_only_what_is_bound_is_received(world: World) -> None:
    """A consumer receives the types that it handles and no others."""
    await world.run("audio", noting(UniverseRevised))
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), revised(universe, 2))
    await world.settle()
    assert await world.effects() == [(f"universe/{universe}", 2)]
    assert await world.rows("audio", "SELECT count(*) FROM seen") == [(1,)]


async def test_each_consumer_receives_its_copy(world: World) -> None:
    """Two services, and two consumers within one service, each handle every event once."""
    both = noting()
    both.include(noting(consumer="audio_statistics"))
    await world.run("audio", both)
    await world.run("ai", noting())
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    assert len(await world.effects("audio")) == 10
    assert len(await world.effects("ai")) == 5


async def test_a_repeated_delivery_has_one_effect(world: World) -> None:
    """The transport may deliver twice; the effect happens once."""
    await world.run("audio", noting())
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    transport = await world.transport()
    again = await logged(world)
    assert await transport.publish([*again, *again]) == [Outcome.DELIVERED] * 10
    await world.emit(created())
    await world.until(lambda: _count(world, 6))
    await world.settle()
    assert len(await world.effects()) == 6


async def _count(world: World, wanted: int) -> bool:
    return len(await world.effects()) >= wanted


async def test_replaying_the_whole_log_changes_nothing(world: World) -> None:
    """After a restart of the consumer and a replay of the producer's log its database is the same."""
    first = await world.run("audio", noting())
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), *[revised(universe, revision) for revision in range(2, 12)])
    await world.settle()
    before = await world.effects()
    await first.stop()
    world.paths.remove(first)
    second = await world.run("audio", noting())
    await (await world.transport()).publish(await logged(world))
    await second.reconcile()
    await world.settle()
    assert await world.effects() == before
    assert len(before) == 11


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
    assert numbers == list(range(1, len(numbers) + 1))
    for universe in subjects:
        query = f"SELECT sequence FROM event_log WHERE subject = 'universe/{universe}' ORDER BY number"
        sequences = [sequence for (sequence,) in await world.rows("physics", query)]
        assert sequences == list(range(1, len(sequences) + 1))


async def _ignoring(work: Any) -> None:
    try:
        await work
    except Exception:
        return


async def test_an_event_without_consumer_is_kept_and_marked(world: World) -> None:
    """Nobody wants it: it is history all the same, marked as unrouted."""
    await world.run("physics")
    await world.emit(created())
    await world.settle()
    assert await world.rows("physics", "SELECT number, routed FROM event_log") == [(1, 0)]


async def test_a_command_waits_for_its_owner(world: World) -> None:
    """Nobody obeys it yet: the command waits in the outbox, while events pass, and is obeyed when its owner comes."""
    await world.run("audio")
    obeyed: list[str] = []
    order = Simulate(simulation_id=new_id(), universe_id=new_id(), revision=1)
    await world.emit(order, service="audio")
    await world.until(lambda: world.rows("audio", "SELECT 1 FROM outbox WHERE number IS NOT NULL"))
    handlers = Handlers()

    @handlers.on(Simulate)
    async def obey(message: Message[Simulate], _uow: UnitOfWork, _chassis: object) -> None:
        obeyed.append(message.data.simulation_id)

    await world.run("physics", handlers)
    await world.until(lambda: _nonempty(obeyed))
    await world.settle()
    assert obeyed == [order.simulation_id]
    assert await world.rows("audio", "SELECT count(*) FROM outbox") == [(0,)]


async def _nonempty(values: list[str]) -> bool:
    return bool(values)


async def test_a_late_consumer_gets_the_history(world: World) -> None:
    """What was said before a consumer existed is fetched from the producer's log, in order."""
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), *[revised(universe, revision) for revision in range(2, 5)])
    await world.settle()
    audio = await world.run("audio", noting())
    await audio.reconcile()
    await world.settle()
    assert await world.effects() == [(f"universe/{universe}", revision) for revision in range(1, 5)]


async def test_a_hole_heals(world: World) -> None:
    """The way lost two messages and said that it had not: reconciliation fetches exactly those."""
    lost = {2, 4}
    audio = await world.run("audio", noting())
    transport = await world.transport()
    publish = transport.publish

    async def lossy(messages: Any) -> list[Outcome]:
        await publish([message for message in messages if message.number not in lost])
        return [Outcome.DELIVERED] * len(messages)

    transport.publish = lossy  # type: ignore[method-assign]  # the fault that this test is about
    try:
        await world.run("physics", transport=transport)
        universes = [created() for _ in range(5)]
        await world.emit(*universes)
        await world.until(lambda: _count(world, 3))
        await world.settle()
        assert len(await world.effects()) == 3
        await audio.reconcile()
        await world.settle()
    finally:
        transport.publish = publish  # type: ignore[method-assign]  # the local transport is shared
    assert sorted(await world.effects()) == sorted((f"universe/{each.universe_id}", 1) for each in universes)


async def test_a_message_of_an_unknown_type_is_kept_until_it_is_known(world: World) -> None:
    """A consumer rolled back to code that does not know a type keeps its messages, and handles them once it does."""
    newer = await world.run("audio", noting())
    await newer.stop()
    world.paths.remove(newer)
    older = await world.run("audio", noting(UniverseRevised))
    await world.run("physics")
    # On the broker the newer code's binding is still there; by the local way the producer's log stands for it.
    await older._inboxes["audio"].receive([numbered(await _envelope(world), 1)])
    assert await world.rows("audio", "SELECT state FROM inbox") == [("unknown",)]
    await world.settle()
    await older.stop()
    world.paths.remove(older)
    await world.run("audio", noting())
    await world.until(lambda: _count(world, 1))
    assert len(await world.effects()) == 1


async def _envelope(world: World) -> str:
    async with world.physics.transaction() as uow:
        uow.emit(created())
        await uow.flush()
        ((envelope,),) = (await uow.session.execute(select(_outbox().c.envelope))).all()
        await uow.session.rollback()
    return str(envelope)


def _outbox() -> Any:
    from harmonic_chassis.tables.event_path import outbox

    return outbox


async def test_a_broadcast_reaches_those_who_listen_now(world: World) -> None:
    """Listeners hear the topics that they asked for, in every process; nothing is kept."""
    here, there = await world.transport(), await world.transport()
    await world.until(there.ready)
    async with here.listen("physics.operation.*") as heard, there.listen("audio.#") as other:
        await there.broadcast("physics.operation.progress", {"progress": 0.5})
        await here.broadcast("audio.frame", {"n": 1})
        async with asyncio.timeout(5):
            assert await anext(heard) == ("physics.operation.progress", {"progress": 0.5})
            assert await anext(other) == ("audio.frame", {"n": 1})
    await here.broadcast("physics.operation.progress", {"progress": 1.0})
