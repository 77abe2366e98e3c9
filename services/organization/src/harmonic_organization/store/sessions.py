"""Sessions and their refresh tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, CursorResult, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_organization.store.tables import RefreshToken, Session
from harmonic_organization.tokens.refresh import Shown


@dataclass(frozen=True)
class Found:
    """A shown refresh token with the session that it belongs to."""

    token: RefreshToken
    session: Session

    @property
    def shown(self) -> Shown:
        """What the rules want to know of it."""
        return Shown(self.token.used_at, self.token.expires_at, self.session.revoked_at, self.session.expires_at)


async def start(session: AsyncSession, user_id: str, *, now: datetime, expires_at: datetime) -> Session:
    """A new session."""
    row = Session(id=new_id(), user_id=user_id, created_at=now, used_at=now, expires_at=expires_at, revoked_at=None)
    session.add(row)
    await session.flush()
    return row


def add_token(session: AsyncSession, session_id: str, digest: str, *, now: datetime, expires_at: datetime) -> None:
    """A fresh refresh token of a session."""
    session.add(RefreshToken(digest=digest, session_id=session_id, issued_at=now, expires_at=expires_at, used_at=None))


async def find(session: AsyncSession, digest: str) -> Found | None:
    """The refresh token with this digest. The session is locked: of two that show one token, one comes second."""
    token = await session.get(RefreshToken, digest)
    if token is None:
        return None
    family = await session.get(Session, token.session_id, with_for_update=True)
    if family is None:
        return None
    await session.refresh(token)
    return Found(token, family)


async def live(session: AsyncSession, session_id: str, now: datetime) -> bool:
    """Whether a session is neither ended nor run out."""
    query = select(Session.id).where(Session.id == session_id, Session.revoked_at.is_(None), Session.expires_at > now)
    return await session.scalar(query) is not None


async def revoke(session: AsyncSession, session_id: str, now: datetime) -> bool:
    """End a session; whether it was still running."""
    return bool(await _revoke(session, now, Session.id == session_id))


async def revoke_others(session: AsyncSession, user_id: str, keep: str | None, now: datetime) -> list[str]:
    """End every session of a user but the one to keep; the ids of those that were running."""
    running = select(Session.id).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    ids = [session_id for session_id in await session.scalars(running) if session_id != keep]
    await _revoke(session, now, Session.id.in_(ids))
    return sorted(ids)


async def sweep(session: AsyncSession, before: datetime) -> int:
    """Take away sessions that ran out or were ended before this time; how many."""
    old = (Session.expires_at < before) | (Session.revoked_at < before)
    await session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(select(Session.id).where(old))))
    result = await session.execute(delete(Session).where(old))
    return cast("CursorResult[object]", result).rowcount


async def _revoke(session: AsyncSession, now: datetime, which: ColumnElement[bool]) -> int:
    ending = update(Session).where(which, Session.revoked_at.is_(None)).values(revoked_at=now)
    return cast("CursorResult[object]", await session.execute(ending)).rowcount
