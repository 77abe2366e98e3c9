"""A running gateway in front of two small applications that stand where physics and audio would."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
import pytest
import uvicorn
from starlette.types import ASGIApp

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import House, running
from harmonic_gateway.composition import front_door
from harmonic_gateway.service import service
from harmonic_gateway.testing.neighbours import Neighbours


@pytest.fixture
def neighbours() -> Neighbours:
    return Neighbours()


@pytest.fixture
async def house(neighbours: Neighbours) -> AsyncIterator[House]:
    peers = {"physics": neighbours.physics, "audio": neighbours.audio}
    async with running(
        service, peers=peers, given={"secrets_rate": "5/minute", "operator_secret": "operator " * 4}
    ) as house:
        neighbours.organization_id = house.organization_id
        yield house


@pytest.fixture
def door(house: House, neighbours: Neighbours) -> ASGIApp:
    """The front door of the house, with the neighbours mounted."""
    services = {"organization": house.authority, "physics": neighbours.physics, "audio": neighbours.audio}
    return front_door(house.chassis, house.chassis.app, services)


@pytest.fixture
async def outside(door: ASGIApp) -> AsyncIterator[httpx2.AsyncClient]:
    """A client before the front door."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=door), base_url="http://outside") as client:
        yield client


class Served:
    """An application on a free port."""

    def __init__(self, app: ASGIApp) -> None:
        config = uvicorn.Config(
            app, port=0, lifespan="off", log_level="error", proxy_headers=False, ws="websockets-sansio"
        )
        self.server = uvicorn.Server(config)

    @property
    def port(self) -> int:
        return int(self.server.servers[0].sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[ASGIApp], Any]]:
    """Serves applications over real sockets until the end of the test."""
    running_: list[tuple[Served, asyncio.Task[None]]] = []

    async def start(app: ASGIApp) -> Served:
        served = Served(app)
        task = asyncio.create_task(served.server._serve())
        while not served.server.started:  # noqa: ASYNC110  # uvicorn has a flag, no event
            await asyncio.sleep(0.005)  # uvicorn has a flag, no event
        running_.append((served, task))
        return served

    yield start
    for served, task in running_:
        served.server.should_exit = True
        served.server.force_exit = True
        await task


@pytest.fixture
def fresh_id() -> Callable[[], str]:
    return new_id
