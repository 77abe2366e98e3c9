"""What a sign-in gives: an access token of minutes and the refresh token that gets the next one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_organization.application.desk import Desk
from harmonic_organization.store import organizations, sessions
from harmonic_organization.store.tables import Account, Session
from harmonic_organization.tokens import claims, secrets
from harmonic_organization.tokens.refresh import expiry


@dataclass(frozen=True)
class Draft:
    """A grant whose transaction is still open: its claims are not signed yet."""

    claims: dict[str, Any]
    refresh_token: str
    refresh_expires_at: datetime


@dataclass(frozen=True)
class Grant:
    """Tokens for one session of one user."""

    user_id: str
    organization_id: str
    project_id: str
    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_at: datetime


async def user_claims(
    desk: Desk,
    session: AsyncSession,
    account: Account,
    *,
    lifetime_s: int,
    session_id: str | None = None,
    api_key_id: str | None = None,
) -> dict[str, Any]:
    """The claims of a user as the database knows the user now."""
    home = account.personal_organization_id
    return claims.for_user(
        account.id,
        organization_id=home,
        project_id=await organizations.first_project(session, home),
        roles=await organizations.roles_of(session, account.id),
        session_id=session_id,
        api_key_id=api_key_id,
        token_id=new_id(),
        now=desk.now,
        lifetime=timedelta(seconds=lifetime_s),
    )


async def draft(desk: Desk, session: AsyncSession, account: Account, family: Session) -> Draft:
    """A new refresh token of the session, stored, and the claims of the access token that goes with it."""
    now = desk.now
    secret = secrets.new_refresh_token()
    until = expiry(now, desk.idle_time, family.expires_at)
    sessions.add_token(session, family.id, secret.digest, now=now, expires_at=until)
    family.used_at = now
    await session.flush()
    own = await user_claims(desk, session, account, lifetime_s=desk.settings.access_token_s, session_id=family.id)
    return Draft(own, secret.text, until)


async def start(desk: Desk, session: AsyncSession, account: Account) -> Draft:
    """The draft of a new session."""
    now = desk.now
    family = await sessions.start(session, account.id, now=now, expires_at=now + desk.session_time)
    return await draft(desk, session, account, family)


async def sign(desk: Desk, drafted: Draft) -> Grant:
    """The grant of a committed draft. Signing waits until here: it may read the keys."""
    own = drafted.claims
    return Grant(
        user_id=own["sub"],
        organization_id=own["org"],
        project_id=own["prj"],
        access_token=await desk.keyring.sign(own),
        expires_in=own["exp"] - own["iat"],
        refresh_token=drafted.refresh_token,
        refresh_expires_at=drafted.refresh_expires_at,
    )
