"""Conformance: one relay of a service leads; when it is lost another goes on, without hole and without double."""

from collections.abc import Sequence
from dataclasses import replace

from harmonic_chassis.ids import new_id
from harmonic_chassis.relay import Relay
from harmonic_chassis.testing.faults import Basket, Publish, TamperedWay
from harmonic_chassis.testing.world import PACE, World, created, noting, revised
from harmonic_chassis.transport.base import ConsumerSpec, Outcome, Outgoing

REST_S = 1.0
"""Longer than five commits take on a busy machine."""


async def two_relays(world: World, lease_s: float = 0.4) -> tuple[Relay, Relay]:
    transport = await world.transport()
    first, second = (Relay(world.physics, transport, pace=PACE) for _ in range(2))
    for relay in (first, second):
        relay.lease.lease_s = lease_s
    return first, second


async def held(relay: Relay) -> bool:
    return relay.lease.held


async def test_another_relay_leads_when_the_leader_dies(world: World) -> None:
    """The follower takes over when the lease has not been beaten, and goes on with the next number."""
    await world.run("audio", noting())
    first, second = await two_relays(world)
    first.start()
    await world.until(lambda: held(first))
    second.start()
    await world.emit(created())
    await world.noted(1)
    await first.kill()
    await world.emit(created())
    await world.until(lambda: held(second))
    await world.until(lambda: world.count("physics", "event_log", "number = 2"))
    await second.stop()
    await world.settle()
    assert len(await world.effects()) == 2


async def test_a_living_leader_is_not_replaced(world: World) -> None:
    """With nothing to say for several leases' time, the leader stays: idle is not dead."""
    first, second = await two_relays(world, lease_s=0.3)
    first.start()
    await world.until(lambda: held(first))
    second.start()

    async def several_beats() -> bool:
        return bool(await world.count("physics", "relay_lease", "beat >= 6"))

    await world.until(several_beats)
    assert (first.lease.held, second.lease.held) == (True, False)
    for relay in (first, second):
        await relay.stop()


async def test_a_leader_that_stops_hands_the_lead_over_at_once(world: World) -> None:
    """A graceful stop costs the follower no wait for the lease's end."""
    first, second = await two_relays(world, lease_s=60.0)
    first.start()
    await world.until(lambda: held(first))
    second.start()
    await first.stop()
    await world.until(lambda: held(second), seconds=2.0)
    await second.stop()


async def test_a_deposed_leader_writes_nothing(world: World) -> None:
    """A leader that slept past its lease finds itself fenced off: the numbers stay without hole and double."""
    sleeper, successor = await two_relays(world)
    assert await sleeper.lease.acquire()
    await world.physics_forgets_its_leader()
    assert await successor.lease.acquire()
    await world.emit(created(), created())
    assert await sleeper._advance(10) == []
    assert not sleeper.lease.held
    assert [message.number for message in await successor._advance(10)] == [1, 2]


async def test_what_was_published_and_not_noted_has_one_effect(world: World) -> None:
    """A relay that dies after the way has taken its messages, and before it notes that, leaves them to be published
    again: each effect happens once, each number is in the log once."""
    await world.run("audio", noting())
    way = await world.transport()

    async def dying(publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        await publish(messages)
        raise ConnectionError("killed here")

    physics = await world.run("physics", transport=TamperedWay(way, dying))
    await world.emit(*[created() for _ in range(5)])
    await world.noted(5)
    await world.leave(physics, killed=True)
    await world.physics_forgets_its_leader()
    await world.run("physics", transport=way)
    await world.settle()
    assert len(await world.effects()) == 5
    assert await world.rows("physics", "SELECT count(*), max(number) FROM event_log") == [(5, 5)]


async def test_what_the_way_refuses_stays_in_the_outbox(world: World) -> None:
    """While the way is down nothing leaves the outbox; when it is up, all goes, in order."""
    way, basket, universe = await world.transport(), Basket(), new_id()
    up: list[bool] = []
    await way.consume(ConsumerSpec("basket", ("physics.#",)), basket)

    async def down_at_first(publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        return await publish(messages) if up else [Outcome.FAILED] * len(messages)

    await world.run("physics", transport=TamperedWay(way, down_at_first))
    for number in range(1, 6):
        await world.emit(revised(universe, number))
    await world.until(lambda: world.count("physics", "outbox", "number IS NOT NULL"))
    assert await world.count("physics", "outbox") == 5
    assert await world.count("physics", "event_log") == 0
    up.append(True)
    await world.settle()
    assert list(dict.fromkeys(basket.numbers)) == [1, 2, 3, 4, 5]


async def test_a_refused_message_is_published_again_and_no_other(world: World) -> None:
    """Of a batch, only what was not taken is sent once more."""
    way = await world.transport()
    sent: list[list[int]] = []
    await way.consume(ConsumerSpec("basket", ("physics.#",)), Basket())

    async def refusing_two(publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        first_time = not sent
        sent.append([message.number for message in messages])
        if not first_time:
            return await publish(messages)
        await publish([message for message in messages if message.number not in (2, 4)])
        return [Outcome.FAILED if each.number in (2, 4) else Outcome.DELIVERED for each in messages]

    async with world.physics.transaction() as uow:
        for _ in range(5):
            uow.emit(created())
    await world.run("physics", transport=TamperedWay(way, refusing_two))
    await world.settle()
    assert sent == [[1, 2, 3, 4, 5], [2, 4]]
    assert await world.count("physics", "event_log") == 5


async def test_the_lead_may_change_under_load(world: World) -> None:
    """Leaders die again and again while others write: nothing is lost, doubled or out of order, the log has no
    hole."""
    await world.run("audio", noting())
    universe = new_id()
    for first in range(1, 41, 10):
        physics = await world.run("physics")
        for number in range(first, first + 10):
            await world.emit(revised(universe, number))
        await world.leave(physics, killed=True)
        await world.physics_forgets_its_leader()
    await world.run("physics")
    await world.settle()
    assert await world.revisions(universe) == list(range(1, 41))
    assert await world.rows("physics", "SELECT min(number), max(number), count(*) FROM event_log") == [(1, 40, 40)]


async def test_a_resting_relay_sends_what_came_meanwhile_together(world: World) -> None:
    """With a rest after each publish, the first event after a silence leaves at once, and those that are said one by
    one during the rest leave in one publish, in order."""
    way = await world.transport()
    sent: list[list[int]] = []

    async def noting_what_is_sent(publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        sent.append([message.number for message in messages])
        return await publish(messages)

    await way.consume(ConsumerSpec("basket", ("physics.#",)), Basket())
    pace = replace(PACE, rest_s=REST_S)
    await world.run("physics", transport=TamperedWay(way, noting_what_is_sent), pace=pace)
    await world.emit(created())
    await world.until(lambda: _true(bool(sent)))
    for _ in range(5):
        await world.emit(created())
    await world.settle()
    assert sent == [[1], [2, 3, 4, 5, 6]]


async def _true(it_is: bool) -> bool:
    return it_is
