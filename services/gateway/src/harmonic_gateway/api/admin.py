"""``/v1/admin``: the event path for people. Owners and admins see what is their organization's; an operator of the
platform, who is signed in and sends the operator's secret beside, sees all."""

import hmac
import logging
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel

from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.event_admin import first_id
from harmonic_chassis.http import CallerDep, ChassisDep, ProblemError, ReadingDep
from harmonic_contracts import problems
from harmonic_contracts.base import Identifier
from harmonic_contracts.event_path import DeadLetters, MessageLife, RecentMessages
from harmonic_contracts.roles import Role
from harmonic_gateway.asking import Asking, Scope
from harmonic_gateway.composition import gateway_of

log = logging.getLogger(__name__)
router = APIRouter(prefix="/v1/admin", tags=["admin"])
Secret = Annotated[
    str | None,
    Header(alias="Harmonic-Operator", max_length=200, description="The operator's secret: everything is shown"),
]
Limit = Annotated[int, Query(ge=1, le=200)]
NEWEST = timedelta(minutes=5)
"""How far back is looked where nothing says from where."""


class ReplayOrder(BaseModel):
    """Which dead letter is to be handled again."""

    service: Literal["organization", "physics", "audio", "ai", "export", "gateway"]
    message_id: Identifier


class Replayed(BaseModel):
    """It has all its attempts again."""

    service: str
    message_id: str


async def _asking(
    chassis: ChassisDep,
    caller: CallerDep,
    session: ReadingDep,
    organization_id: Annotated[Identifier | None, Query(description="Without it, the caller's own")] = None,
    secret: Secret = None,
) -> Asking:
    """In whose scope the caller asks. Raises 404 for no member, 403 for less than an admin or for a wrong secret."""
    if secret is not None:
        _prove_operator(gateway_of(chassis).settings.operator_secret, secret)
        log.warning("operator", extra={"caller": caller.identity, "scope": organization_id or "all"})
        return Asking(chassis, Scope(organization_id, operator=True))
    scope = organization_id or caller.organization_id
    await caller.require(session, scope, Role.ADMIN)
    return Asking(chassis, Scope(scope))


AskingDep = Annotated[Asking, Depends(_asking)]


def _prove_operator(known: object, given: str) -> None:
    """Raises 403 for a wrong secret, and where the platform has none."""
    value = known.get_secret_value() if known is not None else ""  # type: ignore[attr-defined]  # a SecretStr
    if not value or not hmac.compare_digest(value.encode(), given.encode()):
        raise ProblemError(problems.FORBIDDEN, detail="This is not the operator's secret, or the platform has none")


@router.get("/messages")
async def recent_messages(
    asking: AskingDep, chassis: ChassisDep, after: Identifier | None = None, limit: Limit = 100
) -> RecentMessages:
    """The messages of all services after the one named, or the newest. To show, not to rebuild from: one that was
    under way for long may come with an id that has been passed."""
    start = after or first_id(chassis.clock.now() - NEWEST)
    items, silent = await asking.recent(start, limit)
    return RecentMessages(items=items, next=items[-1].id if items else start, silent=silent)


@router.get("/life")
async def message_life(
    asking: AskingDep, message_id: Annotated[Identifier, Query(description="Id of an event or a command")]
) -> MessageLife:
    """One message's whole life: outbox, broker, each inbox and handler, and what it caused, with times."""
    lives, origin, silent = await asking.life(message_id)
    if origin is None:
        if silent:
            raise ProblemError(problems.UNAVAILABLE, detail=f"These did not answer: {', '.join(silent)}")
        raise ProblemError(problems.NOT_FOUND)
    return MessageLife(message=origin, services=lives, silent=silent)


@router.get("/dead-letters")
async def list_dead_letters(asking: AskingDep, after: Identifier | None = None, limit: Limit = 100) -> DeadLetters:
    """Messages whose handler failed for good, with the reason."""
    items, silent = await asking.dead(after, limit)
    return DeadLetters(items=items, next=items[-1].id if len(items) == limit else None, silent=silent)


@router.post("/dead-letters/replay", status_code=202)
async def replay_dead_letter(body: ReplayOrder, asking: AskingDep) -> Replayed:
    """Handle a dead letter again, with all its attempts. Repeating the order does no harm: it is found no more."""
    try:
        if not await asking.replay(body.service, body.message_id):
            raise ProblemError(problems.NOT_FOUND, detail="There is no such dead letter")
    except DependencyDown as down:
        raise ProblemError(problems.UPSTREAM, detail=f"The {body.service} service could not be reached") from down
    return Replayed(service=body.service, message_id=body.message_id)
