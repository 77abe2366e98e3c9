"""Conformance: what nobody wants is kept and reported; what nobody obeys yet waits."""

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.faults import outgoing
from harmonic_chassis.testing.world import World, created, noting, revised
from harmonic_chassis.transport.base import Outcome
from harmonic_chassis.unrouted import unrouted
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import Simulate


async def test_the_way_says_that_nobody_wants_a_message(world: World) -> None:
    """Publishing tells what no consumer is bound to, so that it is never taken for delivered."""
    way = await world.transport()
    assert await way.publish([outgoing(created(), 1)]) == [Outcome.UNROUTED]


async def test_an_event_without_consumer_is_kept_and_marked(world: World) -> None:
    """Nobody wants it: it is history all the same, marked as unrouted."""
    await world.run("physics")
    await world.emit(created())
    await world.settle()
    assert await world.rows("physics", "SELECT number, routed FROM event_log") == [(1, 0)]


async def test_unrouted_events_are_reported_by_type(world: World) -> None:
    """The report says which types had no consumer, how often, and when last; routed ones are not in it."""
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), revised(universe, 2))
    await world.settle()
    await world.run("audio", noting())
    await world.emit(revised(universe, 3))
    await world.settle()
    async with world.physics.reading() as session:
        report = await unrouted(session)
    assert [(each.type, each.count, each.last_number) for each in report] == [
        ("physics.universe.created.v1", 1, 1),
        ("physics.universe.revised.v1", 1, 2),
    ]
    assert all(each.last_time <= world.physics.clock.now() for each in report)


async def test_an_unrouted_event_comes_to_a_later_consumer(world: World) -> None:
    """What nobody wanted when it was said is history for a consumer that comes later, in order."""
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), *[revised(universe, revision) for revision in range(2, 5)])
    await world.settle()
    audio = await world.run("audio", noting())
    await audio.reconcile()
    await world.settle()
    assert await world.revisions(universe) == [1, 2, 3, 4]


async def test_a_command_waits_for_its_owner(world: World) -> None:
    """Nobody obeys it yet: the command waits in the outbox, and is obeyed when its owner comes."""
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
    assert await world.count("audio", "outbox") == 0


async def _nonempty(values: list[str]) -> bool:
    return bool(values)


async def test_a_command_without_owner_holds_no_event_up(world: World) -> None:
    """While a command waits for its owner, the events said after it travel and are in the history."""
    await world.run("audio", noting())
    await world.run("physics")
    order = Simulate(simulation_id=new_id(), universe_id=new_id(), revision=1)
    await world.emit(order, created())
    await world.noted(1)
    await world.settle()
    assert await world.rows("physics", "SELECT number FROM event_log") == [(2,)]
    assert await world.count("physics", "outbox") == 1
