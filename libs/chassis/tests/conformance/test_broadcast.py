"""Conformance: broadcasts carry what may be lost; durable messages lose nothing by them."""

import asyncio

from harmonic_chassis.testing.world import World, created, noting
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.listeners import BOUND


async def ways(world: World) -> tuple[Transport, Transport]:
    """Two processes' ways, connected."""
    here, there = await world.transport(), await world.transport()
    await world.until(there.ready)
    await world.until(here.ready)
    return here, there


async def test_a_broadcast_reaches_those_who_listen_now(world: World) -> None:
    """Listeners hear the topics that they asked for, in every process."""
    here, there = await ways(world)
    async with here.listen("physics.operation.*") as heard, there.listen("audio.#") as other:
        await there.broadcast("physics.operation.progress", {"progress": 0.5})
        await here.broadcast("audio.frame", {"n": 1})
        async with asyncio.timeout(5):
            assert await anext(heard) == ("physics.operation.progress", {"progress": 0.5})
            assert await anext(other) == ("audio.frame", {"n": 1})


async def test_every_listener_hears_a_broadcast(world: World) -> None:
    """Listeners do not compete: each hears everything, in one process and in another, in order."""
    here, there = await ways(world)
    async with here.listen("a.#") as one, here.listen("#") as two, there.listen("a.*") as three:
        for number in range(5):
            await here.broadcast("a.b", {"n": number})
        async with asyncio.timeout(5):
            for heard in (one, two, three):
                assert [(await anext(heard))[1]["n"] for _ in range(5)] == [0, 1, 2, 3, 4]


async def test_a_broadcast_that_nobody_hears_is_gone(world: World) -> None:
    """Nothing is kept for those who come later, and nobody waits."""
    here, _ = await ways(world)
    async with asyncio.timeout(2):
        for _ in range(100):
            await here.broadcast("physics.operation.progress", {"progress": 1.0})
    async with here.listen("#") as heard:
        await here.broadcast("late", {})
        async with asyncio.timeout(5):
            assert await anext(heard) == ("late", {})


async def test_a_slow_listener_loses_the_oldest(world: World) -> None:
    """Who does not listen keeps the newest of what it missed, in bounded memory, and holds nobody up."""
    here, _ = await ways(world)
    async with here.listen("#") as heard:
        for number in range(BOUND + 200):
            await here.broadcast("a", {"n": number})
        await asyncio.sleep(0.3)  # time for the last to arrive
        async with asyncio.timeout(5):
            first = (await anext(heard))[1]["n"]
        assert first >= 150


async def test_a_listener_cannot_change_what_others_hear(world: World) -> None:
    """Each process hears its own copy of the payload; the sender's own object stays as it was."""
    here, _ = await ways(world)
    payload = {"bodies": [1, 2, 3]}
    async with here.listen("#") as heard:
        await here.broadcast("a", payload)
        async with asyncio.timeout(5):
            (await anext(heard))[1]["bodies"].append(4)
    assert payload == {"bodies": [1, 2, 3]}


async def test_broadcasts_cost_no_durable_message(world: World) -> None:
    """Under a storm of broadcasts with a deaf listener every event arrives, once."""
    await world.run("audio", noting())
    physics = await world.run("physics")
    way = physics._transport
    await world.until(way.ready)
    async with way.listen("#"):
        for _ in range(10):
            for number in range(50):
                await way.broadcast("storm", {"n": number})
            await world.emit(created())
        await world.noted(10)
    await world.settle()
    assert len(await world.effects()) == 10


async def test_a_broadcast_before_the_way_is_up_is_lost_without_a_word(world: World) -> None:
    """While the way is not up a broadcast is lost: it neither waits nor raises."""
    way = world.make_transport()
    async with asyncio.timeout(1):
        await way.broadcast("a", {"n": 1})
