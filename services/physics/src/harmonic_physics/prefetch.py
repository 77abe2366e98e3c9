"""Load the compiled kernels of a worker before its first job, beside whatever else it does."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

log = logging.getLogger(__name__)
DELAY_S = 2.0
"""The service becomes ready first."""
FIRST = "orbits"
"""What a newcomer plays first."""
APART_S = 20.0
"""Between the other systems: whoever works meanwhile should not feel it."""


async def prefetch(chassis: "Chassis") -> Callable[[], Awaitable[None]] | None:
    """Begin loading where this process works; what is returned ends the waiting at the stop."""
    if chassis.workers is None:
        return None
    task = asyncio.create_task(_later())

    async def stop() -> None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    return stop


async def _later() -> None:
    await asyncio.sleep(DELAY_S)
    from harmonic_physics.engine.registry import systems

    for kind in [FIRST, *(each for each in systems() if each != FIRST)]:
        try:
            await asyncio.to_thread(_load, kind)
        except Exception as error:  # a job would find the same fault and say it
            log.warning("the kernels of %s could not be loaded ahead: %s", kind, error)
        await asyncio.sleep(APART_S)


@cache
def _load(kind: str) -> None:
    """Once a process: one short tick of the system's first preset."""
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import system

    preset = system(kind).presets[0]
    interval = preset.spec["frame_interval"]
    check(kind, preset.spec | {"duration": interval}, preset.environment).run(0).advance()
