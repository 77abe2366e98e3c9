"""The composition of the gateway as a service of the house."""

from typing import TYPE_CHECKING

from harmonic_chassis.projections import Projection
from harmonic_chassis.service import Service
from harmonic_gateway.composition import edge, on_start
from harmonic_gateway.handlers import handlers
from harmonic_gateway.settings import GatewaySettings
from harmonic_gateway.store.tables import Base, OperationRow

if TYPE_CHECKING:
    from fastapi import APIRouter


def _router() -> "APIRouter":
    from harmonic_gateway.api import router

    return router


service = Service(
    name="gateway",
    version="0.1.0",
    settings=GatewaySettings,
    router=_router,
    handlers=handlers,
    migrations="harmonic_gateway.migrations",
    metadata=Base.metadata,
    projections=[Projection.of(OperationRow, OperationRow.service != "gateway")],
    prefixes=("/v1/operations", "/v1/performances", "/v1/events", "/v1/admin"),
    on_start=on_start,
    edge=edge,
)
