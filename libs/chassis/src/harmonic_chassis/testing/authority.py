"""An authority for tests of a single service: signs tokens with the house's own signer, and answers where organization
would: keys and service tokens."""

import json
import time
from typing import Any

from starlette.types import Receive, Scope, Send

from harmonic_chassis.ids import new_id
from harmonic_chassis.tokens import USER_AUDIENCE, Claims, TokenSigner, generate_key, public_jwks
from harmonic_contracts.roles import Role

LIFETIME_S = 600.0


class Authority:
    """Holds one key. As an ASGI app it serves the two routes of organization that services call."""

    def __init__(self) -> None:
        self.keys = [generate_key(new_id())]
        self.roles: dict[tuple[str, str], Role | None] = {}
        """(organization, user) -> role, for tokens on behalf of users. Who is not here is a viewer; None: no member."""

    def user_token(
        self,
        user_id: str,
        organization_id: str,
        role: Role | None,
        *,
        project_id: str,
        issued_at: float | None = None,
        lifetime_s: float = LIFETIME_S,
    ) -> str:
        """A user's token, with the claim of one role."""
        begin = time.time() if issued_at is None else issued_at
        if role is not None:
            self.roles[(organization_id, user_id)] = role
        return self.sign(
            Claims(
                sub=user_id,
                kind="user",
                aud=USER_AUDIENCE,
                iat=begin,
                exp=begin + lifetime_s,
                org=organization_id,
                prj=project_id,
                roles={organization_id: role} if role else {},
            )
        )

    def service_token(
        self, service: str, audience: str, organization_id: str | None = None, on_behalf_of: str | None = None
    ) -> str:
        """A service's token for another service."""
        role = self.roles.get((organization_id or "", on_behalf_of or ""), Role.VIEWER)
        now = time.time()
        return self.sign(
            Claims(
                sub=f"service:{service}",
                kind="service",
                aud=audience,
                iat=now,
                exp=now + LIFETIME_S,
                org=organization_id,
                obo=on_behalf_of,
                roles={organization_id: role} if organization_id and role else {},
            )
        )

    def sign(self, claims: Claims) -> str:
        """Sign with the newest key."""
        return TokenSigner(self.keys[-1]).sign(claims)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: dict[str, Any] = json.loads((await receive()).get("body") or b"{}")
        if scope["path"] == "/.well-known/jwks.json":
            status, answer = 200, public_jwks(self.keys)
        elif scope["path"] == "/internal/service-tokens":
            token = self.service_token(
                asked["service"], asked["audience"], asked["organization_id"], asked["on_behalf_of"]
            )
            status, answer = 200, {"token": token, "expires_in": LIFETIME_S}
        else:
            status, answer = 404, {}
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
