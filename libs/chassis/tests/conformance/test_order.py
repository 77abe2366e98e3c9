"""Conformance: the messages of one subject are handled in the producer's order, whatever happens to them."""

import asyncio
import random
from typing import Any

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.faults import outgoing
from harmonic_chassis.testing.world import World, created, note, noting, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised


def failing(fails: Any) -> tuple[Handlers, list[tuple[str, int]]]:
    """Handlers that note, and then fail where ``fails(universe, revision, earlier attempts)``; and the attempts."""
    attempts: list[tuple[str, int]] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated, UniverseRevised)
    async def handle(message: Message[Any], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        this = (message.data.universe_id, message.data.revision)
        attempts.append(this)
        if fails(*this, attempts.count(this) - 1):
            raise ArithmeticError

    return handlers, attempts


async def test_order_per_subject_survives_retries(world: World) -> None:
    """A subject's messages wait while its first is tried again; the effect keeps the order."""
    slow = new_id()
    handlers, _ = failing(lambda _universe, revision, before: revision in (1, 3) and before < 2)
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(*[revised(slow, n) for n in range(1, 6)])
    await world.settle()
    assert await world.revisions(slow) == [1, 2, 3, 4, 5]


async def test_a_subject_that_waits_holds_no_other(world: World) -> None:
    """While one subject waits for its retry, the others are handled to their end."""
    slow, other = new_id(), new_id()
    handlers, _ = failing(lambda universe, revision, before: universe == slow and revision == 1 and before < 2)
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(*[revised(slow, n) for n in range(1, 6)], *[revised(other, n) for n in range(1, 6)])
    await world.settle()
    assert (await world.effects())[:5] == [(f"universe/{other}", n) for n in range(1, 6)]


async def test_order_holds_between_the_types_of_a_subject(world: World) -> None:
    """What was created is created before it is revised, also when the creation is tried again."""
    universe = new_id()
    handlers, _ = failing(lambda _universe, revision, before: revision == 1 and before < 2)
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(created(universe), revised(universe, 2), revised(universe, 3))
    await world.settle()
    types = await world.rows("audio", "SELECT type FROM effect ORDER BY place")
    assert [type_.split(".")[2] for (type_,) in types] == ["created", "revised", "revised"]


async def test_competing_instances_share_the_work_in_order(world: World) -> None:
    """Two instances of a consumer: each message has one effect, each subject keeps its order."""
    await world.run("audio", noting())
    await world.run("audio", noting())
    await world.run("physics")
    universes = [new_id() for _ in range(6)]
    for first in range(1, 11, 2):
        for universe in universes:
            await world.emit(revised(universe, first), revised(universe, first + 1))
    await world.settle()
    assert len(await world.effects()) == 60
    for universe in universes:
        assert await world.revisions(universe) == list(range(1, 11))


async def test_order_survives_retries_on_three_instances(world: World) -> None:
    """Three instances, every third attempt fails at random (seeded): each effect once, each subject in order."""
    dice = random.Random(20261)
    handlers, _ = failing(lambda _universe, _revision, before: before < 2 and dice.random() < 0.33)
    for _ in range(3):
        await world.run("audio", handlers)
    await world.run("physics")
    universes = [new_id() for _ in range(5)]
    for revision in range(1, 9):
        await world.emit(*[revised(universe, revision) for universe in universes])
    await world.settle()
    for universe in universes:
        assert await world.revisions(universe) == list(range(1, 9))


async def test_what_waits_together_is_handled_in_the_producers_order(world: World) -> None:
    """Messages of a subject that arrived in the wrong order, and wait together, are handled in the right one."""
    universe = new_id()
    path = await world.run("audio", noting())
    await path._runners[0].stop()
    messages = [outgoing(revised(universe, number), number) for number in range(1, 6)]
    for message in reversed(messages):
        await path._inboxes["audio"].receive([message.body])
    await path._runners[0].start()
    await world.settle()
    assert await world.revisions(universe) == [1, 2, 3, 4, 5]


async def test_a_dead_letter_lets_its_subject_go_on(world: World) -> None:
    """A message that is given up holds what follows it no longer."""
    universe = new_id()
    handlers, _ = failing(lambda _universe, revision, _before: revision == 1)
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(revised(universe, 1), revised(universe, 2), revised(universe, 3))
    await world.settle()
    assert await world.revisions(universe) == [2, 3]


async def test_the_order_of_commits_is_the_order_of_a_subject(world: World) -> None:
    """Concurrent transactions on one subject are heard in the order in which they committed."""
    universe, committed = new_id(), []
    await world.run("audio", noting())
    await world.run("physics")

    async def revise(revision: int) -> None:
        async with world.physics.transaction() as uow:
            uow.emit(revised(universe, revision))
            await uow.flush()
            committed.append(revision)  # the subject's row is locked from here to the commit

    await asyncio.gather(*[revise(revision) for revision in range(1, 21)])
    await world.noted(20)
    assert await world.revisions(universe) == committed
