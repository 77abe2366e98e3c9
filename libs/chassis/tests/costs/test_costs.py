"""What one batch costs on the event path, counted: wall time is noisy, statements are not.

The figures lie in ``baseline.json``, for a single event and for a hundred (ten transactions of ten). A rise fails.
Where a change makes something cheaper, write the new figures there (``HARMONIC_WRITE_COSTS=1``), so that it stays so.
"""

import json
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from harmonic_chassis.database import Database
from harmonic_chassis.handlers import Handlers, Message
from harmonic_chassis.handling import HandlerRunner
from harmonic_chassis.ids import new_id
from harmonic_chassis.inbox import Inbox
from harmonic_chassis.relay import Relay
from harmonic_chassis.testing.world import create_tables, revised
from harmonic_chassis.transport.local import LocalTransport
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.messages.physics import UniverseRevised

BASELINE = Path(__file__).with_name("baseline.json")
TYPE = "physics.universe.revised.v1"
READING = ("SELECT", "BEGIN", "ROLLBACK", "PRAGMA", "SET")
Costs = dict[str, dict[str, int]]


@dataclass
class Counter:
    """What a database was asked. ``commits``: ends of writing transactions, each of which waits for the disk once."""

    statements: int = 0
    round_trips: int = 0
    commits: int = 0
    _open: bool = False
    """Within a transaction."""
    _wrote: bool = False

    def note(self, statement: str) -> None:
        """A statement has reached the database."""
        head = statement.lstrip().upper()
        if head.startswith("--"):  # SQLite names the triggers and internals that it runs
            return
        self.statements += 1
        if head.startswith("BEGIN"):
            self._open = True
        elif head.startswith(("COMMIT", "ROLLBACK")):
            self.commits += head.startswith("COMMIT") and self._wrote
            self._open = self._wrote = False
        elif not head.startswith(READING):
            self._wrote = True
            self.commits += not self._open

    def asked(self) -> dict[str, int]:
        """The counts since the last time."""
        counts = {name: count for name, count in asdict(self).items() if not name.startswith("_")}
        self.statements = self.round_trips = self.commits = 0
        return counts


@pytest.fixture
async def counted(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Database, Counter]]:
    """A database whose writing connections are listened to."""
    database, counter = Database.from_url(database_url, service="physics"), Counter()
    if database.dialect == "sqlite":
        _listen_to_sqlite(database.writer, counter, monkeypatch)
    else:
        for engine in {database.writer, database._engines.handling}:
            _listen_to_postgres(engine, counter)
    await create_tables(database)
    yield database, counter
    await database.close()


def _listen_to_sqlite(engine: AsyncEngine, counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from aiosqlite import Connection

    visit = Connection._execute

    def counted_visit(self: Any, fn: Any, *args: Any, **named: Any) -> Any:
        counter.round_trips += 1
        return visit(self, fn, *args, **named)

    @event.listens_for(engine.sync_engine, "connect")
    def trace(connection: Any, _record: Any) -> None:
        raw: sqlite3.Connection = connection.driver_connection._conn
        connection.run_async(lambda driver: visit(driver, raw.set_trace_callback, counter.note))

    monkeypatch.setattr(Connection, "_execute", counted_visit)


def _listen_to_postgres(engine: AsyncEngine, counter: Counter) -> None:
    """asyncpg tells of what is asked by itself, BEGIN and COMMIT too; SQLAlchemy of what it has prepared."""

    def note(statement: str) -> None:
        counter.round_trips += 1
        counter.note(statement)

    @event.listens_for(engine.sync_engine, "connect")
    def trace(connection: Any, _record: Any) -> None:
        connection.driver_connection.add_query_logger(lambda query: note(query.query))

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def prepared(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        counter._open = True  # SQLAlchemy sends BEGIN before it, but says so after
        note(statement)


async def test_no_stage_costs_more_than_it_did(counted: tuple[Database, Counter]) -> None:
    """Statements, round trips and commits of outbox, relay, inbox and handlers, for one event and for a hundred."""
    database, counter = counted
    stages = await _Stages.made(database, counter)
    await stages.run(transactions=2, events=10)  # statements are prepared, lease and counters are there
    found = {
        "1 event": await stages.run(transactions=1, events=1),
        "100 events": await stages.run(transactions=10, events=10),
    }
    known = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    if os.environ.get("HARMONIC_WRITE_COSTS"):
        BASELINE.write_text(json.dumps({**known, database.dialect: found}, indent=2) + "\n")
        return
    rises = list(_rises(known[database.dialect], found))
    assert not rises, "dearer than the baseline: " + "; ".join(rises)


def _rises(known: dict[str, Costs], found: dict[str, Costs]) -> Any:
    for batch, stages in found.items():
        for stage, counts in stages.items():
            for what, count in counts.items():
                if count > known[batch][stage][what]:
                    yield f"{batch}, {stage}: {count} {what}, were {known[batch][stage][what]}"


def test_a_rise_is_found() -> None:
    """One more statement in one stage is named."""
    known = {"1 event": {"relay": {"statements": 2, "round_trips": 2, "commits": 1}}}
    dearer = {"1 event": {"relay": {"statements": 3, "round_trips": 2, "commits": 1}}}
    assert list(_rises(known, known)) == []
    assert list(_rises(known, dearer)) == ["1 event, relay: 3 statements, were 2"]


class _Stages:
    """The stages of the event path, one after the other, without their loops."""

    def __init__(self, database: Database, counter: Counter) -> None:
        self._database, self._counter = database, counter
        self._relay = Relay(database, LocalTransport())
        self._inbox = Inbox(database, "physics", [TYPE])
        handlers = Handlers()
        handlers.on(UniverseRevised)(_nothing)
        self._runner = HandlerRunner(
            database, handlers.by_consumer("physics")["physics"], consumer="physics", chassis=0
        )

    @classmethod
    async def made(cls, database: Database, counter: Counter) -> "_Stages":
        stages = cls(database, counter)
        assert await stages._relay.lease.acquire()
        return stages

    async def run(self, *, transactions: int, events: int) -> Costs:
        """What each stage asked for a batch."""
        self._counter.asked()
        outbox = await self._count(self._say(transactions, events))
        outgoing = await self._relay._advance(500)
        assert len(outgoing) == transactions * events
        self._relay._delivered = [(message.number, 1) for message in outgoing]
        await self._relay._advance(500)
        relay = self._counter.asked()
        inbox = await self._count(self._inbox.receive([message.body for message in outgoing]))
        handlers = await self._count(self._handle(transactions * events))
        return {"outbox": outbox, "relay": relay, "inbox": inbox, "handlers": handlers}

    async def _count(self, work: Awaitable[Any]) -> dict[str, int]:
        await work
        return self._counter.asked()

    async def _say(self, transactions: int, events: int) -> None:
        for _ in range(transactions):
            universe = new_id()
            async with self._database.transaction() as uow:
                for revision in range(events):
                    uow.emit(revised(universe, revision + 1))

    async def _handle(self, count: int) -> None:
        handled = 0
        while handled < count:
            handled += await self._runner._handle_batch()


async def _nothing(message: Message[UniverseRevised], uow: UnitOfWork, chassis: object) -> None:
    """A handler that asks the database nothing: its own statements are its service's."""
