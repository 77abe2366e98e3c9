"""A service's jobs on their own, for tests: a kind of job whose result shows every lost or repeated tick.

``python -m harmonic_chassis.testing.job_bench FOLDER DATABASE_URL`` is a worker that a test may kill or pause.
"""

import asyncio
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import text

from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.context import fresh
from harmonic_chassis.database import Database
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import Checkpoint, JobContext, JobKind, JobRefused, Schedule, Work, read
from harmonic_chassis.jobs.workers import Workers
from harmonic_chassis.transport.local import LocalTransport
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.operations import Operation
from harmonic_contracts.problems import INVALID, Problem

ORGANIZATION = "0190a000-0000-7000-8000-000000000001"
PATIENCE_S = 20.0


class Count(BaseModel):
    """How long to count, and what happens at which tick (-1: never)."""

    ticks: int = 10
    tick_s: float = 0.0
    seed: str = ""
    raise_at: int = -1
    refuse_at: int = -1
    die_at: int = -1
    spoil: bool = False
    """Fail where the result is written, and where the failure is told."""
    down_until: float = 0.0
    """The dependency is down until this time of day."""


class Counting:
    """A chain of hashes, one link a tick, written to a file: a lost, repeated or doubled tick changes its bytes."""

    def __init__(self, job: JobContext[Count]) -> None:
        self.job, self.payload = job, job.payload
        self.done, self.link = 0, self.payload.seed
        if job.checkpoint:
            self.done, self.link = json.loads(job.checkpoint)
        self.path = job.scratch / "chain" / "links"
        self.path.parent.mkdir(exist_ok=True)
        with self.path.open("ab") as file:
            assert file.tell() == 32 * self.done, "the file and the state of the checkpoint belong together"

    def tick(self) -> float:
        if self.done == self.payload.raise_at:
            raise ArithmeticError("the count is off")
        if self.done == self.payload.refuse_at:
            raise JobRefused(INVALID.document("never count that far"))
        if self.done == self.payload.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self.payload.tick_s)
        digest = hashlib.sha256(f"{self.link}{self.done}".encode())
        self.link = digest.hexdigest()
        with self.path.open("ab") as file:
            file.write(digest.digest())
        self.done += 1
        return self.done / self.payload.ticks

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(json.dumps([self.done, self.link]).encode(), {"chain/links": 32 * self.done})


class CountKind(JobKind[Count, ArtifactRef]):
    """Counts; the result is the artifact of the whole chain."""

    kind = "physics.count"
    payload = Count

    def __init__(self) -> None:
        self.began: list[tuple[str, int]] = []
        self.ended: list[tuple[str, bool]] = []

    async def prepare(self, job: JobContext[Count]) -> Work:
        self.began.append((job.job_id, job.attempt))
        if time.time() < job.payload.down_until:
            raise DependencyDown("audio")
        return Counting(job)

    async def finish(self, job: JobContext[Count], work: Work) -> ArtifactRef:
        assert isinstance(work, Counting)
        return await job.chassis.artifacts.put_file(work.path, "application/octet-stream")

    async def complete(self, job: JobContext[Count], result: ArtifactRef, uow: UnitOfWork) -> dict[str, Any]:
        if job.payload.spoil:
            raise ArithmeticError("the result does not fit")
        await uow.keep(result, holder=f"count/{job.job_id}", organization_id=job.organization_id)
        return {"sha256": result.sha256}

    async def failed(self, job: JobContext[Count], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        self.ended.append((job.job_id, cancelled))
        if job.payload.spoil:
            await uow.session.execute(text("INSERT INTO nowhere VALUES (1)"))


def chain_of(count: Count) -> str:
    """The SHA-256 of the chain that an undisturbed run makes."""
    link, whole = count.seed, hashlib.sha256()
    for done in range(count.ticks):
        digest = hashlib.sha256(f"{link}{done}".encode())
        link = digest.hexdigest()
        whole.update(digest.digest())
    return whole.hexdigest()


class JobBench:
    """The database, artifacts and jobs of a service named physics. Stands where a job expects the chassis."""

    def __init__(self, url: str, folder: Path) -> None:
        self.db = Database.from_url(url, service="physics")
        self.folder = folder
        self.artifacts = Artifacts.open("physics", (folder / "store").as_uri(), folder / "cache")
        self.transport = LocalTransport()
        self.kind = CountKind()

    def workers(self, *, slots: int = 1, schedules: tuple[Schedule, ...] = (), **options: Any) -> Workers:
        """A worker of this service, not yet started."""
        return Workers(
            self.db,
            self.artifacts,
            self.transport,
            [self.kind],
            chassis=self,
            scratch=self.folder / "scratch",
            slots=slots,
            schedules=schedules,
            **options,
        )

    @asynccontextmanager
    async def working(self, **options: Any) -> AsyncIterator[Workers]:
        """A running worker."""
        workers = self.workers(**options)
        await workers.start()
        try:
            yield workers
        finally:
            await workers.stop(grace_s=5.0)

    async def submit(
        self, count: Count, *, organization_id: str = ORGANIZATION, job_id: str | None = None, **more: Any
    ) -> str:
        """Submit a count in a transaction of its own."""
        async with self.db.transaction(fresh(organization_id=organization_id, actor_id="tester")) as uow:
            job_id = job_id or new_id()
            return await uow.submit("physics.count", count, organization_id=organization_id, job_id=job_id, **more)

    async def operation(self, job_id: str, organization_id: str = ORGANIZATION) -> Operation:
        """The job as an operation."""
        async with self.db.reading() as session:
            found = await read(session, job_id, organization_id=organization_id)
        assert found is not None
        return found

    async def ended(self, job_id: str, organization_id: str = ORGANIZATION, within_s: float = PATIENCE_S) -> Operation:
        """Wait for its end."""
        until = time.monotonic() + within_s
        while not (found := await self.operation(job_id, organization_id)).state.final:
            assert time.monotonic() < until, f"still {found.state} at {found.progress}"
            await asyncio.sleep(0.01)
        return found


async def _work(folder: Path, url: str) -> None:
    bench = JobBench(url, folder)
    await bench.db.start()
    async with bench.working(lease_s=1.5, beat_s=0.3, checkpoint_s=0.2):
        print("working", flush=True)  # noqa: T201 - the test waits for this line
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1]), sys.argv[2]))
