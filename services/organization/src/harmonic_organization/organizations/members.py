"""Who may give, change and take roles. An organization always has an owner.

| who | may |
|---|---|
| owner | give and take every role |
| admin | give and take admin, editor and viewer |
| anybody | leave, unless they are the last owner |
"""

from collections.abc import Mapping
from enum import StrEnum

from harmonic_contracts.roles import Role


class Refusal(StrEnum):
    """Why a change of members is refused, in words for the person who asked."""

    ROLE = "Only an owner may give or take the owner's role, and only an owner or admin any other."
    LAST_OWNER = "An organization needs an owner. Make somebody else owner first, or delete the organization."
    PERSONAL = "A personal organization belongs to its user alone: its owner cannot change."


class ChangeRefused(Exception):
    """The change of members is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


def check_change(members: Mapping[str, Role], *, actor: str, target: str, role: Role | None, personal: bool) -> None:
    """Check that the actor may give the target this role (none = remove). Raises ChangeRefused."""
    before = members.get(target)
    leaving = actor == target and role is None
    if not leaving and not _may_change(members[actor], before, role):
        raise ChangeRefused(Refusal.ROLE)
    if personal and Role.OWNER in {before, role} and before is not role:
        raise ChangeRefused(Refusal.PERSONAL)
    if before is Role.OWNER and role is not Role.OWNER and owners(members) == [target]:
        raise ChangeRefused(Refusal.LAST_OWNER)


def owners(members: Mapping[str, Role]) -> list[str]:
    """The owners among the members, sorted."""
    return sorted(user_id for user_id, role in members.items() if role is Role.OWNER)


def _may_change(actor: Role, before: Role | None, after: Role | None) -> bool:
    needed = Role.OWNER if Role.OWNER in {before, after} else Role.ADMIN
    return actor.covers(needed)
