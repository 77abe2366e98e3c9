"""Erasure of what the chassis itself keeps of users and organizations that are gone, in every service by their events.

Their jobs, also those at work (a worker that finds its row gone lets go); stored replies; pins and grants, so that
cleanup takes the bytes; projects. What stays names nobody but by id: the log of events with the data that its messages
carry, and the tombstones of `access`, which keep an old token out.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.tables.artifacts import artifact, artifact_grant, artifact_pin
from harmonic_chassis.tables.edge import idempotency, project
from harmonic_chassis.tables.jobs import job, organization_turn
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import OrganizationDeleted, UserErased

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

MESSAGES = "message/"
"""Holders of the data of messages: it stays as long as the log does."""
handlers = Handlers()


@handlers.on(UserErased)
async def forget_user(message: Message[UserErased], uow: UnitOfWork, chassis: "Chassis") -> None:
    """The user's organizations go; what stays with others does not name the user."""
    await erase_organizations(uow, message.data.organization_ids)
    await erase_user(uow.session, message.data.user_id)


@handlers.on(OrganizationDeleted)
async def forget_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """All that the chassis kept for it goes."""
    await erase_organizations(uow, [message.data.organization_id])


async def erase_organizations(uow: UnitOfWork, organization_ids: Collection[str]) -> None:
    """Erase the jobs, pins, grants and projects of organizations."""
    session = uow.session
    for table in (job, organization_turn, project):
        await session.execute(delete(table).where(table.c.organization_id.in_(organization_ids)))
    pinned = artifact_pin.c.organization_id.in_(organization_ids) & ~artifact_pin.c.holder.startswith(MESSAGES)
    freed = artifact.c.sha256.in_(select(artifact_pin.c.sha256).where(pinned))
    await session.execute(update(artifact).where(freed).values(kept_at=uow.clock.now()))
    granted = artifact_grant.c.reader.in_(organization_ids) & ~artifact_grant.c.holder.startswith(MESSAGES)
    await session.execute(delete(artifact_grant).where(granted))
    await session.execute(delete(artifact_pin).where(pinned))


async def erase_user(session: AsyncSession, user_id: str) -> None:
    """Erase the stored replies to the user, and the user's id from the jobs that stay: those at work keep it until
    they end, because they work in the user's name."""
    await session.execute(delete(idempotency).where(_replies_to(user_id)))
    ended = (job.c.actor_id == user_id) & job.c.ended_at.is_not(None)
    await session.execute(update(job).where(ended).values(actor_id=None, context={}))


def _replies_to(user_id: str) -> ColumnElement[bool]:
    """To the user, and to services that acted for the user."""
    return or_(idempotency.c.caller == user_id, idempotency.c.caller.endswith(f"/{user_id}", autoescape=True))
