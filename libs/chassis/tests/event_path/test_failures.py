"""Conformance: what fails costs nobody else anything, and nothing is lost when things break."""

import asyncio
from typing import Any

from harmonic_chassis import inbox
from harmonic_chassis.handlers import DependencyDown, Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.relay import Relay
from harmonic_chassis.retries import RetryPolicy
from harmonic_chassis.testing.world import PACE, QUICK, World, created, note, noting, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised


class Poison(Exception):
    """What the failing handlers of these tests raise."""


def failing(bad: set[str], *, times: int = 1000, error: Exception | None = None) -> tuple[Handlers, list[str]]:
    """Handlers that note, but fail so many times for the universes in ``bad``; and the attempts in order."""
    attempts: list[str] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated, UniverseRevised)
    async def handle(message: Message[Any], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        universe = message.data.universe_id
        attempts.append(universe)
        if universe in bad and attempts.count(universe) <= times:
            raise error or Poison(universe)

    return handlers, attempts


async def dead_count(world: World) -> int:
    async with world.databases["audio"].reading() as session:
        return len(await inbox.dead_letters(session))


async def test_order_per_subject_survives_retries(world: World) -> None:
    """A subject's messages wait while its first is tried again; other subjects go on; the effect keeps the order."""
    slow, other = new_id(), new_id()
    handlers, _ = failing({slow}, times=2)
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(*[revised(slow, n) for n in range(1, 6)], *[revised(other, n) for n in range(1, 6)])
    await world.settle()
    effects = await world.effects()
    assert [n for subject, n in effects if subject.endswith(slow)] == [1, 2, 3, 4, 5]
    assert effects[:5] == [(f"universe/{other}", n) for n in range(1, 6)]


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
    effects = await world.effects()
    assert len(effects) == 60
    for universe in universes:
        assert [n for subject, n in effects if subject.endswith(universe)] == list(range(1, 11))


async def test_poison_becomes_a_dead_letter_while_others_pass(world: World) -> None:
    """Every other subject is handled before the poison's second attempt; the poison ends as a dead letter with its
    traceback and trace id, and its subject goes on."""
    bad = new_id()
    handlers, attempts = failing({bad}, times=QUICK.max_attempts)
    await world.run("audio", handlers, policy=RetryPolicy(max_attempts=3, base_s=0.5))
    await world.run("physics")
    others = [created() for _ in range(20)]
    await world.emit(revised(bad, 1), *others, revised(bad, 2))
    await world.settle()
    second_attempt = [place for place, universe in enumerate(attempts) if universe == bad][1]
    assert {each.universe_id for each in others} <= set(attempts[:second_attempt])
    assert (f"universe/{bad}", 2) in await world.effects()
    async with world.databases["audio"].reading() as session:
        (letter,) = await inbox.dead_letters(session)
    assert letter.attempts == 3
    assert "Poison" in (letter.error or "")
    assert "test_failures.py" in (letter.error or "")
    assert letter.trace_id == letter.envelope["traceparent"].split("-")[1]


async def test_a_dead_letter_is_replayed_by_one_call(world: World) -> None:
    """Once the fault is mended, one call handles the message, with all its attempts."""
    bad = created()
    handlers, attempts = failing({bad.universe_id}, times=QUICK.max_attempts)
    await world.run("audio", handlers)
    await world.run("physics")
    (event_id,) = await world.emit(bad)
    await world.until(lambda: dead_count(world))
    assert await world.effects() == []
    async with world.databases["audio"].transaction() as uow:
        assert await inbox.replay(uow, event_id)
    await world.settle()
    assert await world.effects() == [(f"universe/{bad.universe_id}", 1)]
    assert await dead_count(world) == 0
    async with world.databases["audio"].transaction() as uow:
        assert not await inbox.replay(uow, event_id)
    assert len(attempts) == QUICK.max_attempts + 1


async def test_a_dependency_that_is_down_makes_no_dead_letters(world: World) -> None:
    """While a dependency is down its messages wait, uncounted; when it is back, all are handled in order."""
    universe = new_id()
    handlers, _ = failing({universe}, times=QUICK.max_attempts + 2, error=DependencyDown("the sky"))
    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(*[revised(universe, n) for n in range(1, 4)], created())
    await world.until(lambda: _three(world, universe))
    await world.settle()
    assert await world.rows("audio", "SELECT count(*) FROM inbox") == [(0,)]


async def test_one_waiting_message_holds_no_other_of_its_type(world: World) -> None:
    """A message that waits for its dependency costs others of the same type nothing."""
    stuck = new_id()
    handlers, attempts = failing({stuck}, times=6, error=DependencyDown("the sky"))
    await world.run("audio", handlers)
    await world.run("physics")
    others = [created() for _ in range(10)]
    await world.emit(created(stuck), *others)
    await world.settle()
    effects = await world.effects()
    assert {subject for subject, _ in effects[:10]} == {f"universe/{each.universe_id}" for each in others}
    assert effects[10:] == [(f"universe/{stuck}", 1)]
    assert attempts.count(stuck) == 7


async def _three(world: World, universe: str) -> bool:
    return [n for subject, n in await world.effects() if subject.endswith(universe)] == [1, 2, 3]


async def test_a_failed_attempt_leaves_no_trace(world: World) -> None:
    """What the handler wrote and said before it failed is rolled back; the messages of its batch have one effect."""
    bad = created()
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        if message.data.universe_id == bad.universe_id:
            raise Poison

    await world.run("audio", handlers)
    await world.run("physics")
    good = [created() for _ in range(4)]
    await world.emit(*good[:2], bad, *good[2:])
    await world.until(lambda: dead_count(world))
    await world.settle()
    assert sorted(await world.effects()) == sorted((f"universe/{each.universe_id}", 1) for each in good)


async def test_a_violated_constraint_is_the_fault_of_its_message_alone(world: World) -> None:
    """An error that only the database sees counts as the attempt of the message that caused it."""
    from sqlalchemy import text

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
    await world.until(lambda: dead_count(world))
    await world.settle()
    assert len(await world.effects()) == 3


async def test_a_graceful_stop_loses_nothing(world: World) -> None:
    """Both sides stop in the middle of the stream and start again: every effect once, in order."""
    universe = new_id()
    for first in range(1, 61, 20):
        audio = await world.run("audio", noting())
        physics = await world.run("physics")
        for n in range(first, first + 20, 2):
            await world.emit(revised(universe, n), revised(universe, n + 1))
        await asyncio.sleep(0.02)
        for path in (audio, physics):
            await path.stop()
            world.paths.remove(path)
    await world.run("audio", noting())
    await world.run("physics")
    await world.settle()
    assert [n for _, n in await world.effects()] == list(range(1, 61))


async def test_a_crash_loses_nothing(world: World) -> None:
    """Both sides die wherever they are, again and again: every effect once, in order, no hole in the log."""
    universe = new_id()
    for first in range(1, 41, 10):
        audio = await world.run("audio", noting())
        physics = await world.run("physics")
        for n in range(first, first + 10):
            await world.emit(revised(universe, n))
        await asyncio.sleep(0.005 * first)
        for path in (physics, audio):
            await path.kill()
            world.paths.remove(path)
        await _forget_leader(world)
    await world.run("audio", noting())
    await world.run("physics")
    await world.settle()
    assert [n for _, n in await world.effects()] == list(range(1, 41))
    assert await world.rows("physics", "SELECT min(number), max(number), count(*) FROM event_log") == [(1, 40, 40)]


async def _forget_leader(world: World) -> None:
    """Spares the test the wait for the dead leader's lease."""
    from sqlalchemy import text

    async with world.physics.transaction() as uow:
        await uow.session.execute(text("UPDATE relay_lease SET holder = NULL"))


async def test_another_relay_leads_when_the_leader_dies(world: World) -> None:
    """The follower takes over when the lease has not been beaten, and goes on with the next number."""
    await world.run("audio", noting())
    transport = await world.transport()
    first, second = (Relay(world.physics, transport, pace=PACE) for _ in range(2))
    for relay in (first, second):
        relay.lease.lease_s = 0.4
    first.start()
    await world.until(lambda: _held(first))
    second.start()
    await world.emit(created())
    await world.until(lambda: world.effects())
    await first.kill()
    await world.emit(created())
    await world.until(lambda: _held(second))
    await world.until(lambda: world.rows("physics", "SELECT 1 FROM event_log WHERE number = 2"))
    await second.stop()
    await world.settle()
    assert len(await world.effects()) == 2


async def _held(relay: Relay) -> bool:
    return relay.lease.held


async def test_a_deposed_leader_writes_nothing(world: World) -> None:
    """A leader that slept past its lease finds itself fenced off: the numbers stay without hole and double."""
    transport = await world.transport()
    sleeper, successor = (Relay(world.physics, transport, pace=PACE) for _ in range(2))
    assert await sleeper.lease.acquire()
    await _forget_leader(world)
    assert await successor.lease.acquire()
    await world.emit(created(), created())
    assert await sleeper._advance(10) == []
    assert not sleeper.lease.held
    assert [message.number for message in await successor._advance(10)] == [1, 2]
