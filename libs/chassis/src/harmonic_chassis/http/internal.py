"""Routes for the other services and for operators, never exposed by the gateway: history by cursor, dead letters."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from harmonic_chassis import event_log
from harmonic_chassis.http.caller import service_only
from harmonic_chassis.http.dependencies import ChassisDep, ReadingDep
from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_chassis.inbox import DeadLetter, dead_letters, replay
from harmonic_contracts import problems

router = APIRouter(prefix="/internal", include_in_schema=False, dependencies=[Depends(service_only)])
PAGE = 500


@router.get("/events")
async def read_events(
    session: ReadingDep,
    after: Annotated[int, Query(ge=0)] = 0,
    types: Annotated[str, Query(max_length=8000, description="Types or patterns, by comma; all without")] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE)] = 100,
    commands: Annotated[bool, Query(description="Commands too; replay and rebuilding never want them")] = False,
) -> Response:
    """The history with numbers above `after`, in order. `next` is where to go on: all up to it was looked at."""
    patterns = [each for each in types.split(",") if each] or ["#"]
    page = await event_log.read(session, after=after, patterns=patterns, limit=limit, commands=commands)
    return Response(event_log.page_to_json(page), media_type="application/json")


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
