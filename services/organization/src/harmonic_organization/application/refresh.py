"""Refresh and logout: a session goes on by turning its refresh token over, and ends for good."""

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import SessionRevoked
from harmonic_organization.application import grants, refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.application.grants import Draft, Grant
from harmonic_organization.store import accounts, sessions
from harmonic_organization.store.sessions import Found
from harmonic_organization.tokens.refresh import Verdict, judge
from harmonic_organization.tokens.secrets import digest

REFUSED = "The session has ended. Sign in again."


async def refresh(desk: Desk, token: str) -> Grant:
    """New tokens for a refresh token that was not used before. A used one ends its session."""
    async with desk.db.transaction() as uow:
        drafted = await _turn(desk, uow, token)  # commits the end of a session too, so the refusal comes after
    if drafted is None:
        raise refusals.unauthenticated(REFUSED)
    return await grants.sign(desk, drafted)


async def logout(desk: Desk, token: str) -> None:
    """End the session of a refresh token. Says nothing about tokens that it does not know."""
    async with desk.db.transaction() as uow:
        found = await sessions.find(uow.session, digest(token))
        if found is not None:
            await end(desk, uow, found.session.user_id, found.session.id)


async def end(desk: Desk, uow: UnitOfWork, user_id: str, session_id: str) -> None:
    """End one session."""
    if await sessions.revoke(uow.session, session_id, desk.now):
        uow.emit(SessionRevoked(user_id=user_id, session_id=session_id, reason="logout"))


async def _turn(desk: Desk, uow: UnitOfWork, token: str) -> Draft | None:
    found = await sessions.find(uow.session, digest(token))
    if found is None:
        return None
    verdict = judge(found.shown, desk.now)
    if verdict is Verdict.REUSED:
        await _theft(desk, uow, found)
    if verdict is not Verdict.ROTATE:
        return None
    account = await accounts.by_id(uow.session, found.session.user_id)
    if account is None:
        return None
    found.token.used_at = desk.now
    return await grants.draft(desk, uow.session, account, found.session)


async def _theft(desk: Desk, uow: UnitOfWork, found: Found) -> None:
    family = found.session
    await sessions.revoke(uow.session, family.id, desk.now)
    uow.emit(SessionRevoked(user_id=family.user_id, session_id=family.id, reason="reused"))
