"""The composition of the ai service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonic_ai.handlers import handlers
from harmonic_ai.settings import AiSettings
from harmonic_ai.store.tables import Base, SimulationRow, UniverseRow
from harmonic_chassis.projections import Projection
from harmonic_chassis.service import Service

if TYPE_CHECKING:
    from fastapi import APIRouter

    from harmonic_chassis.jobs import JobKind


def _router() -> "APIRouter":
    from harmonic_ai.api import router

    return router


def _jobs() -> "Sequence[JobKind[Any, Any]]":
    from harmonic_ai.describing import DescribeJob
    from harmonic_ai.suggesting import SuggestJob

    return (DescribeJob(), SuggestJob())


service = Service(
    name="ai",
    version="0.1.0",
    settings=AiSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_ai.migrations",
    metadata=Base.metadata,
    projections=[Projection.of(row) for row in (UniverseRow, SimulationRow)],
    prefixes=("/v1/descriptors", "/v1/suggestions"),
)
