"""What goes when a user goes: the organizations that nobody else is in, and every membership."""

from collections.abc import Mapping
from dataclasses import dataclass

from harmonic_contracts.roles import Role
from harmonic_organization.organizations.members import owners


@dataclass(frozen=True)
class Erasure:
    """Organizations that go with the user, those that the user leaves, and those that stand in the way."""

    deleted: list[str]
    left: list[str]
    orphaned: list[str]
    """The user is the last owner, but others are in it: they must get an owner first."""


def plan(user_id: str, organizations: Mapping[str, Mapping[str, Role]], personal: str) -> Erasure:
    """Sort the user's organizations (id -> members) by what happens to them. The personal one always goes."""
    deleted, left, orphaned = [], [], []
    for organization_id in sorted(organizations):
        members = organizations[organization_id]
        if organization_id == personal or set(members) == {user_id}:
            deleted.append(organization_id)
        elif owners(members) == [user_id]:
            orphaned.append(organization_id)
        else:
            left.append(organization_id)
    return Erasure(deleted, left, orphaned)
