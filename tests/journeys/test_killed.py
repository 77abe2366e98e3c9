"""kill -9 in the middle of a performance loses nothing and does nothing twice."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

import pytest

from harmonic_chassis.main import NAMES
from harmonic_client.models import operation_of
from harmonic_standalone.testing import (
    PLATFORM,
    SHORT,
    SMALL,
    DistributedPlatform,
    EmbeddedPlatform,
    Listener,
    Platform,
    at_work,
    hashes,
    signed_up,
    worker_of,
)

STEPS = ("simulate", "render", "export")
OWN_STEP = {"physics": "simulate", "audio": "render", "export": "export"}
"""The step in which a service's worker is busy."""


@pytest.mark.parametrize("step", STEPS)
async def test_the_one_process_killed_goes_on_where_it_was(
    step: str, embedded: EmbeddedPlatform, undisturbed: Any, chance: random.Random
) -> None:
    """Killed in any step of the performance of TRAPPIST-1 and started again on its folder, the embedded platform
    completes it with the hashes of an undisturbed run, and a listener gets each numbered event once, in order."""
    expected = await undisturbed({"preset": "trappist-1"}, {})
    found = await _kill_during(step, PLATFORM, embedded, {"preset": "trappist-1"}, {}, chance)
    assert found == expected


@pytest.mark.postgres
@pytest.mark.rabbit
@pytest.mark.parametrize("program", [name for service in NAMES for name in (service, worker_of(service))])
async def test_any_killed_process_of_the_services_loses_nothing(
    program: str, distributed: DistributedPlatform, undisturbed: Any, chance: random.Random
) -> None:
    """Each service's `serve` and each worker in turn is killed in the middle of a performance and started again: it
    completes with the hashes of an undisturbed run, and the books of all services are in order."""
    expected = await undisturbed(SMALL, SHORT)
    step = OWN_STEP.get(program.removesuffix("-worker"), chance.choice(STEPS))
    found = await _kill_during(step, program, distributed, SMALL, SHORT, chance)
    assert found == expected


async def _kill_during(
    step: str,
    program: str,
    platform: Platform,
    document: Mapping[str, Any],
    sound: Mapping[str, Any],
    chance: random.Random,
) -> dict[str, str]:
    """Kill and restart a program once a step is at work; the hashes of the files, after every other check."""
    delay = chance.uniform(0.0, 0.2)
    print(f"kill -9 {program} {delay:.3f} s into {step}")
    async with signed_up(platform.url) as player:
        universe = await player.universe(document, sound)
        begun = await player.harmonic.performances.create(universe.universe_id)
        listener = Listener(player.harmonic, begun.operation_id)
        following = asyncio.create_task(listener.follow())
        await listener.until(at_work(step))
        await asyncio.sleep(delay)
        platform.kill(program)
        assert not await _is_over(platform, begun.operation_id), "the kill came too late to prove anything"
        await asyncio.to_thread(platform.restart, program)
        async with asyncio.timeout(90):
            operation = operation_of(await following)
        assert operation.state == "succeeded", operation.problem
        await _each_event_once(listener)
        assert operation.result is not None
        await platform.ledger.settled()
        assert await platform.ledger.faults() == []
        await platform.ledger.performed_once(operation.result)
        return hashes(operation)


async def _is_over(platform: Platform, operation_id: str) -> bool:
    ended = "operation_id = :id AND state IN ('succeeded', 'failed', 'cancelled')"
    return await platform.ledger.count("gateway", "operation", ended, id=operation_id) > 0


async def _each_event_once(listener: Listener) -> None:
    """What came over broken connections is what one unbroken connection tells afterwards."""
    numbers = [number for number, _ in listener.numbered]
    assert numbers == sorted(set(numbers))
    unbroken = Listener(listener.harmonic, listener.operation_id)
    await unbroken.follow()
    assert unbroken.breaks == 0
    assert listener.numbered == unbroken.numbered
