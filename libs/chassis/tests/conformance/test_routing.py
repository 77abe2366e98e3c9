"""Conformance: a message comes to those who want it, and to nobody else."""

from typing import Any

import pytest

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.faults import Basket, outgoing
from harmonic_chassis.testing.world import World, created, noting, revised
from harmonic_chassis.transport.base import ConsumerSpec, Outcome
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import Simulate, UniverseCreated, UniverseRevised
from harmonic_contracts.registry import of_data

CREATED, REVISED, ORDER = "physics.universe.created.v1", "physics.universe.revised.v1", "physics.simulate.v1"


def _one_of_each() -> list[Any]:
    universe = new_id()
    data = (created(universe), revised(universe, 2), Simulate(simulation_id=new_id(), universe_id=universe, revision=2))
    return [outgoing(each, number) for number, each in enumerate(data, 1)]


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        pytest.param((REVISED,), [REVISED], id="a name"),
        pytest.param(("physics.*.created.v1",), [CREATED], id="a star for one word"),
        pytest.param(("physics.#",), [CREATED, REVISED, ORDER], id="a hash for any number of words"),
        pytest.param(("*.*.v1",), [ORDER], id="as many words as stars"),
        pytest.param(("#.v1", "physics.#", REVISED), [CREATED, REVISED, ORDER], id="overlapping patterns, one copy"),
    ],
)
async def test_a_pattern_selects_by_words(world: World, patterns: tuple[str, ...], wanted: list[str]) -> None:
    """A topic pattern means the same on every way: a name, `*` for one word, `#` for any number; whoever matches by
    several patterns gets one copy."""
    way, basket = await world.transport(), Basket()
    await way.consume(ConsumerSpec("basket", patterns), basket)
    everything = Basket()
    await way.consume(ConsumerSpec("everything", ("#",)), everything)
    await way.publish(_one_of_each())
    await world.until(lambda: _has(everything, 3))
    await world.until(lambda: _has(basket, len(wanted)))
    assert basket.types == wanted


async def _has(basket: Basket, count: int) -> bool:
    return len(basket.kept) >= count


async def test_an_event_reaches_its_handler_with_its_data(world: World) -> None:
    """The handler sees the data as it was said, the event's id, and whose it is."""
    heard: list[Message[Any]] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], _uow: UnitOfWork, _chassis: object) -> None:
        heard.append(message)

    await world.run("audio", handlers)
    await world.run("physics")
    universe = created()
    (event_id,) = await world.emit(universe)
    await world.settle()
    assert [message.data for message in heard] == [universe]
    assert (heard[0].id, heard[0].organization_id) == (event_id, universe.organization_id)


async def test_what_a_handler_says_continues_the_chain(world: World) -> None:
    """A handler's own messages name the event as their cause and carry its correlation, actor and trace."""
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        uow.emit(Simulate(simulation_id=new_id(), universe_id=message.data.universe_id, revision=1))

    await world.run("audio", handlers)
    basket, way = Basket(), await world.transport()
    await way.consume(ConsumerSpec("basket", ("physics.#",)), basket)
    await world.run("physics")
    await world.emit(created())
    await world.until(lambda: _has(basket, 2))
    by_type = {envelope["type"]: envelope for envelope in basket.kept}
    event, order = by_type[of_data(UniverseCreated).name], by_type[of_data(Simulate).name]
    assert order["causationid"] == event["id"]
    assert order["correlationid"] == event["correlationid"]
    assert order["traceparent"].split("-")[1] == event["traceparent"].split("-")[1]


async def test_only_what_is_bound_is_received(world: World) -> None:
    """A consumer receives the types that it handles and no others."""
    await world.run("audio", noting(UniverseRevised))
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), revised(universe, 2))
    await world.settle()
    assert await world.effects() == [(f"universe/{universe}", 2)]
    assert await world.count("audio", "seen") == 1


async def test_each_service_receives_its_copy(world: World) -> None:
    """Several services that want an event each handle it once."""
    await world.run("audio", noting())
    await world.run("ai", noting())
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    assert [len(await world.effects(service)) for service in ("audio", "ai")] == [5, 5]


async def test_consumers_of_one_service_each_receive_their_copy(world: World) -> None:
    """Two consumers within one service each handle every event once."""
    both = noting()
    both.include(noting(consumer="audio_statistics"))
    await world.run("audio", both)
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    assert len(await world.effects()) == 10


async def test_one_consumer_that_fails_does_not_hold_the_other(world: World) -> None:
    """What one consumer of a service cannot handle, the other handles at once."""
    handlers = noting(consumer="audio_statistics")

    @handlers.on(UniverseCreated)
    async def fail(_message: Message[Any], _uow: UnitOfWork, _chassis: object) -> None:
        raise ArithmeticError

    await world.run("audio", handlers)
    await world.run("physics")
    await world.emit(created())
    await world.noted(1)
    await world.until(lambda: world.count("audio", "inbox", "consumer = 'audio'"))
    assert len(await world.effects()) == 1


async def test_competing_instances_get_each_message_once(world: World) -> None:
    """Of several instances of a consumer, one receives a message."""
    baskets = [Basket() for _ in range(3)]
    for basket in baskets:
        way = await world.transport()
        await way.consume(ConsumerSpec("basket", ("physics.#",)), basket)
    await way.publish([outgoing(created(), number) for number in range(1, 31)])
    await world.until(lambda: _all_have(baskets, 30))
    assert sorted(number for basket in baskets for number in basket.numbers) == list(range(1, 31))


async def _all_have(baskets: list[Basket], count: int) -> bool:
    return sum(len(basket.kept) for basket in baskets) >= count


async def test_a_consumer_stays_known_while_no_instance_runs(world: World) -> None:
    """What is said while every instance of a consumer is away waits for the next one."""
    spec, first, second = ConsumerSpec("basket", ("physics.#",)), Basket(), Basket()
    way = await world.transport()
    await (await way.consume(spec, first)).close()
    message = outgoing(created(), 1)
    (outcome,) = await way.publish([message])
    await (await world.transport()).consume(spec, second)
    if outcome is Outcome.FAILED:  # nothing holds it but the sender's outbox, which sends it again
        await way.publish([message])
    await world.until(lambda: _has(second, 1))
    assert (first.kept, second.numbers) == ([], [1])
    assert outcome is not Outcome.UNROUTED


async def test_what_is_published_in_order_is_received_in_order(world: World) -> None:
    """The order of publishing is the order of the inbox, over several batches."""
    way, basket = await world.transport(), Basket()
    await way.consume(ConsumerSpec("basket", ("physics.#",)), basket)
    universe = new_id()
    await way.publish([outgoing(revised(universe, number), number) for number in range(1, 601)])
    await world.until(lambda: _has(basket, 600))
    assert basket.numbers == list(range(1, 601))
