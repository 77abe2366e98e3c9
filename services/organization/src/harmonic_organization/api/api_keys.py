"""``/v1/api-keys``: long-lived keys for programs, each shown once. Delete a key whose reply was lost."""

from datetime import timedelta

from fastapi import APIRouter, Response

from harmonic_chassis.http import ReadingDep, Reply, WriteDep
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.base import Identifier
from harmonic_contracts.messages.organization import ApiKeyCreated, ApiKeyRevoked
from harmonic_organization.api import views
from harmonic_organization.api.signed_in import DeskDep, PersonDep
from harmonic_organization.application import refusals
from harmonic_organization.store import api_keys
from harmonic_organization.tokens.secrets import new_api_key

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"])


@router.get("")
async def list_api_keys(user: PersonDep, session: ReadingDep) -> list[views.ApiKeyView]:
    """The user's keys, oldest first, without what makes them work."""
    return [views.api_key(row) for row in await api_keys.of_user(session, user.user_id)]


@router.post("", status_code=201, response_model=views.NewApiKey)
async def create_api_key(body: views.ApiKeyInput, user: PersonDep, desk: DeskDep, write: WriteDep) -> Response:
    """A new key. This reply is the only one that shows it: it is not stored, so a replay does not show it again."""

    async def change(uow: UnitOfWork) -> Reply:
        if await api_keys.count(uow.session, user.user_id) >= desk.settings.api_keys_each:
            raise refusals.conflict(f"You have {desk.settings.api_keys_each} keys already. Delete one first.")
        secret, now = new_api_key(), desk.now
        until = now + timedelta(days=body.expires_in_days) if body.expires_in_days else None
        row = await api_keys.add(uow.session, user.user_id, body.name, secret, now=now, expires_at=until)
        uow.emit(ApiKeyCreated(key_id=row.id, user_id=user.user_id))
        view = views.NewApiKey(**views.api_key(row).model_dump(), api_key=secret.text)
        headers = {"Location": f"/v1/api-keys/{row.id}", "Cache-Control": "no-store"}
        return Reply(201, view, headers=headers, shown_once=True)

    return await write(change)


@router.delete("/{key_id}", status_code=204)
async def delete_api_key(key_id: Identifier, user: PersonDep, write: WriteDep) -> Response:
    """Void a key. Tokens already made from it run out within minutes."""

    async def change(uow: UnitOfWork) -> Reply:
        if not await api_keys.remove(uow.session, user.user_id, key_id):
            raise refusals.not_found()
        uow.emit(ApiKeyRevoked(key_id=key_id, user_id=user.user_id))
        return Reply(204)

    return await write(change)
