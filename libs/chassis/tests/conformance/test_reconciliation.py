"""Conformance: what the way lost is found in the producer's event log, and fetched."""

from collections.abc import Sequence

from sqlalchemy import literal, select

from harmonic_chassis import event_log
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.event_log import EventPage
from harmonic_chassis.ids import new_id
from harmonic_chassis.reconcile import DatabaseEvents, EventSource
from harmonic_chassis.tables.event_path import event_log as event_log_table
from harmonic_chassis.tables.event_path import outbox, reconciled
from harmonic_chassis.testing.faults import Publish, TamperedWay
from harmonic_chassis.testing.world import World, created, noting, revised
from harmonic_chassis.transport.base import Outcome, Outgoing
from harmonic_contracts.messages.physics import Simulate, UniverseCreated


class Watched:
    """A way to the event logs that notes what is asked, and may be closed."""

    def __init__(self, source: EventSource) -> None:
        self._source = source
        self.open = True
        self.read_after: list[int] = []

    async def read(self, source: str, *, after: int, patterns: Sequence[str], limit: int) -> EventPage:
        if not self.open:
            raise DependencyDown(source)
        self.read_after.append(after)
        return await self._source.read(source, after=after, patterns=patterns, limit=limit)


async def losing(world: World, lost: set[int]) -> TamperedWay:
    """A way that loses the messages of these numbers and says that it did not."""

    async def lossy(publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        await publish([message for message in messages if message.number not in lost])
        return [Outcome.DELIVERED] * len(messages)

    return TamperedWay(await world.transport(), lossy)


async def test_a_hole_heals(world: World) -> None:
    """The way lost messages and said that it had not: reconciliation fetches exactly those."""
    audio = await world.run("audio", noting())
    await world.run("physics", transport=await losing(world, {2, 4}))
    universes = [created() for _ in range(5)]
    await world.emit(*universes)
    await world.noted(3)
    await world.settle()
    assert len(await world.effects()) == 3
    await audio.reconcile()
    await world.settle()
    assert sorted(await world.effects()) == sorted((f"universe/{each.universe_id}", 1) for each in universes)


async def test_a_hole_heals_by_itself(world: World) -> None:
    """Nobody need ask: a running consumer looks for holes now and then."""
    await world.run("audio", noting(), reconcile_every_s=0.1)
    await world.run("physics", transport=await losing(world, {1}))
    await world.emit(created())
    await world.noted(1)


async def test_reconciling_goes_on_where_it_ended(world: World) -> None:
    """The log is read once: the next reading begins where the last one ended, also after a restart."""
    source = Watched(DatabaseEvents(world.databases))
    audio = await world.run("audio", noting(), sources=source)
    await world.run("physics")
    await world.emit(*[created() for _ in range(5)])
    await world.settle()
    await audio.reconcile()
    await world.leave(audio)
    audio = await world.run("audio", noting(), sources=source)
    await world.emit(created())
    await world.settle()
    source.read_after.clear()
    await audio.reconcile()
    assert source.read_after[0] == 5


async def test_a_long_log_is_read_page_by_page(world: World) -> None:
    """More than a page of history comes whole, in order, without being held in memory at once."""
    await world.run("physics")
    universe = new_id()
    await world.emit(*[revised(universe, number) for number in range(1, 651)])
    await world.settle()
    source = Watched(DatabaseEvents(world.databases))
    audio = await world.run("audio", noting(), sources=source)
    await audio.reconcile()
    await world.settle()
    assert await world.revisions(universe) == list(range(1, 651))
    assert source.read_after[:2] == [0, 500]


async def test_a_producer_that_does_not_answer_is_read_later(world: World) -> None:
    """While a producer is away nothing is noted as read; once it answers, the hole heals."""
    source = Watched(DatabaseEvents(world.databases))
    source.open = False
    await world.run("physics")
    await world.emit(created())
    await world.settle()
    audio = await world.run("audio", noting(), sources=source)
    await audio.reconcile()
    assert await world.effects() == []
    source.open = True
    await audio.reconcile()
    await world.noted(1)


async def test_a_consumer_with_new_bindings_gets_their_history(world: World) -> None:
    """A handler added later gets what was said before, and the others nothing twice."""
    universe = new_id()
    older = await world.run("audio", noting(UniverseCreated))
    await world.run("physics")
    await world.emit(created(universe), revised(universe, 2), revised(universe, 3))
    await world.settle()
    await older.reconcile()
    await world.leave(older)
    newer = await world.run("audio", noting())
    await newer.reconcile()
    await world.settle()
    assert await world.revisions(universe) == [1, 2, 3]


async def test_the_log_shows_nothing_beyond_what_is_undelivered(world: World) -> None:
    """A reader cannot pass an event that is still on its way: its cursor stays before the hole."""

    async def stuck(_publish: Publish, messages: Sequence[Outgoing]) -> list[Outcome]:
        return [Outcome.FAILED] * len(messages)

    await world.run("physics", transport=TamperedWay(await world.transport(), stuck))
    await world.emit(created(), created(), created())
    await world.until(lambda: world.count("physics", "outbox", "number = 3"))
    async with world.physics.transaction() as uow:  # as a relay would that was told of the first and the third alone
        both = [column for column in event_log_table.c if column.name in outbox.c]
        rows = select(*[outbox.c[column.name] for column in both], literal(1)).where(outbox.c.number != 2)
        await uow.session.execute(event_log_table.insert().from_select([*both, event_log_table.c.routed], rows))
        await uow.session.execute(outbox.delete().where(outbox.c.number != 2))
    async with world.physics.reading() as session:
        page = await event_log.read(session)
    assert (len(page.events), page.next) == (1, 1)


async def test_commands_are_no_history(world: World) -> None:
    """Replay reads events, never commands: what was ordered is not ordered again."""
    obeying, order = noting(Simulate), Simulate(simulation_id=new_id(), universe_id=new_id(), revision=1)
    await world.run("physics", obeying)
    await world.emit(order, created(), service="physics")
    await world.settle()
    async with world.physics.reading() as session:
        events = await event_log.read(session)
        everything = await event_log.read(session, commands=True)
    assert (len(events.events), len(everything.events)) == (1, 2)


async def test_replaying_the_whole_log_changes_nothing(world: World) -> None:
    """After a restart of the consumer and a replay of the producer's log its database is the same."""
    first = await world.run("audio", noting())
    await world.run("physics")
    universe = new_id()
    await world.emit(created(universe), *[revised(universe, revision) for revision in range(2, 12)])
    await world.settle()
    before = await world.effects()
    await world.leave(first)
    async with world.databases["audio"].transaction() as uow:
        await uow.session.execute(reconciled.delete())
    second = await world.run("audio", noting())
    await second.reconcile()
    await world.settle()
    assert await world.effects() == before
    assert len(before) == 11
