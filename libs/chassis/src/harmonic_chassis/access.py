"""Who may do what here: each service's own projection of members and projects, fed by organization's events.

The rule: a projection row wins over the token; a row that says "no member" wins over tokens issued before it; where
there is no row yet, the token's own claim counts. So a revocation is effective as soon as its event has arrived.
Of an erased user or a deleted organization a digest of the id is kept, because news of different subjects may come in
any order: what is heard of a membership or a project after its end gives nobody a role.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.dialects import insert
from harmonic_chassis.dialects.locks import take_turns
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.tables.edge import ended, membership, project
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import (
    MemberChanged,
    OrganizationDeleted,
    ProjectChanged,
    ProjectCreated,
    ProjectDeleted,
    UserErased,
)
from harmonic_contracts.roles import Role

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis


@dataclass(frozen=True)
class Membership:
    """What is known of a user in an organization; role None: no member (any more), since `changed_at`."""

    role: Role | None
    changed_at: datetime


@dataclass(frozen=True)
class ProjectHome:
    """Which organization a project belongs to, and whether it is gone."""

    organization_id: str
    deleted: bool


class Directory(Protocol):
    """Where a service looks up members and projects: the projection, or, in organization, its own tables."""

    async def membership(self, session: AsyncSession, organization_id: str, user_id: str) -> Membership | None:
        """What is known of the user there; None: nothing yet."""
        ...

    async def memberships(self, session: AsyncSession, user_id: str) -> dict[str, Membership]:
        """What is known of the user, by organization."""
        ...

    async def project(self, session: AsyncSession, project_id: str) -> ProjectHome | None:
        """Where the project belongs; None: nothing is known yet."""
        ...


class ProjectedDirectory:
    """The directory of every service but organization: rows kept by `handlers` below."""

    async def membership(self, session: AsyncSession, organization_id: str, user_id: str) -> Membership | None:
        return (await self._rows(session, user_id, organization_id)).get(organization_id)

    async def memberships(self, session: AsyncSession, user_id: str) -> dict[str, Membership]:
        return await self._rows(session, user_id, None)

    async def project(self, session: AsyncSession, project_id: str) -> ProjectHome | None:
        statement = select(project.c.organization_id, project.c.deleted).where(project.c.project_id == project_id)
        row = (await session.execute(statement)).one_or_none()
        return ProjectHome(row.organization_id, row.deleted) if row else None

    async def _rows(self, session: AsyncSession, user_id: str, organization_id: str | None) -> dict[str, Membership]:
        columns = membership.c
        statement = select(columns.organization_id, columns.role, columns.changed_at).where(columns.user_id == user_id)
        if organization_id is not None:
            statement = statement.where(columns.organization_id == organization_id)
        rows = await session.execute(statement)
        return {row.organization_id: Membership(Role(row.role) if row.role else None, row.changed_at) for row in rows}


async def role_of(session: AsyncSession, organization_id: str, user_id: str) -> Role | None:
    """The role that the projection knows, for code without a token: message handlers and jobs."""
    found = await ProjectedDirectory().membership(session, organization_id, user_id)
    return found.role if found else None


def effective_role(known: Membership | None, claimed: Role | None, issued_at: datetime) -> Role | None:
    """The rule of this module."""
    if known is None:
        return claimed
    if known.role is None and issued_at > known.changed_at:
        return claimed
    return known.role


handlers = Handlers()


@handlers.on(MemberChanged)
async def project_member(message: Message[MemberChanged], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Keep the newest role of a member."""
    data = message.data
    over = await _ended(uow, data.organization_id, data.user_id)
    values = {
        "role": data.role.value if data.role and over is None else None,
        "changed_at": max(data.changed_at, over or data.changed_at),
    }
    key = {"organization_id": data.organization_id, "user_id": data.user_id}
    statement = insert(uow.session, membership).values(**key, **values)
    newer = statement.excluded.changed_at >= membership.c.changed_at
    await uow.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values, where=newer))


@handlers.on(OrganizationDeleted)
async def forget_organization(message: Message[OrganizationDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Nobody is a member of a deleted organization, and its projects are gone."""
    await _end(uow, message.envelope.time, [message.data.organization_id])


@handlers.on(UserErased)
async def forget_user(message: Message[UserErased], uow: UnitOfWork, chassis: "Chassis") -> None:
    """An erased user is a member nowhere; the organizations that went with the account are gone."""
    await _end(uow, message.envelope.time, message.data.organization_ids, message.data.user_id)


async def _ended(uow: UnitOfWork, *ids: str) -> datetime | None:
    """When the last of them ended; None while all are there, and then none ends before this transaction does."""
    await take_turns(uow.session, ids)
    known = ended.c.digest.in_([_digest(each) for each in ids])
    found = await uow.session.scalars(select(ended.c.ended_at).where(known))
    return max(found, default=None)


def _digest(identifier: str) -> str:
    """What is remembered of one that is no more: enough to know it again, and it names nobody."""
    return sha256(identifier.encode()).hexdigest()


async def _end(uow: UnitOfWork, time: datetime, organization_ids: list[str], user_id: str | None = None) -> None:
    """These are no more. Several events may tell it of one organization, and other news may be dated later: the latest
    time is kept, so the order in which they come does not matter."""
    ids = [*organization_ids, *([user_id] if user_id else [])]
    await take_turns(uow.session, ids)
    for each in ids:
        statement = insert(uow.session, ended).values(digest=_digest(each), ended_at=time)
        later = statement.excluded.ended_at > ended.c.ended_at
        values = {"ended_at": statement.excluded.ended_at}
        await uow.session.execute(statement.on_conflict_do_update(index_elements=["digest"], set_=values, where=later))
    members = or_(membership.c.organization_id.in_(organization_ids), membership.c.user_id == user_id)
    await uow.session.execute(update(membership).where(members).values(role=None))
    older = membership.c.changed_at < time
    await uow.session.execute(update(membership).where(members, older).values(changed_at=time))
    within = project.c.organization_id.in_(organization_ids)
    await uow.session.execute(update(project).where(within).values(deleted=True))


@handlers.on(ProjectCreated)
async def project_project(message: Message[ProjectCreated], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know where a project belongs."""
    await _keep_project(message.data, uow)


@handlers.on(ProjectChanged)
async def rename_project(message: Message[ProjectChanged], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Know a project's name."""
    await _keep_project(message.data, uow)


async def _keep_project(data: ProjectCreated | ProjectChanged, uow: UnitOfWork) -> None:
    over = await _ended(uow, data.organization_id)
    values = {"organization_id": data.organization_id, "name": data.name}
    statement = insert(uow.session, project).values(project_id=data.project_id, deleted=over is not None, **values)
    await uow.session.execute(statement.on_conflict_do_update(index_elements=["project_id"], set_=values))


@handlers.on(ProjectDeleted)
async def forget_project(message: Message[ProjectDeleted], uow: UnitOfWork, chassis: "Chassis") -> None:
    """Nothing can be put into a deleted project."""
    gone = project.c.project_id == message.data.project_id
    await uow.session.execute(update(project).where(gone).values(deleted=True, name=""))
