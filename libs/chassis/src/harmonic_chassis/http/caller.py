"""Who calls: the verified token of a request, and what its bearer may do in an organization."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.access import Directory, effective_role
from harmonic_chassis.http.problem_documents import ProblemError
from harmonic_chassis.readers import Reader
from harmonic_chassis.tokens import Claims, TokenRefused
from harmonic_contracts import problems
from harmonic_contracts.roles import Role

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis


@dataclass(frozen=True)
class Caller:
    """A verified caller. `organization_id` and `project_id` are where new things go when the request names none."""

    user_id: str
    """The user's id, or `service:<name>` where a service calls on its own behalf."""
    organization_id: str
    project_id: str
    kind: Literal["user", "service"]
    key_id: str | None
    service: str | None
    issued_at: datetime
    expires_at: datetime
    """When the token ends: what it opened, such as a stream, ends with it."""
    claimed: Mapping[str, Role]
    directory: Directory = field(repr=False, compare=False)

    @property
    def identity(self) -> str:
        """Who it is, for keys of its own: a service acting for a user is not the user."""
        return f"{self.service}/{self.user_id}" if self.service else self.user_id

    @property
    def acts_alone(self) -> bool:
        """Whether this is a service at its own work, on behalf of nobody."""
        return self.service is not None and self.user_id.startswith("service:")

    async def role_in(self, session: AsyncSession, organization_id: str) -> Role | None:
        """The role in an organization, by the projection first and the token second; None: not a member."""
        claimed = self.claimed.get(organization_id)
        if self.acts_alone:
            return claimed
        known = await self.directory.membership(session, organization_id, self.user_id)
        return effective_role(known, claimed, self.issued_at)

    async def require(self, session: AsyncSession, organization_id: str, needed: Role = Role.VIEWER) -> Role:
        """The role, or 404 for who is no member and 403 for whose role is too low."""
        role = await self.role_in(session, organization_id)
        if role is None:
            raise ProblemError(problems.NOT_FOUND)
        if not role.covers(needed):
            raise ProblemError(
                problems.FORBIDDEN, detail=f"This needs the role {needed.value}; yours here is {role.value}"
            )
        return role

    async def require_project(self, session: AsyncSession, project_id: str, needed: Role = Role.EDITOR) -> str:
        """The organization of a project in which the caller has the role; 404 for an unknown or foreign project."""
        home = await self.directory.project(session, project_id)
        if home is not None and home.deleted:
            raise ProblemError(problems.NOT_FOUND)
        if home is None and project_id != self.project_id:
            raise ProblemError(problems.NOT_FOUND)
        organization_id = home.organization_id if home else self.organization_id
        await self.require(session, organization_id, needed)
        return organization_id

    async def organizations(self, session: AsyncSession) -> dict[str, Role]:
        """Every organization that the caller may read, with the role there: the scope of lists."""
        if self.acts_alone:
            return dict(self.claimed)
        known = await self.directory.memberships(session, self.user_id)
        found = {
            organization_id: effective_role(
                known.get(organization_id), self.claimed.get(organization_id), self.issued_at
            )
            for organization_id in {*known, *self.claimed}
        }
        return {organization_id: role for organization_id, role in found.items() if role is not None}

    async def reader(self, session: AsyncSession) -> Reader:
        """What the caller may see of the things of organizations."""
        return Reader.of(self.user_id, await self.organizations(session), whole=self.acts_alone)


def caller_of(claims: Claims, directory: Directory) -> Caller:
    """The caller that good claims make. A service that acts for nobody may read its token's
    organization; one that acts for a user has that user's role, which organization put into the token."""
    service = claims.sub.removeprefix("service:") if claims.kind == "service" else None
    claimed = dict(claims.roles)
    if service is not None and claims.org is not None and claims.obo is None:
        claimed = {claims.org: Role.VIEWER}
    return Caller(
        user_id=(claims.obo or claims.sub) if service else claims.sub,
        organization_id=claims.org or "",
        project_id=claims.prj or "",
        kind=claims.kind,
        key_id=claims.key,
        service=service,
        issued_at=claims.issued_at,
        expires_at=claims.expires_at,
        claimed=claimed,
        directory=directory,
    )


def unauthenticated(why: str, *, error: str | None = "invalid_token") -> ProblemError:
    """401 with the challenge that RFC 6750 wants."""
    challenge = 'Bearer realm="harmonic"' + (f', error="{error}", error_description="{why}"' if error else "")
    return ProblemError(problems.UNAUTHENTICATED, detail=why, headers={"WWW-Authenticate": challenge})


def bearer_of(authorization: str | None) -> str:
    """The token of an Authorization header, the only place where one is looked for. Raises 401."""
    if not authorization:
        raise unauthenticated("Send your token: Authorization: Bearer ...", error=None)
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("The Authorization header must be: Bearer <token>", error="invalid_request")
    return token.strip()


async def authenticate(chassis: "Chassis", token: str) -> Caller:
    """The caller of a token; also for tokens that arrive another way, as on a WebSocket. Raises 401."""
    try:
        claims = await chassis.tokens.verify(token)
    except TokenRefused as error:
        raise unauthenticated(str(error)) from None
    return caller_of(claims, chassis.directory)


_scheme = HTTPBearer(auto_error=False, description="Access token of `POST /v1/auth/login`")
"""For the OpenAPI document alone; what it parses is not used."""


async def _caller(request: Request, _documented: Annotated[object, Depends(_scheme)] = None) -> Caller:
    caller = await authenticate(request.app.state.chassis, bearer_of(request.headers.get("authorization")))
    request.state.caller = caller
    return caller


async def service_only(caller: Annotated[Caller, Depends(_caller)]) -> Caller:
    """A dependency that lets only services in; for others the route is not there."""
    if caller.kind != "service":
        raise ProblemError(problems.NOT_FOUND)
    return caller


CallerDep = Annotated[Caller, Depends(_caller)]
ServiceCallerDep = Annotated[Caller, Depends(service_only)]
