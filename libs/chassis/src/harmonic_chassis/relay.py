"""The relay: brings the outbox to the transport and then to the event log, in order, without holes, losing nothing.

One relay of a service leads. Each round is one transaction (log what was delivered, number what is new) and one
publish. A number is durable before the message travels, because consumers remember numbers for ever.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from harmonic_chassis.background import Background
from harmonic_chassis.database import Database
from harmonic_chassis.lease import NAME, Lease
from harmonic_chassis.outbox import numbered
from harmonic_chassis.tables.event_path import event_log, outbox, relay_lease
from harmonic_chassis.transport.base import Outcome, Outgoing, Transport

log = logging.getLogger(__name__)
LEFT_BEHIND = 10_000
"""Messages taken up again at once after a change of leader; the rest follows."""
LOGGED = ("number", "id", "type", "kind", "subject", "sequence", "organization_id", "envelope", "time")


@dataclass(frozen=True, slots=True)
class RelayPace:
    """``batch`` messages a round; a poll as safety net behind the signals; a pause while the transport is down."""

    batch: int = 256
    poll_s: float = 1.0
    retry_s: float = 0.5
    unrouted_retry_s: float = 5.0


@dataclass(frozen=True, slots=True)
class _Delivered:
    number: int
    routed: bool


class _LeaseLost(Exception):
    pass


class Relay:
    """One process's relay of one service."""

    def __init__(
        self, db: Database, transport: Transport, *, pace: RelayPace | None = None, lease: Lease | None = None
    ) -> None:
        self._db = db
        self._transport = transport
        self._pace = pace or RelayPace()
        self.lease = lease or Lease(db)
        self._delivered: list[_Delivered] = []
        self._unsent: list[Outgoing] = []
        self._kinds: dict[int, str] = {}
        self._parked_at: float | None = None
        self._looked_at = float("-inf")
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
            self._unsent = await self._advance(self._pace.batch)
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
        outcomes = await self._transport.publish(self._unsent)
        pairs = list(zip(self._unsent, outcomes, strict=True))
        self._unsent = [message for message, outcome in pairs if outcome is Outcome.FAILED]
        if len(self._unsent) == len(pairs):
            # The whole transport is down. The lease is kept: another process would fare no better.
            await self.lease.beat()
        for message, outcome in pairs:
            if outcome is Outcome.DELIVERED:
                self._delivered.append(_Delivered(message.number, True))
            elif outcome is Outcome.UNROUTED:
                self._unrouted(message)

    def _unrouted(self, message: Outgoing) -> None:
        """An event that nobody wants is history; a command must be obeyed, so it waits for its owner."""
        if self._kinds.get(message.number) == "command":
            log.warning("nobody obeys this command yet; it waits", extra={"type": message.type, "id": message.id})
            self._parked_at = self._parked_at or self._db.clock.monotonic()
        else:
            log.debug("event without consumer", extra={"type": message.type, "id": message.id})
            self._delivered.append(_Delivered(message.number, False))

    async def _advance(self, batch: int) -> list[Outgoing]:
        """One transaction: what was delivered goes to the log, what is new gets its numbers. Given up, with the lease,
        when another leads meanwhile."""
        try:
            async with self._db.transaction() as uow:
                if self._delivered:
                    await _to_log(uow.session, self._delivered)
                rows = await _unnumbered(uow.session, batch) if batch else []
                first = await self._take_numbers(uow.session, len(rows)) if rows or self._delivered else 0
                if rows:
                    await _number(uow.session, rows, first)
        except _LeaseLost:
            self.lease.lost()
            return []
        finally:
            # Logged, or (lease lost, error) to be read again from the database by whoever leads next.
            self._delivered = []
        return [self._outgoing(row, first + place) for place, row in enumerate(rows)]

    async def _take_numbers(self, session: AsyncSession, count: int) -> int:
        """The first of ``count`` fresh numbers. It is a beat of the lease as well."""
        taken = await session.execute(
            update(relay_lease)
            .where(relay_lease.c.name == NAME, relay_lease.c.fence == self.lease.fence)
            .values(numbered=relay_lease.c.numbered + count, beat=relay_lease.c.beat + 1)
            .returning(relay_lease.c.numbered)
        )
        last: int | None = taken.scalar_one_or_none()
        if last is None:
            raise _LeaseLost
        return last - count + 1

    async def _numbered_before(self) -> list[Outgoing]:
        """What was numbered and not logged: a former leader's batch, or commands that nobody wanted."""
        self._kinds.clear()
        async with self._db.reading() as session:
            rows = await session.execute(
                select(outbox).where(outbox.c.number.is_not(None)).order_by(outbox.c.number).limit(LEFT_BEHIND)
            )
            return [self._outgoing(row, row.number) for row in rows]

    def _outgoing(self, row: Any, number: int) -> Outgoing:
        if row.kind == "command":
            self._kinds[number] = row.kind
        return Outgoing(row.id, row.type, self._db.service, number, numbered(row.envelope, number))


async def _unnumbered(session: AsyncSession, batch: int) -> Sequence[Any]:
    columns = (outbox.c.position, outbox.c.id, outbox.c.type, outbox.c.kind, outbox.c.envelope)
    found = await session.execute(
        select(*columns).where(outbox.c.number.is_(None)).order_by(outbox.c.position).limit(batch)
    )
    return found.all()


async def _number(session: AsyncSession, rows: Sequence[Any], first: int) -> None:
    """Number the rows, in order, in one round trip."""
    statement = update(outbox).where(outbox.c.position == bindparam("at")).values(number=bindparam("given"))
    await session.execute(statement, [{"at": row.position, "given": first + place} for place, row in enumerate(rows)])


async def _to_log(session: AsyncSession, delivered: Sequence[_Delivered]) -> None:
    """Move delivered messages to the log. Two statements (four when some had no consumer)."""
    for routed in (True, False):
        numbers = [each.number for each in delivered if each.routed is routed]
        if numbers:
            logged = [outbox.c[name] for name in LOGGED]
            query = select(*logged, literal(int(routed))).where(outbox.c.number.in_(numbers))
            await session.execute(insert(event_log).from_select([*LOGGED, "routed"], query))
            await session.execute(delete(outbox).where(outbox.c.number.in_(numbers)))
