"""``/v1/renderings``: scores and masters."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import FileResponse

from harmonic_audio import requests
from harmonic_audio.api import views
from harmonic_audio.api.access import completed, editable, readable, visible
from harmonic_audio.store import renderings, soundscapes
from harmonic_audio.store.tables import RenderingRow, Simulation
from harmonic_chassis.artifacts import BlobMissing
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
    etag,
    problems,
    refused,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier
from harmonic_contracts.messages.audio import Render, RenderingCompleted
from harmonic_contracts.score import SCORE_MEDIA_TYPE, Score

router = APIRouter(prefix="/v1/renderings", tags=["renderings"])
OfUniverse = Annotated[Identifier | None, Query(description="The renderings of this universe alone")]


@router.post("", status_code=202, response_model=views.RenderingView)
async def create_rendering(body: views.RenderingInput, caller: CallerDep, write: WriteDep) -> Response:
    """Render a simulation. Needs editor. Answers at once; the operation tells of the progress."""

    async def change(uow: UnitOfWork) -> Reply:
        found = await uow.session.get(Simulation, body.simulation_id)
        simulation = await editable(caller, uow.session, found)
        order = await _order(uow, simulation, body)
        row = await uow.session.get_one(RenderingRow, order.rendering_id)
        headers = {"Location": f"/v1/operations/{row.rendering_id}"}
        return Reply(202, views.rendering(row), headers=headers)

    return await write(change)


async def _order(uow: UnitOfWork, simulation: Simulation, body: views.RenderingInput) -> Render:
    soundscape = await soundscapes.of_universe(uow.session, simulation.universe_id)
    if soundscape is None:
        raise ProblemError(problems.CONFLICT, detail="The universe has no soundscape yet: try again in a moment")
    revision = body.soundscape_revision or soundscape.revision
    document = await soundscapes.document_of(uow.session, soundscape.soundscape_id, revision)
    if document is None:
        raise refused("body.soundscape_revision", "there is no such revision", f"1 to {soundscape.revision}")
    order = Render.model_validate(
        {
            "rendering_id": new_id(),
            "universe_id": simulation.universe_id,
            "simulation_id": simulation.simulation_id,
            "trajectory": simulation.trajectory,
            "trajectory_digest": simulation.digest,
            "soundscape_id": soundscape.soundscape_id,
            "soundscape_revision": revision,
            "stems": body.stems_by is not None,
            "stems_by": body.stems_by or "voices",
        }
    )
    await requests.start(uow, order, document, simulation.organization_id)
    await uow.session.flush()
    return order


@router.get("")
async def list_renderings(
    caller: CallerDep, session: ReadingDep, cursor: CursorDep, universe_id: OfUniverse = None
) -> Page[views.RenderingView]:
    """The renderings that the caller may read, newest first."""
    statement = select(RenderingRow).where(await visible(caller, session, RenderingRow))
    if universe_id is not None:
        statement = statement.where(RenderingRow.universe_id == universe_id)
    rows = await session.scalars(cursor.select(statement, RenderingRow.created_at, RenderingRow.rendering_id))
    return cursor.page(rows.all(), views.rendering, lambda row: (row.created_at, row.rendering_id))


@router.get("/{rendering_id}")
async def read_rendering(rendering_id: Identifier, caller: CallerDep, session: ReadingDep) -> views.RenderingView:
    """A rendering: its state, and once it is completed its artifacts and measurements."""
    return views.rendering(await _readable(caller, session, rendering_id))


@router.delete("/{rendering_id}", status_code=204)
async def delete_rendering(rendering_id: Identifier, caller: CallerDep, write: WriteDep) -> Response:
    """Take a rendering away; one that is still being made is cancelled. Needs editor."""

    async def change(uow: UnitOfWork) -> Reply:
        found = await uow.session.get(RenderingRow, rendering_id)
        await renderings.remove(uow, await editable(caller, uow.session, found))
        return Reply(204)

    return await write(change)


@router.get("/{rendering_id}/score", response_class=FileResponse, responses={200: {"model": Score}})
async def read_score(
    rendering_id: Identifier, caller: CallerDep, session: ReadingDep, chassis: ChassisDep
) -> FileResponse:
    """The score: every note with its time, pitch, loudness and cause."""
    row = await completed(caller, session, rendering_id)
    ref = RenderingCompleted.model_validate(row.result).score
    try:
        path = await chassis.artifacts.local(ref.sha256)
    except BlobMissing:
        raise ProblemError(problems.GONE, detail="The score was cleaned up; render again") from None
    return FileResponse(path, media_type=SCORE_MEDIA_TYPE, headers={"ETag": etag(ref.sha256)})


@router.get("/{rendering_id}/analysis")
async def read_analysis(rendering_id: Identifier, caller: CallerDep, session: ReadingDep) -> views.Analysis:
    """Loudness, range and true peak of the master."""
    return views.Analysis.model_validate((await completed(caller, session, rendering_id)).analysis)


async def _readable(caller: Caller, session: AsyncSession, rendering_id: str) -> RenderingRow:
    return await readable(caller, session, await session.get(RenderingRow, rendering_id))
