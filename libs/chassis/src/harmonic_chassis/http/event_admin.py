"""Routes by which the gateway asks each service for what people want to know of the event path. Services alone may call
them; whom the answer is for, and of which organization, the gateway has made sure of."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from harmonic_chassis import event_admin
from harmonic_chassis.http.caller import service_only
from harmonic_chassis.http.dependencies import ChassisDep, ReadingDep
from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_chassis.inbox import replay
from harmonic_contracts import problems
from harmonic_contracts.base import Identifier
from harmonic_contracts.event_path import Dead, Life, Said

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

router = APIRouter(prefix="/internal/event-admin", include_in_schema=False, dependencies=[Depends(service_only)])
MOST = 200
Of = Annotated[Identifier | None, Query(description="Of this organization alone")]
Limit = Annotated[int, Query(ge=1, le=MOST)]


class LifeRequest(BaseModel):
    """Which message: as its producer told of it, once that is known."""

    message_id: Identifier
    organization_id: Identifier | None = None
    origin: Said | None = None


class ReplayRequest(BaseModel):
    """Which dead letter."""

    message_id: Identifier
    organization_id: Identifier | None = None


@router.get("/recent")
async def read_recent(
    chassis: ChassisDep, session: ReadingDep, after: Identifier, organization_id: Of = None, limit: Limit = 100
) -> list[Said]:
    """The messages that this service said, from an id on."""
    name = chassis.service.name
    return await event_admin.recent(session, name, organization_id=organization_id, after=after, limit=limit)


@router.post("/life")
async def read_life(body: LifeRequest, chassis: ChassisDep, session: ReadingDep) -> Life:
    """What this service knows of a message."""
    return await event_admin.life(
        session,
        chassis.service.name,
        body.message_id,
        chassis.event_path.consumers,
        organization_id=body.organization_id,
        origin=body.origin,
    )


@router.get("/dead-letters")
async def read_dead(
    chassis: ChassisDep,
    session: ReadingDep,
    organization_id: Of = None,
    after: Identifier | None = None,
    limit: Limit = 100,
) -> list[Dead]:
    """This service's dead letters."""
    name = chassis.service.name
    return await event_admin.dead_letters(session, name, organization_id=organization_id, after=after, limit=limit)


@router.post("/replay", status_code=202)
async def replay_dead(body: ReplayRequest, chassis: ChassisDep) -> dict[str, str]:
    """Give a dead letter all its attempts again."""
    await replay_one(chassis, body.message_id, body.organization_id)
    return {"replayed": body.message_id}


async def replay_one(chassis: "Chassis", message_id: str, organization_id: str | None) -> None:
    """Replay a dead letter of this service, and of the organization where one is given. Raises ProblemError, 404."""
    async with chassis.db.transaction() as uow:
        if organization_id is not None and not await event_admin.is_dead(uow.session, message_id, organization_id):
            raise ProblemError(problems.NOT_FOUND, detail="There is no such dead letter")
        if not await replay(uow, message_id):
            raise ProblemError(problems.NOT_FOUND, detail="There is no such dead letter")
