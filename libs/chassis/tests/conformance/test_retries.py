"""Conformance: a message that fails is tried again, later each time, and is a dead letter in the end."""

import asyncio
import itertools
import random
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harmonic_chassis import inbox
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.ids import new_id
from harmonic_chassis.retries import PAUSE_AFTER, Pauses, RetryPolicy
from harmonic_chassis.testing.faults import outgoing
from harmonic_chassis.testing.world import QUICK, World, created, note, noting, revised
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated, UniverseRevised


class Poison(Exception):
    """What the failing handlers of these tests raise."""


def failing(bad: set[str], *, times: int = 1000) -> tuple[Handlers, list[str]]:
    """Handlers that note, but fail so many times for the universes in ``bad``; and the attempts in order."""
    attempts: list[str] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated, UniverseRevised)
    async def handle(message: Message[Any], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        universe = message.data.universe_id
        attempts.append(universe)
        if universe in bad and attempts.count(universe) <= times:
            raise Poison(universe)

    return handlers, attempts


@given(attempt=st.integers(1, 60), seed=st.integers(0, 1000))
def test_the_delay_lies_between_half_and_the_whole_of_the_backoff(attempt: int, seed: int) -> None:
    """The backoff doubles from base to cap, with jitter in its upper half."""
    policy = RetryPolicy(base_s=0.5, cap_s=300.0, rng=random.Random(seed))
    whole = min(300.0, 0.5 * 2 ** (attempt - 1))
    assert whole / 2 <= policy.delay_s(attempt) <= whole


def test_a_type_pauses_after_several_failures_in_a_row_and_longer_each_time() -> None:
    """One failure pauses nothing; several do; each probe that fails doubles the pause; a success ends it."""
    pauses = Pauses(RetryPolicy(pause_s=1.0, pause_cap_s=4.0))
    for _ in range(PAUSE_AFTER - 1):
        pauses.failed("a", 0.0)
    assert pauses.paused(0.0) == []
    for length in (1.0, 2.0, 4.0, 4.0):
        pauses.failed("a", 0.0)
        assert pauses.paused(length - 0.01) == ["a"]
        assert pauses.paused(length) == []
    pauses.passed("a")
    assert pauses.paused(0.0) == []


async def test_attempts_are_spaced_by_the_backoff(world: World) -> None:
    """Between two attempts lies at least half of the backoff, which doubles; jitter sets messages apart."""
    times: list[float] = []
    handlers = Handlers()

    @handlers.on(UniverseCreated)
    async def handle(_message: Message[Any], _uow: UnitOfWork, _chassis: object) -> None:
        times.append(asyncio.get_running_loop().time())
        raise Poison

    await world.run("audio", handlers, policy=RetryPolicy(max_attempts=4, base_s=0.06))
    await world.run("physics")
    await world.emit(created())
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(gaps) == 3
    assert all(gap >= 0.03 * 2**place for place, gap in enumerate(gaps))


async def test_an_attempt_and_its_reason_are_noted_while_the_message_waits(world: World) -> None:
    """Who looks at the inbox sees how often a waiting message failed, why, and that it is due later."""
    bad = created()
    await world.run("audio", failing({bad.universe_id})[0], policy=RetryPolicy(base_s=60.0))
    await world.run("physics")
    await world.emit(bad)
    await world.until(lambda: world.count("audio", "inbox", "attempts = 1"))
    ((error, waits),) = await world.rows("audio", "SELECT error, due_at > received_at FROM inbox")
    assert f"Poison: {bad.universe_id}" in error
    assert waits


async def test_attempts_are_counted_over_restarts(world: World) -> None:
    """A consumer that starts anew, or dies, goes on counting: poison cannot live for ever on crashes."""
    bad = created()
    handlers, attempts = failing({bad.universe_id})
    policy = RetryPolicy(max_attempts=3, base_s=0.3)
    audio = await world.run("audio", handlers, policy=policy)
    await world.run("physics")
    await world.emit(bad)
    for attempt in (1, 2):
        await world.until(partial(world.count, "audio", "inbox", f"attempts = {attempt}"))
        await world.leave(audio, killed=attempt == 2)
        audio = await world.run("audio", handlers, policy=policy)
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    assert len(attempts) == 3


async def test_a_handler_that_hangs_is_an_attempt(world: World) -> None:
    """A handler has so long; then its transaction is rolled back, and others are handled."""
    stuck, other = created(), created()
    handlers = Handlers()
    hung: list[str] = []

    @handlers.on(UniverseCreated)
    async def handle(message: Message[UniverseCreated], uow: UnitOfWork, _chassis: object) -> None:
        await note(message, uow)
        if message.data.universe_id == stuck.universe_id and not hung:
            hung.append(message.id)
            await asyncio.Event().wait()

    await world.run("audio", handlers, policy=RetryPolicy(base_s=0.05, timeout_s=0.1))
    await world.run("physics")
    await world.emit(stuck, other)
    await world.noted(2)
    assert sorted(await world.effects()) == sorted((f"universe/{each.universe_id}", 1) for each in (stuck, other))


async def test_others_pass_before_poison_is_tried_again(world: World) -> None:
    """Every other subject is handled before the second attempt of a message that failed."""
    bad = new_id()
    handlers, attempts = failing({bad}, times=1)
    await world.run("audio", handlers, policy=RetryPolicy(base_s=0.3))
    await world.run("physics")
    others = [created() for _ in range(100)]
    await world.emit(revised(bad, 1), *others)
    await world.settle()
    second_attempt = [place for place, universe in enumerate(attempts) if universe == bad][1]
    assert {each.universe_id for each in others} <= set(attempts[:second_attempt])


async def test_many_waiting_messages_are_each_tried_when_due(world: World) -> None:
    """Retries that are due at different times do not wait for each other, nor for the next look."""
    bad = [created() for _ in range(8)]
    handlers, attempts = failing({each.universe_id for each in bad}, times=1)
    await world.run("audio", handlers, policy=RetryPolicy(base_s=0.2))
    await world.run("physics")
    await world.emit(*bad)

    async def all_failed_once() -> bool:
        return len(set(attempts)) == 8

    await world.until(all_failed_once)
    began = asyncio.get_running_loop().time()
    await world.noted(8)
    assert asyncio.get_running_loop().time() - began < 0.9  # the poll alone would take 1 s each


async def test_poison_ends_with_its_traceback_and_trace(world: World) -> None:
    """After the last attempt the message is a dead letter that tells where the code failed, and in which trace."""
    bad = created()
    handlers, attempts = failing({bad.universe_id})
    await world.run("audio", handlers)
    await world.run("physics")
    (event_id,) = await world.emit(bad)
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    async with world.databases["audio"].reading() as session:
        (letter,) = await inbox.dead_letters(session)
    assert (letter.id, letter.attempts, len(attempts)) == (event_id, QUICK.max_attempts, QUICK.max_attempts)
    assert "Poison" in (letter.error or "")
    assert "test_retries.py" in (letter.error or "")
    assert letter.trace_id == letter.envelope["traceparent"].split("-")[1]


async def test_what_does_not_fit_its_type_is_not_tried_again(world: World) -> None:
    """Data that its declared type refuses cannot get better: it is a dead letter at once, and says why."""
    await world.run("audio", noting())
    way = await world.transport()
    spoilt = outgoing(created(), 1, data={"universe_id": 7})
    await way.publish([spoilt, outgoing(created(), 2)])
    await world.noted(1)
    await world.until(lambda: world.count("audio", "inbox", "state = 'dead'"))
    async with world.databases["audio"].reading() as session:
        (letter,) = await inbox.dead_letters(session)
    assert letter.attempts == 1
    assert "universe_id" in (letter.error or "")
