"""Events of the organization service: users, organizations, members, projects, keys. No personal data travels."""

from datetime import datetime
from typing import Literal

from harmonic_contracts.base import Identifier, MessageData
from harmonic_contracts.registry import event
from harmonic_contracts.roles import Role


@event("organization.user.registered.v1", subject="user/{user_id}")
class UserRegistered(MessageData):
    """A user has an account, a personal organization and a first project."""

    user_id: Identifier
    organization_id: Identifier
    project_id: Identifier


@event("organization.user.erased.v1", subject="user/{user_id}")
class UserErased(MessageData):
    """An account was deleted: erase what belongs to the user, and the organizations named."""

    user_id: Identifier
    organization_ids: list[Identifier]


@event("organization.organization.created.v1", subject="organization/{organization_id}")
class OrganizationCreated(MessageData):
    """An organization exists."""

    organization_id: Identifier
    name: str
    personal: bool


@event("organization.organization.deleted.v1", subject="organization/{organization_id}")
class OrganizationDeleted(MessageData):
    """An organization and all it owned is gone."""

    organization_id: Identifier


@event("organization.member.changed.v1", subject="organization/{organization_id}")
class MemberChanged(MessageData):
    """A user's role in an organization is now this one; none means that the user is no member any more."""

    organization_id: Identifier
    user_id: Identifier
    role: Role | None
    changed_at: datetime


@event("organization.project.created.v1", subject="project/{project_id}")
class ProjectCreated(MessageData):
    """A project exists."""

    project_id: Identifier
    organization_id: Identifier
    name: str


@event("organization.project.changed.v1", subject="project/{project_id}")
class ProjectChanged(MessageData):
    """A project has another name."""

    project_id: Identifier
    organization_id: Identifier
    name: str


@event("organization.project.deleted.v1", subject="project/{project_id}")
class ProjectDeleted(MessageData):
    """A project and all in it is gone."""

    project_id: Identifier
    organization_id: Identifier


@event("organization.api_key.revoked.v1", subject="user/{user_id}")
class ApiKeyRevoked(MessageData):
    """An API key is void."""

    key_id: Identifier
    user_id: Identifier


@event("organization.organization.changed.v1", subject="organization/{organization_id}")
class OrganizationChanged(MessageData):
    """An organization has another name."""

    organization_id: Identifier
    name: str


@event("organization.api_key.created.v1", subject="user/{user_id}")
class ApiKeyCreated(MessageData):
    """An API key exists."""

    key_id: Identifier
    user_id: Identifier


@event("organization.password.changed.v1", subject="user/{user_id}")
class PasswordChanged(MessageData):
    """A user has another password; every other session of the user has ended."""

    user_id: Identifier


@event("organization.session.revoked.v1", subject="user/{user_id}")
class SessionRevoked(MessageData):
    """A session has ended before its time; `reused` tells that somebody showed a refresh token twice."""

    user_id: Identifier
    session_id: Identifier
    reason: Literal["logout", "password", "reused"]
