"""``/v1/organizations``: those that the user is in."""

from fastapi import APIRouter, Request, Response

from harmonic_chassis.http import CallerDep, CursorDep, Page, ReadingDep, Reply, WriteDep, etag, require_match
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier
from harmonic_contracts.roles import Role
from harmonic_organization.api import views
from harmonic_organization.api.signed_in import UserDep
from harmonic_organization.application import organizations as work
from harmonic_organization.application import refusals
from harmonic_organization.store import organizations
from harmonic_organization.store.tables import Organization

router = APIRouter(prefix="/v1/organizations", tags=["organizations"])


@router.get("")
async def list_organizations(user: UserDep, session: ReadingDep, cursor: CursorDep) -> Page[views.OrganizationView]:
    """The user's organizations, newest first."""
    statement = cursor.select(organizations.of_user(user.user_id), Organization.created_at, Organization.id)
    rows = (await session.execute(statement)).all()
    return cursor.page(rows, lambda row: views.organization(row[0], row[1]), lambda row: (row[0].created_at, row[0].id))


@router.post("", status_code=201, response_model=views.OrganizationView)
async def create_organization(body: views.Renaming, user: UserDep, write: WriteDep) -> Response:
    """A new organization with a first project, owned by the user."""

    async def change(uow: UnitOfWork) -> Reply:
        row = await work.create(uow, user.user_id, body.name)
        headers = {"Location": f"/v1/organizations/{row.id}", "ETag": etag(row.revision)}
        return Reply(201, views.organization(row, Role.OWNER), headers=headers)

    return await write(change)


@router.get("/{organization_id}")
async def get_organization(
    organization_id: Identifier, caller: CallerDep, user: UserDep, session: ReadingDep, response: Response
) -> views.OrganizationView:
    """One organization."""
    role = await caller.require(session, organization_id)
    row = await session.get(Organization, organization_id)
    if row is None:
        raise refusals.not_found()
    response.headers["ETag"] = etag(row.revision)
    return views.organization(row, role)


@router.patch("/{organization_id}", response_model=views.OrganizationView)
async def rename_organization(
    organization_id: Identifier,
    body: views.Renaming,
    caller: CallerDep,
    user: UserDep,
    write: WriteDep,
    request: Request,
) -> Response:
    """Another name. Needs admin, wants If-Match."""

    async def change(uow: UnitOfWork) -> Reply:
        role = await caller.require(uow.session, organization_id, Role.ADMIN)
        row = await _locked(uow, organization_id)
        require_match(request, row.revision)
        await work.rename(uow, row, body.name)
        return Reply(200, views.organization(row, role), headers={"ETag": etag(row.revision)})

    return await write(change)


@router.delete("/{organization_id}", status_code=204)
async def delete_organization(
    organization_id: Identifier, caller: CallerDep, user: UserDep, write: WriteDep
) -> Response:
    """Take an organization away with all that it owns, in every service. Needs owner."""

    async def change(uow: UnitOfWork) -> Reply:
        await caller.require(uow.session, organization_id, Role.OWNER)
        await work.delete(uow, await _locked(uow, organization_id))
        return Reply(204)

    return await write(change)


async def _locked(uow: UnitOfWork, organization_id: str) -> Organization:
    row = await organizations.lock(uow.session, organization_id)
    if row is None:
        raise refusals.not_found()
    return row
