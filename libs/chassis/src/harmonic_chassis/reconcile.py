"""Reconciliation: what a producer logged, a consumer wants and never received is fetched, so that a hole heals.

For each consumer and producer the log is read once, in order, from where the last reading ended; the inbox drops what
it has seen. A consumer with other bindings than before reads from the beginning: so a new handler gets the history.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select

from harmonic_chassis import event_log
from harmonic_chassis.background import Background
from harmonic_chassis.database import Database
from harmonic_chassis.dialects import insert
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.event_log import EventPage
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.tables.event_path import reconciled
from harmonic_chassis.transport.base import ConsumerSpec

log = logging.getLogger(__name__)
PAGE = 500
AFTER_START_S = 1.0
SOON_S = 3.0


class EventSource(Protocol):
    """The way to the event logs of the producers."""

    async def read(self, source: str, *, after: int, patterns: Sequence[str], limit: int) -> EventPage:
        """A page of a producer's log: events. Raises DependencyDown when it does not answer."""
        ...


class DatabaseEvents:
    """The logs of databases at hand: a service's own, or all of them within one process."""

    def __init__(self, databases: dict[str, Database]) -> None:
        self._databases = databases

    async def read(self, source: str, *, after: int, patterns: Sequence[str], limit: int) -> EventPage:
        if source not in self._databases:
            raise DependencyDown(source, "its event log is not at hand")
        async with self._databases[source].reading() as session:
            return await event_log.read(session, after=after, patterns=patterns, limit=limit)


class Reconciler:
    """Keeps one consumer whole."""

    def __init__(
        self, db: Database, inbox: Inbox, spec: ConsumerSpec, source: EventSource, producers: Sequence[str]
    ) -> None:
        self._db = db
        self._inbox = inbox
        self._spec = spec
        self._source = source
        self._producers = producers
        self._bindings = hashlib.sha256("\n".join(sorted(spec.patterns)).encode()).hexdigest()

    async def run(self) -> None:
        """Read every producer's log to its end. One that does not answer is left for the next time."""
        for producer in self._producers:
            try:
                await self._read(producer)
            except DependencyDown as down:
                log.info("reconciliation waits", extra={"producer": producer, "reason": str(down)})

    async def _read(self, producer: str) -> None:
        after = await self._reached(producer)
        while True:
            page = await self._source.read(producer, after=after, patterns=self._spec.patterns, limit=PAGE)
            if page.events:
                await self._inbox.receive(page.events)
            if page.next != after:
                await self._reach(producer, page.next)
            if not page.more:
                return
            after = page.next

    async def _reached(self, producer: str) -> int:
        async with self._db.reading() as session:
            number = await session.scalar(
                select(reconciled.c.number).where(
                    reconciled.c.consumer == self._spec.name,
                    reconciled.c.source == producer,
                    reconciled.c.bindings == self._bindings,
                )
            )
        return int(number or 0)

    async def _reach(self, producer: str, number: int) -> None:
        async with self._db.transaction() as uow:
            statement = insert(uow.session, reconciled).values(
                consumer=self._spec.name, source=producer, bindings=self._bindings, number=number
            )
            await uow.session.execute(
                statement.on_conflict_do_update(
                    index_elements=[reconciled.c.consumer, reconciled.c.source],
                    set_={"bindings": statement.excluded.bindings, "number": statement.excluded.number},
                )
            )


class ReconcileLoop:
    """Reconciles all consumers of a process: soon after the start (the producers start as well, and being ready comes
    first), soon again (for what was said while services started in turn), and then now and then."""

    def __init__(self, service: str, reconcilers: Sequence[Reconciler], *, every_s: float) -> None:
        self._reconcilers = reconcilers
        self._every_s = every_s
        self._rounds = -1
        self._loop = Background(f"reconcile-{service}", self._round)

    def start(self) -> None:
        """Begin."""
        self._loop.start()

    async def stop(self) -> None:
        """Finish the page under way."""
        await self._loop.stop()

    async def kill(self) -> None:
        """Stop as a crash would."""
        await self._loop.kill()

    async def run_once(self) -> None:
        """All consumers, all producers, to the end of their logs."""
        for reconciler in self._reconcilers:
            await reconciler.run()

    async def _round(self) -> float:
        if self._rounds >= 0:
            await self.run_once()
        self._rounds += 1
        if self._rounds == 0:
            return min(self._every_s, AFTER_START_S)
        return min(self._every_s, SOON_S) if self._rounds <= 2 else self._every_s
