"""``/v1/analyses``: what a sound measures, of an upload or of a rendering's master."""

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import select

from harmonic_audio.analysis.document import SoundReport
from harmonic_audio.api import sounds
from harmonic_audio.api.sound_views import AnalysisView, analysis
from harmonic_audio.sound_jobs import ANALYSE
from harmonic_audio.store.tables import SoundWorkRow
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
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier

router = APIRouter(prefix="/v1/analyses", tags=["analyses"])


@router.post("", status_code=202, response_model=AnalysisView, openapi_extra=sounds.OPENAPI_BODY)
async def create_analysis(
    request: Request,
    caller: CallerDep,
    chassis: ChassisDep,
    write: WriteDep,
    project_id: sounds.OfProject = None,
    rendering_id: sounds.OfRendering = None,
) -> Response:
    """Analyse the sound in the body, or a rendering's master. Needs editor. The operation tells of the progress."""
    start = sounds.Start(kind="analysis", job=ANALYSE, project_id=project_id, rendering_id=rendering_id)
    change = await sounds.begun(request, caller, chassis, start)

    async def begin(uow: UnitOfWork) -> Reply:
        reply: Reply = await change(uow, analysis)
        return reply

    return await write(begin)


@router.get("")
async def list_analyses(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[AnalysisView]:
    """The analyses that the caller may read, newest first."""
    mine = select(SoundWorkRow).where(await sounds.seen(caller, session, "analysis"))
    rows = await session.scalars(cursor.select(mine, SoundWorkRow.created_at, SoundWorkRow.work_id))
    return cursor.page(rows.all(), analysis, lambda row: (row.created_at, row.work_id))


@router.get("/{analysis_id}")
async def read_sound_analysis(analysis_id: Identifier, caller: CallerDep, session: ReadingDep) -> AnalysisView:
    """An analysis: its state, and once it succeeded its measures and tracks."""
    return analysis(await sounds.found(caller, session, "analysis", analysis_id))


@router.get("/{analysis_id}/report", response_model=SoundReport)
async def read_sound_report(analysis_id: Identifier, caller: CallerDep, session: ReadingDep) -> dict[str, Any]:
    """Pitch, onsets, tempo, key, spectral shape, cepstra and bands of the whole sound."""
    row = await sounds.found(caller, session, "analysis", analysis_id)
    if row.report is None:
        raise ProblemError(problems.CONFLICT, detail=f"The analysis is {row.state}; only one that succeeded has it")
    return row.report


@router.delete("/{analysis_id}", status_code=204)
async def delete_analysis(analysis_id: Identifier, caller: CallerDep, write: WriteDep) -> Response:
    """Take an analysis away with its sound; one under way is cancelled. Needs editor."""
    return await write(lambda uow: sounds.removed(uow, caller, "analysis", analysis_id))
