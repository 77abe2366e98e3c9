"""A user's own account: the name, the password, the deletion."""

from dataclasses import replace

from harmonic_chassis.context import MessageContext, current
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import PasswordChanged, SessionRevoked
from harmonic_organization.accounts import password as passwords
from harmonic_organization.accounts import throttle
from harmonic_organization.application import refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.application.erase import erase
from harmonic_organization.application.login import proven, take_attempt
from harmonic_organization.organizations.erasure import Erasure
from harmonic_organization.store import accounts, attempts, sessions
from harmonic_organization.store.tables import Account

WRONG = "is not your password"


def acting(user_id: str) -> MessageContext:
    """The context of what this user does."""
    return replace(current(), actor_id=user_id)


async def rename(uow: UnitOfWork, account: Account, name: str) -> None:
    """Give a user another name. No event: names are personal and do not travel."""
    account.name, account.updated_at = name, uow.clock.now()
    account.revision += 1
    await uow.session.flush()


async def change_password(desk: Desk, user_id: str, session_id: str, *, old: str, new: str) -> None:
    """Set another password and end every session but the one that asks."""
    account = await prove(desk, user_id, old, field="current_password")
    try:
        form = passwords.checked(new, account.email)
    except passwords.WeakPassword as reason:
        raise refusals.field("new_password", str(reason), passwords.ALLOWED) from None
    password_hash = await desk.passwords.hash(form)
    async with desk.db.transaction(acting(user_id)) as uow:
        now = desk.now
        current_account = await accounts.by_id(uow.session, user_id)
        if current_account is None or current_account.password_hash != account.password_hash:
            raise refusals.conflict("The password was changed meanwhile. Sign in again.")
        current_account.password_hash, current_account.updated_at = password_hash, now
        ended = await sessions.revoke_others(uow.session, user_id, session_id, now)
        uow.emit(PasswordChanged(user_id=user_id))
        for other in ended:
            uow.emit(SessionRevoked(user_id=user_id, session_id=other, reason="password"))


async def erase_account(desk: Desk, user_id: str, password: str) -> Erasure:
    """Erase the user, here and, by the event, everywhere."""
    await prove(desk, user_id, password, field="password")
    return await erase(desk, user_id)


async def prove(desk: Desk, user_id: str, password: str, *, field: str) -> Account:
    """The account, when the password is right. Guesses are counted: a stolen token must not find the password."""
    async with desk.db.reading() as session:
        account = await accounts.by_id(session, user_id)
    if account is None:
        raise refusals.not_found()
    watch = throttle.watch("proof", user_id, desk.settings.limits["account+address"])
    await take_attempt(desk, [watch])
    if await proven(desk, account.email, password) is None:
        raise refusals.field(field, WRONG)
    async with desk.db.transaction() as uow:
        await attempts.forgive(uow.session, watch, [])
    return account
