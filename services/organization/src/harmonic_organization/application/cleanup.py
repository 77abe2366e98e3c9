"""Cleanup: what has run out goes, after a while in which it still tells of a theft."""

from datetime import timedelta

from pydantic import BaseModel

from harmonic_organization.application.desk import Desk
from harmonic_organization.store import api_keys, attempts, sessions

KEPT = timedelta(days=7)
"""An ended session stays this long, so that a token of it shown late is still known for what it is."""


class Swept(BaseModel):
    """How many rows went."""

    sessions: int
    api_keys: int
    attempts: int


async def sweep(desk: Desk) -> Swept:
    """Take away sessions, keys and counts that have run out."""
    async with desk.db.transaction() as uow:
        return Swept(
            sessions=await sessions.sweep(uow.session, desk.now - KEPT),
            api_keys=await api_keys.sweep(uow.session, desk.now - KEPT),
            attempts=await attempts.sweep(uow.session, desk.now),
        )
