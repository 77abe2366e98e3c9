"""The composition of the notebook."""

from typing import TYPE_CHECKING, Any, ClassVar

from harmonic_chassis.jobs import JobKind
from harmonic_chassis.service import Service
from harmonic_chassis.settings import ServiceSettings
from harmonic_chassis.testing.sample.store import Base
from harmonic_chassis.testing.sample.work import Count, handlers

if TYPE_CHECKING:
    from fastapi import APIRouter


class NotebookSettings(ServiceSettings):
    """Nothing beyond what every service has."""

    service: ClassVar[str] = "physics"


def _router() -> "APIRouter":
    from harmonic_chassis.testing.sample.api import router

    return router


def _jobs() -> list[JobKind[Any, Any]]:
    return [Count()]


service = Service(
    name="physics",
    version="0.1.0",
    settings=NotebookSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_chassis.testing.sample.migrations",
    metadata=Base.metadata,
    prefixes=("/v1/notes",),
)
