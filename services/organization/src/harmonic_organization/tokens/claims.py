"""The claims of every token that the house signs.

Users' tokens are for the whole house (audience ``harmonic``); a service's token names the one service that may accept
it, the organization it may act in and the user it acts for.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from harmonic_contracts.roles import Role

AUDIENCE = "harmonic"
ISSUER = "harmonic-organization"
MAX_ROLES = 64
"""Roles carried in a token. Who is in more organizations is still known to every service by its projection."""


def for_user(
    user_id: str,
    *,
    organization_id: str,
    project_id: str,
    roles: Mapping[str, Role],
    session_id: str | None,
    token_id: str,
    now: datetime,
    lifetime: timedelta,
    api_key_id: str | None = None,
) -> dict[str, Any]:
    """A user's claims. ``sid`` names the session; a token made from an API key has ``key`` in its place."""
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "kind": "user",
        "sub": user_id,
        "org": organization_id,
        "prj": project_id,
        "roles": _bounded(roles, organization_id),
        "jti": token_id,
        **_times(now, lifetime),
    }
    claims |= {"sid": session_id} if session_id else {}
    return claims | ({"key": api_key_id} if api_key_id else {})


def for_service(
    service: str,
    *,
    audience: str,
    organization_id: str | None,
    on_behalf_of: str | None,
    role: Role | None,
    token_id: str,
    now: datetime,
    lifetime: timedelta,
) -> dict[str, Any]:
    """A service's claims: one audience, at most one organization, at most one user it acts for, in that user's role."""
    return {
        "iss": ISSUER,
        "aud": audience,
        "kind": "service",
        "sub": f"service:{service}",
        "org": organization_id,
        "obo": on_behalf_of,
        "roles": {organization_id: role.value} if organization_id and role else {},
        "jti": token_id,
        **_times(now, lifetime),
    }


def _times(now: datetime, lifetime: timedelta) -> dict[str, int]:
    issued = int(now.timestamp())
    return {"iat": issued, "exp": issued + int(lifetime.total_seconds())}


def _bounded(roles: Mapping[str, Role], first: str) -> dict[str, str]:
    ordered = sorted(roles, key=lambda organization_id: (organization_id != first, organization_id))
    return {organization_id: roles[organization_id].value for organization_id in ordered[:MAX_ROLES]}
