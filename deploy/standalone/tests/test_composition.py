"""The composition fits together: what the services say of themselves is what the gateway and the versions know."""

from pathlib import Path

import pytest

from harmonic_chassis import migrate
from harmonic_chassis.service import Service
from harmonic_gateway.routing.table import ROWS, RouteTable
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import services
from harmonic_standalone.versions import is_newest, newest, version_of

SERVICES = services()
BY_NAME = {service.name: service for service in SERVICES}


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_prefix_is_routed_to_its_service(service: Service) -> None:
    """What a service says it serves, the gateway sends to it."""
    table = RouteTable()
    for prefix in service.prefixes:
        route = table.find(prefix)
        assert route is not None, prefix
        assert route.row.service == service.name


def test_no_row_is_for_a_prefix_that_nobody_serves() -> None:
    """The other way round: every row lies within what its service serves (the gateway's own pages aside)."""
    for row in ROWS:
        if row.service != "gateway":
            served = BY_NAME[row.service].prefixes
            assert any(row.prefix == prefix or row.prefix.startswith(prefix + "/") for prefix in served), row


def test_the_gateway_lets_every_body_through_that_a_service_takes() -> None:
    """The limit at the door is not below the limit inside."""
    table = RouteTable()
    for service in SERVICES:
        for prefix, limit in service.body_limits.items():
            route = table.find(prefix)
            assert route is None or route.row.max_body >= limit, prefix  # None: not public


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
async def test_the_quick_look_at_versions_agrees_with_the_migrations(service: Service, tmp_path: Path) -> None:
    """The newest revision read from the files is Alembic's head, and a migrated file is recognised."""
    assert newest(service) == set(migrate.heads(service))
    folder = DataFolder(tmp_path)
    folder.prepare()
    assert version_of(folder.database(service.name)) == set()
    await migrate.upgrade(folder.database_url(service.name), service)
    assert is_newest(service, folder.database(service.name))
