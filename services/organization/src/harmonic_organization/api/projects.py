"""``/v1/projects``: the shelves of an organization."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.http import (
    Caller,
    CallerDep,
    CursorDep,
    Page,
    ReadingDep,
    Reply,
    WriteDep,
    etag,
    require_match,
)
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier
from harmonic_contracts.roles import Role
from harmonic_organization.api import views
from harmonic_organization.api.signed_in import UserDep
from harmonic_organization.application import organizations as work
from harmonic_organization.application import refusals
from harmonic_organization.store import organizations
from harmonic_organization.store.tables import Project

router = APIRouter(prefix="/v1/projects", tags=["projects"])
Within = Annotated[Identifier | None, Query(description="Without it, the personal organization")]


@router.get("")
async def list_projects(
    caller: CallerDep, user: UserDep, session: ReadingDep, cursor: CursorDep, organization_id: Within = None
) -> Page[views.ProjectView]:
    """The projects of an organization, newest first."""
    where = organization_id or caller.organization_id
    await caller.require(session, where)
    statement = cursor.select(organizations.projects_of(where), Project.created_at, Project.id)
    rows = (await session.scalars(statement)).all()
    return cursor.page(rows, views.project, lambda row: (row.created_at, row.id))


@router.post("", status_code=201, response_model=views.ProjectView)
async def create_project(body: views.ProjectInput, caller: CallerDep, user: UserDep, write: WriteDep) -> Response:
    """A new project. Needs editor."""

    async def change(uow: UnitOfWork) -> Reply:
        where = body.organization_id or caller.organization_id
        await caller.require(uow.session, where, Role.EDITOR)
        row = await work.create_project(uow, where, body.name)
        headers = {"Location": f"/v1/projects/{row.id}", "ETag": etag(row.revision)}
        return Reply(201, views.project(row), headers=headers)

    return await write(change)


@router.get("/{project_id}")
async def get_project(
    project_id: Identifier, caller: CallerDep, user: UserDep, session: ReadingDep, response: Response
) -> views.ProjectView:
    """One project."""
    row = await _visible(caller, session, project_id, Role.VIEWER)
    response.headers["ETag"] = etag(row.revision)
    return views.project(row)


@router.patch("/{project_id}", response_model=views.ProjectView)
async def rename_project(
    project_id: Identifier, body: views.Renaming, caller: CallerDep, user: UserDep, write: WriteDep, request: Request
) -> Response:
    """Another name. Needs editor, wants If-Match."""

    async def change(uow: UnitOfWork) -> Reply:
        row = await _visible(caller, uow.session, project_id, Role.EDITOR)
        require_match(request, row.revision)
        await work.rename_project(uow, row, body.name)
        return Reply(200, views.project(row), headers={"ETag": etag(row.revision)})

    return await write(change)


@router.delete("/{project_id}", status_code=204)
async def delete_project(project_id: Identifier, caller: CallerDep, user: UserDep, write: WriteDep) -> Response:
    """Take a project away with all that is in it, in every service. Needs admin; the last one stays."""

    async def change(uow: UnitOfWork) -> Reply:
        await work.delete_project(uow, await _visible(caller, uow.session, project_id, Role.ADMIN))
        return Reply(204)

    return await write(change)


async def _visible(caller: Caller, session: AsyncSession, project_id: str, needed: Role) -> Project:
    """The project, locked when the session writes; 404 for a foreign one, 403 where the role is too low."""
    row = await session.get(Project, project_id, with_for_update=needed is not Role.VIEWER)
    if row is None:
        raise refusals.not_found()
    await caller.require(session, row.organization_id, needed)
    return row
