"""The merged OpenAPI document. The front door serves it at /openapi.json, where FastAPI has the gateway's own part."""

from fastapi import APIRouter
from starlette.responses import Response

from harmonic_chassis.http import ChassisDep
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.routing.table import MERGED_DOCUMENT

router = APIRouter(include_in_schema=False)


@router.get(MERGED_DOCUMENT)
async def merged_document(chassis: ChassisDep) -> Response:
    """The whole house's document."""
    headers = {"cache-control": "public, max-age=60"}
    return Response(await gateway_of(chassis).document.body(), media_type="application/json", headers=headers)
