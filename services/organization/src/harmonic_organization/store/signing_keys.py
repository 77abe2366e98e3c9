"""Signing keys in the database: numbered without holes, so that two processes cannot both make the next one."""

import json
from collections.abc import Collection
from datetime import datetime

from joserfc.jwk import OKPKey
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_organization.signing import keys
from harmonic_organization.store.tables import SigningKey


async def all_of_them(session: AsyncSession) -> list[SigningKey]:
    """Every key, oldest first."""
    return list(await session.scalars(select(SigningKey).order_by(SigningKey.number)))


async def add(session: AsyncSession, number: int, key: OKPKey, secret: str, signs_from: datetime) -> None:
    """Store a key. Raises IntegrityError when another process has stored one of this number."""
    session.add(
        SigningKey(
            number=number,
            kid=key.thumbprint(),
            public=json.dumps(keys.public(key), sort_keys=True),
            locked=keys.lock(key, secret),
            signs_from=signs_from,
        )
    )
    await session.flush()


async def remove(session: AsyncSession, numbers: Collection[int]) -> None:
    """Take keys away."""
    await session.execute(delete(SigningKey).where(SigningKey.number.in_(numbers)))
