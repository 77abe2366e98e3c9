"""Members: a role given, changed or taken, one after another in each organization."""

from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import MemberChanged
from harmonic_contracts.roles import Role
from harmonic_organization.application import refusals
from harmonic_organization.application.organizations import MAX_ORGANIZATIONS
from harmonic_organization.organizations.members import ChangeRefused, Refusal, check_change
from harmonic_organization.store import accounts, organizations


async def change(uow: UnitOfWork, organization_id: str, *, actor: str, target: str, role: Role | None) -> bool:
    """Give the target this role, or none; whether the target was a member before.

    404 for an actor who is no member or a target to remove who is none, 403 for a role too low, 409 for the last owner.
    """
    session = uow.session
    organization = await organizations.lock(session, organization_id)
    members = await organizations.members(session, organization_id)
    if organization is None or actor not in members:
        raise refusals.not_found()
    _check(members, actor=actor, target=target, role=role, personal=organization.personal)
    before = members.get(target)
    if before is None:
        await _check_new(uow, target, role)
    if before is not role:
        now = uow.clock.now()
        await organizations.set_role(session, organization_id, target, role, now)
        uow.emit(MemberChanged(organization_id=organization_id, user_id=target, role=role, changed_at=now))
    return before is not None


def _check(members: dict[str, Role], *, actor: str, target: str, role: Role | None, personal: bool) -> None:
    try:
        check_change(members, actor=actor, target=target, role=role, personal=personal)
    except ChangeRefused as refused:
        answer = refusals.forbidden if refused.refusal is Refusal.ROLE else refusals.conflict
        raise answer(refused.refusal.value) from None


async def _check_new(uow: UnitOfWork, target: str, role: Role | None) -> None:
    if role is None or await accounts.by_id(uow.session, target) is None:
        raise refusals.not_found()
    if len(await organizations.roles_of(uow.session, target)) >= MAX_ORGANIZATIONS:
        raise refusals.conflict("That user is in too many organizations already.")
