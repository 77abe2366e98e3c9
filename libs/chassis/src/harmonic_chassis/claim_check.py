"""The claim check: data too large for the wire lies with its producer as an artifact, and is fetched before handling.

The artifact is pinned by the holder ``message/<id>`` for as long as the message is in the log.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select, update

from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.background import Background
from harmonic_chassis.database import Database
from harmonic_chassis.inbox import PENDING
from harmonic_chassis.tables.event_path import inbox
from harmonic_chassis.uow import ClaimCheck, UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/json"
NOBODY = "00000000-0000-7000-8000-000000000000"
"""Holds the data of messages that belong to no organization."""
POLL_S = 5.0
RETRY_S = 2.0


class ArtifactClaimCheck:
    """Keeps the data with the service's artifacts."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def put(self, uow: UnitOfWork, message_id: str, data: bytes, *, organization_id: str | None) -> str:
        ref = await self._artifacts.put_bytes(data, MEDIA_TYPE)
        await uow.keep(ref, holder=f"message/{message_id}", organization_id=organization_id or NOBODY)
        return ref.sha256

    async def get(self, source: str, sha256: str, size: int, *, organization_id: str | None) -> bytes:
        ref = ArtifactRef(sha256=sha256, media_type=MEDIA_TYPE, size_bytes=size, producer=source)
        path = await self._artifacts.fetch(ref, organization_id=organization_id or NOBODY, on_behalf_of=None)
        return path.read_bytes()


class ClaimFetcher:
    """Brings the data of received messages into the inbox; until then they, and what follows them, wait."""

    def __init__(self, db: Database, claim_check: ClaimCheck, *, retry_s: float = RETRY_S) -> None:
        self._db = db
        self._retry_s = retry_s
        self._claim_check = claim_check
        self.loop = Background(f"claims-{db.service}", self._round)
        self._forget: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin; also with what an earlier process left."""
        self._forget = self._db.on_commit(self.loop.wake.ring, "remote")
        self.loop.start()

    async def stop(self) -> None:
        """Finish the round under way."""
        self._forget()
        await self.loop.stop()

    async def kill(self) -> None:
        """Stop as a crash would."""
        self._forget()
        await self.loop.kill()

    async def _round(self) -> float:
        async with self._db.reading() as session:
            waiting = await session.execute(
                select(inbox.c.position, inbox.c.envelope).where(
                    PENDING, inbox.c.remote == 1, inbox.c.due_at <= self._db.clock.now()
                )
            )
            rows = waiting.all()
        brought = [await self._bring(position, orjson.loads(envelope)) for position, envelope in rows]
        return POLL_S if all(brought) else self._retry_s

    async def _bring(self, position: int, envelope: dict[str, Any]) -> bool:
        try:
            data = await self._claim_check.get(
                envelope["source"],
                envelope["dataref"],
                envelope["datasize"],
                organization_id=envelope.get("organizationid"),
            )
        except Exception as error:
            # Whatever the reason, the data is not here: this is no attempt of the handler.
            log.warning("data of a message not fetched yet", extra={"id": envelope["id"], "error": repr(error)})
            due = self._db.clock.now() + timedelta(seconds=self._retry_s)
            await self._update(position, due_at=due, error=repr(error))
            return False
        whole = orjson.dumps({**envelope, "data": orjson.Fragment(data)}).decode()
        await self._update(position, envelope=whole, remote=0, error=None)
        return True

    async def _update(self, position: int, **values: object) -> None:
        async with self._db.transaction() as uow:
            await uow.session.execute(update(inbox).where(inbox.c.position == position, PENDING).values(**values))
            uow.touch("inbox")
