"""The idempotent edge as a process that is killed: a thousand equal requests make one thing, whatever dies."""

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.authority import Authority
from harmonic_chassis.testing.edge_bench import share_keys
from harmonic_chassis.testing.servers import free_port
from harmonic_contracts.roles import Role

CLIENTS = 1000
DEATHS = ("business.before_commit", "business.before_commit", "business.committed")
"""Where the first processes kill themselves; each time with many requests under way."""
AWAY = (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError, ConnectionError)


@dataclass
class Edge:
    """A service behind one address, started again whenever it dies."""

    folder: Path
    url: str
    port: int = field(default_factory=free_port)
    process: asyncio.subprocess.Process | None = None
    deaths: int = 0

    async def keep_up(self) -> None:
        """Start it, again and again; the first ones die at their point."""
        while True:
            at = DEATHS[self.deaths : self.deaths + 1]
            arguments = [str(self.folder), self.url, str(self.port), *at]
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "harmonic_chassis.testing.edge_bench", *arguments
            )
            assert await self.process.wait() == -signal.SIGKILL
            self.deaths += 1

    async def kill_when(self, time_has_come: Callable[[], bool]) -> None:
        """Kill it from outside, once, in the middle of its answers."""
        while not time_has_come():  # noqa: ASYNC110  # it is not ours to signal
            await asyncio.sleep(0.005)
        assert self.process is not None
        self.process.kill()


@pytest.fixture
async def edge(database_url: str, tmp_path: Path) -> AsyncIterator[Edge]:
    made = Edge(tmp_path, database_url)
    yield made
    if made.process is not None and made.process.returncode is None:
        made.process.kill()
        await made.process.wait()


@dataclass
class Client:
    """One of many who send the same request until they have its answer."""

    session: aiohttp.ClientSession
    path: str
    headers: dict[str, str]
    seen: Counter[str]

    async def post(self, body: dict[str, object]) -> tuple[int, bytes]:
        """The final answer."""
        while True:
            try:
                async with self.session.post(self.path, json=body, headers=self.headers) as answer:
                    content = await answer.read()
            except AWAY:
                self.seen["away"] += 1
                await asyncio.sleep(random.uniform(0.1, 0.4))
                continue
            self.seen[str(answer.status)] += 1
            if answer.status == 409:
                await asyncio.sleep(float(answer.headers["Retry-After"]))
            else:
                return answer.status, content


async def test_a_thousand_equal_requests_make_one_thing_over_crashes(edge: Edge) -> None:
    """A thousand clients post the same request with the same key while the process dies before its commit, after it,
    and by a kill from outside: in the end there is one resource, one event, and a thousand equal answers. The key with
    another body is refused."""
    authority = Authority()
    share_keys(authority, edge.folder)
    organization, project, user = new_id(), new_id(), new_id()
    token = authority.user_token(user, organization, Role.OWNER, project_id=project)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id()}
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as session:
        client = Client(session, f"http://127.0.0.1:{edge.port}/v1/notes", headers, Counter())
        async with asyncio.timeout(120), asyncio.TaskGroup() as group:
            keeping = group.create_task(edge.keep_up())
            killing = group.create_task(edge.kill_when(lambda: client.seen["201"] >= CLIENTS // 5))
            answers = await asyncio.gather(*[client.post({"text": "one"}) for _ in range(CLIENTS)])
            other = await client.post({"text": "another"})
            await killing
            keeping.cancel()
    assert edge.deaths == len(DEATHS) + 1
    assert client.seen["away"] > 0
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert other[0] == 422
    assert await _count(edge.url, "note") == 1
    told = await _count(edge.url, "event_log", "type LIKE 'physics.universe.created%'")
    waiting = await _count(edge.url, "outbox", "type LIKE 'physics.universe.created%'")
    assert told + waiting == 1


async def _count(url: str, table: str, where: str = "1 = 1") -> int:
    database = Database.from_url(url, service="physics")
    async with database.reading() as session:
        count = await session.scalar(text(f"SELECT count(*) FROM {table} WHERE {where}"))
    await database.close()
    return int(count)
