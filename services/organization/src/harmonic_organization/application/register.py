"""Registration: a user, a personal organization and a first project, in one transaction."""

from sqlalchemy.exc import IntegrityError

from harmonic_contracts.messages.organization import (
    MemberChanged,
    OrganizationCreated,
    ProjectCreated,
    UserRegistered,
)
from harmonic_contracts.roles import Role
from harmonic_organization.accounts import email as emails
from harmonic_organization.accounts import password as passwords
from harmonic_organization.accounts import throttle
from harmonic_organization.application import grants, refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.application.grants import Grant
from harmonic_organization.store import accounts, attempts

TAKEN = "This e-mail address cannot be registered. If it is yours, sign in."


async def register(desk: Desk, *, email: str, password: str, name: str | None, address: str) -> Grant:
    """Make an account and sign it in. ``address`` is the client's network address.

    A taken address costs as much time as a free one, and the number of attempts from one address is bounded: the 409
    tells no more than it must.
    """
    mailbox, form = _checked(email, password)
    await _throttle(desk, address)
    password_hash = await desk.passwords.hash(form)
    try:
        drafted = await _create(desk, mailbox, name or mailbox.partition("@")[0], password_hash)
    except IntegrityError:
        raise refusals.conflict(TAKEN) from None
    return await grants.sign(desk, drafted)


def _checked(email: str, password: str) -> tuple[str, str]:
    try:
        mailbox = emails.normalised(email)
    except emails.InvalidEmail as reason:
        raise refusals.field("email", str(reason), emails.ALLOWED) from None
    try:
        return mailbox, passwords.checked(password, mailbox)
    except passwords.WeakPassword as reason:
        raise refusals.field("password", str(reason), passwords.ALLOWED) from None


async def _throttle(desk: Desk, address: str) -> None:
    watch = throttle.watch("registration", address, desk.settings.limits["registration"])
    async with desk.db.transaction() as uow:
        wait = await attempts.take(uow.session, [watch], desk.now)
    if wait is not None:
        raise refusals.too_many(wait)


async def _create(desk: Desk, mailbox: str, name: str, password_hash: str) -> grants.Draft:
    now = desk.now
    async with desk.db.transaction() as uow:
        if await accounts.by_email(uow.session, mailbox) is not None:
            raise refusals.conflict(TAKEN)
        account, organization, project = await accounts.add(
            uow.session, email=mailbox, name=name, password_hash=password_hash, now=now
        )
        home = organization.id
        uow.emit(UserRegistered(user_id=account.id, organization_id=home, project_id=project.id))
        uow.emit(OrganizationCreated(organization_id=home, name=organization.name, personal=True))
        uow.emit(MemberChanged(organization_id=home, user_id=account.id, role=Role.OWNER, changed_at=now))
        uow.emit(ProjectCreated(project_id=project.id, organization_id=home, name=project.name))
        return await grants.start(desk, uow.session, account)
