"""Conformance: a dependency that is down costs no message an attempt; its messages pause, are probed, and go on."""

from typing import Any

from harmonic_chassis.handlers import DependencyDown, Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.retries import PAUSE_AFTER, RetryPolicy
from harmonic_chassis.testing.world import World, created, note, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised

SLOW_PROBE = RetryPolicy(max_attempts=3, pause_s=0.1, pause_cap_s=0.4)


class Sky:
    """A dependency of the handlers of UniverseCreated: all of them, or some universes, need it."""

    def __init__(self, only: str | None = None) -> None:
        self.down = True
        self.only = only
        self.asked: list[str] = []
        self.handlers = Handlers()
        self.handlers.on(UniverseCreated)(self._need)
        self.handlers.on(UniverseRevised)(self._need_not)

    async def _need(self, message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        self.asked.append(message.data.universe_id)
        if self.down and self.only in (None, message.data.universe_id):
            raise DependencyDown("the sky")

    async def _need_not(self, message: Message[Any], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)


async def _asked(sky: Sky, times: int) -> bool:
    return len(sky.asked) >= times


async def test_an_outage_makes_no_dead_letters(world: World) -> None:
    """However long a dependency is down, its messages wait, uncounted; when it is back, all are handled."""
    sky = Sky()
    await world.run("audio", sky.handlers)
    await world.run("physics")
    await world.emit(*[created() for _ in range(4)])
    await world.until(lambda: _asked(sky, 12))
    assert await world.rows("audio", "SELECT DISTINCT state, attempts FROM inbox") == [("pending", 0)]
    sky.down = False
    await world.settle()
    assert len(await world.effects()) == 4


async def test_an_outage_keeps_the_order(world: World) -> None:
    """What follows a waiting message in its subject waits with it, and comes after it."""
    sky, universe = Sky(), new_id()
    await world.run("audio", sky.handlers)
    await world.run("physics")
    await world.emit(created(universe), revised(universe, 2), revised(universe, 3))
    await world.until(lambda: _asked(sky, 3))
    assert await world.effects() == []
    sky.down = False
    await world.settle()
    assert await world.revisions(universe) == [1, 2, 3]


async def test_an_outage_pauses_its_type(world: World) -> None:
    """Many messages do not hammer what is down: after a few in a row the type pauses and is probed now and then."""
    sky = Sky()
    await world.run("audio", sky.handlers, policy=SLOW_PROBE)
    await world.run("physics")
    await world.emit(*[created() for _ in range(40)])
    await world.until(lambda: _asked(sky, PAUSE_AFTER + 1))
    assert len(sky.asked) <= 2 * (PAUSE_AFTER + 1)
    assert len(set(sky.asked)) < 40


async def test_an_outage_pauses_no_other_type(world: World) -> None:
    """While one type pauses, the others are handled."""
    sky = Sky()
    await world.run("audio", sky.handlers, policy=RetryPolicy(pause_s=30.0, pause_cap_s=30.0))
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.until(lambda: _asked(sky, PAUSE_AFTER))
    await world.emit(*[revised(new_id(), 2) for _ in range(5)])
    await world.noted(5)
    assert len(await world.effects()) == 5


async def test_a_probe_that_passes_ends_the_pause(world: World) -> None:
    """When the dependency is back, the first message that passes lets all others through, without waiting their own
    time."""
    sky = Sky()
    await world.run("audio", sky.handlers, policy=SLOW_PROBE)
    await world.run("physics")
    await world.emit(*[created() for _ in range(30)])
    await world.until(lambda: _asked(sky, PAUSE_AFTER + 1))
    sky.down = False
    await world.settle(3.0)
    assert len(await world.effects()) == 30


async def test_one_waiting_message_holds_no_other_of_its_type(world: World) -> None:
    """A message that alone misses its dependency costs others of the same type nothing."""
    stuck = new_id()
    sky = Sky(only=stuck)
    await world.run("audio", sky.handlers)
    await world.run("physics")
    others = [created() for _ in range(10)]
    await world.emit(created(stuck), *others)
    await world.noted(10)
    assert {subject for subject, _ in await world.effects()} == {f"universe/{each.universe_id}" for each in others}
    sky.down = False
    await world.settle()
    assert (await world.effects())[-1] == (f"universe/{stuck}", 1)


async def test_who_waits_for_a_dependency_is_seen(world: World) -> None:
    """The inbox names the dependency that a waiting message misses."""
    sky = Sky()
    await world.run("audio", sky.handlers)
    await world.run("physics")
    await world.emit(created())
    await world.until(lambda: world.count("audio", "inbox", "error LIKE '%the sky%'"))
