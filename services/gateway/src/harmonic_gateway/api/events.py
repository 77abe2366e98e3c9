"""The domain events of the caller's organizations, as they happen."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from harmonic_chassis.http import Caller, CallerDep, ChassisDep, ProblemError, refused
from harmonic_chassis.readers import Reader
from harmonic_chassis.service import Chassis
from harmonic_contracts import problems
from harmonic_contracts.base import Identifier
from harmonic_gateway.composition import gateway_of
from harmonic_gateway.store import stream
from harmonic_gateway.streams import sse
from harmonic_gateway.streams.position import BadPosition, Position

router = APIRouter(prefix="/v1/events")
EVENT_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "A stream of domain events"}
}


@router.get("", response_class=StreamingResponse, responses=EVENT_STREAM)
async def follow_events(
    caller: CallerDep,
    chassis: ChassisDep,
    organization_id: Annotated[Identifier | None, Query(description="Only this organization's events")] = None,
    after: Annotated[
        str | None, Query(max_length=8000, description="Resume after this event; 0 is the oldest kept")
    ] = None,
    last_event_id: Annotated[str | None, Header(max_length=8000)] = None,
) -> StreamingResponse:
    """Every event of the caller's organizations, from now on or past the event named. The data is a CloudEvent."""
    organizations = await organizations_of(chassis, caller, organization_id)
    position = await position_of(chassis, organizations, last_event_id or after)

    async def reader() -> Reader | None:
        if chassis.clock.now() >= caller.expires_at:
            return None
        async with chassis.db.reading() as session:
            found = await caller.reader(session)
        return found if set(organizations) <= set(found.roles) else None

    return sse.response(gateway_of(chassis).follower(reader).organizations(position, organizations))


async def organizations_of(chassis: Chassis, caller: Caller, wanted: str | None) -> list[str]:
    """The organizations to follow. Raises 404 for one that the caller is no member of."""
    async with chassis.db.reading() as session:
        own = await caller.organizations(session)
    if wanted is None:
        return sorted(own)
    if wanted not in own:
        raise ProblemError(problems.NOT_FOUND)
    return [wanted]


async def position_of(chassis: Chassis, organizations: list[str], text: str | None) -> Position:
    """Where to begin: at the end, or past the place named. Raises 422 for no place, 410 for one that is forgotten."""
    async with chassis.db.reading() as session:
        heads = await stream.heads(session, organizations)
        oldest = await stream.oldest(session, organizations)
    if text is None:
        return Position(heads)
    if text == "0":
        return Position({})
    try:
        position = Position.parse(text).within(organizations)
    except BadPosition as error:
        raise refused("query.after", str(error)) from None
    _insist_on_memory(position, heads, oldest)
    return Position({**heads, **position.seen})


def _insist_on_memory(position: Position, heads: Mapping[str, int], oldest: Mapping[str, int]) -> None:
    for organization, number in position.seen.items():
        first_kept = oldest.get(organization, heads[organization] + 1)
        if number + 1 < first_kept:
            raise ProblemError(problems.GONE, detail="Events after this place are forgotten; leave out `after`.")
