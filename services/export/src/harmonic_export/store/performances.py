"""What the service knows of others' performances, and how it forgets them."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.messages.physics import SimulationCompleted
from harmonic_export.store.tables import (
    ExportRow,
    ImportRow,
    RenderingRow,
    SimulationRow,
    UniverseRow,
    VisualizationRow,
)

ORGANIZATIONS_OWN = (SimulationRow, RenderingRow, VisualizationRow, ImportRow, UniverseRow)


def holder_of_export(export_id: str) -> str:
    """Who pins an export's files."""
    return f"export/{export_id}"


def holder_of_import(import_id: str) -> str:
    """Who pins the archive while it is imported."""
    return f"import/{import_id}"


async def remember_simulation(session: AsyncSession, data: SimulationCompleted) -> None:
    """Keep a finished simulation."""
    await session.merge(
        SimulationRow(
            simulation_id=data.simulation_id,
            universe_id=data.universe_id,
            organization_id=data.organization_id,
            facts=data.model_dump(mode="json"),
        )
    )


async def remember_rendering(session: AsyncSession, data: RenderingCompleted) -> None:
    """Keep a finished rendering."""
    await session.merge(
        RenderingRow(
            rendering_id=data.rendering_id,
            simulation_id=data.simulation_id,
            universe_id=data.universe_id,
            organization_id=data.organization_id,
            facts=data.model_dump(mode="json"),
        )
    )


async def find(session: AsyncSession, rendering_id: str) -> tuple[SimulationCompleted, RenderingCompleted] | None:
    """A rendering with its simulation; None while the events of both have not come."""
    rendering = await session.get(RenderingRow, rendering_id)
    simulation = await session.get(SimulationRow, rendering.simulation_id) if rendering else None
    if rendering is None or simulation is None:
        return None
    return SimulationCompleted.model_validate(simulation.facts), RenderingCompleted.model_validate(rendering.facts)


async def forget_universe(uow: UnitOfWork, universe_id: str) -> None:
    """Erase a universe's exports and what is known of its performances."""
    await _forget_exports(uow, await _exports(uow.session, ExportRow.universe_id == universe_id))
    for table in (SimulationRow, RenderingRow, UniverseRow):
        await uow.session.execute(delete(table).where(table.universe_id == universe_id))


async def forget_organization(uow: UnitOfWork, organization_id: str) -> None:
    """Erase all that belongs to an organization."""
    await _forget_exports(uow, await _exports(uow.session, ExportRow.organization_id == organization_id))
    imports = select(ImportRow.import_id).where(ImportRow.organization_id == organization_id)
    for import_id in (await uow.session.scalars(imports)).all():
        await uow.release(holder_of_import(import_id))
    for table in ORGANIZATIONS_OWN:
        await uow.session.execute(delete(table).where(table.organization_id == organization_id))


async def forget_project(session: AsyncSession, project_id: str) -> None:
    """Erase what was stored in a project. Its universes end by events of their own."""
    for table in (VisualizationRow, ImportRow):
        await session.execute(delete(table).where(table.project_id == project_id))


async def forget_actor(session: AsyncSession, user_id: str) -> None:
    """Forget who made and who asked for what stays with an organization."""
    mine = update(UniverseRow).where(UniverseRow.created_by == user_id)
    await session.execute(mine.values(created_by=None))
    for table in (ExportRow, ImportRow):
        await session.execute(update(table).where(table.actor_id == user_id).values(actor_id=None))


async def forget_export(uow: UnitOfWork, export_id: str) -> None:
    """Erase an export and let go of its files."""
    await _forget_exports(uow, [export_id])


async def _exports(session: AsyncSession, which: object) -> list[str]:
    rows = await session.scalars(select(ExportRow.export_id).where(which))  # type: ignore[arg-type] # a comparison of columns
    return list(rows.all())


async def _forget_exports(uow: UnitOfWork, export_ids: list[str]) -> None:
    for export_id in export_ids:
        await uow.release(holder_of_export(export_id))
    await uow.session.execute(delete(ExportRow).where(ExportRow.export_id.in_(export_ids)))
