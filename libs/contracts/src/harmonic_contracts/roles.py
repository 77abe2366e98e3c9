"""Roles of members, and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what the needed one may."""
        order = [Role.VIEWER, Role.EDITOR, Role.ADMIN, Role.OWNER]
        return order.index(self) >= order.index(needed)


class Visibility(StrEnum):
    PRIVATE = "private"
    ORGANIZATION = "organization"
    PUBLIC = "public"
