"""Deletion of an account: everything here at once, everything elsewhere by the event."""

from dataclasses import replace
from datetime import datetime

from harmonic_chassis import forgetting
from harmonic_chassis.context import current
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.organization import (
    MemberChanged,
    OrganizationDeleted,
    ProjectDeleted,
    UserErased,
)
from harmonic_organization.application import refusals
from harmonic_organization.application.desk import Desk
from harmonic_organization.organizations import erasure
from harmonic_organization.organizations.erasure import Erasure
from harmonic_organization.store import accounts, organizations
from harmonic_organization.store.tables import Account


async def erase(desk: Desk, user_id: str) -> Erasure:
    """Erase a user, the personal organization and those that nobody else is in. 409 where others need an owner."""
    async with desk.db.transaction(replace(current(), actor_id=user_id)) as uow:
        account = await accounts.by_id(uow.session, user_id)
        if account is None:
            raise refusals.not_found()
        plan = await _plan(uow, account)
        if plan.orphaned:
            raise refusals.conflict(
                f"You are the last owner of {', '.join(plan.orphaned)}, where others are members: make one of them "
                "owner, or delete the organization, and try again."
            )
        now = desk.now
        for organization_id in plan.left:
            await organizations.set_role(uow.session, organization_id, user_id, None, now)
            uow.emit(MemberChanged(organization_id=organization_id, user_id=user_id, role=None, changed_at=now))
        for organization_id in plan.deleted:
            await empty(uow, organization_id, now)
        await accounts.remove(uow.session, user_id)
        await forgetting.erase_user(uow.session, user_id)
        for organization_id in plan.deleted:
            await organizations.remove(uow.session, organization_id)
        uow.emit(UserErased(user_id=user_id, organization_ids=plan.deleted))
    return plan


async def empty(uow: UnitOfWork, organization_id: str, now: datetime) -> None:
    """Take away projects and members of an organization, and say so; its row is removed by the caller."""
    for user_id in sorted(await organizations.members(uow.session, organization_id)):
        await organizations.set_role(uow.session, organization_id, user_id, None, now)
        uow.emit(MemberChanged(organization_id=organization_id, user_id=user_id, role=None, changed_at=now))
    for project_id in await organizations.remove_projects(uow.session, organization_id):
        uow.emit(ProjectDeleted(project_id=project_id, organization_id=organization_id))
    uow.emit(OrganizationDeleted(organization_id=organization_id))


async def _plan(uow: UnitOfWork, account: Account) -> Erasure:
    own = sorted(await organizations.roles_of(uow.session, account.id))
    for organization_id in own:
        await organizations.lock(uow.session, organization_id)
    members = {organization_id: await organizations.members(uow.session, organization_id) for organization_id in own}
    return erasure.plan(account.id, members, account.personal_organization_id)
