"""A PostgreSQL to test against, and databases in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.own import OwnServer
from harmonic_chassis.testing.servers import (
    DATABASE_VARIABLE,
    Server,
    ServerMissing,
    binary,
    blocking,
    first_found,
    free_port,
    listening,
    run,
    scratch_folder,
)

STANDARD_PORT = 5432
PACKAGED = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/bin")


def find() -> Server:
    """A server whose URL names a role that may create databases. Raises ServerMissing."""
    return first_found("PostgreSQL", [_from_environment, _on_standard_port, _from_binaries, _from_container])


@contextmanager
def database(server: Server) -> Iterator[str]:
    """The SQLAlchemy URL of a fresh database, dropped at the end."""
    name = f"hu_test_{new_id().replace('-', '')}"
    blocking(_admin(server.url, f'CREATE DATABASE "{name}"'))
    try:
        yield _sibling(server.url, name).replace("postgresql://", "postgresql+asyncpg://", 1)
    finally:
        blocking(_admin(server.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _admin(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _sibling(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}{'?' + query if query else ''}"


def _answers(url: str) -> bool:
    try:
        blocking(_admin(url, "SELECT 1"))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False
    return True


def _from_environment() -> Server | None:
    url = os.environ.get(DATABASE_VARIABLE)
    if not url:
        return None
    plain = url.replace("postgresql+asyncpg://", "postgresql://", 1)
    if not _answers(plain):
        raise ServerMissing(f"{DATABASE_VARIABLE} names a server that does not answer")
    return Server(plain, DATABASE_VARIABLE)


def _on_standard_port() -> Server | None:
    if not listening(STANDARD_PORT):
        return None
    logins = ("postgres", "postgres:postgres", os.environ.get("USER") or "root")
    for login in logins:
        url = f"postgresql://{login}@127.0.0.1:{STANDARD_PORT}/postgres"
        if _answers(url):
            return Server(url, "the server on its standard local port")
    raise ServerMissing(f"port {STANDARD_PORT} answers, but lets none of the usual users in: set {DATABASE_VARIABLE}")


def own() -> OwnServer:
    """A server of one's own, not started yet, with an empty cluster. Raises ServerMissing without the binaries."""
    initdb, postgres = binary("initdb", *PACKAGED), binary("postgres", *PACKAGED)
    if initdb is None or postgres is None:
        raise ServerMissing("no initdb and postgres here")
    folder, port = scratch_folder(), free_port()
    user = _unprivileged()
    if user is not None:
        shutil.chown(folder, user)
    data = folder / "data"
    run(initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N", user=user)
    options = ["-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-c", "fsync=off"]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    return OwnServer("PostgreSQL", url, port, folder, [postgres, *options], lambda: _answers(url), user)


def _from_binaries() -> Server | None:
    if binary("initdb", *PACKAGED) is None or binary("postgres", *PACKAGED) is None:
        return None
    server = own()
    server.start()
    return Server(server.url, f"binaries of this machine, on port {server.port}", server.stop)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: the user to run it as there."""
    if os.geteuid() != 0:
        return None
    return "postgres" if run("getent", "passwd").find("\npostgres:") >= 0 else "nobody"


def _from_container() -> Server | None:
    if shutil.which("docker") is None and "DOCKER_HOST" not in os.environ:
        return None
    from testcontainers.postgres import PostgresContainer

    container = PostgresContainer("postgres:17", username="postgres", password="postgres", dbname="postgres")  # noqa: S106
    container.start()
    host, port = container.get_container_host_ip(), container.get_exposed_port(5432)
    return Server(f"postgresql://postgres:postgres@{host}:{port}/postgres", "testcontainers", container.stop)
