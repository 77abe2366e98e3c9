"""``/v1/organizations/{id}/members``: who is in an organization, and as what."""

from fastapi import APIRouter, Response
from sqlalchemy import select

from harmonic_chassis.http import CallerDep, CursorDep, Page, ReadingDep, Reply, WriteDep
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier
from harmonic_contracts.roles import Role
from harmonic_organization.api import views
from harmonic_organization.api.signed_in import UserDep
from harmonic_organization.application import members
from harmonic_organization.store.tables import Account, Member

router = APIRouter(prefix="/v1/organizations/{organization_id}/members", tags=["members"])


@router.get("")
async def list_members(
    organization_id: Identifier, caller: CallerDep, user: UserDep, session: ReadingDep, cursor: CursorDep
) -> Page[views.MemberView]:
    """The members, longest first."""
    await caller.require(session, organization_id)
    query = (
        select(Member, Account.name)
        .join(Account, Account.id == Member.user_id)
        .where(Member.organization_id == organization_id)
    )
    rows = (await session.execute(cursor.select(query, Member.joined_at, Member.user_id, descending=False))).all()
    return cursor.page(rows, lambda row: views.member(row[0], row[1]), lambda row: (row[0].joined_at, row[0].user_id))


@router.put("/{user_id}", response_model=views.MemberView)
async def put_member(
    organization_id: Identifier,
    user_id: Identifier,
    body: views.MemberInput,
    caller: CallerDep,
    user: UserDep,
    write: WriteDep,
) -> Response:
    """Take a user in with this role, or change the role. Needs admin; the role of owner is the owner's to give."""

    async def change(uow: UnitOfWork) -> Reply:
        await caller.require(uow.session, organization_id, Role.ADMIN)
        there = await members.change(uow, organization_id, actor=user.user_id, target=user_id, role=body.role)
        row = await uow.session.get_one(Member, (organization_id, user_id))
        account = await uow.session.get_one(Account, user_id)
        return Reply(200 if there else 201, views.member(row, account.name))

    return await write(change)


@router.delete("/{user_id}", status_code=204)
async def remove_member(
    organization_id: Identifier, user_id: Identifier, caller: CallerDep, user: UserDep, write: WriteDep
) -> Response:
    """Leave, or take somebody out. Effective in every service as soon as the event arrives."""

    async def change(uow: UnitOfWork) -> Reply:
        await caller.require(uow.session, organization_id)
        await members.change(uow, organization_id, actor=user.user_id, target=user_id, role=None)
        return Reply(204)

    return await write(change)
