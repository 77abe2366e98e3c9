"""SQLite under many writers, with a second process that reads, and with one that writes."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, text, update

from harmonic_chassis.database import Database
from harmonic_chassis.testing.world import create_tables, created, effects

READER = """
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=0)
reads = 0
while not sys.stdin in __import__("select").select([sys.stdin], [], [], 0.001)[0]:
    connection.execute("SELECT count(*), max(place) FROM effect").fetchone()
    reads += 1
print(reads)
"""
WRITER = """
import asyncio, sys
from harmonic_chassis.database import Database
from harmonic_chassis.testing.world import created
async def main():
    database = Database.from_url(sys.argv[1], service="physics")
    async with database.transaction() as uow:
        uow.emit(created())
    await database.close()
asyncio.run(main())
"""
TASKS = 20
SEED = 7


async def _mixed_writes(database: Database, count: int) -> None:
    """Inserts, updates, deletes and messages, by many tasks at once."""

    async def work(task: int) -> None:
        rng = random.Random(SEED + task)
        for number in range(count // TASKS):
            async with database.transaction() as uow:
                kind = rng.choice(("insert", "insert", "update", "delete", "emit"))
                if kind == "insert":
                    await uow.session.execute(insert(effects).values(type="t", subject=str(task), revision=number))
                elif kind == "update":
                    chosen = effects.c.place == rng.randrange(1, 1000)
                    await uow.session.execute(update(effects).where(chosen).values(revision=number))
                elif kind == "delete":
                    await uow.session.execute(delete(effects).where(effects.c.place == rng.randrange(1, 1000)))
                else:
                    uow.emit(created())

    async with asyncio.TaskGroup() as group:
        for task in range(TASKS):
            group.create_task(work(task))


async def _never_locked(url: str, writes: int) -> None:
    database = Database.from_url(url, service="physics")
    await create_tables(database)
    path = url.removeprefix("sqlite+aiosqlite:///")
    reader = await asyncio.to_thread(_reading, path)
    try:
        await _mixed_writes(database, writes)
    finally:
        reads, _ = await asyncio.to_thread(reader.communicate, "stop\n", 30)
        await database.close()
    assert reader.returncode == 0
    assert int(reads) > 0


def _reading(path: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", READER, path]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


async def test_ten_thousand_writes_never_find_the_database_locked(sqlite_urls: Callable[[], str]) -> None:
    """Many tasks write while another process reads without patience: no error on either side."""
    await _never_locked(sqlite_urls(), 10_000)


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_a_million_writes_never_find_the_database_locked(sqlite_urls: Callable[[], str]) -> None:
    """The same, a hundred times as long."""
    await _never_locked(sqlite_urls(), 1_000_000)


async def test_a_commit_of_another_process_is_heard(sqlite_urls: Callable[[], str]) -> None:
    """What a second process writes to the file wakes those who wait, at once and not at their next poll."""
    url = sqlite_urls()
    database = Database.from_url(url, service="physics")
    await create_tables(database)
    heard = asyncio.Event()
    database.on_commit(heard.set, "outbox")
    await database.start()
    await asyncio.sleep(0.6)
    heard.clear()
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))
    assert not heard.is_set()
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", WRITER, url], check=True)
    async with asyncio.timeout(5):
        await heard.wait()
    await database.close()
