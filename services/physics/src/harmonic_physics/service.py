"""The composition of the physics service."""

from typing import TYPE_CHECKING, Any, ClassVar

from harmonic_chassis.jobs import JobKind
from harmonic_chassis.service import Service
from harmonic_chassis.settings import ServiceSettings
from harmonic_physics.handlers import handlers
from harmonic_physics.prefetch import prefetch
from harmonic_physics.store.tables import Base

if TYPE_CHECKING:
    from fastapi import APIRouter


class PhysicsSettings(ServiceSettings):
    """Nothing beyond what every service has."""

    service: ClassVar[str] = "physics"


def _router() -> "APIRouter":
    from harmonic_physics.api import router

    return router


def _jobs() -> list[JobKind[Any, Any]]:
    from harmonic_physics.jobs import Simulate

    return [Simulate()]


service = Service(
    name="physics",
    version="0.1.0",
    settings=PhysicsSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_physics.migrations",
    metadata=Base.metadata,
    on_start=prefetch,
    prefixes=("/v1/universes", "/v1/systems", "/v1/presets", "/v1/environment", "/v1/simulations"),
)
