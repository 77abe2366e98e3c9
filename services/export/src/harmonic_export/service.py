"""The composition of the export service."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonic_chassis.projections import Projection
from harmonic_chassis.service import Service
from harmonic_export.handlers import handlers
from harmonic_export.settings import IMPORT_LIMIT, ExportSettings
from harmonic_export.store.tables import Base, RenderingRow, SimulationRow, UniverseRow

if TYPE_CHECKING:
    from fastapi import APIRouter

    from harmonic_chassis.jobs import JobKind


def _router() -> "APIRouter":
    from harmonic_export.api import router

    return router


def _jobs() -> "Sequence[JobKind[Any, Any]]":
    from harmonic_export.importing import ImportJob
    from harmonic_export.packaging import PackageJob

    return (PackageJob(), ImportJob())


service = Service(
    name="export",
    version="0.1.0",
    settings=ExportSettings,
    router=_router,
    handlers=handlers,
    jobs=_jobs,
    migrations="harmonic_export.migrations",
    metadata=Base.metadata,
    projections=[Projection.of(row) for row in (UniverseRow, SimulationRow, RenderingRow)],
    prefixes=("/v1/exports", "/v1/imports", "/v1/visualizations"),
    body_limits={"/v1/imports": IMPORT_LIMIT},
)
