"""Imports: send a bundle, get a universe and a soundscape with the same content."""

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import select

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
    refused,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.problems import Problem
from harmonic_export.importing import IMPORT, ImportPayload
from harmonic_export.settings import ExportSettings
from harmonic_export.store.performances import holder_of_import
from harmonic_export.store.tables import ImportRow

router = APIRouter(prefix="/v1/imports", tags=["imports"])
ZIP = "application/zip"
OPENAPI_BODY = {"requestBody": {"required": True, "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}}


class ImportView(Contract):
    """An import as the client sees it."""

    import_id: Identifier
    operation_id: Identifier
    organization_id: Identifier
    project_id: Identifier
    state: Literal["queued", "completed", "failed", "cancelled"]
    universe_id: Identifier | None = None
    soundscape_id: Identifier | None = None
    problem: Problem | None = None
    created_at: datetime


def _view(row: ImportRow) -> ImportView:
    same = {name: getattr(row, name) for name in ImportView.model_fields if name != "operation_id"}
    return ImportView.model_validate({**same, "operation_id": row.import_id})


@router.post("", status_code=202, response_model=ImportView, openapi_extra=OPENAPI_BODY)
async def import_bundle(
    request: Request,
    caller: CallerDep,
    chassis: ChassisDep,
    write: WriteDep,
    project_id: Annotated[Identifier | None, Query(description="Project to import into")] = None,
) -> Response:
    """Import a bundle into a project: a new universe and a new soundscape, which perform to the same digests."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != ZIP:
        raise ProblemError(problems.UNSUPPORTED_MEDIA, detail=f"Send the bundle as the body, with Content-Type: {ZIP}")
    project = project_id or caller.project_id
    async with chassis.db.reading() as session:
        await caller.require_project(session, project)
    archive = await _received(request, chassis)

    async def change(uow: UnitOfWork) -> Reply:
        organization_id = await caller.require_project(uow.session, project)
        row = ImportRow(
            import_id=new_id(),
            organization_id=organization_id,
            project_id=project,
            actor_id=caller.user_id,
            state="queued",
            created_at=uow.clock.now(),
        )
        uow.session.add(row)
        owned = uow.owned_by(caller.user_id)
        await owned.keep(archive, holder=holder_of_import(row.import_id), organization_id=organization_id)
        payload = ImportPayload(archive=archive, project_id=project)
        await owned.submit(IMPORT, payload, organization_id=organization_id, job_id=row.import_id)
        return Reply(202, _view(row), {"Location": f"/v1/operations/{row.import_id}"})

    return await write(change)


async def _received(request: Request, chassis: ChassisDep) -> ArtifactRef:
    """The body as an artifact, streamed through a file."""
    if "idempotency-key" in request.headers:
        await request.body()  # the key's digest covers the body, so it is held until the reply
    settings = chassis.settings
    assert isinstance(settings, ExportSettings)
    await asyncio.to_thread(settings.data_dir.mkdir, parents=True, exist_ok=True)
    size = 0
    with tempfile.NamedTemporaryFile(dir=settings.data_dir, prefix="import-", suffix=".part") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > settings.max_bundle_bytes:
                raise ProblemError(problems.TOO_LARGE, detail=f"A bundle may have {settings.max_bundle_bytes} bytes")
            await asyncio.to_thread(file.write, chunk)
        if not size:
            raise refused("body", "is empty", "the bytes of a bundle")
        await asyncio.to_thread(file.flush)
        return await chassis.artifacts.put_file(FilePath(file.name), ZIP)


@router.get("")
async def list_imports(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[ImportView]:
    """Imports into the caller's organizations, newest first."""
    visible = select(ImportRow).where(ImportRow.organization_id.in_(await caller.organizations(session)))
    rows = (await session.scalars(cursor.select(visible, ImportRow.import_id))).all()
    return cursor.page(rows, _view, lambda row: (row.import_id,))


@router.get("/{import_id}")
async def read_import(import_id: Annotated[Identifier, Path()], caller: CallerDep, session: ReadingDep) -> ImportView:
    """An import, with what it made."""
    row = await session.get(ImportRow, import_id)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await caller.require(session, row.organization_id)
    return _view(row)
