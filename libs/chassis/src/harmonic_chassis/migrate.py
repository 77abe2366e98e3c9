"""Migrations of a service's database, on SQLite and PostgreSQL: up, down, verify, and drift from the models.

A service is anything with a name, the package of its migrations and the metadata of its own tables.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Float, MetaData
from sqlalchemy.types import TypeEngine

from harmonic_chassis.database import engines_for

Result = TypeVar("Result")


class Migratable(Protocol):
    """What the migrations need to know of a service."""

    @property
    def name(self) -> str: ...

    @property
    def migrations(self) -> str:
        """The package that holds ``env.py`` and ``versions/``, or the path of that folder."""
        ...

    @property
    def metadata(self) -> MetaData: ...


class NotMigrated(RuntimeError):
    """The database is not at the version that the code needs."""


async def upgrade(url: str, service: Migratable, rev: str = "head") -> None:
    """Bring the database up to ``rev``, in one transaction."""
    from alembic import command

    await _command(url, service, lambda config: command.upgrade(config, rev))


async def downgrade(url: str, service: Migratable, rev: str = "base") -> None:
    """Bring the database down to ``rev``, in one transaction."""
    from alembic import command

    await _command(url, service, lambda config: command.downgrade(config, rev))


def heads(service: Migratable) -> tuple[str, ...]:
    """The newest versions that the code knows: one, unless two branches were merged carelessly."""
    from alembic.script import ScriptDirectory

    return tuple(ScriptDirectory.from_config(_config(service)).get_heads())


async def current(url: str, service: Migratable) -> tuple[str, ...]:
    """The version that the database is at; empty for a database without tables."""
    from alembic.migration import MigrationContext

    return await _on(url, lambda connection: tuple(MigrationContext.configure(connection).get_current_heads()))


async def verify(url: str, service: Migratable) -> None:
    """Raises NotMigrated unless the database is at the newest version."""
    at, wanted = await current(url, service), heads(service)
    if set(at) != set(wanted):
        raise NotMigrated(
            f"The database of {service.name} is at {', '.join(at) or 'no version'}, the code needs "
            f"{', '.join(wanted)}: run `harmonic db upgrade {service.name}`"
        )


async def ahead(url: str, service: Migratable) -> bool:
    """Whether the database is at a version that this code does not know: newer code has migrated it. Versions only add
    until no older code runs, so older code goes on working."""
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(_config(service)).walk_revisions()}
    return bool(set(await current(url, service)) - known)


async def drift(url: str, service: Migratable) -> list[str]:
    """The differences between the models and the migrated database, each in words; empty when there are none."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from harmonic_chassis.tables import metadata as chassis

    def compare(connection: Connection) -> list[str]:
        context = MigrationContext.configure(connection, opts={"compare_type": _other_type})
        return [str(difference) for difference in compare_metadata(context, _together(service.metadata, chassis))]

    return await _on(url, compare)


def _other_type(
    context: Any, _column: Any, _model_column: Any, found: TypeEngine[Any], wanted: TypeEngine[Any]
) -> bool | None:
    """SQLite has one kind of floating point number, whatever a column calls it; None leaves it to Alembic."""
    both_float = isinstance(found, Float) and isinstance(wanted, Float)
    return False if context.dialect.name == "sqlite" and both_float else None


def _together(*parts: MetaData) -> MetaData:
    """One metadata with all tables: Alembic compares one database with one of them."""
    whole = MetaData(naming_convention=parts[0].naming_convention)
    for part in parts:
        for table in part.tables.values():
            if table.name not in whole.tables:
                table.to_metadata(whole)
    return whole


async def _command(url: str, service: Migratable, run: Callable[[Any], None]) -> None:
    config = _config(service)

    def inside(connection: Connection) -> None:
        config.attributes["connection"] = connection
        run(config)

    await _on(url, inside)


async def _on(url: str, work: Callable[[Connection], Result]) -> Result:
    engines = engines_for(url)
    try:
        async with engines.writer.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engines.close()


def _config(service: Migratable) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_folder(service)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = service.metadata
    return config


def _folder(service: Migratable) -> Path:
    path = Path(service.migrations)
    if path.is_absolute():
        return path
    module = importlib.import_module(service.migrations)
    if module.__file__ is not None:
        return Path(module.__file__).parent
    return Path(next(iter(module.__path__)))
