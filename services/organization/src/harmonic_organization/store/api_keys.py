"""API keys: kept by digest."""

from datetime import datetime
from typing import cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_organization.store.tables import ApiKey
from harmonic_organization.tokens.secrets import Secret


async def add(
    session: AsyncSession, user_id: str, name: str, secret: Secret, *, now: datetime, expires_at: datetime | None
) -> ApiKey:
    """Store a fresh key."""
    row = ApiKey(
        id=new_id(),
        user_id=user_id,
        name=name,
        start=secret.start,
        digest=secret.digest,
        created_at=now,
        expires_at=expires_at,
        used_at=None,
    )
    session.add(row)
    await session.flush()
    return row


async def of_user(session: AsyncSession, user_id: str) -> list[ApiKey]:
    """The keys of a user, oldest first."""
    return list(await session.scalars(select(ApiKey).where(ApiKey.user_id == user_id).order_by(ApiKey.id)))


async def count(session: AsyncSession, user_id: str) -> int:
    """How many keys a user has."""
    query = select(func.count()).select_from(ApiKey).where(ApiKey.user_id == user_id)
    return (await session.execute(query)).scalar_one()


async def by_digest(session: AsyncSession, digest: str, now: datetime) -> ApiKey | None:
    """The key with this digest, if it has not run out."""
    row = await session.scalar(select(ApiKey).where(ApiKey.digest == digest))
    return row if row and (row.expires_at is None or row.expires_at > now) else None


async def remove(session: AsyncSession, user_id: str, key_id: str) -> bool:
    """Void a key of the user; whether there was one."""
    result = await session.execute(delete(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == user_id))
    return cast("CursorResult[object]", result).rowcount > 0


async def sweep(session: AsyncSession, before: datetime) -> int:
    """Take away the keys that ran out before this time; how many."""
    result = await session.execute(delete(ApiKey).where(ApiKey.expires_at < before))
    return cast("CursorResult[object]", result).rowcount


async def touch(session: AsyncSession, key_id: str, now: datetime) -> None:
    """Remember when the key was used."""
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(used_at=now))
