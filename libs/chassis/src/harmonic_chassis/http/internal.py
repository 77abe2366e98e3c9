"""Routes for the other services and for operators, never exposed by the gateway: history by cursor, dead letters."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from harmonic_chassis.http.caller import service_only
from harmonic_chassis.http.dependencies import ChassisDep, ReadingDep
from harmonic_chassis.http.problems import ProblemError
from harmonic_chassis.inbox import DeadLetter, dead_letters, replay
from harmonic_chassis.tables.event_path import event_log, outbox
from harmonic_contracts import problems

router = APIRouter(prefix="/internal", include_in_schema=False, dependencies=[Depends(service_only)])
PAGE = 500


@router.get("/events")
async def read_events(
    session: ReadingDep,
    after: Annotated[int, Query(ge=0)] = 0,
    types: Annotated[str, Query(max_length=4000)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
) -> Response:
    """The events (never commands) with numbers above `after`, in order. `next` is where to go on: everything up to it
    was looked at. Nothing beyond an undelivered message is shown, so the cursor cannot pass a hole."""
    last = await _complete_until(session)
    columns = event_log.c
    statement = select(columns.number, columns.envelope).where(
        columns.number > after, columns.number <= last, columns.kind == "event"
    )
    wanted = [each for each in types.split(",") if each]
    if wanted:
        statement = statement.where(columns.type.in_(wanted))
    rows = (await session.execute(statement.order_by(columns.number).limit(limit))).all()
    following = rows[-1].number if len(rows) == limit else max(after, last)
    events = [{**orjson.loads(row.envelope), "number": row.number} for row in rows]
    return Response(orjson.dumps({"events": events, "next": following}), media_type="application/json")


async def _complete_until(session: AsyncSession) -> int:
    waiting = await session.scalar(select(func.min(outbox.c.number)))
    logged = await session.scalar(select(func.max(event_log.c.number))) or 0
    return min(logged, waiting - 1) if waiting is not None else logged


@router.get("/dead-letters")
async def read_dead_letters(
    session: ReadingDep, limit: Annotated[int, Query(ge=1, le=PAGE)] = 100, after: str | None = None
) -> dict[str, list[DeadLetter]]:
    """The messages whose handler failed for good, each with its last traceback."""
    return {"dead_letters": await dead_letters(session, limit=limit, after=after)}


@router.post("/dead-letters/{message_id}/replay", status_code=202)
async def replay_dead_letter(message_id: str, chassis: ChassisDep) -> dict[str, str]:
    """Give a dead letter all its attempts again."""
    async with chassis.db.transaction() as uow:
        if not await replay(uow, message_id):
            raise ProblemError(problems.NOT_FOUND, detail="There is no such dead letter")
    return {"replayed": message_id}
