"""The directory of organization itself: its own tables, which know every member and project at once."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.access import Membership, ProjectHome
from harmonic_contracts.roles import Role
from harmonic_organization.store.tables import Member, Project

FOR_EVER = datetime.max.replace(tzinfo=UTC)
"""Who has no row here is no member, whatever a token of any time claims."""


class OwnDirectory:
    """Members and projects, read where they are kept."""

    async def membership(self, session: AsyncSession, organization_id: str, user_id: str) -> Membership | None:
        """The membership; for whoever is no member, one without role that outweighs every claim."""
        row = await session.get(Member, (organization_id, user_id))
        return Membership(Role(row.role), row.changed_at) if row else Membership(None, FOR_EVER)

    async def memberships(self, session: AsyncSession, user_id: str) -> dict[str, Membership]:
        """Every membership of a user, by organization."""
        rows = await session.scalars(select(Member).where(Member.user_id == user_id))
        return {row.organization_id: Membership(Role(row.role), row.changed_at) for row in rows}

    async def project(self, session: AsyncSession, project_id: str) -> ProjectHome | None:
        """Where a project belongs; one that is not here is gone."""
        row = await session.get(Project, project_id)
        return ProjectHome(row.organization_id, deleted=False) if row else ProjectHome("", deleted=True)
