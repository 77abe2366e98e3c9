"""The gateway: processor time a proxied request, against the service itself and a bare aiohttp proxy, in one run."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.gateway_roles import PATH
from bench.platform_process import cpu_seconds
from bench.result import Figure, Measurement

REQUESTS, WARM_UP = 6000, 400
CONNECTIONS = 16
ROUNDS = 3
REST_S = 2.0
BAR = 1.2


@dataclass(frozen=True)
class Server:
    """A process that answers HTTP."""

    address: str
    headers: dict[str, str]
    pid: int


@contextmanager
def _server(role: str, url: str = "") -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.gateway_roles", role, url], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        said = json.loads(process.stdout.readline())
        yield Server(said["address"], said["headers"], process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def measure() -> Measurement:
    """Best of some rounds each, turn by turn."""
    with ExitStack() as stack:
        service = stack.enter_context(_server("service"))
        bare, gateway = (stack.enter_context(_server(role, service.address)) for role in ("bare", "gateway"))
        named = {"direct": service, "bare aiohttp proxy": bare, "gateway": gateway}
        for server in named.values():
            asyncio.run(_ask(server, WARM_UP))
        rest = {name: _at_rest(server) for name, server in named.items()}
        rounds = [
            {name: asyncio.run(_ask(server, REQUESTS, rest[name])) for name, server in named.items()}
            for _ in range(ROUNDS)
        ]
    us = {name: min(each[name][0] for each in rounds) for name in named}
    rate = {name: max(each[name][1] for each in rounds) for name in named}
    figures = [
        figure
        for name in named
        for figure in (
            Figure(f"{name}: its process", us[name], "CPU us/request"),
            Figure(f"{name}: answered", rate[name], "requests/s"),
        )
    ]
    share = Figure("gateway: times the bare proxy's CPU", us["gateway"] / us["bare aiohttp proxy"], "", bar=BAR)
    note = (
        f"{CONNECTIONS} kept connections; the gateway checks a token, counts the caller and passes a trace on. "
        "What each process spends at rest in the same time (the gateway beats its leases and sweeps its tables: "
        f"{100 * rest['gateway']:.1f} % of a core) is taken off."
    )
    return Measurement("gateway", "python -m bench gateway", [*figures, share], [note])


def _at_rest(server: Server) -> float:
    """Cores in use while nobody asks."""
    cpu = cpu_seconds(server.pid)
    time.sleep(REST_S)
    return (cpu_seconds(server.pid) - cpu) / REST_S


async def _ask(server: Server, count: int, at_rest: float = 0.0) -> tuple[float, float]:
    """(CPU microseconds a request in the server's process, requests a second)."""
    parts = urlsplit(server.address)
    lines = [
        f"GET {PATH} HTTP/1.1",
        f"host: {parts.netloc}",
        *(f"{key}: {value}" for key, value in server.headers.items()),
    ]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    left = count

    async def connection() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while left > 0:
            left -= 1
            writer.write(request)
            await _answer(reader)
        writer.close()

    began, cpu = time.perf_counter(), cpu_seconds(server.pid)
    await asyncio.gather(*(connection() for _ in range(CONNECTIONS)))
    wall = time.perf_counter() - began
    return 1e6 * (cpu_seconds(server.pid) - cpu - at_rest * wall) / count, count / wall


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not head.startswith(b"http/1.1 200"):
        raise RuntimeError(f"the server answered {head[:200]!r}")
    if b"transfer-encoding: chunked" in head:
        await reader.readuntil(b"0\r\n\r\n")
        return
    size = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
    await reader.readexactly(size)
