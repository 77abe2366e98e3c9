"""Order when the broker refuses one message and takes the next of the same subject."""

import asyncio
from collections.abc import Sequence
from typing import Any

from harmonic_chassis.ids import new_id
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.relay import Relay
from harmonic_chassis.testing.world import World, noting, revised
from harmonic_chassis.transport.base import Outcome, Outgoing, Transport

TYPE = "physics.universe.revised.v1"


class Refusing:
    """A way whose broker refuses what is named, once, and takes all else, as a publish with a window may meet it."""

    def __init__(self, way: Transport, places: set[int]) -> None:
        self._way = way
        self._places = places

    def __getattr__(self, name: str) -> Any:
        return getattr(self._way, name)

    async def publish(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        refused = {place for place in self._places if place < len(messages)}
        self._places = set()
        taken = [message for place, message in enumerate(messages) if place not in refused]
        outcomes = iter(await self._way.publish(taken))
        await asyncio.sleep(0.2 if refused else 0)  # those behind it are handled, if anything lets them
        return [Outcome.FAILED if place in refused else next(outcomes) for place in range(len(messages))]


async def test_order_holds_when_the_broker_refuses_one_of_a_window(world: World) -> None:
    """What travelled behind a refused message of its subject is not handled before it; other subjects are."""
    await world.run("audio", noting())
    universe, other = new_id(), new_id()
    await world.emit(*[revised(universe, n) for n in range(1, 6)], revised(other, 1))
    await world.run("physics", transport=Refusing(await world.transport(), {1, 2}))
    await world.until(lambda: _count(world, 6))
    await world.settle()
    effects = await world.effects()
    assert [n for subject, n in effects if subject.endswith(universe)] == [1, 2, 3, 4, 5]
    assert effects.index((f"universe/{other}", 1)) < effects.index((f"universe/{universe}", 2))


async def test_what_waits_is_freed_when_its_earlier_one_comes_by_another_instance(world: World) -> None:
    """A message that came too early has no effect until another instance of the consumer got the one before it."""
    await world.run("audio", noting(), sources=None)
    audio, universe = world.databases["audio"], new_id()
    here, there = (Inbox(audio, "audio", [TYPE]) for _ in range(2))
    await world.emit(revised(universe, 1), revised(universe, 2))
    relay = Relay(world.physics, await world.transport())
    assert await relay.lease.acquire()
    first, second = await relay._advance(10)
    assert await here.receive([second.body]) == []
    await asyncio.sleep(0.2)
    assert await world.effects() == []
    assert await there.receive([first.body]) == []
    await world.until(lambda: _count(world, 2))
    assert [n for _, n in await world.effects()] == [1, 2]


async def _count(world: World, count: int) -> bool:
    return len(await world.effects()) >= count
