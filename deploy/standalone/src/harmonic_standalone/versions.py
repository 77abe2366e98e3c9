"""Whether a database file is at the newest version, told without the migration machinery: it costs a second to load."""

import re
import sqlite3
from importlib import import_module
from pathlib import Path

from harmonic_chassis.service import Service

_REVISION = re.compile(r'^revision(?:\s*:\s*str)?\s*=\s*["\'](\w+)["\']', re.MULTILINE)
_DOWN = re.compile(r'^down_revision(?:\s*:[^=]+)?\s*=\s*["\'](\w+)["\']', re.MULTILINE)


def newest(service: Service) -> set[str]:
    """The revisions of the service's history that no other one builds on."""
    package = import_module(service.migrations)
    texts = [file.read_text() for file in (Path(package.__path__[0]) / "versions").glob("[0-9]*.py")]
    made = {match[1] for text in texts if (match := _REVISION.search(text))}
    return made - {match[1] for text in texts if (match := _DOWN.search(text))}


def version_of(database: Path) -> set[str]:
    """The revision that a SQLite file is at; empty for a new one."""
    if not database.exists():
        return set()
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        try:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.OperationalError:
            return set()
    return {row[0] for row in rows}


def is_newest(service: Service, database: Path) -> bool:
    """Whether nothing is to be done."""
    return version_of(database) == newest(service)
