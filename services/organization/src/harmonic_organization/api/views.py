"""What clients send and see."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from harmonic_contracts.base import Identifier
from harmonic_contracts.roles import Role
from harmonic_organization.application.grants import Grant
from harmonic_organization.store.tables import Account, ApiKey, Member, Organization, Project

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Password = Annotated[str, Field(max_length=1024, examples=["correct horse battery staple"])]
"""The rules of a password are the domain's; this bound only keeps what is read small."""
Email = Annotated[str, Field(max_length=320, examples=["ada@example.org"])]
Opaque = Annotated[str, Field(min_length=1, max_length=200)]


class Input(BaseModel):
    """A request body: a field that is not known is a mistake, and is refused."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Registration(Input):
    """A new account."""

    email: Email
    password: Password
    name: Name | None = Field(default=None, description="How to address the user; without it, the part before the @")


class Credentials(Input):
    """A sign-in."""

    email: Email
    password: Password


class Refresh(Input):
    """A refresh token."""

    refresh_token: Opaque


class Tokens(BaseModel):
    """A session: the access token for the Authorization header, the refresh token for the next pair."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 the name of a scheme
    expires_in: int = Field(description="Seconds that the access token is good for")
    refresh_token: str = Field(description="Good once: each refresh gives the next")
    refresh_expires_at: datetime
    user_id: Identifier
    organization_id: Identifier
    project_id: Identifier


class Renaming(Input):
    """Another name."""

    name: Name


class PasswordChange(Input):
    """Another password."""

    current_password: Password
    new_password: Password


class Erasure(Input):
    """The deletion of an account, proven by its password."""

    password: Password


class Erased(BaseModel):
    """What the deletion takes away; the other services follow by event."""

    user_id: Identifier
    organization_ids: list[Identifier]


class Me(BaseModel):
    """The user who asks."""

    user_id: Identifier
    email: str
    name: str
    organization_id: Identifier = Field(description="The personal organization")
    project_id: Identifier = Field(description="Its first project")
    roles: dict[Identifier, Role]
    revision: int
    created_at: datetime


class ApiKeyInput(Input):
    """A new API key."""

    name: Name
    expires_in_days: int | None = Field(default=None, ge=1, le=3660)


class ApiKeyView(BaseModel):
    """An API key as it stays visible."""

    key_id: Identifier
    name: str
    start: str = Field(description="How the key begins")
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class NewApiKey(ApiKeyView):
    """An API key, shown this once."""

    api_key: str


class OrganizationView(BaseModel):
    """An organization, and the asking user's role in it."""

    organization_id: Identifier
    name: str
    personal: bool
    role: Role
    revision: int
    created_at: datetime
    updated_at: datetime


class MemberInput(Input):
    """A role to give."""

    role: Role


class MemberView(BaseModel):
    """A member of an organization."""

    organization_id: Identifier
    user_id: Identifier
    name: str
    role: Role
    joined_at: datetime


class ProjectInput(Input):
    """A new project."""

    name: Name
    organization_id: Identifier | None = Field(default=None, description="Without it, the personal organization")


class ProjectView(BaseModel):
    """A project."""

    project_id: Identifier
    organization_id: Identifier
    name: str
    revision: int
    created_at: datetime
    updated_at: datetime


def tokens(grant: Grant) -> Tokens:
    return Tokens(
        access_token=grant.access_token,
        expires_in=grant.expires_in,
        refresh_token=grant.refresh_token,
        refresh_expires_at=grant.refresh_expires_at,
        user_id=grant.user_id,
        organization_id=grant.organization_id,
        project_id=grant.project_id,
    )


def me(account: Account, project_id: str, roles: dict[str, Role]) -> Me:
    return Me(
        user_id=account.id,
        email=account.email,
        name=account.name,
        organization_id=account.personal_organization_id,
        project_id=project_id,
        roles=roles,
        revision=account.revision,
        created_at=account.created_at,
    )


def api_key(row: ApiKey) -> ApiKeyView:
    return ApiKeyView(
        key_id=row.id,
        name=row.name,
        start=row.start,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )


def organization(row: Organization, role: Role | str) -> OrganizationView:
    return OrganizationView(
        organization_id=row.id,
        name=row.name,
        personal=row.personal,
        role=Role(role),
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def member(row: Member, name: str) -> MemberView:
    return MemberView(
        organization_id=row.organization_id,
        user_id=row.user_id,
        name=name,
        role=Role(row.role),
        joined_at=row.joined_at,
    )


def project(row: Project) -> ProjectView:
    return ProjectView(
        project_id=row.id,
        organization_id=row.organization_id,
        name=row.name,
        revision=row.revision,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
