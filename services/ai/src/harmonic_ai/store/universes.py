"""What the ai service must know of universes: whose they are, and who may read them."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_ai.store.tables import DescriptorsRow, SimulationRow, SuggestionRow, UniverseRow
from harmonic_chassis import readers
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseFacts

OWNED = (DescriptorsRow, SuggestionRow, SimulationRow, UniverseRow)


async def remember(session: AsyncSession, facts: UniverseFacts) -> None:
    """Keep what an event said of a universe; an older revision never replaces a newer one."""
    row = await session.get(UniverseRow, facts.universe_id)
    if row is None:
        row = UniverseRow(universe_id=facts.universe_id)
        session.add(row)
    elif row.revision > facts.revision:
        return
    row.organization_id = facts.organization_id
    row.project_id = facts.project_id
    row.visibility = facts.visibility.value
    row.revision = facts.revision
    row.created_by = facts.created_by


async def find(session: AsyncSession, universe_id: str) -> UniverseRow | None:
    """The universe, if its event has arrived."""
    return await session.get(UniverseRow, universe_id)


async def owned(uow: UnitOfWork, universe_id: str) -> UnitOfWork:
    """The unit of work in which all that is said has the universe's owner; as it is where it is not known here."""
    return await readers.owned(uow, UniverseRow, universe_id)


async def forget(session: AsyncSession, universe_id: str) -> None:
    """Erase all that is kept of a universe."""
    for table in OWNED:
        await session.execute(delete(table).where(table.universe_id == universe_id))


async def forget_organizations(session: AsyncSession, organization_ids: list[str]) -> None:
    """Erase all that is kept of organizations."""
    for table in OWNED:
        await session.execute(delete(table).where(table.organization_id.in_(organization_ids)))


async def forget_project(session: AsyncSession, project_id: str) -> None:
    """Erase all that is kept of a project's universes."""
    universes = await session.scalars(select(UniverseRow.universe_id).where(UniverseRow.project_id == project_id))
    for universe_id in universes.all():
        await forget(session, universe_id)


async def forget_actor(session: AsyncSession, user_id: str) -> None:
    """Forget who made the universes and asked for the suggestions that stay with an organization."""
    await session.execute(update(UniverseRow).where(UniverseRow.created_by == user_id).values(created_by=None))
    asked = await session.scalars(select(SuggestionRow).where(SuggestionRow.actor_id == user_id))
    for row in asked:
        row.actor_id = None
