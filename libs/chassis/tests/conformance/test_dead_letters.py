"""Conformance: dead letters are kept, listed, and given back by one call."""

from harmonic_chassis import inbox
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.inbox import DeadLetter
from harmonic_chassis.testing.world import QUICK, World, created, note
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated


class Fault:
    """A fault in the handlers of a service, which may be mended; and their attempts."""

    def __init__(self) -> None:
        self.mended = False
        self.attempts: list[str] = []
        self.handlers = Handlers()
        self.handlers.on(UniverseCreated)(self._handle)

    async def _handle(self, message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        self.attempts.append(message.id)
        if not self.mended:
            raise ArithmeticError(f"attempt {len(self.attempts)}")
        await note(message, uow)


async def buried(world: World, count: int, fault: Fault) -> list[str]:
    """A world with so many dead letters; their ids."""
    await world.run("audio", fault.handlers)
    await world.run("physics")
    ids = await world.emit(*[created() for _ in range(count)])

    async def all_dead() -> bool:
        return await world.count("audio", "inbox", "state = 'dead'") == count

    await world.until(all_dead)
    return ids


async def letters(world: World, **page: object) -> list[DeadLetter]:
    async with world.databases["audio"].reading() as session:
        return await inbox.dead_letters(session, **page)  # type: ignore[arg-type]  # names and types as given


async def replay(world: World, message_id: str) -> bool:
    async with world.databases["audio"].transaction() as uow:
        return await inbox.replay(uow, message_id)


async def test_a_dead_letter_is_replayed_by_one_call(world: World) -> None:
    """Once the fault is mended, one call handles the message; its effect happens once."""
    fault = Fault()
    (event_id,) = await buried(world, 1, fault)
    fault.mended = True
    assert await replay(world, event_id)
    await world.settle()
    assert len(await world.effects()) == 1
    assert await letters(world) == []


async def test_a_replayed_message_has_all_its_attempts_again(world: World) -> None:
    """While the fault is not mended, a replay is tried as often as the first time, and dies anew with its new
    reason."""
    fault = Fault()
    (event_id,) = await buried(world, 1, fault)
    assert await replay(world, event_id)
    await world.until(lambda: _attempted(fault, 2 * QUICK.max_attempts))
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    (letter,) = await letters(world)
    assert letter.attempts == QUICK.max_attempts
    assert f"attempt {2 * QUICK.max_attempts}" in (letter.error or "")


async def _attempted(fault: Fault, times: int) -> bool:
    return len(fault.attempts) >= times


async def test_only_dead_letters_are_replayed(world: World) -> None:
    """What was handled, or is unknown, is not given back: the call says so and changes nothing."""
    fault = Fault()
    (event_id,) = await buried(world, 1, fault)
    fault.mended = True
    assert await replay(world, event_id)
    await world.settle()
    assert not await replay(world, event_id)
    assert not await replay(world, "0190a000-0000-7000-8000-00000000dead")
    await world.settle()
    assert len(await world.effects()) == 1


async def test_a_replay_revives_that_letter_alone(world: World) -> None:
    """The other dead letters stay where they are."""
    fault = Fault()
    ids = await buried(world, 3, fault)
    fault.mended = True
    assert await replay(world, ids[1])
    await world.settle()
    assert [letter.id for letter in await letters(world)] == [ids[0], ids[2]]


async def test_dead_letters_are_listed_page_by_page(world: World) -> None:
    """In the order of their making, by a cursor, none twice and none left out."""
    ids = await buried(world, 5, Fault())
    first = await letters(world, limit=2)
    second = await letters(world, limit=2, after=first[-1].id)
    third = await letters(world, limit=2, after=second[-1].id)
    assert [letter.id for letter in (*first, *second, *third)] == ids


async def test_a_dead_letter_survives_a_restart(world: World) -> None:
    """It stays with its reason until someone replays it, whatever starts and stops."""
    fault = Fault()
    (event_id,) = await buried(world, 1, fault)
    await world.leave(world.paths[0], killed=True)
    await world.run("audio", fault.handlers)
    await world.settle()
    (letter,) = await letters(world)
    assert (letter.id, len(fault.attempts)) == (event_id, QUICK.max_attempts)


async def test_a_dead_letter_is_not_delivered_again_by_the_way(world: World) -> None:
    """Copies and reconciliation do not revive what was given up: only a person does."""
    fault = Fault()
    await buried(world, 1, fault)
    await world.paths[0].reconcile()
    await world.settle()
    assert len(await letters(world)) == 1
    assert len(fault.attempts) == QUICK.max_attempts
