"""The processes of the gateway's benchmark, each an HTTP server: `python -m bench.gateway_roles ROLE URL`.

`service` answers a small JSON document, `bare` is a proxy of aiohttp alone before the URL, `gateway` is the front door
before it, with token, limit and trace. Each prints the address and, last of all, what else the client needs.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
import uvicorn
import uvloop
from aiohttp import web

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.house import running
from harmonic_contracts.roles import Role
from harmonic_gateway.composition import front_door
from harmonic_gateway.routing.http_upstream import HttpUpstream
from harmonic_gateway.service import service as gateway_service

BODY = json.dumps({"universe_id": new_id(), "name": "Kepler", "revision": 1, "notes": "x" * 400}).encode()
MANY = "100000000/minute"
PATH = "/v1/universes/kepler"


async def service(_url: str) -> None:
    """What lies behind the proxies."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": BODY})

    await _serve(answer, {})


async def bare(url: str) -> None:
    """No token, no limit, no trace, no limit of sizes: as little as a proxy can do."""
    session = aiohttp.ClientSession(auto_decompress=False)

    async def pass_on(request: web.Request) -> web.Response:
        headers = {key: value for key, value in request.headers.items() if key.lower() not in {"host", "connection"}}
        async with session.request(request.method, url + request.path_qs, headers=headers) as answer:
            return web.Response(
                status=answer.status, body=await answer.read(), headers={"content-type": answer.headers["content-type"]}
            )

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    _say(f"http://127.0.0.1:{runner.addresses[0][1]}", {})
    await asyncio.Event().wait()


async def gateway(url: str) -> None:
    """The front door as it stands in production, with the service at the URL behind it."""
    async with running(
        gateway_service, peers={}, given={"caller_rate": MANY, "operator_secret": "operator " * 4}
    ) as house:
        token = house.authority.user_token(new_id(), house.organization_id, Role.OWNER, project_id=new_id())
        door = front_door(house.chassis, house.chassis.app, {"physics": HttpUpstream("physics", url)})
        await _serve(door, {"authorization": f"Bearer {token}"})


async def _serve(app: Any, headers: dict[str, str]) -> None:
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="warning", access_log=False, lifespan="off", http="httptools")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    _say(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", headers)
    await serving


def _say(address: str, headers: dict[str, str]) -> None:
    sys.stdout.write(json.dumps({"address": address, "headers": headers}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run({"service": service, "bare": bare, "gateway": gateway}[sys.argv[1]](sys.argv[2]))
