"""A player: a fresh account of its own at a running platform, and what tests do with it through the public API."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from harmonic_chassis.testing.house import eventually
from harmonic_client import Harmonic
from harmonic_client.credentials import Credentials, MemoryStore
from harmonic_client.models import Soundscape, Universe, files_of
from harmonic_contracts.operations import Operation

SMALL: dict[str, Any] = {
    "name": "A small gas",
    "system": "particles",
    "spec": {
        "duration": 6.0,
        "frame_interval": 0.05,
        "size": [2.0, 2.0],
        "random": [{"count": 12, "speed": 1.5, "radius_min": 0.04, "radius_max": 0.1}],
    },
}
"""A universe of which a performance takes a second or two."""

SHORT: dict[str, Any] = {"length_s": 6.0, "tail_s": 1.0}
"""Changes to a soundscape that make its sound short."""


@dataclass(frozen=True)
class Answer:
    """An answer of the gateway, problem or not."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        import orjson

        return orjson.loads(self.body)


@dataclass
class Player:
    """Somebody who is signed in."""

    harmonic: Harmonic
    email: str
    password: str
    who: Credentials

    async def universe(self, document: Mapping[str, Any], sound: Mapping[str, Any] | None = None) -> Universe:
        """A new universe, its soundscape changed at the top level by `sound`."""
        universe = await self.harmonic.universes.create(document)
        if sound:
            await self.retune(universe.universe_id, sound)
        return universe

    async def soundscape(self, universe_id: str) -> Soundscape:
        """The soundscape of a universe, waiting for the default one."""
        found = await eventually(lambda: self.harmonic.soundscapes.of_universe(universe_id), 30.0)
        assert found is not None
        return found

    async def retune(self, universe_id: str, changes: Mapping[str, Any]) -> Soundscape:
        """Change the soundscape of a universe."""
        found = await self.soundscape(universe_id)
        document = {**(found.model_extra or {})["document"], **changes}
        return await self.harmonic.soundscapes.replace(found.soundscape_id, document, revision=found.revision)

    async def perform(self, universe_id: str) -> Operation:
        """A performance from its beginning to its end."""
        begun = await self.harmonic.performances.create(universe_id)
        return await self.harmonic.operations.wait(begun.operation_id)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        **request: Any,
    ) -> Answer:
        """One request as it is, without retries; `request` as aiohttp takes it."""
        own = {"Authorization": f"Bearer {self.who.access_token}"} if signed else {}
        timeout = aiohttp.ClientTimeout(total=60)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, self.harmonic.gateway + path, headers={**own, **(headers or {})}, **request) as got,
        ):
            return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, await got.read())


@asynccontextmanager
async def signed_up(url: str) -> AsyncIterator[Player]:
    """A new account: its organization has no results that could be taken from a cache."""
    email, password = f"player-{secrets.token_hex(6)}@example.org", secrets.token_urlsafe(18)
    async with Harmonic(url, store=MemoryStore()) as harmonic:
        who = await harmonic.auth.register(email, password)
        yield Player(harmonic, email, password, who)


def hashes(operation: Operation) -> dict[str, str]:
    """The SHA-256 of each file that an operation gave."""
    return {file.name: file.artifact.sha256 for file in files_of(operation)}
