"""An orderly stop in the middle of work: everybody ends well and soon, and the work goes on after the next start."""

import asyncio
import signal
from time import monotonic

from harmonic_client.models import operation_of
from harmonic_standalone.testing import SHORT, SMALL, Listener, Platform, at_work, hashes, signed_up

GRACE_S = 25.0


async def test_a_stop_in_the_middle_of_work_is_orderly(platform: Platform, undisturbed: object) -> None:
    """SIGTERM during a performance ends every process with code 0 within 25 s; after the next start the performance
    completes with the hashes of an undisturbed one."""
    async with signed_up(platform.url) as player:
        universe = await player.universe(SMALL, SHORT)
        begun = await player.harmonic.performances.create(universe.universe_id)
        listener = Listener(player.harmonic, begun.operation_id)
        following = asyncio.create_task(listener.follow())
        await listener.until(at_work("render"))
        began = monotonic()
        codes = await asyncio.to_thread(platform.stop)
        took = monotonic() - began
        print(f"{len(codes)} processes ended in {took:.1f} s after {signal.SIGTERM.name}")
        assert set(codes.values()) == {0}, codes
        assert took < GRACE_S
        await asyncio.to_thread(platform.start)
        async with asyncio.timeout(90):
            operation = operation_of(await following)
        assert operation.state == "succeeded", operation.problem
        assert callable(undisturbed)
        assert hashes(operation) == await undisturbed(SMALL, SHORT)
        await platform.ledger.settled()
        assert await platform.ledger.faults() == []
