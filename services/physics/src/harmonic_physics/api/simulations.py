"""Simulations: start, read, list."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.responses import Response

from harmonic_chassis import jobs
from harmonic_chassis.http import (
    CallerDep,
    ChassisDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    problems,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.operations import OperationState
from harmonic_physics.api import rights, views
from harmonic_physics.api.views import SimulationView
from harmonic_physics.engine.system import Estimate, Refused
from harmonic_physics.settings import allowance
from harmonic_physics.simulations.digest import digest_of
from harmonic_physics.store import simulations, universes
from harmonic_physics.store.budget import OverBudget
from harmonic_physics.store.tables import Simulation, Universe

router = APIRouter(prefix="/v1/simulations", tags=["simulations"])


class SimulationInput(Contract):
    """Which universe to run."""

    universe_id: Identifier
    revision: int | None = Field(default=None, ge=1, lt=2**31, description="Without it, the newest")
    seed: int = Field(default=0, ge=0, lt=2**63)


class Accepted(BaseModel):
    """Long work has begun: watch the operation."""

    operation_id: str
    simulation_id: str
    universe_id: str
    revision: int
    seed: int
    estimate: Estimate


@router.post("", status_code=202, response_model=Accepted)
async def start_simulation(body: SimulationInput, caller: CallerDep, chassis: ChassisDep, write: WriteDep) -> Response:
    """Run a revision with a seed. An equal run of your organization is found, not computed again."""

    async def change(uow: UnitOfWork) -> Reply:
        universe = await rights.changeable_universe(uow.session, caller, body.universe_id)
        revision = body.revision or universe.revision
        document = await universes.document(uow.session, universe.universe_id, revision)
        if document is None:
            raise ProblemError(problems.NOT_FOUND, detail=f"The universe has no revision {revision}")
        try:
            start = document.start()
        except Refused as error:
            raise rights.refusal(error) from None
        try:
            simulation = await simulations.begin(
                uow,
                universe,
                simulation_id=new_id(),
                revision=revision,
                seed=body.seed,
                digest=digest_of(start, body.seed),
                cpu_seconds=start.estimate.cpu_seconds,
                allowed=allowance(chassis),
            )
        except OverBudget as error:
            raise rights.over_budget(error) from None
        accepted = Accepted(
            operation_id=simulation.simulation_id,
            simulation_id=simulation.simulation_id,
            universe_id=universe.universe_id,
            revision=revision,
            seed=body.seed,
            estimate=start.estimate,
        )
        return Reply(202, accepted, {"Location": f"/v1/operations/{simulation.simulation_id}"})

    return await write(change)


@router.get("")
async def list_simulations(
    caller: CallerDep,
    session: ReadingDep,
    cursor: CursorDep,
    universe_id: Annotated[str | None, Query(max_length=36)] = None,
    state: OperationState | None = None,
) -> Page[SimulationView]:
    """The simulations of universes that you may read, newest first."""
    mine = universes.visible(await caller.reader(session)).with_only_columns(Universe.universe_id)
    statement = select(Simulation).where(Simulation.universe_id.in_(mine))
    if universe_id is not None:
        await rights.readable_universe(session, caller, universe_id)
        statement = select(Simulation).where(Simulation.universe_id == universe_id)
    if state is not None:
        statement = statement.where(Simulation.state == state.value)
    rows = (await session.scalars(cursor.select(statement, Simulation.created_at, Simulation.simulation_id))).all()
    return cursor.page(rows, views.simulation_view, lambda row: (row.created_at, row.simulation_id))


@router.get("/{simulation_id}")
async def read_simulation(simulation_id: str, caller: CallerDep, session: ReadingDep) -> SimulationView:
    """One simulation, with its progress while it runs."""
    row = await rights.readable_simulation(session, caller, simulation_id)
    if row.ended_at is not None:
        return views.simulation_view(row)
    operation = await jobs.read(session, simulation_id, organization_id=row.organization_id)
    if operation is None:
        return views.simulation_view(row)
    return views.simulation_view(row, operation.state, operation.progress)
