"""Serving the embedded platform: one public port, until a signal, then an orderly end."""

import asyncio
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from harmonic_chassis import garbage
from harmonic_chassis.main import KEEP_ALIVE_S, stop_signals
from harmonic_standalone.folder import DataFolder
from harmonic_standalone.house import House, running

GRACE_S = 5
"""Seconds that open requests get; running jobs have their own grace, set by `stop_grace_s`."""


async def serve(folder: DataFolder, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Run the platform; `ready` is told its address once it answers."""
    async with running(folder) as house:
        server = uvicorn.Server(_config(house.front, host, port))
        with stop_signals(*house.chassis.values()) as stopped:
            serving = asyncio.create_task(server._serve())
            announcing = asyncio.create_task(_announce(server, house, ready))
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            announcing.cancel()
            server.should_exit = True
            await serving


def _config(front: ASGIApp, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        front,
        host=host,
        port=port,
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


async def _announce(server: uvicorn.Server, house: House, ready: Callable[[str], None]) -> None:
    while not server.started:  # noqa: ASYNC110  # uvicorn has a flag, no event
        await asyncio.sleep(0.005)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    ready(f"http://{host}:{port}")
    garbage.resume()
