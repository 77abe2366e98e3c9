"""The load: editors who change documents and start simulations through the public API, and keep the ledger.

An editor does one thing after the other, with an Idempotency-Key each, and asks again with the same key until it has an
answer: what it was told is in the ledger, and nothing else has happened.
"""

import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

import aiohttp

from harmonic_standalone.testing.chaos.history import Promised

JOB_SHARE = 0.05
SOUND_SHARE = 0.25
"""The share of the edits that go to the soundscape."""
PATIENCE_S = 180.0
"""No thing may stay unanswered for longer."""
AGAIN = frozenset({429, 500, 502, 503, 504})
WAIT_S, LONGEST_WAIT_S = 0.15, 1.5
"""Before an editor asks again: doubled each time up to the longest, and spread by half of it. Who asks sooner takes the
processor time that the one who died needs to come back."""
UNIVERSE: dict[str, Any] = {"preset": "galilean-moons", "spec": {"duration": 12.0}}
"""A universe whose simulation takes a few milliseconds, in several ticks."""


class Refused(AssertionError):
    """The platform gave an answer that it must not give."""


@dataclass
class Ledger:
    """What the client was told, in memory and as lines of a file."""

    file: TextIO
    documents: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    jobs: list[str] = field(default_factory=list)
    answers: int = 0

    @classmethod
    def at(cls, path: Path) -> "Ledger":
        """A new ledger in this file."""
        return cls(path.open("w", buffering=1))

    def revision(self, service: str, subject: str, revision: int) -> None:
        """A document is at this revision, by an answer."""
        self.documents[(service, subject)].append(revision)
        self._write(service=service, subject=subject, revision=revision)

    def job(self, job_id: str) -> None:
        """A job was accepted."""
        self.jobs.append(job_id)
        self._write(job=job_id)

    @property
    def promised(self) -> Promised:
        """For the checker."""
        return Promised(dict(self.documents), list(self.jobs))

    def _write(self, **entry: object) -> None:
        self.answers += 1
        self.file.write(json.dumps(entry) + "\n")


@dataclass
class Editor:
    """One user at one universe and its soundscape."""

    http: aiohttp.ClientSession
    gateway: str
    token: str
    ledger: Ledger
    chance: random.Random
    universe_id: str = ""
    soundscape: dict[str, Any] = field(default_factory=dict)
    revision: int = 0
    count: int = 0
    retries: Counter[str] = field(default_factory=Counter)
    """By status; by the error's name where there was no answer."""
    visibility: str = "private"

    async def begin(self) -> None:
        """Make the universe and wait for its soundscape."""
        made = await self._ask("POST", "/v1/universes", self._document(), 201)
        self.universe_id, self.revision = made["universe_id"], made["revision"]
        self.ledger.revision("physics", f"universe/{self.universe_id}", self.revision)
        path = f"/v1/soundscapes?universe_id={self.universe_id}"
        while not self.soundscape:
            found = (await self._ask("GET", path, None, 200))["items"]
            self.soundscape = found[0] if found else {}
        self.ledger.revision("audio", self._sound_subject, self.soundscape["revision"])

    async def work(self, enough: Callable[[], bool]) -> None:
        """Edit and simulate until that is enough."""
        while not enough():
            if self.chance.random() < JOB_SHARE:
                await self._simulate()
            elif self.chance.random() < SOUND_SHARE:
                await self._retune()
            else:
                await self._edit()

    def _document(self) -> dict[str, Any]:
        return UNIVERSE | {"name": f"Chaos {self.count}", "visibility": self.visibility}

    @property
    def _sound_subject(self) -> str:
        return f"soundscape/{self.soundscape['soundscape_id']}"

    async def _edit(self) -> None:
        self.count += 1
        path = f"/v1/universes/{self.universe_id}"
        self.revision = (await self._ask("PUT", path, self._document(), 200, self.revision))["revision"]
        self.ledger.revision("physics", f"universe/{self.universe_id}", self.revision)

    async def _retune(self) -> None:
        self.count += 1
        document = self.soundscape["document"] | {"tempo_bpm": 60.0 + self.count % 100}
        path = f"/v1/soundscapes/{self.soundscape['soundscape_id']}"
        self.soundscape = await self._ask("PUT", path, document, 200, self.soundscape["revision"])
        self.ledger.revision("audio", self._sound_subject, self.soundscape["revision"])

    async def _simulate(self) -> None:
        order = {"universe_id": self.universe_id, "seed": self.chance.getrandbits(40)}
        self.ledger.job((await self._ask("POST", "/v1/simulations", order, 202))["simulation_id"])

    async def _ask(self, method: str, path: str, body: Any, expected: int, revision: int | None = None) -> Any:
        """The answer, however often it takes to get it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        if method != "GET":
            headers["Idempotency-Key"] = str(UUID(int=self.chance.getrandbits(128)))
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        wait = WAIT_S
        async with asyncio.timeout(PATIENCE_S):
            while True:
                status, text = await self._once(method, path, body, headers)
                if status == expected:
                    return json.loads(text)
                if status and status not in AGAIN and not (status == 409 and "still at work" in text):
                    raise Refused(f"{method} {path}: {status} {text[:500]}")
                self.retries[str(status) if status else text] += 1
                await asyncio.sleep(wait * self.chance.uniform(0.5, 1.5))
                wait = min(2.0 * wait, LONGEST_WAIT_S)

    async def _once(self, method: str, path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, str]:
        """Status and text; 0 and the error's name where there was no answer."""
        try:
            async with self.http.request(method, self.gateway + path, json=body, headers=headers) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError) as error:
            return 0, type(error).__name__
