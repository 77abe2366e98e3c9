"""Who comes in: a bearer token is verified before any service is troubled, and an API key is turned into a token.

Services verify the token again for themselves; the gate only keeps the unknown out early. An exchanged key is
remembered for at most 30 seconds, or until its revocation is heard of.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256

from harmonic_chassis.clock import Clock
from harmonic_contracts import problems
from harmonic_gateway.routing.problems import Refused

API_KEY_PREFIX = "hu_"
KEY_MEMORY_S = 30.0
_REMEMBERED = 4096


@dataclass(frozen=True)
class Verified:
    """What a good token says."""

    subject: str
    expires_at: float
    key_id: str | None = None


@dataclass(frozen=True)
class Admission:
    """A caller who may come in, and the token that the services will see."""

    subject: str
    token: str
    expires_at: float


Verify = Callable[[str], Awaitable[Verified]]
"""Verifies a JWT of a user; raises Refused(401)."""
Exchange = Callable[[str], Awaitable[str]]
"""Gives the JWT for an API key; raises Refused(401) for a void key, 502 where organization does not answer."""


class Gate:
    """Admits callers."""

    def __init__(self, verify: Verify, exchange: Exchange, clock: Clock) -> None:
        self._verify = verify
        self._exchange = exchange
        self._clock = clock
        self._keys: OrderedDict[str, tuple[Admission, str | None, float]] = OrderedDict()

    async def admit(self, authorization: str | None) -> Admission:
        """Admit the bearer of this Authorization header. Raises Refused."""
        credential = _bearer(authorization)
        if credential.startswith(API_KEY_PREFIX):
            return await self._admit_key(credential)
        verified = await self._verify(credential)
        return Admission(verified.subject, credential, verified.expires_at)

    def forget_key(self, key_id: str) -> None:
        """Drop what is remembered of a revoked API key."""
        for digest in [digest for digest, (_, known, _) in self._keys.items() if known == key_id]:
            del self._keys[digest]

    async def _admit_key(self, key: str) -> Admission:
        digest = sha256(key.encode()).hexdigest()
        kept = self._keys.get(digest)
        if kept is not None and self._clock.monotonic() < kept[2]:
            return kept[0]
        token = await self._exchange(key)
        verified = await self._verify(token)
        admission = Admission(verified.subject, token, verified.expires_at)
        self._keys[digest] = (admission, verified.key_id, self._clock.monotonic() + KEY_MEMORY_S)
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        return admission


def _bearer(authorization: str | None) -> str:
    if not authorization:
        raise unauthenticated("Send `Authorization: Bearer TOKEN`; get a token from POST /v1/auth/login.")
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise unauthenticated("The Authorization header must read `Bearer TOKEN`.")
    return credential.strip()


def unauthenticated(detail: str) -> Refused:
    """The refusal of a caller without a good token."""
    return Refused(problems.UNAUTHENTICATED, detail, {"www-authenticate": "Bearer"})
