"""Ways between services, and an HTTP server in the test's own loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
import uvicorn
from starlette.types import ASGIApp

from harmonic_chassis.testing.house import eventually
from harmonic_chassis.testing.rabbit import Broker
from harmonic_chassis.transport.base import Transport
from harmonic_chassis.transport.local import LocalTransport

Serve = Callable[[ASGIApp], Awaitable[str]]


@pytest_asyncio.fixture(params=["local", pytest.param("rabbit", marks=pytest.mark.rabbit)])
async def transport(request: pytest.FixtureRequest) -> AsyncIterator[Transport]:
    """A started transport; the test runs once with each."""
    way: Transport
    if request.param == "local":
        way = LocalTransport()
    else:
        from harmonic_chassis.transport.rabbit import RabbitTransport

        broker: Broker = request.getfixturevalue("broker")
        way = RabbitTransport(broker.url, prefix=broker.prefix)
    await way.start()
    yield way
    await way.stop()


@pytest_asyncio.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves an app on a free port; gives its URL."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []

    async def start(app: ASGIApp) -> str:
        config = uvicorn.Config(app, port=0, loop="none", lifespan="off", log_config=None, ws="none")
        server = uvicorn.Server(config)
        running.append((server, asyncio.create_task(server._serve())))

        async def started() -> bool:
            return server.started

        await eventually(started)
        return f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"

    yield start
    for server, _ in running:
        server.should_exit = True
    await asyncio.gather(*(task for _, task in running))
