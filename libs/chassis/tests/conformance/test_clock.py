"""Conformance: the wall clock may step; nothing is lost, nothing waits for the old time to come again."""

import pytest

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.relay import Relay
from harmonic_chassis.retries import RetryPolicy
from harmonic_chassis.testing.faults import StepClock
from harmonic_chassis.testing.world import PACE, World, created, note, noting, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated


@pytest.fixture
def clock(world: World) -> StepClock:
    """The clock of every database of the world."""
    stepping = StepClock()
    for database in world.databases.values():
        database.clock = stepping
    return stepping


@pytest.mark.parametrize("hours", [-1.0, 1.0])
async def test_messages_pass_over_a_step(world: World, clock: StepClock, hours: float) -> None:
    """What was said before a step of an hour, and what is said after it, is handled at once and in order."""
    universe = new_id()
    await world.run("audio", noting())
    await world.run("physics")
    await world.emit(revised(universe, 1))
    clock.step(hours=hours)
    await world.emit(revised(universe, 2))
    await world.noted(2)
    assert await world.revisions(universe) == [1, 2]


async def test_what_was_kept_before_a_step_back_is_handled_at_the_next_start(world: World, clock: StepClock) -> None:
    """A message that came while the clock was wrong does not wait for that time to come again."""
    audio = await world.run("audio", noting())
    await audio._runners[0].stop()
    await world.run("physics")
    clock.step(hours=5)
    await world.emit(created())
    await world.until(lambda: world.count("audio", "inbox"))
    await world.leave(audio)
    clock.step(hours=-5)
    await world.run("audio", noting())
    await world.noted(1)


async def test_a_retry_survives_a_step_back(world: World, clock: StepClock) -> None:
    """A message that waits for its retry when the clock steps back waits no longer than its backoff."""
    attempts: list[str] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def fail_once(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        attempts.append(message.id)
        if len(attempts) == 1:
            raise ArithmeticError
        await note(message, uow)

    await world.run("audio", handlers, policy=RetryPolicy(base_s=0.3, cap_s=0.3))
    await world.run("physics")
    await world.emit(created())
    await world.until(lambda: world.count("audio", "inbox", "attempts = 1"))
    clock.step(hours=-3)
    await world.noted(1, seconds=6.0)


@pytest.mark.parametrize("hours", [-24.0, 24.0])
async def test_a_step_does_not_change_the_leader(world: World, clock: StepClock, hours: float) -> None:
    """The lease compares no clocks: a step neither ends a living lead nor keeps a dead one."""
    transport = await world.transport()
    first, second = (Relay(world.physics, transport, pace=PACE) for _ in range(2))
    for relay in (first, second):
        relay.lease.lease_s = 0.4

    async def held(relay: Relay) -> bool:
        return relay.lease.held

    first.start()
    await world.until(lambda: held(first))
    second.start()
    clock.step(hours=hours)
    await world.emit(created())
    await world.until(lambda: world.count("physics", "event_log"))
    assert (first.lease.held, second.lease.held) == (True, False)
    await first.kill()
    clock.step(hours=-hours)
    await world.until(lambda: held(second), seconds=5.0)
    await second.stop()
