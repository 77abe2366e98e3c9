"""What analyses and conversions have in common: where the sound comes from, who may see, and how it begins."""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Annotated, Any, Final, Literal

from fastapi import Query, Request
from pydantic import BaseModel
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_audio.api.access import editable, readable_universe, visible
from harmonic_audio.settings import AudioSettings
from harmonic_audio.sound_files import MEDIA_TYPES, kind_of
from harmonic_audio.store import sound_works
from harmonic_audio.store.tables import RenderingRow, SoundWorkRow, Universe
from harmonic_chassis.http import Caller, ChassisDep, ProblemError, Reply, problems, refused
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import Identifier
from harmonic_contracts.messages.audio import RenderingCompleted
from harmonic_contracts.operations import OperationState
from harmonic_contracts.roles import Role

Kind = Literal["analysis", "conversion"]
OfProject = Annotated[
    Identifier | None, Query(description="Project that an uploaded sound belongs to; the token's without it")
]
OfRendering = Annotated[
    Identifier | None, Query(description="The rendering whose master is meant, instead of a sound in the body")
]
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
OPENAPI_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "description": "A WAV, FLAC, OGG or MP3 file, told by its content; none with rendering_id",
        "required": False,
        "content": {"application/octet-stream": _BINARY, "audio/*": _BINARY},
    }
}
HEAD_BYTES: Final = 12


class Start(BaseModel):
    """What a new work begins with."""

    kind: Kind
    job: str
    project_id: str | None
    rendering_id: str | None
    wanted: dict[str, Any] | None = None


async def begun(
    request: Request, caller: Caller, chassis: ChassisDep, start: Start
) -> Callable[[UnitOfWork, Callable[[SoundWorkRow], Any]], Any]:
    """Take the sound in; gives the change that begins the work. Raises ProblemError before any byte is kept."""
    project = start.project_id or caller.project_id
    if start.rendering_id is None:
        async with chassis.db.reading() as session:
            await caller.require_project(session, project)
    source = await _received(request, chassis) if start.rendering_id is None else None
    settings = chassis.settings
    assert isinstance(settings, AudioSettings)

    async def change(uow: UnitOfWork, view: Callable[[SoundWorkRow], Any]) -> Reply:
        if source is None:
            row = await _of_rendering(uow, caller, start)
        else:
            organization_id = await caller.require_project(uow.session, project)
            row = _row(start, uow, caller, source, organization_id, project)
        if await sound_works.under_way(uow.session, row.organization_id) >= settings.max_open_sounds:
            detail = f"{settings.max_open_sounds} sounds of the organization are under way: wait until one has ended"
            raise ProblemError(problems.RATE_LIMITED, detail=detail, headers={"Retry-After": "10"})
        await sound_works.start(uow, row, start.job)
        return Reply(202, view(row), {"Location": f"/v1/operations/{row.work_id}"})

    return change


def _row(
    start: Start, uow: UnitOfWork, caller: Caller, source: ArtifactRef, organization_id: str, project_id: str
) -> SoundWorkRow:
    return SoundWorkRow(
        work_id=new_id(),
        kind=start.kind,
        organization_id=organization_id,
        project_id=project_id,
        rendering_id=start.rendering_id,
        actor_id=caller.user_id,
        state=OperationState.QUEUED,
        source=source.model_dump(mode="json"),
        wanted=start.wanted,
        created_at=uow.clock.now(),
    )


async def _of_rendering(uow: UnitOfWork, caller: Caller, start: Start) -> SoundWorkRow:
    found = await uow.session.get(RenderingRow, start.rendering_id)
    rendering = await editable(caller, uow.session, found)
    if rendering.state != OperationState.SUCCEEDED:
        detail = f"The rendering is {rendering.state}; wait for its operation to succeed"
        raise ProblemError(problems.CONFLICT, detail=detail)
    universe = await uow.session.get_one(Universe, rendering.universe_id)
    source = RenderingCompleted.model_validate(rendering.result).master
    row = _row(start, uow, caller, source, rendering.organization_id, universe.project_id)
    row.universe_id = rendering.universe_id
    return row


async def _received(request: Request, chassis: ChassisDep) -> ArtifactRef:
    """The body as an artifact, streamed through a file. Its first bytes tell whether it is a sound."""
    if "idempotency-key" in request.headers:
        await request.body()  # the key's digest covers the body, so it is held until the reply
    settings = chassis.settings
    assert isinstance(settings, AudioSettings)
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    size, head = 0, b""
    with tempfile.NamedTemporaryFile(dir=settings.data_dir, prefix="sound-", suffix=".part") as file:
        async for chunk in request.stream():
            size, head = size + len(chunk), (head + chunk[:HEAD_BYTES])[:HEAD_BYTES]
            if size > settings.max_sound_bytes:
                raise ProblemError(problems.TOO_LARGE, detail=f"A sound may have {settings.max_sound_bytes} bytes")
            if len(head) == HEAD_BYTES and kind_of(head) is None:
                raise _unknown()
            await asyncio.to_thread(file.write, chunk)
        if not size:
            raise refused("body", "is empty", "the bytes of a WAV, FLAC, OGG or MP3 file, or rendering_id")
        kind = kind_of(head)
        if kind is None:
            raise _unknown()
        await asyncio.to_thread(file.flush)
        return await chassis.artifacts.put_file(FilePath(file.name), MEDIA_TYPES[kind])


def _unknown() -> ProblemError:
    return ProblemError(problems.UNSUPPORTED_MEDIA, detail="The content is none of WAV, FLAC, OGG and MP3")


async def seen(caller: Caller, session: AsyncSession, kind: Kind) -> ColumnElement[bool]:
    """The works of a kind that the caller may read: uploads of the own organizations, and what universes allow."""
    organizations = await caller.organizations(session)
    uploads = and_(SoundWorkRow.universe_id.is_(None), SoundWorkRow.organization_id.in_(organizations))
    return and_(SoundWorkRow.kind == kind, or_(uploads, await visible(caller, session, SoundWorkRow)))


async def found(caller: Caller, session: AsyncSession, kind: Kind, work_id: str) -> SoundWorkRow:
    """A work of a kind that the caller may read; 404 else."""
    row = await session.get(SoundWorkRow, work_id)
    if row is None or row.kind != kind:
        raise ProblemError(problems.NOT_FOUND)
    if row.universe_id is None:
        await caller.require(session, row.organization_id)
    else:
        await readable_universe(caller, session, row.universe_id, row.organization_id)
    return row


async def removed(uow: UnitOfWork, caller: Caller, kind: Kind, work_id: str) -> Reply:
    """Take a work away. 404 where it may not be read, 403 for who is no editor."""
    row = await found(caller, uow.session, kind, work_id)
    role = await caller.role_in(uow.session, row.organization_id)
    if role is None or not role.covers(Role.EDITOR):
        detail = f"This needs the role editor; yours here is {role.value if role else 'none'}"
        raise ProblemError(problems.FORBIDDEN, detail=detail)
    await sound_works.remove(uow, row)
    return Reply(204)
