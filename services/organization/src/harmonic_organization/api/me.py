"""``/v1/me``: the user's own account."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.http import ReadingDep, Reply, WriteDep, etag, require_match
from harmonic_chassis.uow import UnitOfWork
from harmonic_organization.api import views
from harmonic_organization.api.signed_in import DeskDep, PersonDep, UserDep
from harmonic_organization.application import profile, refusals
from harmonic_organization.store import accounts, organizations
from harmonic_organization.store.tables import Account

router = APIRouter(prefix="/v1/me", tags=["me"])


@router.get("")
async def get_me(user: UserDep, session: ReadingDep, response: Response) -> views.Me:
    """Who is signed in, and the roles."""
    account = await accounts.by_id(session, user.user_id)
    if account is None:
        raise refusals.not_found()
    shown = await _view(session, account)
    response.headers["ETag"] = etag(shown.revision)
    return shown


@router.patch("", response_model=views.Me)
async def rename_me(body: views.Renaming, user: UserDep, write: WriteDep, request: Request) -> Response:
    """Another name. Wants If-Match."""

    async def change(uow: UnitOfWork) -> Reply:
        account = await accounts.locked(uow.session, user.user_id)
        if account is None:
            raise refusals.not_found()
        require_match(request, account.revision)
        await profile.rename(uow, account, body.name)
        return Reply(200, await _view(uow.session, account), headers={"ETag": etag(account.revision)})

    return await write(change)


@router.put("/password", status_code=204)
async def change_password(body: views.PasswordChange, user: PersonDep, desk: DeskDep) -> None:
    """Another password. Every other session ends; API keys go on."""
    await profile.change_password(desk, user.user_id, user.session_id, old=body.current_password, new=body.new_password)


@router.post("/erasure", status_code=202)
async def erase_me(body: views.Erasure, user: PersonDep, desk: DeskDep) -> views.Erased:
    """Delete the account and all that is the user's alone: here at once, in the other services within seconds."""
    erased = await profile.erase_account(desk, user.user_id, body.password)
    return views.Erased(user_id=user.user_id, organization_ids=erased.deleted)


async def _view(session: AsyncSession, account: Account) -> views.Me:
    project_id = await organizations.first_project(session, account.personal_organization_id)
    return views.me(account, project_id, await organizations.roles_of(session, account.id))
