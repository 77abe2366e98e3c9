"""The pytest plugin of the house: databases and brokers for tests.

Fixtures: ``database_url`` (each test runs on SQLite and on PostgreSQL; ``database_urls`` makes several),
``sqlite_url``, ``postgres_url``, ``amqp_url`` and ``broker``. Without the server a test is skipped, or fails.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.rabbit import Broker
from harmonic_chassis.testing.servers import REQUIRE_VARIABLE, Server, ServerMissing, blocking
from harmonic_chassis.transport.rabbit import remove

MakeUrl = Callable[[], str]
_missing: dict[str, str] = {}
_skipped: dict[str, int] = {}


def _or_skip(name: str, find: Callable[[], Server]) -> Server:
    if name not in _missing:
        try:
            return find()
        except ServerMissing as missing:
            _missing[name] = str(missing)
    if os.environ.get(REQUIRE_VARIABLE) == "1":
        pytest.fail(f"{REQUIRE_VARIABLE}=1, but {_missing[name]}", pytrace=False)
    _skipped[name] = _skipped.get(name, 0) + 1
    pytest.skip(_missing[name])


@pytest.fixture(scope="session")
def _servers() -> Iterator[Callable[[str], Server]]:
    """Servers found once a session; those that were started here are stopped at its end."""
    found: dict[str, Server] = {}

    def server(name: str) -> Server:
        if name not in found:
            found[name] = _or_skip(name, postgres.find if name == "PostgreSQL" else rabbit.find)
        return found[name]

    yield server
    for each in found.values():
        each.stop()


@pytest.fixture
def postgres_urls(_servers: Callable[[str], Server]) -> Iterator[MakeUrl]:
    """Makes fresh PostgreSQL databases, dropped at the end of the test."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(postgres.database(_servers("PostgreSQL")))


@pytest.fixture
def postgres_url(postgres_urls: MakeUrl) -> str:
    """A fresh PostgreSQL database."""
    return postgres_urls()


@pytest.fixture
def sqlite_urls(tmp_path: Path) -> MakeUrl:
    """Makes fresh SQLite databases."""
    made: list[str] = []

    def make() -> str:
        made.append(f"sqlite+aiosqlite:///{tmp_path}/test-{len(made)}.db")
        return made[-1]

    return make


@pytest.fixture
def sqlite_url(sqlite_urls: MakeUrl) -> str:
    """A fresh SQLite database."""
    return sqlite_urls()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_urls(request: pytest.FixtureRequest) -> MakeUrl:
    """Makes fresh databases of one kind; the test runs once with each kind."""
    make: MakeUrl = request.getfixturevalue(f"{request.param}_urls")
    return make


@pytest.fixture
def database_url(database_urls: MakeUrl) -> str:
    """A fresh database; the test runs once with each kind."""
    return database_urls()


@pytest.fixture(scope="session")
def _vhost(_servers: Callable[[str], Server]) -> Iterator[Broker]:
    """One vhost a test session: making one takes the control program seconds."""
    with rabbit.vhost(_servers("RabbitMQ")) as fresh:
        yield fresh


@pytest.fixture
def broker(_vhost: Broker) -> Iterator[Broker]:
    """A place on a RabbitMQ: a vhost of the session, and a prefix of the test's own for ``RabbitTransport``."""
    own = Broker(_vhost.url, f"{_vhost.prefix}{new_id()[-12:]}.")
    yield own
    blocking(remove(own.url, own.prefix))


@pytest.fixture
def amqp_url(_servers: Callable[[str], Server]) -> Iterator[str]:
    """The URL of a fresh vhost, for tests of whole processes. It takes seconds: prefer ``broker``. Skipped where only
    a shared vhost can be had."""
    with rabbit.vhost(_servers("RabbitMQ")) as fresh:
        if fresh.prefix:
            pytest.skip("no vhost can be made on this RabbitMQ")
        yield fresh.url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested."""
    for name, count in _skipped.items():
        terminalreporter.write_line(
            f"!!! {count} TESTS SKIPPED for want of {name}: {_missing[name]}", yellow=True, bold=True
        )
