"""The platform under chaos: twelve armed processes on a broker and a database of their own, behind wires to cut."""

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import asyncpg
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from harmonic_chassis.main import NAMES
from harmonic_chassis.testing import postgres, rabbit
from harmonic_chassis.testing.own import OwnServer
from harmonic_standalone.testing.chaos.plan import Arms, Plan
from harmonic_standalone.testing.chaos.process import ARMS_VARIABLE, LOG_VARIABLE
from harmonic_standalone.testing.chaos.proxy import Wire
from harmonic_standalone.testing.chaos.witness import witness
from harmonic_standalone.testing.distributed import DistributedPlatform

LOOK_S = 0.05
AGAIN_S = 0.5
"""Between an end that nobody ordered, as at a start without a database, and the next start."""
KILLED = -9
SETTINGS = {
    "HARMONIC_ORGANIZATION_ACCESS_TOKEN_S": "3600",
    "HARMONIC_LOG_LEVEL": "warning",
    "HARMONIC_WORKER_SLOTS": "2",
    "HARMONIC_RELAY_REST_MS": "300",
    "HARMONIC_GATEWAY_CALLER_RATE": "100000/minute",
}


class ChaosPlatform:
    """Use it as ``async with``: it starts everything, supervises the processes, and stops everything at the end."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan
        self.database: OwnServer = postgres.own()
        self.broker: OwnServer = rabbit.own()
        self.wires = {"database": Wire(self.database.port), "broker": Wire(self.broker.port)}
        self.ends: Counter[str] = Counter()
        """Ends by themselves that were no kill of ours, by process and exit code."""
        self.passed: set[str] = set()
        self.urls: dict[str, str] = {}
        """The databases, past the wire, for those who look on."""
        self._processes: DistributedPlatform
        self._armed = False
        self._arms: dict[str, Arms | None] = {}
        self._due: dict[str, float] = {}
        self._supervising: asyncio.Task[None] | None = None

    @property
    def gateway(self) -> str:
        """Where the public API is."""
        return self._processes.url

    async def __aenter__(self) -> "ChaosPlatform":
        try:
            await asyncio.gather(asyncio.to_thread(self.database.start), asyncio.to_thread(self.broker.start))
            await asyncio.gather(*[wire.start() for wire in self.wires.values()])
            await self._make_databases()
            await self._start_processes()
        except BaseException:
            await self._stop()
            raise
        self._supervising = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stop()

    def arm(self) -> None:
        """Let the chaos begin."""
        self._armed = True
        for name in self._processes.programs:
            self._give_arms(name)

    def calm(self) -> None:
        """From now on nobody dies."""
        self._armed = False
        for name in self._processes.programs:
            self._arms_file(name).unlink(missing_ok=True)

    async def fell_server(self, name: str) -> None:
        """SIGKILL to the broker or the database, and a start on what it left."""
        server = self.database if name == "database" else self.broker
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    async def cut_wire(self, name: str, seconds: float) -> None:
        """Cut all connections to the broker or the database for so long."""
        self.wires[name].cut()
        await asyncio.sleep(seconds)
        self.wires[name].mend()

    def logs(self) -> str:
        """The end of each log."""
        return "\n".join(f"== {path.name}\n{path.read_text()[-2000:]}" for path in sorted(self.folder.glob("*.log")))

    async def _make_databases(self) -> None:
        admin = await asyncpg.connect(self.database.url)
        for name in NAMES:
            await admin.execute(f"CREATE DATABASE chaos_{name}")
        await admin.close()
        server = self.database.url.rpartition("/")[0]
        self.urls = {name: f"{server}/chaos_{name}" for name in NAMES}

    async def _start_processes(self) -> None:
        direct = {name: url.replace("postgresql:", "postgresql+asyncpg:") for name, url in self.urls.items()}
        wired = (f":{self.database.port}/", f":{self.wires['database'].port}/")
        through = iter([direct[name].replace(*wired) for name in NAMES])
        amqp = self.broker.url.replace(f":{self.broker.port}/", f":{self.wires['broker'].port}/")
        processes = DistributedPlatform(self.folder, lambda: next(through), amqp, SETTINGS)
        self._processes = processes
        await asyncio.to_thread(processes.migrate)
        await self._make_witnesses()
        for name, program in processes.programs.items():
            program.arguments = ("-m", "harmonic_standalone.testing.chaos.process", *program.arguments[2:])
            own = {LOG_VARIABLE: str(self._note(name)), ARMS_VARIABLE: str(self._arms_file(name))}
            program.environment = {**program.environment, **own}
        await asyncio.to_thread(processes.start)

    async def _make_witnesses(self) -> None:
        statement = str(CreateTable(witness).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        for url in self.urls.values():
            connection = await asyncpg.connect(url)
            await connection.execute(statement)
            await connection.close()

    async def _supervise(self) -> None:
        """Start again whatever ends: armed, as long as there is a plan."""
        while True:
            for name in self._processes.programs:
                self._look_at(name)
            await asyncio.sleep(LOOK_S)

    def _look_at(self, name: str) -> None:
        code = self._processes.ended(name)
        if code is not None:
            point = self._last_words(name)
            if code == KILLED and point is not None:
                self._note_kill(point)
                self._due[name] = time.monotonic()
            else:
                self.ends[f"{name}: {code}"] += 1
                self._due[name] = time.monotonic() + AGAIN_S
        if self._due.get(name, float("inf")) <= time.monotonic():
            del self._due[name]
            self._spawn(name)

    def _spawn(self, name: str) -> None:
        if self._armed:
            self._give_arms(name)
        self._processes.spawn(name)

    def _note_kill(self, point: str) -> None:
        """A point that has its share kills no more: who bears it gets other arms, alive."""
        self.plan.note(point)
        if self.plan.wanted[point] <= 0:
            for name, arms in self._arms.items():
                if self._armed and arms is not None and point in arms.at:
                    self._give_arms(name)

    def _give_arms(self, name: str) -> None:
        arms = self._arms[name] = self.plan.arm(name)
        file = self._arms_file(name)
        if arms is None:
            file.unlink(missing_ok=True)
        else:
            new = file.with_suffix(".new")
            new.write_text(json.dumps(asdict(arms)))
            new.replace(file)

    def _last_words(self, name: str) -> str | None:
        """The point at which a process killed itself; reads what it noted, and forgets it."""
        note = self._note(name)
        lines = note.read_text().splitlines() if note.exists() else []
        note.unlink(missing_ok=True)
        self.passed |= {line.removeprefix("passed ") for line in lines if line.startswith("passed ")}
        killed = [line.removeprefix("killed ") for line in lines if line.startswith("killed ")]
        return killed[-1] if killed else None

    def _note(self, name: str) -> Path:
        return self.folder / f"{name}.points"

    def _arms_file(self, name: str) -> Path:
        return self.folder / f"{name}.arms"

    async def _stop(self) -> None:
        try:
            await self._stop_in_order()
        finally:
            # Whatever interrupted that: nothing that was started here stays.
            if hasattr(self, "_processes"):
                self._processes.kill_all()
            for server in (self.broker, self.database):
                server.stop()

    async def _stop_in_order(self) -> None:
        if self._supervising is not None:
            self._supervising.cancel()
            with suppress(asyncio.CancelledError):
                await self._supervising
        if hasattr(self, "_processes"):
            await asyncio.to_thread(self._processes.stop)
            for name in self._processes.programs:
                self._last_words(name)
        for wire in self.wires.values():
            await wire.stop()
