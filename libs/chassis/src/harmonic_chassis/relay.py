"""The relay: brings the outbox to the transport and then to the event log, in order, without holes, losing nothing.

One relay of a service leads. Each round is one transaction (log what was delivered, number what is new) and one
publish. A number is durable before the message travels, because consumers remember numbers for ever. Messages travel
without waiting for each other; one that travels behind others of its subject names them, so that a consumer which gets
it first, because the broker refused another, keeps it until that one came.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from harmonic_chassis import tracing
from harmonic_chassis.background import Background
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.event_store import NumberedRow
from harmonic_chassis.lease import Lease
from harmonic_chassis.outbox import numbered
from harmonic_chassis.points import reach
from harmonic_chassis.tables.event_path import outbox
from harmonic_chassis.transport.base import Outcome, Outgoing, Transport
from harmonic_chassis.wake import Gathering

log = logging.getLogger(__name__)
LEFT_BEHIND = 10_000
"""Messages taken up again at once after a change of leader; the rest follows."""


@dataclass(frozen=True, slots=True)
class RelayPace:
    """``batch`` messages a round; a poll as safety net behind the signals; a pause while the transport is down; and a
    rest after each round that sent something, which makes rounds fuller and fewer, here and at every consumer."""

    batch: int = 500
    poll_s: float = 1.0
    retry_s: float = 0.5
    unrouted_retry_s: float = 5.0
    rest_s: float = 0.0


class Relay:
    """One process's relay of one service."""

    def __init__(
        self, db: Database, transport: Transport, *, pace: RelayPace | None = None, lease: Lease | None = None
    ) -> None:
        self._db = db
        self._transport = transport
        self._pace = pace or RelayPace()
        self.lease = lease or Lease(db)
        self._delivered: list[tuple[int, int]] = []
        self._unsent: list[Outgoing] = []
        self._kinds: dict[int, str] = {}
        self._parked_at: float | None = None
        self._looked_at = float("-inf")
        self._gathering = Gathering(self._pace.batch // 8, rest_s=self._pace.rest_s)
        self._loop = Background(f"relay-{db.service}", self._round)
        self._forget: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Begin to lead or to wait for the lead."""
        self._forget = self._db.on_commit(self._loop.wake.ring, "outbox")
        self._loop.start()

    async def stop(self) -> None:
        """Finish the round under way, log what was delivered, and let another lead."""
        self._forget()
        await self._loop.stop()
        if self.lease.held:
            if self._delivered:
                await self._advance(0)
            await self.lease.release()

    async def kill(self) -> None:
        """Stop as a crash would."""
        self._forget()
        await self._loop.kill()

    @property
    def busy(self) -> bool:
        """Whether it holds messages that are not logged yet."""
        return bool(self._unsent or self._delivered)

    async def _round(self) -> float:
        try:
            return await self._lead() if self.lease.held or await self._begin_to_lead() else self._pace.poll_s
        except Exception:
            # What the database holds is uncertain now: begin again from what it says.
            self.lease.lost()
            raise

    async def _lead(self) -> float:
        if not self._unsent:
            await self._gathering.wait()
            self._unsent = await self._advance(self._pace.batch)
            self._gathering.found(len(self._unsent))
            if self._parked_is_due():
                self._unsent = await self._numbered_before()
        if not self._unsent:
            await self.lease.beat()
            return self._pace.poll_s
        await self._publish()
        return self._pace.retry_s if self._unsent else 0.0

    async def _begin_to_lead(self) -> bool:
        now = self._db.clock.monotonic()
        if now - self._looked_at < self._pace.poll_s:
            return False
        self._looked_at = now
        if not await self.lease.acquire():
            return False
        self._delivered = []
        self._unsent = await self._numbered_before()
        log.info("relay leads", extra={"fence": self.lease.fence, "unsent": len(self._unsent)})
        return True

    def _parked_is_due(self) -> bool:
        """Whether what nobody wanted should be tried again."""
        if self._parked_at is None or self._db.clock.monotonic() - self._parked_at < self._pace.unrouted_retry_s:
            return False
        self._parked_at = None
        return True

    async def _publish(self) -> None:
        reach("relay.before_publish")
        began = time.time_ns()
        outcomes = await self._transport.publish(self._unsent)
        reach("relay.confirmed")
        self._db.flow.relayed(len(outcomes), self._unsent[0].id, self._db.clock.now())
        pairs = list(zip(self._unsent, outcomes, strict=True))
        self._unsent = [message for message, outcome in pairs if outcome is Outcome.FAILED]
        if len(self._unsent) == len(pairs):
            # The whole transport is down. The lease is kept: another process would fare no better.
            await self.lease.beat()
        if tracing.active():
            told = [message.body for message, outcome in pairs if outcome is not Outcome.FAILED]
            tracing.published(self._db.service, told, began)
        for message, outcome in pairs:
            if outcome is Outcome.DELIVERED:
                self._delivered.append((message.number, 1))
            elif outcome is Outcome.UNROUTED:
                self._unrouted(message)

    def _unrouted(self, message: Outgoing) -> None:
        """An event that nobody wants is history; a command must be obeyed, so it waits for its owner."""
        if self._kinds.get(message.number) == "command":
            log.warning("nobody obeys this command yet; it waits", extra={"type": message.type, "id": message.id})
            self._parked_at = self._parked_at or self._db.clock.monotonic()
        else:
            log.debug("event without consumer", extra={"type": message.type, "id": message.id})
            self._delivered.append((message.number, 0))

    async def _advance(self, batch: int) -> list[Outgoing]:
        """One transaction: what was delivered goes to the log, what is new gets its numbers. Given up, with the lease,
        when another leads meanwhile."""
        # Logged, or (lease lost, error) to be read again from the database by whoever leads next.
        delivered, self._delivered = self._delivered, []
        reach("leadership.before_beat")
        rows = await self._db.events.advance(delivered, batch, self.lease.fence or 0)
        if rows is None:
            self.lease.lost()
            return []
        self.lease.beaten()
        if delivered:
            reach("relay.logged")
        return self._outgoing(rows)

    async def _numbered_before(self) -> list[Outgoing]:
        """What was numbered and not logged: a former leader's batch, or commands that nobody wanted."""
        self._kinds.clear()
        columns = [outbox.c[name] for name in NumberedRow._fields]
        async with self._db.reading() as session:
            rows = await session.execute(
                select(*columns).where(outbox.c.number.is_not(None)).order_by(outbox.c.number).limit(LEFT_BEHIND)
            )
            return self._outgoing([NumberedRow(*row) for row in rows])

    def _outgoing(self, rows: Sequence[NumberedRow]) -> list[Outgoing]:
        ahead: dict[str, dict[str, int]] = {}
        return [self._one_outgoing(row, ahead.setdefault(row.subject, {})) for row in rows]

    def _one_outgoing(self, row: NumberedRow, ahead: dict[str, int]) -> Outgoing:
        """``ahead`` are the last of each type that travel before it on the same subject. (That one names those before
        itself, so one of a type is enough.)"""
        if row.kind == "command":
            self._kinds[row.number] = row.kind
        after = " ".join(f"{type_}={number}" for type_, number in ahead.items()) if ahead else ""
        ahead[row.type] = row.number
        return Outgoing(row.id, row.type, self._db.service, row.number, numbered(row.envelope, row.number, after))
