"""More workers of a service do nothing twice."""

import asyncio
from contextlib import AsyncExitStack
from time import perf_counter

import pytest

from harmonic_standalone.testing import SHORT, SMALL, DistributedPlatform, signed_up, worker_of

PLAYERS = 3
SECOND = "audio-worker-2"


@pytest.mark.postgres
@pytest.mark.rabbit
async def test_two_workers_of_a_service_do_nothing_twice(distributed: DistributedPlatform) -> None:
    """With two audio workers several performances at once all complete; each was rendered once, with one result."""
    distributed.programs[SECOND] = distributed.programs[worker_of("audio")]
    await asyncio.to_thread(distributed.restart, SECOND)
    try:
        async with AsyncExitStack() as stack:
            players = [await stack.enter_async_context(signed_up(distributed.url)) for _ in range(PLAYERS)]
            universes = [await player.universe(SMALL, SHORT) for player in players]
            began = perf_counter()
            pairs = zip(players, universes, strict=True)
            operations = await asyncio.gather(*(player.perform(universe.universe_id) for player, universe in pairs))
            took = perf_counter() - began
            print(f"{PLAYERS} performances in {took:.2f} s: {PLAYERS / took:.2f} a second")
            await distributed.ledger.settled()
            assert await distributed.ledger.faults() == []
            for operation in operations:
                assert operation.result is not None
                await distributed.ledger.performed_once(operation.result)
            rows = await distributed.ledger.rows("audio", "SELECT sum(attempts) FROM job WHERE kind LIKE 'audio.%'")
            print("attempts that failed:", rows[0][0])
    finally:
        await asyncio.to_thread(distributed.end, SECOND)
        del distributed.programs[SECOND]
