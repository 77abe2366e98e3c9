"""Who may read a universe: members of its organization, and of a private one its maker and who governs.

An export is its organization's even where the universe is public: what is public of it, the others serve.
"""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.http import Caller
from harmonic_contracts.messages.physics import UniverseFacts
from harmonic_contracts.roles import Role, Visibility
from harmonic_export.store.tables import ExportRow, UniverseRow


async def remember(session: AsyncSession, facts: UniverseFacts) -> None:
    """Keep what physics last said. Events of one universe come in order."""
    await session.merge(
        UniverseRow(
            universe_id=facts.universe_id,
            organization_id=facts.organization_id,
            visibility=facts.visibility.value,
            created_by=facts.created_by,
        )
    )


async def hidden(session: AsyncSession, caller: Caller, universe_id: str, organization_id: str) -> bool:
    """Whether the universe is private and not the caller's to read."""
    universe = await session.get(UniverseRow, universe_id)
    if universe is None:
        return False
    role = await caller.role_in(session, organization_id)
    own = universe.created_by == caller.user_id or caller.acts_alone
    return not Visibility(universe.visibility).lets_read(role, own=own)


async def visible(session: AsyncSession, caller: Caller) -> ColumnElement[bool]:
    """The exports that the caller may read."""
    roles = await caller.organizations(session)
    governed = [each for each, role in roles.items() if caller.acts_alone or role.covers(Role.ADMIN)]
    private = select(UniverseRow.universe_id).where(
        UniverseRow.visibility == Visibility.PRIVATE,
        or_(UniverseRow.created_by.is_(None), UniverseRow.created_by != caller.user_id),
        UniverseRow.organization_id.not_in(governed),
    )
    return and_(ExportRow.organization_id.in_(list(roles)), ExportRow.universe_id.not_in(private))
