"""A write that is cancelled, wherever it is, costs the next one nothing."""

import asyncio
import random

from sqlalchemy import text

from harmonic_chassis.database import Database

ROUNDS = {"sqlite": 150, "postgresql": 30}
"""A cancelled statement costs PostgreSQL a new connection each time."""


async def test_a_cancelled_write_leaves_nothing_open(database_url: str) -> None:
    """Two writers are cancelled at a random moment (seeded), again and again: the next write begins at once on a clean
    connection, and what was cancelled left either all or nothing."""
    database, dice = Database.from_url(database_url, service="physics"), random.Random(7)

    async def write() -> None:
        async with database.transaction() as uow:
            for _ in range(2):
                await uow.session.execute(text("INSERT INTO line VALUES (1)"))

    async with database.transaction() as uow:
        await uow.session.execute(text("CREATE TABLE line (a INTEGER)"))
    rounds = ROUNDS[database.dialect]
    for _ in range(rounds):
        writers = [asyncio.create_task(write()) for _ in range(2)]
        for _ in range(dice.randrange(1, 25)):
            await asyncio.sleep(0)
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        async with asyncio.timeout(5):
            await write()
    async with database.reading() as session:
        lines = await session.scalar(text("SELECT count(*) FROM line")) or 0
    await database.close()
    assert lines >= 2 * rounds
    assert lines % 2 == 0
