"""What a rendering tells of its notes: the legend, and the table of every note with its cause."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response

from harmonic_audio.api import views
from harmonic_audio.api.access import completed
from harmonic_audio.store.tables import RenderingRow
from harmonic_chassis.artifacts import BlobMissing
from harmonic_chassis.http import CallerDep, ChassisDep, CursorDep, Page, ProblemError, ReadingDep, problems
from harmonic_chassis.service import Chassis
from harmonic_contracts import note_table
from harmonic_contracts.base import Identifier
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.score import Score

router = APIRouter(prefix="/v1/renderings", tags=["renderings"])
Format = Annotated[
    Literal["json", "csv"] | None,
    Query(description="csv: all notes as one file; json: page by page. Without it, as the Accept header has it"),
]
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "A page of notes in order of onset, or all of them as CSV",
        "content": {note_table.CSV_MEDIA_TYPE: {"schema": {"type": "string"}}},
        "headers": {"Vary": {"description": "Accept", "schema": {"type": "string"}}},
    }
}


@router.get("/{rendering_id}/legend")
async def read_legend(
    rendering_id: Identifier, caller: CallerDep, session: ReadingDep, chassis: ChassisDep
) -> views.Legend:
    """What sounds like what: in plain words, and with limits, ranges and units for programs."""
    row = await completed(caller, session, rendering_id)
    try:
        entries = (await asyncio.to_thread(_some, await _score_of(row, chassis), 0, 0)).legend_entries
    except BlobMissing:
        entries = []
    return views.Legend(lines=row.legend or [], entries=entries)


@router.get("/{rendering_id}/notes", response_model=Page[note_table.NoteRow], responses=ANSWERS)
async def list_notes(
    rendering_id: Identifier,
    request: Request,
    caller: CallerDep,
    session: ReadingDep,
    chassis: ChassisDep,
    cursor: CursorDep,
    format: Format = None,
) -> Any:
    """Every note with its cause: when, how high and how loud it is, and which event or observable of which bodies at
    which time of the universe it tells."""
    row = await completed(caller, session, rendering_id)
    try:
        path = await _score_of(row, chassis)
    except BlobMissing:
        raise ProblemError(problems.GONE, detail="The score was cleaned up; render again") from None
    if format == "csv" or (format is None and _wants_csv(request.headers.get("accept", ""))):
        text = await asyncio.to_thread(_csv, path)
        name = f'attachment; filename="notes-{rendering_id}.csv"'
        headers = {"Content-Disposition": name, "Vary": "Accept"}
        return Response(text, media_type=note_table.CSV_MEDIA_TYPE, headers=headers)
    after = int(cursor.after[0]) if cursor.after else 0
    rows = await asyncio.to_thread(_rows, path, after, cursor.limit + 1)
    page = cursor.page(rows, lambda note: note, lambda note: (note.number,))
    return Response(page.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})


def _wants_csv(accept: str) -> bool:
    """Whether CSV is named before JSON or anything."""
    named = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return next(
        (kind for kind in named if kind in (note_table.CSV_MEDIA_TYPE, "application/json", "*/*")), ""
    ).endswith("csv")


async def _score_of(row: RenderingRow, chassis: Chassis) -> Path:
    return await chassis.artifacts.local(RenderingCompleted.model_validate(row.result).score.sha256)


def _some(path: Path, begin: int, count: int) -> Score:
    """The score with some of its notes and no curves: it is checked no further than it is asked for."""
    document = orjson.loads(path.read_bytes())
    return Score.model_validate({**document, "notes": document["notes"][begin : begin + count], "curves": []})


def _rows(path: Path, after: int, count: int) -> list[note_table.NoteRow]:
    some = _some(path, after, count)
    return note_table.numbered(some, some.notes, after + 1)


def _csv(path: Path) -> str:
    return "".join(note_table.csv_lines(note_table.rows(Score.model_validate_json(path.read_bytes()))))
