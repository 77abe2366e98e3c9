"""The app of a service: its routes, the chassis' own, and the layers around them."""

from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware

from harmonic_chassis.http import problem_documents
from harmonic_chassis.http.body_limit import BodyLimit
from harmonic_chassis.http.headers import SecurityHeaders
from harmonic_chassis.http.requests import Requests
from harmonic_chassis.http.strict_json import strict_json
from harmonic_contracts.problems import Problem

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

ERRORS: dict[int | str, dict[str, Any]] = {"4XX": {"model": Problem, "description": "A problem document (RFC 9457)"}}


def create_app(chassis: "Chassis") -> FastAPI:
    """The ASGI app that serves this chassis' service. Docs pages are the gateway's: here is only the document."""
    from harmonic_chassis.http import artifacts, event_admin, internal, ops

    service = chassis.service
    app = FastAPI(
        title=f"Harmonic Universe: {service.name}",
        version=service.version,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        dependencies=[Depends(strict_json)],
        responses=ERRORS,
        middleware=[
            Middleware(Requests, metrics=chassis.metrics),
            Middleware(SecurityHeaders),
            Middleware(BodyLimit, limit=chassis.settings.max_body_bytes, by_prefix=service.body_limits),
        ],
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.state.chassis = chassis
    problem_documents.install(app)
    app.include_router(ops.router)
    app.include_router(internal.router)
    app.include_router(event_admin.router)
    app.include_router(artifacts.router)
    app.include_router(service.router())
    return app


def _operation_id(route: APIRoute) -> str:
    """Short, stable names for generated clients: the function's."""
    return route.name
