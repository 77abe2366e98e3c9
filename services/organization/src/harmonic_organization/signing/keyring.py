"""The keyring: signs tokens with the key whose time it is, publishes the keys that check them, and turns keys over.

Keys come from the database, where every replica finds the same ones; or one key comes from the settings, and then the
operator turns it over.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy.exc import IntegrityError

from harmonic_chassis.clock import Clock
from harmonic_chassis.database import Database
from harmonic_chassis.tokens import Claims, TokenSigner
from harmonic_organization.signing import keys
from harmonic_organization.store import signing_keys
from harmonic_organization.tokens import rotation
from harmonic_organization.tokens.rotation import KeyLife, Plan

FRESH_S = 30.0
PUBLISHED_S = 1.0
"""How long, at most, a new key stays unpublished: verifiers ask when they meet a key id that they do not know."""


@dataclass(frozen=True)
class _Ring:
    lives: tuple[KeyLife, ...]
    keys: dict[int, OKPKey]
    read_at: float


class Keyring:
    """The signing keys of the house."""

    def __init__(self, db: Database, clock: Clock, plan: Plan, secret: str, fixed: OKPKey | None = None) -> None:
        self._db, self._clock, self._plan, self._secret, self._fixed = db, clock, plan, secret, fixed
        self._ring: _Ring | None = None
        self._reading = asyncio.Lock()

    async def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWS of the claims."""
        key = await self._signing_key()
        return TokenSigner(dict(key.as_dict(private=True))).sign(Claims.model_validate(claims))

    async def public(self) -> dict[str, Any]:
        """The key set that checks every token not yet run out; at most a second old."""
        return {"keys": [keys.public(key) for key in await self._all()]}

    async def turn(self) -> list[str]:
        """Make the next key when it is due and drop those that no token needs; what was done, in words.

        Two processes that do it at once end with one new key: numbers have no holes, and the second insert is refused.
        """
        if self._fixed is not None:
            return []
        try:
            done = await self._turn()
        except IntegrityError:
            done = []
        self._ring = None
        return done

    async def _turn(self) -> list[str]:
        async with self._db.transaction() as uow:
            lives = [KeyLife(row.number, row.signs_from) for row in await signing_keys.all_of_them(uow.session)]
            now, done = self._clock.now(), []
            if (start := rotation.next_start(lives, self._plan, now)) is not None:
                number = max((life.number for life in lives), default=0) + 1
                await signing_keys.add(uow.session, number, keys.generate(), self._secret, start)
                done.append(f"made key {number}, which signs from {start.isoformat()}")
            if gone := [life.number for life in rotation.outlived(lives, self._plan, now)]:
                await signing_keys.remove(uow.session, gone)
                done.append(f"dropped keys {gone}")
            return done

    async def _signing_key(self) -> OKPKey:
        if self._fixed is not None:
            return self._fixed
        ring = await self._read(FRESH_S)
        life = rotation.signing(ring.lives, self._clock.now())
        if life is None:
            await self.turn()
            ring = await self._read(FRESH_S)
            life = rotation.signing(ring.lives, self._clock.now())
        if life is None:
            raise RuntimeError("no signing key is in its time: is the clock of this machine right?")
        return ring.keys[life.number]

    async def _all(self) -> Sequence[OKPKey]:
        if self._fixed is not None:
            return [self._fixed]
        ring = await self._read(PUBLISHED_S)
        return [ring.keys[life.number] for life in ring.lives]

    async def _read(self, max_age_s: float) -> _Ring:
        async with self._reading:
            ring = self._ring
            if ring is None or self._clock.monotonic() - ring.read_at > max_age_s:
                async with self._db.reading() as session:
                    rows = await signing_keys.all_of_them(session)
                opened = {row.number: keys.unlock(row.locked, self._secret) for row in rows}
                lives = tuple(KeyLife(row.number, row.signs_from) for row in rows)
                ring = self._ring = _Ring(lives, opened, self._clock.monotonic())
        return ring
