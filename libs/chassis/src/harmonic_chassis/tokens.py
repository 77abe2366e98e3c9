"""Bearer tokens: EdDSA-signed JWTs of minutes, made by organization and verified by every service itself.

The algorithm is fixed here and never read from the token, so a token cannot choose how it is checked (RFC 8725, 3.1).
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry, extract_compact
from pydantic import BaseModel, ConfigDict, ValidationError

from harmonic_chassis.clock import Clock
from harmonic_contracts.roles import Role

ALGORITHM = "EdDSA"
ISSUER = "harmonic-organization"
USER_AUDIENCE = "harmonic"
LEEWAY_S = 5.0
KEYS_FRESH_S = 300.0
KEYS_REFETCH_S = 2.0
CACHE_SIZE = 2048

Jwks = Mapping[str, Any]


class _OneAlgorithm(JWSRegistry):
    """Knows EdDSA alone. (joserfc would warn that RFC 9864 renames it; `EdDSA` is what clients' libraries know.)"""

    def get_alg(self, name: str) -> Any:
        if name != ALGORITHM:
            raise UnsupportedAlgorithmError(f"{name} is not accepted")
        return self.algorithms[name]


_REGISTRY = _OneAlgorithm(algorithms=[ALGORITHM])


class TokenRefused(Exception):
    """The token proves nothing; the message says why, in words safe to show."""


class KeysUnavailable(Exception):
    """The keys that verify tokens could not be had from organization."""


class Claims(BaseModel):
    """What a token states. `org` and `prj` are the defaults of the caller; `obo` is whom a service acts for;
    `key` is the API key and `sid` the session that the token was made from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: str
    kind: Literal["user", "service"]
    aud: str
    iss: str = ISSUER
    iat: float
    exp: float
    org: str | None = None
    prj: str | None = None
    obo: str | None = None
    key: str | None = None
    sid: str | None = None
    roles: dict[str, Role] = {}
    jti: str | None = None

    @property
    def issued_at(self) -> datetime:
        return datetime.fromtimestamp(self.iat, UTC)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self.exp, UTC)


def generate_key(kid: str) -> dict[str, Any]:
    """A new private Ed25519 key as a JWK."""
    return dict(OKPKey.generate_key("Ed25519", {"kid": kid, "use": "sig", "alg": ALGORITHM}).as_dict(private=True))


def public_jwks(private_keys: list[dict[str, Any]]) -> dict[str, Any]:
    """The JWKS document that publishes the public halves of these keys."""
    keys = [OKPKey.import_key(key).as_dict(private=False) for key in private_keys]
    return {"keys": [{"use": "sig", "alg": ALGORITHM, **key} for key in keys]}


class TokenSigner:
    """Signs claims with one private key; only organization has one."""

    def __init__(self, private_key: dict[str, Any]) -> None:
        self._key = OKPKey.import_key(private_key)
        self._header = {"alg": ALGORITHM, "kid": private_key["kid"], "typ": "JWT"}

    def sign(self, claims: Claims) -> str:
        """The compact token."""
        return jwt.encode(
            self._header, claims.model_dump(mode="json", exclude_none=True), self._key, registry=_REGISTRY
        )


class TokenVerifier:
    """Verifies tokens for one service. Keys are cached, and fetched again when a token names an unknown one."""

    def __init__(self, service: str, fetch_jwks: Callable[[], Awaitable[Jwks]], clock: Clock) -> None:
        self._audiences = {"user": USER_AUDIENCE, "service": service}
        self._fetch = fetch_jwks
        self._clock = clock
        self._keys: KeySet | None = None
        self._kids: frozenset[str] = frozenset()
        self._fetched_at = float("-inf")
        self._fetching = asyncio.Lock()
        self._verified: dict[bytes, Claims] = {}

    async def verify(self, token: str) -> Claims:
        """The claims of a good token. Raises TokenRefused or KeysUnavailable."""
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        await self._refresh(self._clock.monotonic() - self._fetched_at > KEYS_FRESH_S)
        claims = self._verified.get(digest)
        if claims is None:
            claims = await self._check_signature(token)
            self._remember(digest, claims)
        self._check_claims(claims)
        return claims

    async def _check_signature(self, token: str) -> Claims:
        kid = _kid(token)
        stale = self._clock.monotonic() - self._fetched_at > KEYS_REFETCH_S
        await self._refresh(kid not in self._kids and stale)
        if self._keys is None or kid not in self._kids:
            raise TokenRefused("The token is signed with an unknown key")
        try:
            return Claims.model_validate(jwt.decode(token, self._keys, registry=_REGISTRY).claims)
        except ValidationError:
            raise TokenRefused("The token lacks claims") from None
        except (JoseError, ValueError):
            raise TokenRefused("The token's signature is wrong") from None

    def _check_claims(self, claims: Claims) -> None:
        now = self._clock.now().timestamp()
        if claims.exp + LEEWAY_S <= now:
            raise TokenRefused("The token has expired")
        if claims.iat - 60 > now:
            raise TokenRefused("The token is from the future")
        if claims.iss != ISSUER or claims.aud != self._audiences[claims.kind]:
            raise TokenRefused("The token is meant for another audience")

    async def _refresh(self, wanted: bool) -> None:
        if not wanted:
            return
        seen = self._fetched_at
        async with self._fetching:
            if self._fetched_at != seen:
                return
            try:
                keys = KeySet([OKPKey.import_key(key) for key in (await self._fetch())["keys"]])
            except Exception as error:
                if self._keys is None:
                    raise KeysUnavailable("The keys of organization could not be fetched") from error
                self._fetched_at = self._clock.monotonic() - KEYS_FRESH_S + KEYS_REFETCH_S  # old keys, soon asked again
                return
            self._keys, self._kids = keys, frozenset(str(key.kid) for key in keys.keys)
            self._fetched_at = self._clock.monotonic()
            self._verified.clear()  # a key that is gone must not go on verifying

    def _remember(self, digest: bytes, claims: Claims) -> None:
        if len(self._verified) >= CACHE_SIZE:
            self._verified.pop(next(iter(self._verified)))
        self._verified[digest] = claims


def _kid(token: str) -> str:
    """The key id that the token names; the rest of its header is not trusted."""
    try:
        header = extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError):
        raise TokenRefused("This is no token") from None
    if header.get("alg") != ALGORITHM:
        raise TokenRefused("The token is signed by another algorithm")
    return str(header.get("kid", ""))
