"""Conformance: a stop finishes what is under way, a crash loses nothing, a start takes up what was left."""

import asyncio

import pytest

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.world import World, created, note, noting, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated


async def test_a_graceful_stop_loses_nothing(world: World) -> None:
    """Both sides stop in the middle of the stream and start again: every effect once, in order."""
    universe = new_id()
    for first in range(1, 61, 20):
        audio = await world.run("audio", noting())
        physics = await world.run("physics")
        for number in range(first, first + 20, 2):
            await world.emit(revised(universe, number), revised(universe, number + 1))
        for path in (audio, physics):
            await world.leave(path)
    await world.run("audio", noting())
    await world.run("physics")
    await world.settle()
    assert await world.revisions(universe) == list(range(1, 61))


async def test_a_stop_finishes_the_handler_under_way(world: World) -> None:
    """What a handler has begun when the stop comes is committed, not begun again."""
    begun, calls = asyncio.Event(), []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def slow(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        calls.append(message.id)
        begun.set()
        await asyncio.sleep(0.1)
        await note(message, uow)

    audio = await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(created())
    await begun.wait()
    await world.leave(audio)
    assert (len(await world.effects()), len(calls)) == (1, 1)


async def test_a_stop_logs_what_was_delivered(world: World) -> None:
    """After a stop nothing that was delivered is still in the outbox: nobody has to send it again."""
    await world.run("audio", noting())
    physics = await world.run("physics")
    await world.emit(*[created() for _ in range(10)])
    await world.noted(10)
    await world.leave(physics)
    assert (await world.count("physics", "outbox"), await world.count("physics", "event_log")) == (0, 10)


async def test_a_stop_releases_the_lead(world: World) -> None:
    """Who stops leaves no lease behind that the next one would have to wait for."""
    physics = await world.run("physics")
    await world.until(lambda: world.count("physics", "relay_lease", "holder IS NOT NULL"))
    await world.leave(physics)
    assert await world.count("physics", "relay_lease", "holder IS NOT NULL") == 0


async def test_an_idle_stop_is_quick(world: World) -> None:
    """With nothing under way a stop takes a moment, not a grace period."""
    audio = await world.run("audio", noting())
    physics = await world.run("physics")
    await world.settle()
    async with asyncio.timeout(3.0):
        await world.leave(audio)
        await world.leave(physics)


async def test_what_was_received_before_a_stop_is_handled_after_it(world: World) -> None:
    """The inbox is taken up at the start without any new delivery."""
    audio = await world.run("audio", noting())
    await audio._runners[0].stop()
    physics = await world.run("physics")
    await world.emit(*[created() for _ in range(5)])

    async def all_kept() -> bool:
        return await world.count("audio", "inbox") == 5

    await world.until(all_kept)
    await world.leave(physics)
    await world.leave(audio)
    await world.run("audio", noting())
    await world.noted(5)


async def test_what_was_said_before_a_stop_is_sent_after_it(world: World) -> None:
    """The outbox is taken up at the start without any new transaction."""
    await world.emit(*[created() for _ in range(5)])
    await world.run("audio", noting())
    await world.run("physics")
    await world.noted(5)


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_crash_loses_nothing(world: World, seed: int) -> None:
    """Both sides die wherever they are, again and again: every effect once, in order, no hole in the log."""
    universe = new_id()
    for first in range(1, 41, 10):
        audio = await world.run("audio", noting())
        physics = await world.run("physics")
        for number in range(first, first + 10):
            await world.emit(revised(universe, number))
        await asyncio.sleep(0.002 * first * seed)
        for path in (physics, audio) if seed == 1 else (audio, physics):
            await world.leave(path, killed=True)
        await world.physics_forgets_its_leader()
    await world.run("audio", noting())
    await world.run("physics")
    await world.settle()
    assert await world.revisions(universe) == list(range(1, 41))
    assert await world.rows("physics", "SELECT min(number), max(number), count(*) FROM event_log") == [(1, 40, 40)]
