"""Roles of members, what each may do, and who may read what."""

from enum import StrEnum

NOBODY = "nobody"
"""The owner of what is private and has lost its maker: those who govern see it."""


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

    def lets_read(self, role: Role | None, *, own: bool) -> bool:
        """Whether somebody with this role (None: no member) may read a universe and all that is made of it. Public:
        everybody. Organization: members. Private: its maker (`own`) while a member, and who governs."""
        if self is Visibility.PUBLIC:
            return True
        if role is None:
            return False
        return self is Visibility.ORGANIZATION or own or role.covers(Role.ADMIN)

    def owner(self, maker: str | None) -> str | None:
        """Whose alone the news of it are: of what is private its maker's, and of all else nobody's alone."""
        return (maker or NOBODY) if self is Visibility.PRIVATE else None
