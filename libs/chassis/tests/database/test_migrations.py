"""Migrations run up and down on both databases, and give exactly the tables of the models."""

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, inspect, text

from harmonic_chassis import migrate
from harmonic_chassis.database import Database
from harmonic_chassis.tables import metadata as chassis_tables
from harmonic_chassis.testing.sample.service import service
from harmonic_chassis.testing.world import created


async def tables_of(url: str) -> set[str]:
    database = Database.from_url(url, service="physics")
    async with database.writer.connect() as connection:
        names = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    await database.close()
    return names - {"alembic_version"}


async def test_up_gives_the_tables_of_the_models_and_down_takes_all(database_url: str) -> None:
    """Up: no difference to the models. Down: nothing is left. Up again works."""
    await migrate.upgrade(database_url, service)
    await migrate.verify(database_url, service)
    assert await migrate.drift(database_url, service) == []
    assert set(chassis_tables.tables) <= await tables_of(database_url)
    await migrate.downgrade(database_url, service)
    assert await tables_of(database_url) == set()
    await migrate.upgrade(database_url, service)
    assert await migrate.current(database_url, service) == migrate.heads(service)


async def test_down_works_with_data(database_url: str) -> None:
    """Rows in the tables do not hold a downgrade up."""
    await migrate.upgrade(database_url, service)
    database = Database.from_url(database_url, service="physics")
    async with database.transaction() as uow:
        uow.emit(created())
    await database.close()
    await migrate.downgrade(database_url, service)
    assert await tables_of(database_url) == set()


async def test_drift_names_the_difference(database_url: str) -> None:
    """A column that the models do not know, and a table that the database does not have, are named."""
    await migrate.upgrade(database_url, service)
    database = Database.from_url(database_url, service="physics")
    async with database.writer.begin() as connection:
        await connection.execute(text("ALTER TABLE outbox ADD COLUMN surprise INTEGER"))
    await database.close()

    class Grown:
        name, migrations = service.name, service.migrations
        metadata = MetaData()

    for table in service.metadata.tables.values():
        table.to_metadata(Grown.metadata)
    Table("novelty", Grown.metadata, Column("id", Integer, primary_key=True))
    differences = "\n".join(await migrate.drift(database_url, Grown()))
    assert "surprise" in differences
    assert "novelty" in differences


async def test_verify_says_what_to_run(database_url: str) -> None:
    """A database that is not migrated is refused with the command that mends it."""
    with pytest.raises(migrate.NotMigrated, match=f"harmonic db upgrade {service.name}"):
        await migrate.verify(database_url, service)
