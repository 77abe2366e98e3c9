"""Accounts: made whole in one transaction, found by address or id, taken away whole."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_chassis.tables.edge import idempotency
from harmonic_contracts.roles import Role
from harmonic_organization.store.organizations import add_organization, add_project
from harmonic_organization.store.tables import Account, ApiKey, Member, Organization, Project, RefreshToken, Session


async def by_email(session: AsyncSession, email: str) -> Account | None:
    """The account of a normalised address."""
    return await session.scalar(select(Account).where(Account.email == email))


async def by_id(session: AsyncSession, user_id: str) -> Account | None:
    """The account of a user."""
    return await session.get(Account, user_id)


async def add(
    session: AsyncSession, *, email: str, name: str, password_hash: str, now: datetime
) -> tuple[Account, Organization, Project]:
    """A user with a personal organization, of which the user is the owner, and a first project in it."""
    organization = add_organization(session, name="Personal", personal=True, now=now)
    await session.flush()
    account = Account(
        id=new_id(),
        email=email,
        name=name,
        password_hash=password_hash,
        personal_organization_id=organization.id,
        revision=1,
        created_at=now,
        updated_at=now,
    )
    session.add(account)
    await session.flush()
    session.add(
        Member(organization_id=organization.id, user_id=account.id, role=Role.OWNER, joined_at=now, changed_at=now)
    )
    project = add_project(session, organization_id=organization.id, name="First project", now=now)
    await session.flush()
    return account, organization, project


async def remove(session: AsyncSession, user_id: str) -> None:
    """Take away the account, its sessions and keys. Its memberships must be gone, its organization may still stand."""
    sessions = select(Session.id).where(Session.user_id == user_id)
    await session.execute(delete(RefreshToken).where(RefreshToken.session_id.in_(sessions)))
    await session.execute(delete(Session).where(Session.user_id == user_id))
    await session.execute(delete(ApiKey).where(ApiKey.user_id == user_id))
    await session.execute(delete(idempotency).where(idempotency.c.caller == user_id))
    await session.execute(delete(Account).where(Account.id == user_id))


async def locked(session: AsyncSession, user_id: str) -> Account | None:
    """The account, locked until the transaction ends."""
    return await session.get(Account, user_id, with_for_update=True)
