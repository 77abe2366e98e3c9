"""``/v1/auth``: register, login, refresh, logout.

These replies carry secrets, so they are never stored: an Idempotency-Key is not looked at here. After a lost reply,
sign in.
"""

from fastapi import APIRouter, Response

from harmonic_organization.api.address import AddressDep
from harmonic_organization.api.signed_in import DeskDep
from harmonic_organization.api.views import Credentials, Refresh, Registration, Tokens, tokens
from harmonic_organization.application import login as logins
from harmonic_organization.application import refresh as sessions
from harmonic_organization.application import register as registrations

router = APIRouter(prefix="/v1/auth", tags=["auth"])
UNSTORED = {"Cache-Control": "no-store"}


@router.post("/register", status_code=201)
async def register(body: Registration, desk: DeskDep, address: AddressDep, response: Response) -> Tokens:
    """Make an account with a personal organization and a first project, and sign in."""
    response.headers.update(UNSTORED)
    grant = await registrations.register(
        desk, email=body.email, password=body.password, name=body.name, address=address
    )
    return tokens(grant)


@router.post("/login")
async def login(body: Credentials, desk: DeskDep, address: AddressDep, response: Response) -> Tokens:
    """Sign in with e-mail address and password."""
    response.headers.update(UNSTORED)
    return tokens(await logins.login(desk, email=body.email, password=body.password, address=address))


@router.post("/refresh")
async def refresh(body: Refresh, desk: DeskDep, response: Response) -> Tokens:
    """The next pair of tokens. A refresh token shown twice ends its session."""
    response.headers.update(UNSTORED)
    return tokens(await sessions.refresh(desk, body.refresh_token))


@router.post("/logout", status_code=204)
async def logout(body: Refresh, desk: DeskDep) -> None:
    """End the session of a refresh token. An unknown token is no error."""
    await sessions.logout(desk, body.refresh_token)
