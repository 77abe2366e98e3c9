"""Queries and changes of universes, each in the caller's unit of work."""

from collections.abc import Sequence

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import cancel
from harmonic_chassis.readers import Reader
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated, UniverseDeleted, UniverseFacts, UniverseRevised
from harmonic_contracts.roles import NOBODY, Visibility
from harmonic_physics.store import sweeps
from harmonic_physics.store.simulations import keep_trajectory
from harmonic_physics.store.tables import Revision, Simulation, Sweep, Universe, holder_of
from harmonic_physics.universes.document import UniverseDocument


async def create(
    uow: UnitOfWork, document: UniverseDocument, *, organization_id: str, project_id: str, user_id: str
) -> Universe:
    """A new universe with its first revision."""
    now = uow.clock.now()
    universe = Universe(
        universe_id=new_id(),
        organization_id=organization_id,
        project_id=project_id,
        created_by=user_id,
        revision=0,
        created_at=now,
    )
    uow.session.add(universe)
    await _write(uow, universe, document, user_id)
    uow.owned_by(universe.owner_id).emit(UniverseCreated(**_facts(universe)), organization_id=organization_id)
    return universe


async def revise(uow: UnitOfWork, universe: Universe, document: UniverseDocument, user_id: str) -> None:
    """A new revision. Readers of its trajectories change with the visibility."""
    before = universe.visibility
    await _write(uow, universe, document, user_id)
    if before != universe.visibility:
        await _share(uow, universe)
    owned = uow.owned_by(universe.owner_id)
    owned.emit(UniverseRevised(**_facts(universe)), organization_id=universe.organization_id)


async def remove(uow: UnitOfWork, universe: Universe) -> None:
    """The universe is gone, with its revisions and simulations; what runs is cancelled."""
    await sweeps.remove_of_universe(uow, universe.universe_id)
    mine = Simulation.universe_id == universe.universe_id
    for simulation in (await uow.session.scalars(select(Simulation).where(mine))).all():
        await uow.release(holder_of(simulation.simulation_id))
        if simulation.ended_at is None:
            await cancel(uow, simulation.simulation_id)
    await uow.session.execute(delete(Simulation).where(mine))
    await uow.session.execute(delete(Revision).where(Revision.universe_id == universe.universe_id))
    await uow.session.delete(universe)
    gone = UniverseDeleted(universe_id=universe.universe_id, organization_id=universe.organization_id)
    uow.owned_by(universe.owner_id).emit(gone, organization_id=universe.organization_id)


async def find(session: AsyncSession, universe_id: str, *, for_change: bool = False) -> Universe | None:
    """The universe, locked where it is to change."""
    return await session.get(Universe, universe_id, with_for_update=for_change or None)


async def document(session: AsyncSession, universe_id: str, revision: int) -> UniverseDocument | None:
    """The document of a revision."""
    row = await session.get(Revision, (universe_id, revision))
    return UniverseDocument.model_validate(row.document) if row else None


def visible(reader: Reader) -> Select[Universe]:
    """The universes of the reader's organizations that may be known: private ones by who made or governs them."""
    owner = case((Universe.visibility == Visibility.PRIVATE.value, func.coalesce(Universe.created_by, NOBODY)))
    return select(Universe).where(reader.condition(Universe.organization_id, owner))


async def erase(uow: UnitOfWork, *, organization_ids: Sequence[str] = (), project_id: str | None = None) -> None:
    """Remove every universe of the organizations, or of the project."""
    of_project = Universe.project_id == project_id
    chosen = of_project if project_id is not None else Universe.organization_id.in_(organization_ids)
    for universe in (await uow.session.scalars(select(Universe).where(chosen))).all():
        await remove(uow, universe)


async def forget_user(uow: UnitOfWork, user_id: str) -> None:
    """What others own no longer names the user."""
    for column in (Universe.created_by, Revision.author_id, Simulation.created_by, Sweep.created_by):
        await uow.session.execute(update(column.class_).where(column == user_id).values({column.key: None}))


async def _write(uow: UnitOfWork, universe: Universe, document: UniverseDocument, user_id: str) -> None:
    now = uow.clock.now()
    universe.revision += 1
    universe.name, universe.system, universe.preset = document.name, document.system, document.preset
    universe.visibility, universe.updated_at = document.visibility.value, now
    await uow.session.flush()
    uow.session.add(
        Revision(
            universe_id=universe.universe_id,
            revision=universe.revision,
            document=document.model_dump(mode="json"),
            author_id=user_id,
            created_at=now,
        )
    )


async def _share(uow: UnitOfWork, universe: Universe) -> None:
    """Who may read its trajectories changes with its visibility."""
    finished = select(Simulation).where(
        Simulation.universe_id == universe.universe_id, Simulation.trajectory.is_not(None)
    )
    for simulation in (await uow.session.scalars(finished)).all():
        await keep_trajectory(uow, universe, simulation)


def _facts(universe: Universe) -> dict[str, object]:
    return {name: getattr(universe, name) for name in UniverseFacts.model_fields}
