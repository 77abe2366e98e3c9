"""Sign-in by password. Unknown address and wrong password are one answer, in the same time."""

from harmonic_organization.accounts import email as emails
from harmonic_organization.accounts import password as passwords
from harmonic_organization.accounts import throttle
from harmonic_organization.accounts.throttle import Watch
from harmonic_organization.application import grants, refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.application.grants import Grant
from harmonic_organization.store import accounts, attempts
from harmonic_organization.store.tables import Account

WRONG = "The e-mail address or the password is wrong."


async def login(desk: Desk, *, email: str, password: str, address: str) -> Grant:
    """Sign in with a new session. ``address`` is the client's network address."""
    mailbox = _mailbox(email)
    narrow, wide = _watches(desk, mailbox, address)
    await take_attempt(desk, [narrow, *wide])
    account = await proven(desk, mailbox, password)
    if account is None:
        raise refusals.unauthenticated(WRONG)
    renewed = await _renewed(desk, account, password)
    async with desk.db.transaction() as uow:
        current = await accounts.by_id(uow.session, account.id)
        if current is None or current.password_hash != account.password_hash:
            raise refusals.unauthenticated(WRONG)
        current.password_hash = renewed or current.password_hash
        await attempts.forgive(uow.session, narrow, wide)
        drafted = await grants.start(desk, uow.session, current)
    return await grants.sign(desk, drafted)


async def proven(desk: Desk, mailbox: str, password: str) -> Account | None:
    """The account, if the password is its own. Takes as long for an address that nobody has."""
    async with desk.db.reading() as session:
        account = await accounts.by_email(session, mailbox)
    known = account.password_hash if account else None
    return account if await desk.passwords.verify(passwords.prepared(password), known) else None


async def take_attempt(desk: Desk, watches: list[Watch]) -> None:
    """Count an attempt; refuse it when there were too many."""
    async with desk.db.transaction() as uow:
        wait = await attempts.take(uow.session, watches, desk.now)
    if wait is not None:
        raise refusals.too_many(wait)


def _mailbox(email: str) -> str:
    """What is no address belongs to nobody, and is answered like an unknown one."""
    try:
        return emails.normalised(email)
    except emails.InvalidEmail:
        return email.strip().lower()


def _watches(desk: Desk, mailbox: str, address: str) -> tuple[Watch, list[Watch]]:
    limits = desk.settings.limits
    narrow = throttle.watch("account+address", f"{mailbox}\0{address}", limits["account+address"])
    wide = [
        throttle.watch("account", mailbox, limits["account"]),
        throttle.watch("address", address, limits["address"]),
    ]
    return narrow, wide


async def _renewed(desk: Desk, account: Account, password: str) -> str | None:
    """A hash with the parameters of today, where the stored one was made with others."""
    if not desk.passwords.outdated(account.password_hash):
        return None
    return await desk.passwords.hash(passwords.prepared(password))
