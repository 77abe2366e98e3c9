"""``/v1/soundscapes``: how each universe sounds."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import select

from harmonic_audio.api import views
from harmonic_audio.api.access import editable, readable, visible
from harmonic_audio.soundscape import Soundscape
from harmonic_audio.store import soundscapes
from harmonic_audio.store.tables import SoundscapeRevisionRow, SoundscapeRow
from harmonic_chassis.http import (
    CallerDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    etag,
    not_modified,
    problems,
    require_match,
)
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier

router = APIRouter(prefix="/v1/soundscapes", tags=["soundscapes"])
OfUniverse = Annotated[Identifier | None, Query(description="The soundscape of this universe alone")]
Number = Annotated[int, Path(ge=1, lt=2**31)]


@router.get("")
async def list_soundscapes(
    caller: CallerDep, session: ReadingDep, cursor: CursorDep, universe_id: OfUniverse = None
) -> Page[views.SoundscapeView]:
    """The soundscapes that the caller may read, newest first. A new universe has its own within a moment."""
    statement = select(SoundscapeRow).where(await visible(caller, session, SoundscapeRow))
    if universe_id is not None:
        statement = statement.where(SoundscapeRow.universe_id == universe_id)
    rows = await session.scalars(cursor.select(statement, SoundscapeRow.created_at, SoundscapeRow.soundscape_id))
    return cursor.page(rows.all(), views.soundscape, lambda row: (row.created_at, row.soundscape_id))


@router.get("/{soundscape_id}", response_model=views.SoundscapeView)
async def read_soundscape(
    soundscape_id: Identifier, request: Request, response: Response, caller: CallerDep, session: ReadingDep
) -> views.SoundscapeView | Response:
    """A soundscape at its newest revision."""
    row = await readable(caller, session, await session.get(SoundscapeRow, soundscape_id))
    tag = etag(row.revision)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return views.soundscape(row)


@router.put("/{soundscape_id}", response_model=views.SoundscapeView)
async def replace_soundscape(
    soundscape_id: Identifier, body: Soundscape, request: Request, caller: CallerDep, write: WriteDep
) -> Response:
    """Replace the document: a new revision. Needs editor, and If-Match with the ETag that was read."""

    async def change(uow: UnitOfWork) -> Reply:
        found = await uow.session.get(SoundscapeRow, soundscape_id, with_for_update=True)
        row = await editable(caller, uow.session, found)
        require_match(request, row.revision)
        await soundscapes.revise(uow, row, body)
        return Reply(200, views.soundscape(row), headers={"ETag": etag(row.revision)})

    return await write(change)


@router.get("/{soundscape_id}/revisions")
async def list_revisions(
    soundscape_id: Identifier, caller: CallerDep, session: ReadingDep, cursor: CursorDep
) -> Page[views.RevisionView]:
    """The revisions of a soundscape, newest first."""
    await readable(caller, session, await session.get(SoundscapeRow, soundscape_id))
    rows = await session.scalars(cursor.select(soundscapes.revisions_of(soundscape_id), SoundscapeRevisionRow.revision))
    return cursor.page(rows.all(), views.revision, lambda row: (row.revision,))


@router.get("/{soundscape_id}/revisions/{revision}")
async def read_revision(
    soundscape_id: Identifier, revision: Number, caller: CallerDep, session: ReadingDep
) -> views.RevisionView:
    """One revision; it never changes."""
    await readable(caller, session, await session.get(SoundscapeRow, soundscape_id))
    row = await session.get(SoundscapeRevisionRow, (soundscape_id, revision))
    if row is None:
        raise ProblemError(problems.NOT_FOUND, detail=f"The soundscape has no revision {revision}")
    return views.revision(row)
