"""Organizations, their members and their projects."""

from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_contracts.roles import Role
from harmonic_organization.store.tables import Member, Organization, Project


def add_organization(session: AsyncSession, *, name: str, personal: bool, now: datetime) -> Organization:
    """A new organization, without members yet."""
    organization = Organization(id=new_id(), name=name, personal=personal, revision=1, created_at=now, updated_at=now)
    session.add(organization)
    return organization


def add_project(session: AsyncSession, *, organization_id: str, name: str, now: datetime) -> Project:
    """A new project of an organization."""
    project = Project(
        id=new_id(), organization_id=organization_id, name=name, revision=1, created_at=now, updated_at=now
    )
    session.add(project)
    return project


def of_user(user_id: str) -> Select[Organization, str]:
    """The organizations that a user is in, with the role."""
    return (
        select(Organization, Member.role)
        .join(Member, Member.organization_id == Organization.id)
        .where(Member.user_id == user_id)
    )


def projects_of(organization_id: str) -> Select[Project]:
    """The projects of an organization."""
    return select(Project).where(Project.organization_id == organization_id)


async def lock(session: AsyncSession, organization_id: str) -> Organization | None:
    """The organization, locked until the transaction ends: changes of its members come one after another."""
    return await session.get(Organization, organization_id, with_for_update=True)


async def role_of(session: AsyncSession, organization_id: str, user_id: str) -> Role | None:
    """The user's role in the organization."""
    role = await session.scalar(
        select(Member.role).where(Member.organization_id == organization_id, Member.user_id == user_id)
    )
    return Role(role) if role else None


async def roles_of(session: AsyncSession, user_id: str) -> dict[str, Role]:
    """The user's role in each of the user's organizations."""
    rows = await session.execute(select(Member.organization_id, Member.role).where(Member.user_id == user_id))
    return {organization_id: Role(role) for organization_id, role in rows}


async def members(session: AsyncSession, organization_id: str) -> dict[str, Role]:
    """Every member of an organization with the role."""
    rows = await session.execute(select(Member.user_id, Member.role).where(Member.organization_id == organization_id))
    return {user_id: Role(role) for user_id, role in rows}


async def set_role(session: AsyncSession, organization_id: str, user_id: str, role: Role | None, now: datetime) -> None:
    """Give the user this role in the organization; none takes the membership away."""
    member = await session.get(Member, (organization_id, user_id))
    if role is None:
        await session.execute(
            delete(Member).where(Member.organization_id == organization_id, Member.user_id == user_id)
        )
    elif member is None:
        session.add(Member(organization_id=organization_id, user_id=user_id, role=role, joined_at=now, changed_at=now))
    else:
        member.role, member.changed_at = role, now
    await session.flush()


async def first_project(session: AsyncSession, organization_id: str) -> str:
    """The oldest project of an organization: there always is one."""
    oldest = projects_of(organization_id).order_by(Project.created_at, Project.id).limit(1)
    project = (await session.scalars(oldest)).one()
    return project.id


async def remove_projects(session: AsyncSession, organization_id: str) -> list[str]:
    """Take away all projects of an organization; their ids."""
    ids = list(await session.scalars(select(Project.id).where(Project.organization_id == organization_id)))
    await session.execute(delete(Project).where(Project.organization_id == organization_id))
    return sorted(ids)


async def remove(session: AsyncSession, organization_id: str) -> None:
    """Take away an organization with all memberships; its projects must be gone."""
    await session.execute(delete(Member).where(Member.organization_id == organization_id))
    await session.execute(delete(Organization).where(Organization.id == organization_id))
