"""The notebook's routes."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from harmonic_chassis.http import (
    CallerDep,
    CursorDep,
    Page,
    ProblemError,
    ReadingDep,
    Reply,
    WriteDep,
    etag,
    problems,
    require_match,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.sample.store import Note
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseCreated
from harmonic_contracts.roles import Role, Visibility

router = APIRouter(prefix="/v1/notes")


class NoteInput(BaseModel):
    """A note as the client writes it."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    text: Annotated[str, Field(min_length=1, max_length=200)]
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    project_id: str | None = None


class NoteView(BaseModel):
    """A note as the client reads it."""

    note_id: str
    text: str
    weight: float
    revision: int
    sha256: str | None


def view(note: Note) -> NoteView:
    return NoteView.model_validate(note, from_attributes=True)


@router.post("", status_code=201, response_model=NoteView)
async def create_note(body: NoteInput, caller: CallerDep, write: WriteDep) -> Response:
    """Write a note into a project."""

    async def change(uow: UnitOfWork) -> Reply:
        project_id = body.project_id or caller.project_id
        organization_id = await caller.require_project(uow.session, project_id)
        note = Note(
            note_id=new_id(),
            organization_id=organization_id,
            text=body.text,
            weight=body.weight,
            revision=1,
            created_at=uow.clock.now(),
        )
        uow.session.add(note)
        uow.emit(
            UniverseCreated(
                universe_id=note.note_id,
                organization_id=organization_id,
                project_id=project_id,
                revision=1,
                name=note.text,
                system="notes",
                visibility=Visibility.PRIVATE,
            )
        )
        headers = {"Location": f"/v1/notes/{note.note_id}", "ETag": etag(1)}
        return Reply(201, view(note), headers)

    return await write(change)


@router.get("")
async def list_notes(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[NoteView]:
    """The notes of all organizations that the caller may read, newest first."""
    visible = select(Note).where(Note.organization_id.in_(await caller.organizations(session)))
    rows = (await session.scalars(cursor.select(visible, Note.created_at, Note.note_id))).all()
    return cursor.page(rows, view, lambda note: (note.created_at, note.note_id))


@router.get("/{note_id}")
async def read_note(note_id: str, caller: CallerDep, session: ReadingDep, response: Response) -> NoteView:
    """One note."""
    note = await _note(session, note_id)
    await caller.require(session, note.organization_id)
    response.headers["ETag"] = etag(note.revision)
    return view(note)


@router.put("/{note_id}", response_model=NoteView)
async def replace_note(note_id: str, body: NoteInput, request: Request, caller: CallerDep, write: WriteDep) -> Response:
    """Replace a note that has not changed since it was read."""

    async def change(uow: UnitOfWork) -> Reply:
        note = await _note(uow.session, note_id)
        await caller.require(uow.session, note.organization_id, Role.EDITOR)
        require_match(request, note.revision)
        note.text, note.weight, note.revision = body.text, body.weight, note.revision + 1
        return Reply(200, view(note), {"ETag": etag(note.revision)})

    return await write(change)


@router.post("/break")
async def break_down() -> None:
    """A fault of ours, with a secret in its message."""
    raise RuntimeError("the password is hunter2")


async def _note(session: AsyncSession, note_id: str) -> Note:
    note = await session.get(Note, note_id)
    if note is None:
        raise ProblemError(problems.NOT_FOUND)
    return note
