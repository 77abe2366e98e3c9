"""What the operator asks: does the process live, is the service ready, what does it count."""

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.responses import Response

from harmonic_chassis.http import problem_documents
from harmonic_chassis.http.dependencies import ChassisDep
from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_chassis.metrics import CONTENT_TYPE
from harmonic_contracts import problems

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

router = APIRouter(include_in_schema=False)
PATIENCE_S = 2.0


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The event loop turns."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(chassis: ChassisDep) -> dict[str, str]:
    """The service is started, is not stopping, and its database answers."""
    if not chassis.ready:
        raise ProblemError(problems.UNAVAILABLE, detail="The service is starting or stopping")
    try:
        async with asyncio.timeout(PATIENCE_S):
            await chassis.db.ping()
    except Exception as error:
        detail = "The database does not answer"
        raise ProblemError(problems.UNAVAILABLE, detail=detail, headers={"Retry-After": "2"}) from error
    return {"status": "ready", "service": chassis.service.name, "version": chassis.service.version}


@router.get("/metrics")
async def metrics(chassis: ChassisDep) -> Response:
    """Prometheus exposition text."""
    return Response(await chassis.metrics.render(chassis.db), media_type=CONTENT_TYPE)


def application(chassis: "Chassis") -> FastAPI:
    """These routes and no others: for a worker, which serves nothing else."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.chassis = chassis
    problem_documents.install(app)
    app.include_router(router)
    return app
