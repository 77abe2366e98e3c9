"""``/internal``: tokens for services and for the holders of API keys. The gateway never exposes these routes."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from harmonic_chassis.http import ChassisDep, authenticate, bearer_of
from harmonic_contracts.base import Identifier
from harmonic_organization.api.signed_in import DeskDep
from harmonic_organization.api.views import Input
from harmonic_organization.application import refusals, service_tokens

router = APIRouter(prefix="/internal", tags=["internal"], include_in_schema=False)
ServiceName = Annotated[str, Field(pattern=r"^[a-z]{1,40}$")]
Secret = Annotated[str, Field(min_length=1, max_length=500)]
EXCHANGERS = frozenset({"service:gateway"})
"""Who may turn an API key into a token: only the door at which keys arrive."""


class ServiceTokenRequest(Input):
    """Client credentials, and what the token is for."""

    service: ServiceName
    secret: Secret
    audience: ServiceName
    organization_id: Identifier | None = None
    on_behalf_of: Identifier | None = None


class ServiceToken(BaseModel):
    """A service's token."""

    token: str
    expires_in: int


class ApiKeyExchange(Input):
    """An API key; client credentials where no service token is sent."""

    api_key: str = Field(max_length=200)
    service: ServiceName | None = None
    secret: Secret | None = None


class ExchangedToken(BaseModel):
    """A user's access token."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 the name of a scheme
    expires_in: int


@router.post("/service-tokens")
async def service_token(body: ServiceTokenRequest, desk: DeskDep, response: Response) -> ServiceToken:
    """A token for one service, in one organization, on behalf of one user."""
    response.headers["Cache-Control"] = "no-store"
    token, expires_in = await service_tokens.for_service(
        desk,
        service=body.service,
        secret=body.secret,
        audience=body.audience,
        organization_id=body.organization_id,
        on_behalf_of=body.on_behalf_of,
    )
    return ServiceToken(token=token, expires_in=expires_in)


@router.post("/api-keys/exchange")
async def exchange(
    body: ApiKeyExchange, desk: DeskDep, chassis: ChassisDep, request: Request, response: Response
) -> ExchangedToken:
    """A short access token for an API key."""
    if body.service is not None and body.secret is not None:
        service_tokens.check_credentials(desk, body.service, body.secret)
        service = body.service
    else:
        caller = await authenticate(chassis, bearer_of(request.headers.get("authorization")))
        service = caller.service or ""
    if f"service:{service}" not in EXCHANGERS:
        raise refusals.forbidden("Only the gateway exchanges API keys.")
    response.headers["Cache-Control"] = "no-store"
    token, expires_in = await service_tokens.for_api_key(desk, body.api_key)
    return ExchangedToken(access_token=token, expires_in=expires_in)
