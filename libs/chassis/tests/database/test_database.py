"""The database: transactions, reading, signals; the same on SQLite and PostgreSQL."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.orm import Json, UtcDateTime
from harmonic_chassis.outbox import ForeignEvent
from harmonic_chassis.telemetry import redact
from harmonic_chassis.testing.world import create_tables, created, effects
from harmonic_contracts.messages.audio import SoundscapeCreated

moments = Table(
    "moment", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime), Column("doc", Json)
)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with the chassis tables."""
    database = Database.from_url(database_url, service="physics")
    await create_tables(database)
    yield database
    await database.close()


async def test_concurrent_writers_never_find_the_database_locked(db: Database) -> None:
    """Many tasks write at once while others read: all succeed."""

    async def write(place: int) -> None:
        async with db.transaction() as uow:
            await uow.session.execute(insert(effects).values(type="t", subject="s", revision=place))
            uow.emit(created())

    async def read() -> None:
        async with db.reading() as session:
            await session.execute(select(effects))

    async with asyncio.TaskGroup() as group:
        for place in range(100):
            group.create_task(write(place))
            group.create_task(read())
    async with db.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM outbox")) == 100


async def test_reading_cannot_write(db: Database) -> None:
    """A reading session refuses a write."""
    async with db.reading() as session:
        with pytest.raises(DBAPIError):
            await session.execute(insert(effects).values(type="t"))


async def test_a_commit_signals_its_topics_and_a_rollback_nothing(db: Database) -> None:
    """Callbacks hear of commits that wrote what they wait for, and of nothing else."""
    heard: list[str] = []
    forget = db.on_commit(lambda: heard.append("outbox"), "outbox")
    db.on_commit(lambda: heard.append("any"))
    db.on_commit(lambda: heard.append("job"), "job")
    async with db.transaction() as uow:
        uow.emit(created())
        uow.after_commit(lambda: heard.append("after"))
    with pytest.raises(ZeroDivisionError):
        async with db.transaction() as uow:
            uow.emit(created())
            uow.after_commit(lambda: heard.append("never"))
            raise ZeroDivisionError
    async with db.transaction() as uow:
        await uow.session.execute(select(effects))
    await asyncio.sleep(0)
    assert sorted(heard) == ["after", "any", "outbox"]
    forget()


async def test_other_processes_hear_of_a_commit(postgres_url: str) -> None:
    """On PostgreSQL word of a commit reaches another process by NOTIFY."""
    here, there = (Database.from_url(postgres_url, service="physics") for _ in range(2))
    await create_tables(here)
    heard = asyncio.Event()
    there.on_commit(heard.set, "outbox")
    await there.start()
    await here.start()
    async with asyncio.timeout(10):
        while not heard.is_set():
            async with here.transaction() as uow:
                uow.emit(created())
            await asyncio.sleep(0.05)
    await here.close()
    await there.close()


async def test_times_are_aware_and_in_utc_and_documents_come_back(db: Database) -> None:
    """A time comes back aware; a naive one is refused; JSON comes back as it was, None as NULL."""
    async with db.writer.begin() as connection:
        await connection.run_sync(moments.metadata.create_all)
    now = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    async with db.transaction() as uow:
        await uow.session.execute(insert(moments).values(id=1, at=now, doc={"a": [1.5, None]}))
        await uow.session.execute(insert(moments).values(id=2, at=None, doc=None))
    async with db.reading() as session:
        assert (await session.execute(select(moments.c.at, moments.c.doc).order_by(moments.c.id))).all() == [
            (now, {"a": [1.5, None]}),
            (None, None),
        ]
        assert await session.scalar(text("SELECT count(*) FROM moment WHERE doc IS NULL")) == 1
    with pytest.raises(StatementError, match="time zone"):
        async with db.transaction() as uow:
            await uow.session.execute(insert(moments).values(id=3, at=datetime(2026, 1, 1)))  # noqa: DTZ001


async def test_a_service_cannot_speak_for_another(db: Database) -> None:
    """Emitting another service's event is refused."""
    facts = {"soundscape_id": new_id(), "universe_id": new_id(), "organization_id": new_id(), "revision": 1}
    with pytest.raises(ForeignEvent, match="audio"):
        async with db.transaction() as uow:
            uow.emit(SoundscapeCreated.model_construct(**facts))


def test_a_url_of_another_driver_is_refused() -> None:
    """The error names what to write."""
    for url in ("mysql://x/y", "sqlite+aiosqlite://", "postgresql://x/y"):
        with pytest.raises(ValueError, match=r"aiosqlite:///"):
            Database.from_url(url, service="physics")


async def test_a_refused_row_is_not_quoted_in_the_log(db: Database) -> None:
    """What was to be written may be secret: the error brings it into no log line."""
    secret = "$argon2id$" + new_id()
    with pytest.raises(DBAPIError) as refused:
        async with db.transaction() as uow:
            await uow.session.execute(insert(effects), [{"place": 1, "subject": secret}] * 2)
    logged = redact("".join(traceback.format_exception(refused.value)))
    assert secret not in logged
    assert "INSERT INTO" in logged
