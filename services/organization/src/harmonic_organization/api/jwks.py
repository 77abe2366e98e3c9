"""``/.well-known/jwks.json``: the keys that check every token of the house."""

from typing import Any

from fastapi import APIRouter, Response

from harmonic_organization.api.signed_in import DeskDep

router = APIRouter(tags=["keys"])


@router.get("/.well-known/jwks.json")
async def get_jwks(desk: DeskDep, response: Response) -> dict[str, Any]:
    """The public keys, as a JWK Set (RFC 7517)."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return await desk.keyring.public()
