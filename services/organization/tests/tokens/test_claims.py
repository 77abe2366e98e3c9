"""The claims that the house signs."""

from datetime import UTC, datetime, timedelta

from harmonic_chassis import tokens as chassis_tokens
from harmonic_chassis.tokens import Claims
from harmonic_contracts.roles import Role
from harmonic_organization.tokens import claims

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _user(roles: dict[str, Role]) -> dict[str, object]:
    return claims.for_user(
        "user", organization_id="home", project_id="project", roles=roles, session_id="session", token_id="jti",
        now=NOW, lifetime=timedelta(minutes=10),
    )  # fmt: skip


def test_every_service_understands_them() -> None:
    """The chassis reads the claims of users and services as what they say."""
    read = Claims.model_validate(_user({"home": Role.OWNER}))
    assert (read.sub, read.org, read.prj, read.kind, read.sid) == ("user", "home", "project", "user", "session")
    assert read.roles == {"home": Role.OWNER}
    assert read.exp - read.iat == 600
    assert (read.iss, read.aud) == (chassis_tokens.ISSUER, chassis_tokens.USER_AUDIENCE)
    service = claims.for_service(
        "audio", audience="physics", organization_id="o", on_behalf_of="u", role=Role.EDITOR, token_id="jti",
        now=NOW, lifetime=timedelta(minutes=5),
    )  # fmt: skip
    read = Claims.model_validate(service)
    assert (read.sub, read.aud, read.org, read.obo, read.kind) == ("service:audio", "physics", "o", "u", "service")
    assert read.roles == {"o": Role.EDITOR}


def test_a_token_stays_small_for_whoever_is_everywhere() -> None:
    """At most 64 roles travel, the personal organization's always."""
    carried = _user({f"o{i:03}": Role.VIEWER for i in range(200)} | {"home": Role.OWNER})["roles"]
    assert isinstance(carried, dict)
    assert len(carried) == claims.MAX_ROLES
    assert carried["home"] == "owner"
