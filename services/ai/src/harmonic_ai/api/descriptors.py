"""Descriptors: the measurements of renderings, to be read."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy import select

from harmonic_ai.api.access import readable
from harmonic_ai.descriptors import Descriptors
from harmonic_ai.store.tables import DescriptorsRow, SimulationRow
from harmonic_chassis.http import CallerDep, CursorDep, Page, ProblemError, ReadingDep, problems
from harmonic_contracts.base import Contract, Identifier

router = APIRouter(prefix="/v1/descriptors", tags=["descriptors"])


class Motion(Contract):
    """What the engine said of the motion behind the sound."""

    events: int
    frames: int
    duration: float
    time_unit: str
    energy_error: float | None = None


class DescriptorsView(Contract):
    """The measurements of one rendering."""

    descriptors_id: Identifier
    rendering_id: Identifier
    simulation_id: Identifier
    universe_id: Identifier
    soundscape_revision: int
    descriptors: Descriptors
    created_at: datetime
    motion: Motion | None = None


def _view(row: DescriptorsRow, simulation: SimulationRow | None = None) -> DescriptorsView:
    facts = simulation.facts if simulation else None
    return DescriptorsView(
        descriptors_id=row.descriptors_id,
        rendering_id=row.rendering_id,
        simulation_id=row.simulation_id,
        universe_id=row.universe_id,
        soundscape_revision=row.soundscape_revision,
        descriptors=Descriptors.model_validate(row.descriptors),
        created_at=row.created_at,
        motion=Motion.model_validate({name: facts[name] for name in Motion.model_fields}) if facts else None,
    )


@router.get("")
async def list_descriptors(
    caller: CallerDep,
    session: ReadingDep,
    cursor: CursorDep,
    universe_id: Annotated[Identifier, Query()],
    rendering_id: Annotated[Identifier | None, Query()] = None,
) -> Page[DescriptorsView]:
    """Measurements of a universe's renderings, newest first."""
    await readable(session, caller, universe_id)
    statement = select(DescriptorsRow).where(DescriptorsRow.universe_id == universe_id)
    if rendering_id is not None:
        statement = statement.where(DescriptorsRow.rendering_id == rendering_id)
    rows = (await session.scalars(cursor.select(statement, DescriptorsRow.descriptors_id))).all()
    return cursor.page(rows, _view, lambda row: (row.descriptors_id,))


@router.get("/{descriptors_id}")
async def read_descriptors(
    caller: CallerDep, session: ReadingDep, descriptors_id: Annotated[Identifier, Path()]
) -> DescriptorsView:
    """The measurements of one rendering."""
    row = await session.get(DescriptorsRow, descriptors_id)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await readable(session, caller, row.universe_id)
    return _view(row, await session.get(SimulationRow, row.simulation_id))
