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
    try:
        await asyncio.to_thread(_load)
    except Exception as error:  # a job would find the same fault and say it
        log.warning("the kernels could not be loaded ahead: %s", error)


@cache
def _load() -> None:
    """Once a process: one short tick of each system."""
    from harmonic_physics.engine.checking import check
    from harmonic_physics.engine.registry import systems

    for kind, system in systems().items():
        preset = system.presets[-1]
        interval = preset.spec["frame_interval"]
        check(kind, preset.spec | {"duration": interval}, preset.environment).run(0).advance()
