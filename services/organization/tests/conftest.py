"""An organization service on a database of its own, with a clock that tests set."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copyfile

import pytest

from harmonic_chassis import migrate
from harmonic_organization.service import service
from harmonic_organization.testing import Office, Opener


@pytest.fixture(autouse=True)
def _nobodys_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine or of a `.env` nearby reaches a test."""
    for name in [name for name in os.environ if name.startswith("HARMONIC_ORGANIZATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "organization.db"
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{path}", service))
    return path


@pytest.fixture
def open_office(template: Path, tmp_path: Path) -> Opener:
    """Opens the service, with other settings where the test wants them; a second time on the same database."""
    path = tmp_path / "organization.db"
    copyfile(template, path)
    return Opener(f"sqlite+aiosqlite:///{path}", tmp_path)


@pytest.fixture
async def office(open_office: Opener) -> AsyncIterator[Office]:
    """The service with the settings of a test."""
    async with open_office() as opened:
        yield opened


@pytest.fixture
async def open_anywhere(database_url: str, tmp_path: Path) -> Opener:
    """The same on SQLite and on PostgreSQL, for what two at once may break."""
    await migrate.upgrade(database_url, service)
    return Opener(database_url, tmp_path)


@pytest.fixture
async def anywhere(open_anywhere: Opener) -> AsyncIterator[Office]:
    """The service on each kind of database."""
    async with open_anywhere() as opened:
        yield opened
