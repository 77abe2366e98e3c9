"""Shared by the tests of physics: a running service, and the short way to a universe and a finished simulation."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from harmonic_chassis.testing.house import House, running
from harmonic_physics.engine.warm import warm
from harmonic_physics.service import service

SMALL: dict[str, Any] = {"preset": "trappist-1", "spec": {"duration": 20.0}}
"""A universe that simulates in a few milliseconds."""


@pytest.fixture(scope="session")
def kernels() -> None:
    """Those that these tests use, compiled before any of them waits for a job with a time limit."""
    warm("orbits", "particles", "attractor")


@pytest.fixture
async def house(kernels: None) -> AsyncIterator[House]:
    """The service on a database of its own, serving and working."""
    async with running(service) as house:
        yield house


async def create(house: House, **changes: Any) -> dict[str, Any]:
    """A new universe as the client sees it."""
    answer = await house.client.post("/v1/universes", json=SMALL | changes, headers=house.auth())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def simulate(house: House, universe_id: str, **choice: Any) -> dict[str, Any]:
    """A simulation that has ended, as the client sees it."""
    body = {"universe_id": universe_id, **choice}
    answer = await house.client.post("/v1/simulations", json=body, headers=house.auth())
    assert answer.status_code == 202, answer.text
    await house.drain()
    found = await house.client.get(f"/v1/simulations/{answer.json()['simulation_id']}", headers=house.auth())
    return dict(found.json())


@pytest.fixture
def make() -> Any:
    """The helpers above, for tests (which import nothing from here)."""

    class Make:
        universe = staticmethod(create)
        simulation = staticmethod(simulate)
        small = SMALL

    return Make
