"""Who sees what: one model for rows, events and artifacts.

A thing belongs to an organization and may have an owner. Without one, every member sees it; with one, only the owner,
while a member, and those who govern the organization: such is all that tells of a private universe.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import ColumnElement, and_, or_

from harmonic_contracts.roles import NOBODY, Role, Visibility

if TYPE_CHECKING:
    from harmonic_chassis.uow import UnitOfWork

PUBLIC = "public"
"""The grant that lets everybody read."""
_GOVERNORS = "those who govern"


@dataclass(frozen=True)
class Reader:
    """The eyes of a caller: the organizations with the role in each, those that it governs, and who it is."""

    user_id: str
    roles: Mapping[str, Role]
    governed: frozenset[str]

    @classmethod
    def of(cls, user_id: str, roles: Mapping[str, Role], *, whole: bool = False) -> "Reader":
        """A user with these roles; `whole` for a service at its own work, which sees all of its organization."""
        governed = frozenset(each for each, role in roles.items() if whole or role.covers(Role.ADMIN))
        return cls(user_id, roles, governed)

    def sees(self, organization_id: str, owner_id: str | None) -> bool:
        """Whether the thing may be known."""
        if organization_id not in self.roles:
            return False
        return owner_id is None or owner_id == self.user_id or organization_id in self.governed

    def condition(self, organization_id: Any, owner_id: Any) -> ColumnElement[bool]:
        """The same for rows, by their columns."""
        shown = or_(owner_id.is_(None), owner_id == self.user_id, organization_id.in_(self.governed))
        return and_(organization_id.in_(list(self.roles)), shown)

    @property
    def grants(self) -> list[str]:
        """The names under which artifacts are granted to this reader."""
        own = [_part_of(each, self.user_id) for each in self.roles]
        return [PUBLIC, *self.roles, *own, *(_part_of(each, _GOVERNORS) for each in self.governed)]


class Owned:
    """A row of a table with the columns `visibility` and `created_by`: who made it, None once erased."""

    visibility: Any
    created_by: Any

    @property
    def owner_id(self) -> str | None:
        """Whose alone the news and artifacts of it are; None: every member's."""
        return Visibility(self.visibility).owner(self.created_by)


async def owned(uow: "UnitOfWork", table: type[Owned], key: str) -> "UnitOfWork":
    """The unit of work in which all that is said, started and kept has the row's owner; as it is where there is no such
    row here."""
    row = await uow.session.get(table, key)
    return uow if row is None else uow.owned_by(row.owner_id)


def granted_to(organization_id: str, owner_id: str | None, *, public: bool) -> set[str]:
    """The names of all who may read an artifact."""
    if owner_id is None:
        return {organization_id, PUBLIC} if public else {organization_id}
    named = set() if owner_id == NOBODY else {_part_of(organization_id, owner_id)}
    return named | {_part_of(organization_id, _GOVERNORS)}


def _part_of(organization_id: str, who: str) -> str:
    """A name of 36 characters, as long as an organization's own id."""
    return str(uuid5(NAMESPACE_OID, f"{organization_id}/{who}"))
