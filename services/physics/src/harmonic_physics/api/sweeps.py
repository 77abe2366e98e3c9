"""Sweeps: one universe over a grid of parameters or a random ensemble, with a table of descriptors as result."""

import asyncio
from datetime import datetime
from math import fsum
from typing import Any

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from harmonic_chassis.http import (
    Caller,
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
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import FieldError, Problem
from harmonic_physics.api import rights
from harmonic_physics.engine.system import Refused
from harmonic_physics.settings import allowance
from harmonic_physics.store import budget, sweeps, universes
from harmonic_physics.store.tables import Sweep, SweepPoint
from harmonic_physics.sweeps.jobs import begin
from harmonic_physics.sweeps.plan import Plan, Point, at_point, points
from harmonic_physics.universes.document import UniverseDocument

router = APIRouter(prefix="/v1/sweeps", tags=["sweeps"])
MAX_CPU_SECONDS = 3600.0
"""Estimated cost of all points together, on one core."""


class SweepRequest(Plan):
    """Which universe to sweep, and how."""

    universe_id: Identifier
    revision: int | None = Field(default=None, ge=1, lt=2**31, description="Without it, the newest")


class SweepView(Contract):
    """A sweep as it stands."""

    sweep_id: Identifier
    operation_id: Identifier
    organization_id: Identifier
    universe_id: Identifier
    revision: int
    plan: Plan
    state: OperationState
    points: int
    done: int
    table: ArtifactRef | None = Field(description="CSV: a row a point, parameters first, then descriptors")
    problem: Problem | None
    created_at: datetime
    ended_at: datetime | None


class PointView(Contract):
    """One point with its descriptors, once it is done."""

    number: int
    parameters: dict[str, float]
    seed: int
    done: bool
    descriptors: dict[str, float] | None
    problem: str | None


@router.post("", status_code=202, response_model=SweepView)
async def start_sweep(body: SweepRequest, caller: CallerDep, chassis: ChassisDep, write: WriteDep) -> Response:
    """Simulate the universe at every point, over all workers. The operation tells of the progress."""
    async with chassis.db.reading() as session:
        universe = await rights.readable_universe(session, caller, body.universe_id)
        revision = body.revision or universe.revision
        document = await universes.document(session, universe.universe_id, revision)
    if document is None:
        raise ProblemError(problems.NOT_FOUND, detail=f"The universe has no revision {revision}")
    plan = Plan.model_validate(body.model_dump(exclude={"universe_id", "revision"}))
    try:
        chosen, cost = await asyncio.to_thread(_checked, plan, document)
    except Refused as error:
        raise rights.refusal(error) from None

    async def change(uow: UnitOfWork) -> Reply:
        try:
            await budget.insist(uow.session, universe.organization_id, cost, allowance(chassis))
        except budget.OverBudget as error:
            raise rights.over_budget(error) from None
        sweep = await _create(uow, caller, body.universe_id, revision, plan, chosen, cost)
        return Reply(202, _view(sweep, 0, len(chosen)), {"Location": f"/v1/operations/{sweep.sweep_id}"})

    return await write(change)


def _checked(plan: Plan, document: UniverseDocument) -> tuple[list[Point], float]:
    """Every point, as a universe that the engine takes, and the estimated cost of all. Raises Refused."""
    chosen, cost = points(plan), []
    for number, point in enumerate(chosen):
        try:
            changed = at_point(document.model_dump(mode="json"), point)
            cost.append(UniverseDocument.model_validate(changed).start().estimate.cpu_seconds)
        except Refused as refusal:
            at = f"at point {number} ({', '.join(f'{k} = {v:g}' for k, v in point.parameters.items())}): "
            raise Refused([e.model_copy(update={"reason": at + e.reason}) for e in refusal.errors]) from None
    if fsum(cost) > MAX_CPU_SECONDS:
        reason = f"the sweep would take about {fsum(cost):.3g} s of one core: fewer points, or shorter ones"
        raise Refused(
            [FieldError(field="body", reason=reason, allowed=f"an estimate of at most {MAX_CPU_SECONDS:g} s")]
        )
    return chosen, fsum(cost)


async def _create(
    uow: UnitOfWork, caller: Caller, universe_id: str, revision: int, plan: Plan, chosen: list[Point], cost: float
) -> Sweep:
    universe = await rights.changeable_universe(uow.session, caller, universe_id)
    sweep = Sweep(
        sweep_id=new_id(),
        organization_id=universe.organization_id,
        universe_id=universe_id,
        revision=revision,
        plan=plan.model_dump(mode="json"),
        state=OperationState.QUEUED.value,
        created_by=caller.user_id,
        cpu_seconds=cost,
        created_at=uow.clock.now(),
    )
    uow.session.add(sweep)
    await uow.session.flush()
    for number, point in enumerate(chosen):
        uow.session.add(
            SweepPoint(sweep_id=sweep.sweep_id, number=number, parameters=point.parameters, seed=point.seed, done=False)
        )
    await begin(uow, universe, sweep, len(chosen))
    return sweep


@router.get("")
async def list_sweeps(
    caller: CallerDep, session: ReadingDep, cursor: CursorDep, universe_id: Identifier
) -> Page[SweepView]:
    """The sweeps of a universe, newest first."""
    await rights.readable_universe(session, caller, universe_id)
    statement = select(Sweep).where(Sweep.universe_id == universe_id)
    rows = (await session.scalars(cursor.select(statement, Sweep.sweep_id))).all()
    counted = {row.sweep_id: await sweeps.progress(session, row.sweep_id) for row in rows}
    return cursor.page(rows, lambda row: _view(row, *counted[row.sweep_id]), lambda row: (row.sweep_id,))


@router.get("/{sweep_id}")
async def read_sweep(sweep_id: Identifier, caller: CallerDep, session: ReadingDep) -> SweepView:
    """A sweep: how many points are done, and the table once it is finished."""
    row = await _readable(session, caller, sweep_id)
    return _view(row, *await sweeps.progress(session, sweep_id))


@router.get("/{sweep_id}/points")
async def list_points(
    sweep_id: Identifier, caller: CallerDep, session: ReadingDep, cursor: CursorDep
) -> Page[PointView]:
    """The points, those done with their descriptors; highest number first."""
    await _readable(session, caller, sweep_id)
    rows = (await session.scalars(cursor.select(sweeps.points_of(sweep_id), SweepPoint.number))).all()
    return cursor.page(rows, _point, lambda row: (row.number,))


async def _readable(session: Any, caller: Caller, sweep_id: str) -> Sweep:
    row: Sweep | None = await session.get(Sweep, sweep_id)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await rights.readable_universe(session, caller, row.universe_id)
    return row


def _view(row: Sweep, done: int, total: int) -> SweepView:
    same = {
        name: getattr(row, name) for name in SweepView.model_fields if name not in {"operation_id", "points", "done"}
    }
    return SweepView.model_validate({**same, "operation_id": row.sweep_id, "points": total, "done": done})


def _point(row: SweepPoint) -> PointView:
    return PointView.model_validate({name: getattr(row, name) for name in PointView.model_fields})
