"""Exports: package a performance, read what became of it, delete it."""

from datetime import datetime
from typing import Annotated, Literal, cast
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, field_validator
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.http import (
    Caller,
    CallerDep,
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
from harmonic_contracts.artifacts import ArtifactRef, NamedArtifact
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.messages.export import ALL_FORMATS, ExportFormat, Package
from harmonic_contracts.problems import Problem
from harmonic_contracts.roles import Role
from harmonic_export.bundles.manifest import Licence
from harmonic_export.facts import ALL_RIGHTS_RESERVED
from harmonic_export.packaging import PackagePayload
from harmonic_export.pictures.spec import VisualizationSpec
from harmonic_export.store import exports, performances, universes
from harmonic_export.store.tables import ExportRow, VisualizationRow

router = APIRouter(prefix="/v1/exports", tags=["exports"])
ExportId = Annotated[Identifier, Path()]


class ExportRequest(Contract):
    """What to package of which rendering."""

    rendering_id: Identifier
    formats: list[ExportFormat] = Field(default=list(ALL_FORMATS), min_length=1, max_length=len(ALL_FORMATS))
    visualization_id: Identifier | None = Field(default=None, description="Stored spec of the picture")
    licence: Licence = ALL_RIGHTS_RESERVED

    @field_validator("formats")
    @classmethod
    def _each_once(cls, formats: list[ExportFormat]) -> list[ExportFormat]:
        if len(set(formats)) != len(formats):
            raise ValueError("name each format once")
        return formats


class ExportedFile(Contract):
    """A file of the export, and where its bytes are."""

    name: str
    url: str
    artifact: ArtifactRef


class ExportView(Contract):
    """An export as the client sees it."""

    export_id: Identifier
    operation_id: Identifier
    organization_id: Identifier
    universe_id: Identifier
    universe_revision: int
    rendering_id: Identifier
    state: Literal["queued", "completed", "failed", "cancelled"]
    formats: list[ExportFormat]
    files: list[ExportedFile]
    left_out: dict[ExportFormat, str] = Field(
        default={}, description="Formats asked for that cannot hold this performance, and why"
    )
    problem: Problem | None = None
    created_at: datetime


def _view(row: ExportRow) -> ExportView:
    return ExportView.model_validate(
        {
            "export_id": row.export_id,
            "operation_id": row.export_id,
            "organization_id": row.organization_id,
            "universe_id": row.universe_id,
            "universe_revision": row.universe_revision,
            "rendering_id": row.rendering_id,
            "state": row.state,
            "formats": row.formats,
            "files": [_file(NamedArtifact.model_validate(file)) for file in row.files],
            "left_out": _left_out(row),
            "problem": row.problem,
            "created_at": row.created_at,
        }
    )


def _left_out(row: ExportRow) -> dict[ExportFormat, str]:
    if row.state != "completed" or len(row.files) == len(row.formats):
        return {}
    from harmonic_export.formats import left_out  # many libraries, and seldom needed

    return left_out(cast("list[ExportFormat]", row.formats), (file["name"] for file in row.files))


def _file(file: NamedArtifact) -> ExportedFile:
    ref = file.artifact
    url = f"/v1/artifacts/{ref.producer}/{ref.sha256}?filename={quote(file.name)}"
    return ExportedFile(name=file.name, url=url, artifact=ref)


@router.post("", status_code=202, response_model=ExportView)
async def create_export(body: ExportRequest, caller: CallerDep, write: WriteDep) -> Response:
    """Package a rendering in the formats named. The operation's result names the files."""

    async def change(uow: UnitOfWork) -> Reply:
        performance = await performances.find(uow.session, body.rendering_id)
        if performance is None:
            raise ProblemError(problems.NOT_FOUND, detail="There is no such finished rendering, or you may not see it")
        simulation, rendering = performance
        await caller.require(uow.session, rendering.organization_id)
        await _insist_on_reader(uow.session, caller, rendering.universe_id, rendering.organization_id)
        await caller.require(uow.session, rendering.organization_id, Role.EDITOR)
        command = Package(
            export_id=new_id(),
            universe_id=rendering.universe_id,
            universe_revision=simulation.revision,
            simulation=simulation,
            rendering=rendering,
            formats=body.formats,
            visualization_id=body.visualization_id,
        )
        picture = await _picture(uow.session, caller, body.visualization_id)
        payload = PackagePayload(command=command, picture=picture, licence=body.licence)
        organization_id = rendering.organization_id
        row = await exports.begin(uow, payload, organization_id=organization_id, actor_id=caller.user_id)
        return Reply(202, _view(row), {"Location": f"/v1/operations/{row.export_id}"})

    return await write(change)


async def _picture(session: AsyncSession, caller: Caller, visualization_id: str | None) -> VisualizationSpec:
    if visualization_id is None:
        return VisualizationSpec()
    row = await session.get(VisualizationRow, visualization_id)
    if row is None or await caller.role_in(session, row.organization_id) is None:
        raise refused("body.visualization_id", "there is no such visualization, or you may not see it")
    return VisualizationSpec.model_validate(row.spec)


@router.get("")
async def list_exports(
    caller: CallerDep,
    session: ReadingDep,
    cursor: CursorDep,
    universe_id: Annotated[Identifier | None, Query()] = None,
) -> Page[ExportView]:
    """Exports that the caller may read, newest first."""
    statement = select(ExportRow).where(await universes.visible(session, caller))
    if universe_id is not None:
        statement = statement.where(ExportRow.universe_id == universe_id)
    rows = (await session.scalars(cursor.select(statement, ExportRow.export_id))).all()
    return cursor.page(rows, _view, lambda row: (row.export_id,))


@router.get("/{export_id}")
async def read_export(export_id: ExportId, caller: CallerDep, session: ReadingDep) -> ExportView:
    """An export with its files."""
    return _view(await _find(session, caller, export_id))


@router.delete("/{export_id}", status_code=204)
async def delete_export(export_id: ExportId, caller: CallerDep, write: WriteDep) -> Response:
    """Delete a finished export and its files."""

    async def change(uow: UnitOfWork) -> Reply:
        row = await _find(uow.session, caller, export_id, Role.EDITOR)
        if row.state == "queued":
            raise ProblemError(problems.CONFLICT, detail="The export is at work: cancel its operation first")
        await performances.forget_export(uow, export_id)
        return Reply(204)

    return await write(change)


async def _find(session: AsyncSession, caller: Caller, export_id: str, needed: Role = Role.VIEWER) -> ExportRow:
    row = await session.get(ExportRow, export_id)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await caller.require(session, row.organization_id)
    await _insist_on_reader(session, caller, row.universe_id, row.organization_id)
    await caller.require(session, row.organization_id, needed)
    return row


async def _insist_on_reader(session: AsyncSession, caller: Caller, universe_id: str, organization_id: str) -> None:
    if await universes.hidden(session, caller, universe_id, organization_id):
        raise ProblemError(problems.NOT_FOUND)
