"""The handler runner: takes messages out of a consumer's inbox, each effect exactly once, in order per subject.

A batch shares one transaction, and what its handlers add to the session is written together at its end. If one handler
of it fails, all is rolled back and every message is done by itself, so that a poison message costs its neighbours
nothing but a repetition that leaves no trace.
"""

import asyncio
import heapq
import logging
import sqlite3
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from harmonic_chassis import claiming, context, tracing
from harmonic_chassis.background import Background
from harmonic_chassis.clock_steps import StepWatch, mend_inbox
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.event_store import ClaimedRow
from harmonic_chassis.dialects.trouble import database_away
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.handlers import Handler, Message
from harmonic_chassis.points import reach
from harmonic_chassis.retries import Pauses, RetryPolicy
from harmonic_chassis.uow import UnitOfWork
from harmonic_chassis.wake import Gathering
from harmonic_contracts.envelope import Envelope

log = logging.getLogger(__name__)
POLL_S = 1.0
LOOK_S, LATE_S = 0.01, 0.05
"""A retry is looked for at once when it is due, and for a little longer: the wall clock may be a little behind."""
BATCH = 200
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
        self._batch = self._heads = batch
        self._retries: list[float] = []
        self._steps = StepWatch(db.clock)
        self._gathering = Gathering(batch // 8)
        self._loop = Background(f"handlers-{consumer}", self._round)
        self._forget: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to handle; messages kept while their type was unknown are taken up."""
        async with self._db.transaction() as uow:
            recognized = await claiming.recognize(uow.session, self._consumer, list(self._handlers))
        if recognized:
            log.info("messages of formerly unknown types taken up", extra={"count": recognized})
        await self._mend_times()
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

    async def _mend_times(self) -> None:
        """Nothing waits for a time that a step of the clock has taken back."""
        await mend_inbox(self._db, self._consumer, max(self._policy.cap_s, self._policy.pause_cap_s))

    async def _round(self) -> float:
        if self._steps.stepped_back():
            await self._mend_times()
        await self._gathering.wait()
        try:
            handled = await self._handle_batch()
        except _BatchFailed as failure:
            await self._handle_singly(failure)
            return 0.0
        self._gathering.found(handled)
        return 0.0 if handled else self._pause()

    async def _handle_batch(self) -> int:
        now, paused = self._db.clock.now(), self._pauses.paused(self._db.clock.monotonic())
        claimed: list[ClaimedRow] = []
        culprit: ClaimedRow | None = None
        try:
            async with self._db.transaction(handling=True) as uow:
                claimed = await uow.events.claim(
                    uow.session, self._consumer, now=now, heads=self._heads, followers=self._batch, paused=paused
                )
                for culprit in claimed:
                    await self._handle(culprit, uow)
                culprit = None
                if claimed:
                    await uow.flush()
                    await uow.events.done(uow.session, [row.position for row in claimed])
                    reach("handler.before_commit")
        except Exception as error:
            if not claimed or _database_lost(error):
                raise
            raise _BatchFailed(claimed, culprit, error) from error
        if claimed:
            reach("handler.committed")
            oldest = min(row.received_at for row in claimed)
            self._db.flow.handled(self._consumer, len(claimed), oldest, self._db.clock.now())
        for row in claimed:
            self._pauses.passed(row.type)
        self._heads = self._fewer_heads(claimed)
        return len(claimed)

    def _fewer_heads(self, claimed: Sequence[ClaimedRow]) -> int:
        """How many subjects to take next: a batch in all, where subjects are as long as those of the last one. (To find
        a head, the database looks at all that waits before it.)"""
        subjects = len({(row.source, row.subject) for row in claimed})
        return max(self._batch // 10, self._batch * subjects // len(claimed)) if claimed else self._batch

    async def _handle(self, row: ClaimedRow, uow: UnitOfWork) -> None:
        handler = self._handlers.get(row.type)
        if handler is None:
            raise _Unreadable(f"{self._consumer} has no handler for {row.type}: another version of it received this")
        message = _read(row, handler)
        spanning = tracing.processing(self._db.service, self._consumer, row.type, message.context)
        with spanning as chain, context.use(chain):
            async with asyncio.timeout(self._policy.timeout_s):
                await handler.handle(message, uow.within(chain), self._chassis)

    async def _handle_singly(self, failure: "_BatchFailed") -> None:
        """The claimed messages one by one; the culprit, where it is known, has had this attempt already."""
        if failure.culprit is not None:
            await self._note_failure(failure.culprit, failure.error)
        for row in failure.others:
            if row.type not in self._pauses.paused(self._db.clock.monotonic()):
                await self._handle_alone(row)

    async def _handle_alone(self, row: ClaimedRow) -> None:
        try:
            async with self._db.transaction(handling=True) as uow:
                again = await claiming.claim_one(uow.session, row.position, now=self._db.clock.now())
                if again is None:
                    return
                await self._handle(again, uow)
                await uow.flush()
                await uow.events.done(uow.session, [row.position])
        except Exception as error:
            if _database_lost(error):
                raise
            await self._note_failure(row, error)
        else:
            self._db.flow.tried(self._consumer, "handled")
            self._pauses.passed(row.type)

    async def _note_failure(self, row: ClaimedRow, error: Exception) -> None:
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
        self._db.flow.tried(self._consumer, "dead" if final else "failed")
        if not final:
            self._remember_retry(self._db.clock.monotonic() + delay)
        log.warning(
            "dead letter" if final else "handler failed, tried again later",
            extra={"type": row.type, "subject": row.subject, "attempt": attempts, "error": repr(error)},
        )

    async def _wait_for_dependency(self, row: ClaimedRow, error: DependencyDown) -> None:
        """Not the message's fault: it waits without an attempt; its whole type only when others fare no better."""
        self._pauses.failed(row.type, self._db.clock.monotonic())
        now = self._db.clock.now()
        wait = self._pauses.wait_s((now - row.received_at).total_seconds())
        async with self._db.transaction() as uow:
            due = now + timedelta(seconds=wait)
            await claiming.postpone(uow.session, row.position, attempts=row.attempts, due_at=due, error=repr(error))
        self._db.flow.tried(self._consumer, "waited")
        self._remember_retry(max(self._db.clock.monotonic() + wait, self._pauses.until(row.type)))
        log.warning("dependency down, message waits", extra={"type": row.type, "dependency": error.dependency})

    def _remember_retry(self, at: float) -> None:
        heapq.heappush(self._retries, at)

    def _pause(self) -> float:
        """How long to sleep: until the next retry known here; those that others noted are found by the poll."""
        now = self._db.clock.monotonic()
        while self._retries and self._retries[0] < now - LATE_S:
            heapq.heappop(self._retries)
        return min(POLL_S, max(LOOK_S, self._retries[0] - now)) if self._retries else POLL_S


class _BatchFailed(Exception):
    """``raised`` is the message in whose handler the batch failed; None when it failed as a whole.

    An error of the database may come from what an earlier handler left to be written: then ``raised`` is no proven
    culprit. It is done by itself as well, but last.
    """

    def __init__(self, claimed: list[ClaimedRow], raised: ClaimedRow | None, error: Exception) -> None:
        super().__init__(repr(error))
        proven = len(claimed) == 1 or raised is claimed[0] or not isinstance(error, SQLAlchemyError)
        suspect = claimed[0] if len(claimed) == 1 else raised
        self.error = error
        self.culprit = suspect if proven else None
        others = [row for row in claimed if row is not suspect]
        self.others = others if suspect is None or proven else [*others, suspect]


def _database_lost(error: Exception) -> bool:
    """Whether our own database went away: then nothing can be noted, and no message is to blame."""
    return isinstance(error, (DBAPIError, sqlite3.Error)) and database_away(error)


def _read(row: ClaimedRow, handler: Handler) -> Message[Any]:
    try:
        envelope = Envelope.model_validate_json(row.envelope)
        return Message(handler.model.model_validate(envelope.data or {}), envelope)
    except ValidationError as error:
        raise _Unreadable(f"{row.type} {row.envelope[:200]}: {error}") from error
