"""The handler runner: takes messages out of a consumer's inbox, each effect exactly once, in order per subject.

A batch shares one transaction. If one handler of it fails, all is rolled back and every message is done by itself, so
that a poison message costs its neighbours nothing but a repetition that leaves no trace.
"""

import asyncio
import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from harmonic_chassis import claiming, context
from harmonic_chassis.background import Background
from harmonic_chassis.claiming import Claimed
from harmonic_chassis.database import Database
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handler, Message
from harmonic_chassis.retries import Pauses, RetryPolicy
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.envelope import Envelope

log = logging.getLogger(__name__)
POLL_S = 1.0
BATCH = 50
ERROR_LENGTH = 20_000


class _Unreadable(Exception):
    """The message does not fit its declared type: trying again cannot help."""


class HandlerRunner:
    """Runs one consumer's handlers. Any number of runners, in any number of processes, may share a consumer."""

    def __init__(
        self,
        db: Database,
        handlers: Mapping[str, Handler],
        *,
        consumer: str,
        chassis: Any,
        policy: RetryPolicy | None = None,
        batch: int = BATCH,
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._consumer = consumer
        self._chassis = chassis
        self._policy = policy or RetryPolicy()
        self._pauses = Pauses(self._policy)
        self._batch = batch
        self._next_retry: float | None = None
        self._loop = Background(f"handlers-{consumer}", self._round)
        self._forget: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to handle; messages kept while their type was unknown are taken up."""
        async with self._db.transaction() as uow:
            recognized = await claiming.recognize(uow.session, self._consumer, list(self._handlers))
        if recognized:
            log.info("messages of formerly unknown types taken up", extra={"count": recognized})
        self._forget = self._db.on_commit(self._loop.wake.ring, "inbox")
        self._loop.start()

    async def stop(self) -> None:
        """Finish the batch under way."""
        self._forget()
        await self._loop.stop()

    async def kill(self) -> None:
        """Stop as a crash would."""
        self._forget()
        await self._loop.kill()

    async def _round(self) -> float:
        try:
            handled = await self._handle_batch()
        except _BatchFailed as failure:
            await self._handle_singly(failure)
            return 0.0
        return 0.0 if handled else self._pause()

    async def _handle_batch(self) -> int:
        now, paused = self._db.clock.now(), self._pauses.paused(self._db.clock.monotonic())
        claimed: list[Claimed] = []
        culprit: Claimed | None = None
        try:
            async with self._db.transaction() as uow:
                claimed = await claiming.claim(uow.session, self._consumer, now=now, limit=self._batch, paused=paused)
                for culprit in claimed:
                    await self._handle(culprit, uow)
                culprit = None
                if claimed:
                    await claiming.done(uow.session, [row.position for row in claimed])
        except Exception as error:
            if not claimed or _database_lost(error):
                raise
            raise _BatchFailed(claimed, culprit, error) from error
        for row in claimed:
            self._pauses.passed(row.type)
        return len(claimed)

    async def _handle(self, row: Claimed, uow: UnitOfWork) -> None:
        handler = self._handlers.get(row.type)
        if handler is None:
            raise _Unreadable(f"{self._consumer} has no handler for {row.type}: another version of it received this")
        message = _read(row, handler)
        with context.use(message.context):
            async with asyncio.timeout(self._policy.timeout_s):
                await handler.handle(message, uow.within(message.context), self._chassis)
                # Here, so that a constraint violated by this handler is this message's failure.
                await uow.session.flush()

    async def _handle_singly(self, failure: "_BatchFailed") -> None:
        """The claimed messages one by one; the culprit, where it is known, has had this attempt already."""
        if failure.culprit is not None:
            await self._note_failure(failure.culprit, failure.error)
        for row in failure.claimed:
            if row is not failure.culprit and row.type not in self._pauses.paused(self._db.clock.monotonic()):
                await self._handle_alone(row)

    async def _handle_alone(self, row: Claimed) -> None:
        try:
            async with self._db.transaction() as uow:
                again = await claiming.claim_one(uow.session, row.position, now=self._db.clock.now())
                if again is None:
                    return
                await self._handle(again, uow)
                await claiming.done(uow.session, [row.position])
        except Exception as error:
            if _database_lost(error):
                raise
            await self._note_failure(row, error)
        else:
            self._pauses.passed(row.type)

    async def _note_failure(self, row: Claimed, error: Exception) -> None:
        if isinstance(error, DependencyDown):
            await self._wait_for_dependency(row, error)
            return
        attempts = row.attempts + 1
        trace = "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
        final = attempts >= self._policy.max_attempts or isinstance(error, _Unreadable)
        now, delay = self._db.clock.now(), self._policy.delay_s(attempts)
        async with self._db.transaction() as uow:
            if final:
                await claiming.bury(uow.session, row.position, attempts=attempts, at=now, error=trace)
                uow.touch("inbox")
            else:
                due = now + timedelta(seconds=delay)
                await claiming.postpone(uow.session, row.position, attempts=attempts, due_at=due, error=trace)
        if not final:
            self._remember_retry(self._db.clock.monotonic() + delay)
        log.warning(
            "dead letter" if final else "handler failed, tried again later",
            extra={"type": row.type, "subject": row.subject, "attempt": attempts, "error": repr(error)},
        )

    async def _wait_for_dependency(self, row: Claimed, error: DependencyDown) -> None:
        """Not the message's fault: it waits without an attempt; its whole type only when others fare no better."""
        self._pauses.failed(row.type, self._db.clock.monotonic())
        now = self._db.clock.now()
        wait = self._pauses.wait_s((now - row.received_at).total_seconds())
        async with self._db.transaction() as uow:
            due = now + timedelta(seconds=wait)
            await claiming.postpone(uow.session, row.position, attempts=row.attempts, due_at=due, error=repr(error))
        self._remember_retry(self._db.clock.monotonic() + wait)
        log.warning("dependency down, message waits", extra={"type": row.type, "dependency": error.dependency})

    def _remember_retry(self, at: float) -> None:
        self._next_retry = at if self._next_retry is None else min(at, self._next_retry)

    def _pause(self) -> float:
        """How long to sleep: until the next retry known here; those that others noted are found by the poll."""
        if self._next_retry is None:
            return POLL_S
        remaining = self._next_retry - self._db.clock.monotonic()
        if remaining <= 0:
            self._next_retry = None
        return min(POLL_S, max(0.01, remaining))


class _BatchFailed(Exception):
    def __init__(self, claimed: list[Claimed], culprit: Claimed | None, error: Exception) -> None:
        super().__init__(repr(error))
        self.claimed = claimed
        self.culprit = culprit
        self.error = error


def _database_lost(error: Exception) -> bool:
    """Whether our own database went away: then nothing can be noted, and no message is to blame."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _read(row: Claimed, handler: Handler) -> Message[Any]:
    try:
        envelope = Envelope.model_validate_json(row.envelope)
        return Message(handler.model.model_validate(envelope.data or {}), envelope)
    except ValidationError as error:
        raise _Unreadable(f"{row.type} {row.envelope[:200]}: {error}") from error
