"""Tokens for what is no person at a keyboard: services by client credentials, programs by API key."""

import hmac
from datetime import timedelta

from harmonic_chassis.ids import new_id
from harmonic_contracts.roles import Role
from harmonic_organization.application import grants, refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.store import accounts, api_keys, organizations
from harmonic_organization.tokens import claims, secrets

ANSWERED = timedelta(minutes=1)
"""How exactly an API key remembers when it was last used: a write for each exchange would cost too much."""


async def for_service(
    desk: Desk, *, service: str, secret: str, audience: str, organization_id: str | None, on_behalf_of: str | None
) -> tuple[str, int]:
    """A service's token for another service, and the seconds that it is good for. 401 for wrong credentials."""
    check_credentials(desk, service, secret)
    seconds = desk.settings.service_token_s
    own = claims.for_service(
        service,
        audience=audience,
        organization_id=organization_id,
        on_behalf_of=on_behalf_of,
        role=await _role(desk, organization_id, on_behalf_of),
        token_id=new_id(),
        now=desk.now,
        lifetime=timedelta(seconds=seconds),
    )
    return await desk.keyring.sign(own), seconds


def check_credentials(desk: Desk, service: str, secret: str) -> None:
    """401 unless the secret is the service's own. Unknown services take the same path."""
    known = desk.settings.service_secrets.get(service)
    expected = known.get_secret_value() if known else new_id()
    if not hmac.compare_digest(expected.encode(), secret.encode()) or known is None:
        raise refusals.unauthenticated("The client credentials are wrong.")


async def for_api_key(desk: Desk, text: str) -> tuple[str, int]:
    """A user's short token for an API key. 401 for a key that is malformed, void or run out: all one answer."""
    now, seconds = desk.now, desk.settings.api_key_token_s
    if not secrets.is_api_key(text):
        raise _void()
    async with desk.db.reading() as session:
        key = await api_keys.by_digest(session, secrets.digest(text), now)
        account = await accounts.by_id(session, key.user_id) if key else None
        if key is None or account is None:
            raise _void()
        own = await grants.user_claims(desk, session, account, lifetime_s=seconds, api_key_id=key.id)
    if key.used_at is None or now - key.used_at > ANSWERED:
        async with desk.db.transaction() as uow:
            await api_keys.touch(uow.session, key.id, now)
    return await desk.keyring.sign(own), seconds


async def _role(desk: Desk, organization_id: str | None, user_id: str | None) -> Role | None:
    if organization_id is None or user_id is None:
        return None
    async with desk.db.reading() as session:
        return await organizations.role_of(session, organization_id, user_id)


def _void() -> Exception:
    return refusals.unauthenticated("The API key is void.")
