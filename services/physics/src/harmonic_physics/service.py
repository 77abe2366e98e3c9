"""The composition of the physics service."""

from typing import TYPE_CHECKING, Any

from harmonic_chassis.jobs import JobKind
from harmonic_chassis.service import Service
from harmonic_physics.handlers import handlers
from harmonic_physics.prefetch import prefetch
from harmonic_physics.settings import PhysicsSettings
from harmonic_physics.store.tables import Base

if TYPE_CHECKING:
    from fastapi import APIRouter

    from harmonic_chassis.service import Chassis, Stop


def _router() -> "APIRouter":
    from harmonic_physics.api import router

    return router


def _jobs() -> list[JobKind[Any, Any]]:
    from harmonic_physics.jobs import Simulate
    from harmonic_physics.sweeps.jobs import HelpSweep, LeadSweep

    return [Simulate(), LeadSweep(), HelpSweep()]


async def _begin(chassis: "Chassis") -> "Stop":
    """Load kernels ahead; at the stop, end that and every live session."""
    stop_loading = await prefetch(chassis)

    async def stop() -> None:
        if stop_loading is not None:
            await stop_loading()
        if (live := chassis.state.get("live")) is not None:
            await live.close()

    return stop


service = Service(
    name="physics",
    version="0.1.0",
    settings=PhysicsSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_physics.migrations",
    metadata=Base.metadata,
    on_start=_begin,
    prefixes=(
        "/v1/universes",
        "/v1/systems",
        "/v1/presets",
        "/v1/environment",
        "/v1/simulations",
        "/v1/live",
        "/v1/sweeps",
    ),
)
