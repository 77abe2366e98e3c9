"""Visualizations: stored specs of pictures, with revisions; their schema and defaults."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field
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
    etag,
    problems,
    require_match,
)
from harmonic_chassis.ids import new_id
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Contract, Identifier
from harmonic_contracts.roles import Role
from harmonic_export.pictures.spec import VisualizationSpec
from harmonic_export.store.tables import VisualizationRow

router = APIRouter(prefix="/v1/visualizations", tags=["visualizations"])
VisualizationId = Annotated[Identifier, Path()]


class VisualizationChange(Contract):
    """A visualization as it shall be."""

    name: str = Field(min_length=1, max_length=120, pattern=r"\S")
    spec: VisualizationSpec = VisualizationSpec()


class VisualizationInput(VisualizationChange):
    """A new visualization."""

    project_id: Identifier | None = Field(default=None, description="None: the caller's own project")


class VisualizationView(Contract):
    """A visualization as the client sees it."""

    visualization_id: Identifier
    organization_id: Identifier
    project_id: Identifier
    name: str
    revision: int
    spec: VisualizationSpec
    created_at: datetime
    updated_at: datetime


def _view(row: VisualizationRow) -> VisualizationView:
    return VisualizationView.model_validate({name: getattr(row, name) for name in VisualizationView.model_fields})


@router.get("/schema")
async def read_schema(caller: CallerDep) -> dict[str, Any]:
    """The JSON Schema of a spec, with ranges, defaults and descriptions."""
    return VisualizationSpec.model_json_schema()


@router.get("/defaults")
async def read_defaults(caller: CallerDep) -> VisualizationSpec:
    """The spec of a picture that nobody has shaped."""
    return VisualizationSpec()


@router.post("", status_code=201, response_model=VisualizationView)
async def create_visualization(body: VisualizationInput, caller: CallerDep, write: WriteDep) -> Response:
    """Store a spec in a project."""

    async def change(uow: UnitOfWork) -> Reply:
        project_id = body.project_id or caller.project_id
        organization_id = await caller.require_project(uow.session, project_id)
        now = uow.clock.now()
        row = VisualizationRow(
            visualization_id=new_id(),
            organization_id=organization_id,
            project_id=project_id,
            name=body.name,
            revision=1,
            spec=body.spec.model_dump(mode="json"),
            created_at=now,
            updated_at=now,
        )
        uow.session.add(row)
        return Reply(201, _view(row), {"Location": f"/v1/visualizations/{row.visualization_id}", "ETag": etag(1)})

    return await write(change)


@router.get("")
async def list_visualizations(caller: CallerDep, session: ReadingDep, cursor: CursorDep) -> Page[VisualizationView]:
    """The specs of the caller's organizations, newest first."""
    visible = select(VisualizationRow).where(VisualizationRow.organization_id.in_(await caller.organizations(session)))
    rows = (await session.scalars(cursor.select(visible, VisualizationRow.visualization_id))).all()
    return cursor.page(rows, _view, lambda row: (row.visualization_id,))


@router.get("/{visualization_id}")
async def read_visualization(
    visualization_id: VisualizationId, caller: CallerDep, session: ReadingDep, response: Response
) -> VisualizationView:
    """A stored spec."""
    row = await _find(session, caller, visualization_id)
    response.headers["ETag"] = etag(row.revision)
    return _view(row)


@router.put("/{visualization_id}", response_model=VisualizationView)
async def replace_visualization(
    visualization_id: VisualizationId, body: VisualizationChange, request: Request, caller: CallerDep, write: WriteDep
) -> Response:
    """Replace a spec that has not changed since it was read."""

    async def change(uow: UnitOfWork) -> Reply:
        row = await _find(uow.session, caller, visualization_id, Role.EDITOR, for_change=True)
        require_match(request, row.revision)
        row.name, row.spec, row.revision = body.name, body.spec.model_dump(mode="json"), row.revision + 1
        row.updated_at = uow.clock.now()
        return Reply(200, _view(row), {"ETag": etag(row.revision)})

    return await write(change)


@router.delete("/{visualization_id}", status_code=204)
async def delete_visualization(
    visualization_id: VisualizationId, request: Request, caller: CallerDep, write: WriteDep
) -> Response:
    """Delete a spec that has not changed since it was read. Pictures that were made by it stay."""

    async def change(uow: UnitOfWork) -> Reply:
        row = await _find(uow.session, caller, visualization_id, Role.EDITOR, for_change=True)
        require_match(request, row.revision)
        await uow.session.delete(row)
        return Reply(204)

    return await write(change)


async def _find(
    session: AsyncSession,
    caller: Caller,
    visualization_id: str,
    needed: Role = Role.VIEWER,
    *,
    for_change: bool = False,
) -> VisualizationRow:
    """The spec, locked where it is to change: of two writers with one ETag the second must see the first."""
    row = await session.get(VisualizationRow, visualization_id, with_for_update=for_change or None)
    if row is None:
        raise ProblemError(problems.NOT_FOUND)
    await caller.require(session, row.organization_id, needed)
    return row
