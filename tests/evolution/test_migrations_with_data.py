"""Promises of migrations on databases that hold something: what a release wrote survives going up, down and up."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Date, DateTime, Float, Integer, LargeBinary, MetaData, Numeric, Table
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import JSON, TypeEngine

from harmonic_chassis import migrate
from harmonic_chassis.main import NAMES, load_service

ROWS = 3
RELEASES = sorted((Path(__file__).parents[2] / "releases").glob("*/release.json"), key=lambda p: int(p.parent.name))
RECORDS = {path.parent.name: json.loads(path.read_text()) for path in RELEASES}
Content = dict[str, list[dict[str, Any]]]


def _value(type_: TypeEngine[Any], row: int, column: str) -> Any:
    """A value of the type, another one in each row."""
    match type_:
        case Boolean():
            return row % 2 == 0
        case Integer():
            return row + 1
        case Float() | Numeric():
            return row + 0.5
        case DateTime():
            zone = dt.UTC if type_.timezone else None
            return dt.datetime(2026, 1, row + 1, 12, 30, tzinfo=zone)
        case Date():
            return dt.date(2026, 1, row + 1)
        case LargeBinary():
            return bytes([row, 0, 255])
        case JSON():
            return {"row": row, "text": "é"}
    length = getattr(type_, "length", None) or 60
    return f"{row}-{column}-é"[:length]


def _fill(connection: Connection) -> None:
    """A few rows in every table, the referred ones first."""
    metadata = MetaData()
    metadata.reflect(connection)
    for table in metadata.sorted_tables:
        if table.name != "alembic_version":
            connection.execute(table.insert(), [_row(table, each) for each in range(ROWS)])


def _row(table: Table, row: int) -> dict[str, Any]:
    values = {}
    for column in table.columns:
        referred = next(iter(column.foreign_keys), None)
        named = referred.column if referred is not None else column
        values[column.name] = _value(named.type, row, named.name)
    return values


def _content(connection: Connection) -> Content:
    metadata = MetaData()
    metadata.reflect(connection)
    found: Content = {}
    for table in metadata.sorted_tables:
        if table.name != "alembic_version":
            rows = connection.execute(table.select().order_by(*table.primary_key.columns)).mappings()
            found[table.name] = [dict(row) for row in rows]
    return found


async def _on(url: str, work: Any) -> Any:
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _kept(before: Content, after: Content) -> list[str]:
    """What of the one is not in the other, of the tables and columns that both have."""
    lost = []
    for table, rows in before.items():
        for old, new in zip(rows, after.get(table, rows), strict=True):
            lost += [
                f"{table}.{column}: {value!r} became {new[column]!r}"
                for column, value in old.items()
                if column in new and new[column] != value
            ]
    return lost


@pytest.mark.parametrize("release", RECORDS)
@pytest.mark.parametrize("name", NAMES)
async def test_what_a_release_wrote_survives_going_up_down_and_up(name: str, release: str, database_url: str) -> None:
    """A database as the release left it, with rows in every table, goes up to the newest version, down to the release's
    and up again: no row and no value is lost, and no model has drifted."""
    service = load_service(name)
    [head] = RECORDS[release]["migration_heads"][name]
    await migrate.upgrade(database_url, service, head)
    await _on(database_url, _fill)
    before = await _on(database_url, _content)
    assert before, "there is something to lose"
    assert all(len(rows) == ROWS for rows in before.values())
    await migrate.upgrade(database_url, service)
    assert _kept(before, await _on(database_url, _content)) == []
    assert await migrate.drift(database_url, service) == []
    await migrate.downgrade(database_url, service, head)
    assert await _on(database_url, _content) == before
    await migrate.upgrade(database_url, service)
    assert _kept(before, await _on(database_url, _content)) == []
    await migrate.verify(database_url, service)


@pytest.mark.parametrize("name", NAMES)
async def test_the_newest_version_comes_down_with_rows_in_it(name: str, database_url: str) -> None:
    """Rows in every table of the newest version hinder no way down, to nothing, and up again."""
    service = load_service(name)
    await migrate.upgrade(database_url, service)
    await _on(database_url, _fill)
    await migrate.downgrade(database_url, service)
    assert await migrate.current(database_url, service) == ()
    await migrate.upgrade(database_url, service)
    assert await migrate.drift(database_url, service) == []


def test_the_comparison_finds_a_lost_value() -> None:
    """A value that changed and a row that is gone are named: the bar above is no empty one."""
    before = {"universe": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]}
    assert _kept(before, {"universe": [{"id": 1, "name": "a", "new": None}, {"id": 2, "name": "c"}]}) != []
    with pytest.raises(ValueError, match="shorter"):
        _kept(before, {"universe": [{"id": 1, "name": "a"}]})
