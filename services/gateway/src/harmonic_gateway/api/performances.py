"""Performances: the main job. One request begins it; the operation of the same id tells how it goes."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from harmonic_chassis.context import current
from harmonic_chassis.http import Caller, CallerDep, ChassisDep, ProblemError, ReadingDep, Reply, WriteDep, bearer_of
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts import problems
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.messages.export import ALL_FORMATS, ExportFormat
from harmonic_contracts.operations import Operation
from harmonic_contracts.roles import Role, Visibility
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.conductor import carry_out, moment
from harmonic_gateway.documents import pinned_revision, soundscape_of, universe_of
from harmonic_gateway.saga.state import Performance, Pin
from harmonic_gateway.saga.transitions import SOUNDSCAPE_WAIT, Transition, begin
from harmonic_gateway.saga.view import operation_of, performance_view
from harmonic_gateway.store import performances

router = APIRouter(prefix="/v1/performances")


class PerformanceInput(Contract):
    """What to perform. Without a revision the newest is pinned; without formats the export has all of them."""

    universe_id: Identifier
    revision: int | None = Field(default=None, ge=1, le=2**31 - 1)
    seed: int = Field(default=0, ge=0, lt=2**63)
    formats: Annotated[list[ExportFormat], Field(min_length=1, max_length=len(ALL_FORMATS))] = list(ALL_FORMATS)
    stems: bool = False
    visualization_id: Identifier | None = None


class Accepted(Operation):
    """The operation of a performance that was begun."""

    performance_id: Identifier


@router.post("", status_code=202, response_model=Accepted)
async def begin_performance(
    body: PerformanceInput, request: Request, caller: CallerDep, chassis: ChassisDep, write: WriteDep
) -> Response:
    """Simulate a universe, render its sound and package the result, as one operation."""
    bearer = bearer_of(request.headers.get("authorization"))
    universe = await universe_of(chassis.peers, body.universe_id, bearer)
    async with chassis.db.reading() as session:
        await caller.require(session, universe["organization_id"], Role.EDITOR)
    revision = pinned_revision(universe, body.revision)
    soundscape = await soundscape_of(chassis.peers, body.universe_id, bearer)

    async def change(uow: UnitOfWork) -> Reply:
        performance = _new(uow, caller, body, universe, revision, soundscape)
        transition = begin(performance, moment(uow))
        await carry_out(uow, transition, gateway_of(chassis).moved)
        uow.after_commit(gateway_of(chassis).look_again)
        return _accepted(transition)

    return await write(change)


@router.get("/{performance_id}")
async def read_performance(performance_id: UUID, caller: CallerDep, session: ReadingDep) -> dict[str, Any]:
    """A performance: the pinned revisions, its steps, and what is known of the result so far."""
    performance = await _readable(session, caller, str(performance_id))
    return performance_view(performance)


async def _readable(session: AsyncSession, caller: Caller, performance_id: str) -> Performance:
    performance = await performances.find(session, performance_id)
    if performance is None:
        raise ProblemError(problems.NOT_FOUND)
    if not (await caller.reader(session)).sees(performance.organization_id, performance.owner_id):
        raise ProblemError(problems.NOT_FOUND)
    return performance


def _new(
    uow: UnitOfWork,
    caller: Caller,
    body: PerformanceInput,
    universe: dict[str, Any],
    revision: int,
    soundscape: Pin | None,
) -> Performance:
    now, context = uow.clock.now(), current()
    return Performance(
        performance_id=new_id(),
        organization_id=universe["organization_id"],
        actor_id=caller.user_id,
        owner_id=Visibility(universe["visibility"]).owner(universe.get("created_by", caller.user_id)),
        correlation_id=context.correlation_id,
        traceparent=context.traceparent,
        universe=Pin(id=body.universe_id, revision=revision),
        soundscape=soundscape,
        seed=body.seed,
        formats=list(dict.fromkeys(body.formats)),
        stems=body.stems,
        visualization_id=body.visualization_id,
        deadline_at=now + SOUNDSCAPE_WAIT,
        created_at=now,
        updated_at=now,
    )


def _accepted(transition: Transition) -> Reply:
    operation = operation_of(transition.performance)
    location = f"/v1/operations/{operation.operation_id}"
    body = {**operation.model_dump(mode="json"), "performance_id": operation.operation_id}
    return Reply(202, body, headers={"Location": location})
