"""Who may read a universe: members of its organization, and of a private one its maker and who governs.

An export is its organization's even where the universe is public: what is public of it, the others serve.
"""

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis import readers
from harmonic_chassis.http import Caller
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import NamedArtifact
from harmonic_contracts.messages.physics import UniverseFacts
from harmonic_contracts.roles import Visibility
from harmonic_export.store.performances import holder_of_export
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


async def owned(uow: UnitOfWork, universe_id: str) -> UnitOfWork:
    """The unit of work in which all that is said and kept has the universe's owner; as it is where it is not known."""
    return await readers.owned(uow, UniverseRow, universe_id)


async def share(uow: UnitOfWork, universe_id: str) -> None:
    """Who may read its exports changes with a universe's visibility."""
    owner = await owned(uow, universe_id)
    done = select(ExportRow).where(ExportRow.universe_id == universe_id, ExportRow.state == "completed")
    for row in (await uow.session.scalars(done)).all():
        await keep_files(owner, row)


async def keep_files(uow: UnitOfWork, row: ExportRow) -> None:
    """Pin an export's files for those who may read the universe."""
    for file in row.files:
        ref = NamedArtifact.model_validate(file).artifact
        await uow.keep(ref, holder=holder_of_export(row.export_id), organization_id=row.organization_id)


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
    reader = await caller.reader(session)
    private = select(UniverseRow.universe_id).where(
        UniverseRow.visibility == Visibility.PRIVATE,
        or_(UniverseRow.created_by.is_(None), UniverseRow.created_by != caller.user_id),
        UniverseRow.organization_id.not_in(reader.governed),
    )
    return and_(ExportRow.organization_id.in_(list(reader.roles)), ExportRow.universe_id.not_in(private))
