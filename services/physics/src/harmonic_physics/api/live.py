"""Live sessions over HTTP: open, watch, play, record, end. A session belongs to who opened it, and to this process."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from harmonic_chassis.http import Caller, CallerDep, ChassisDep, ProblemError, Reply, WriteDep, problems, refused
from harmonic_chassis.ids import new_id
from harmonic_chassis.service import Chassis
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.roles import Role, Visibility
from harmonic_physics.api import rights
from harmonic_physics.api.live_frames import frames_of
from harmonic_physics.engine.system import Refused
from harmonic_physics.engine.timeline import Curve, Scene
from harmonic_physics.live.session import FRAME_RATE, Session
from harmonic_physics.live.sessions import Sessions, TooMany
from harmonic_physics.store import universes
from harmonic_physics.universes.document import UniverseDocument

router = APIRouter(prefix="/v1/live", tags=["live"])
STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "A stream of `frame` events, and `end`"}
}


class LiveInput(Contract):
    """Which universe to play."""

    universe_id: Identifier
    seed: int = Field(default=0, ge=0, lt=2**63)
    rate: float = Field(default=1.0, ge=0.05, le=4.0, description="Frames a sixtieth of a second of real time")


class LiveView(Contract):
    """A session as it stands."""

    live_id: Identifier
    universe_id: Identifier
    seed: int
    time: float = Field(description="The universe's time reached, in the system's unit")
    frame_rate: float = Field(description="Frames a second of real time")
    parameters: dict[str, float] = Field(description="What holds now; these can be changed")
    changes: int
    digest: str = Field(description="SHA-256 over all frames and events so far")
    ended: str | None = Field(description="Why it is over")


class ChangeInput(Contract):
    """Parameters and how they travel to their new values, from the next frame on."""

    parameters: dict[str, float] = Field(min_length=1, max_length=50)
    transition: float = Field(default=0.0, ge=0.0, le=1e9, description="In the universe's time")
    curve: Curve = "smooth"


class RecordingInput(Contract):
    """What the recorded universe is called, and where it goes."""

    name: str = Field(min_length=1, max_length=120)
    project_id: Identifier | None = None
    visibility: Visibility = Visibility.PRIVATE


class RecordingView(Contract):
    """The universe that was recorded: simulated with this seed, its frames have this digest."""

    universe_id: Identifier
    seed: int
    duration: float
    scenes: list[Scene]
    frames_digest: str


def _sessions(chassis: Chassis) -> Sessions:
    found: Sessions = chassis.state.setdefault("live", Sessions())
    return found


def _own(chassis: Chassis, caller: Caller, live_id: str) -> Session:
    found = _sessions(chassis).find(live_id, caller.user_id)
    if found is None:
        raise ProblemError(problems.NOT_FOUND, detail="There is no such session, or it is over and forgotten")
    return found


def _view(session: Session) -> LiveView:
    return LiveView(
        live_id=session.live_id,
        universe_id=session.universe_id,
        seed=session.seed,
        time=session.time,
        frame_rate=FRAME_RATE * session.rate,
        parameters=session.parameters,
        changes=len(session.scenes),
        digest=session.digest,
        ended=session.ended,
    )


@router.post("", status_code=201)
async def open_session(body: LiveInput, caller: CallerDep, chassis: ChassisDep) -> LiveView:
    """Begin to step a universe in real time. Its own scenes and story points are left out: you play them."""
    async with chassis.db.reading() as session:
        universe = await rights.readable_universe(session, caller, body.universe_id)
        document = await universes.document(session, universe.universe_id, universe.revision)
    assert document is not None
    try:
        start = document.model_copy(update={"scenes": [], "story_points": []}).start()
    except Refused as error:
        raise rights.refusal(error) from None
    live = Session(new_id(), body.universe_id, caller.organization_id, caller.user_id, start, body.seed, body.rate)
    try:
        _sessions(chassis).open(live)
    except TooMany as error:
        raise ProblemError(problems.RATE_LIMITED, detail=str(error), headers={"Retry-After": "30"}) from None
    return _view(live)


@router.get("/{live_id}")
async def read_session(live_id: str, caller: CallerDep, chassis: ChassisDep) -> LiveView:
    """A session as it stands."""
    return _view(_own(chassis, caller, live_id))


@router.patch("/{live_id}/parameters")
async def change_parameters(live_id: str, body: ChangeInput, caller: CallerDep, chassis: ChassisDep) -> LiveView:
    """Change parameters on the way: a scene that begins at the next frame."""
    session = _own(chassis, caller, live_id)
    if session.ended is not None:
        raise ProblemError(problems.CONFLICT, detail=f"The session is over: {session.ended}")
    try:
        session.change(body.parameters, body.transition, body.curve)
    except Refused as error:
        raise rights.refusal(error) from None
    return _view(session)


@router.get("/{live_id}/frames", response_class=StreamingResponse, responses=STREAM)
async def watch_frames(
    live_id: str,
    caller: CallerDep,
    chassis: ChassisDep,
    observables: Annotated[str | None, Query(max_length=400, description="Names, with commas; all without it")] = None,
    after: Annotated[int, Query(ge=0, description="Resume after this event, as far as it is still kept")] = 0,
) -> StreamingResponse:
    """Frames as they are made, newest first in importance: who reads too slowly misses frames and is told how many."""
    session = _own(chassis, caller, live_id)
    known = [each.name for each in session.start.system.observables(session.start.spec)]
    chosen = observables.split(",") if observables else known
    if unknown := [name for name in chosen if name not in known]:
        raise refused("query.observables", f"there is no observable {unknown[0]!r}", ", ".join(known))
    return StreamingResponse(frames_of(session, chosen, after, chassis.stopping), media_type="text/event-stream")


@router.post("/{live_id}/recording", status_code=201, response_model=RecordingView)
async def record(
    live_id: str, body: RecordingInput, caller: CallerDep, chassis: ChassisDep, write: WriteDep
) -> Response:
    """End the session and keep what was played as a universe with scenes: simulating it gives the same frames."""
    session = _own(chassis, caller, live_id)
    await session.end("it was recorded")
    duration, scenes = session.recorded()
    spec = session.start.spec.model_copy(update={"duration": duration})
    document = UniverseDocument(
        name=body.name,
        description=f"Recorded from a live session, with seed {session.seed}",
        visibility=body.visibility,
        system=session.start.system.kind,
        spec=spec.model_dump(mode="json", exclude_none=True),
        environment=session.start.environment,
        scenes=[scene for scene in scenes if scene.start < duration],
    )

    async def change(uow: UnitOfWork) -> Reply:
        project = body.project_id or caller.project_id
        organization_id = await caller.require_project(uow.session, project, Role.EDITOR)
        made = await universes.create(
            uow, document, organization_id=organization_id, project_id=project, user_id=caller.user_id
        )
        view = RecordingView(
            universe_id=made.universe_id,
            seed=session.seed,
            duration=duration,
            scenes=document.scenes,
            frames_digest=session.digest,
        )
        return Reply(201, view, headers={"Location": f"/v1/universes/{made.universe_id}"})

    return await write(change)


@router.delete("/{live_id}", status_code=204)
async def end_session(live_id: str, caller: CallerDep, chassis: ChassisDep) -> Response:
    """End a session and forget it."""
    await _sessions(chassis).remove(_own(chassis, caller, live_id))
    return Response(status_code=204)
