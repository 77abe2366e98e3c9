"""The worker of a process: takes and runs jobs, heeds cancels, gives way to who waits, keeps the schedules."""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from harmonic_chassis.artifacts import Artifacts
from harmonic_chassis.clock_steps import StepWatch, mend_jobs
from harmonic_chassis.database import Database
from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import care, queue
from harmonic_chassis.jobs.claim import BEAT_S, LEASE_S, Claimed, claim, release_others
from harmonic_chassis.jobs.hold import Stop
from harmonic_chassis.jobs.kinds import JobKind
from harmonic_chassis.jobs.run import Bench, Run
from harmonic_chassis.jobs.schedule import Schedule, submit_due
from harmonic_chassis.lease import PROCESS
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.transport.base import Transport

if TYPE_CHECKING:
    from harmonic_chassis.service import Chassis

log = logging.getLogger(__name__)

POLL_S = 5.0
POLL_ALONE_S = 15.0
"""On SQLite no other process submits, so nothing is missed between looks."""
TROUBLE_S = 1.0


class Workers:
    """`slots` jobs at a time, in threads. Idle it sleeps until something is submitted or due."""

    def __init__(
        self,
        db: Database,
        artifacts: Artifacts,
        transport: Transport,
        kinds: Sequence[JobKind[Any, Any]],
        *,
        chassis: Any,
        scratch: Path,
        slots: int,
        schedules: Sequence[Schedule] = (),
        lease_s: float = LEASE_S,
        beat_s: float = BEAT_S,
        checkpoint_s: float = 4.0,
    ) -> None:
        self.owner = f"{PROCESS}:{new_id()[-8:]}"
        self._kinds = {kind.kind: kind for kind in kinds}
        self._slots, self._schedules = slots, list(schedules)
        self._next_schedule: datetime | None = db.clock.now() if schedules else None
        self._executor = ThreadPoolExecutor(slots, thread_name_prefix="job")
        self._bench = Bench(
            db, artifacts.blobs, chassis, transport.broadcast, self._executor, scratch, lease_s, beat_s, checkpoint_s
        )
        self._steps = StepWatch(db.clock)
        self._runs: dict[str, tuple[Run, asyncio.Task[None]]] = {}
        self._endings: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, chassis: "Chassis") -> "Workers":
        """The worker of a service, with the chassis' own care."""
        service, settings = chassis.service, chassis.settings
        return cls(
            chassis.db,
            chassis.artifacts,
            chassis.transport,
            [*service.jobs(), *care.KINDS],
            chassis=chassis,
            scratch=settings.data_dir / service.name / "scratch",
            slots=settings.worker_slots,
            schedules=[*service.schedules, *care.SCHEDULES],
        )

    async def start(self) -> None:
        """Begin to take jobs."""
        db = self._bench.db
        if db.dialect == "sqlite" and (freed := await release_others(db, PROCESS)):
            log.info("%s: %d jobs of the process before go on", db.service, freed)
        await mend_jobs(db)
        await self._sweep_scratch()
        self._unhear = db.on_commit(self._wake.set, "job")
        self._task = asyncio.create_task(self._dispatch(), name=f"{db.service} jobs")

    async def stop(self, grace_s: float = 20.0) -> None:
        """Take no more jobs; running ones are saved and let go at their next tick, or after the grace as last saved."""
        self._stopping = True
        if self._task is None:
            return
        self._unhear()
        self._wake.set()
        await self._task
        for run, _ in self._runs.values():
            run.stop(Stop.GIVE_WAY)
        tasks = [*(task for _, task in self._runs.values()), *self._endings]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._executor.shutdown(wait=False, cancel_futures=True)

    @property
    def running(self) -> int:
        """How many jobs this worker runs now."""
        return len(self._runs)

    async def _dispatch(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause = await self._look()
            except Exception:
                log.exception("%s: the jobs could not be looked at", self._bench.db.service)
                pause = TROUBLE_S
            if not self._stopping:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()

    async def _look(self) -> float:
        """Do what is to be done now; returns for how long nothing more will be, unless something wakes us."""
        db, kinds = self._bench.db, list(self._kinds)
        if self._steps.stepped_back():
            await mend_jobs(db)
        await self._heed_cancels()
        if self._next_schedule is not None and self._next_schedule <= db.clock.now():
            self._next_schedule = await submit_due(db, self._schedules)
        while len(self._runs) < self._slots and not self._stopping:
            claimed = await claim(db, kinds, self.owner, lease_s=self._bench.lease_s, but=list(self._runs))
            if claimed is None:
                break
            self._begin(claimed)
        if len(self._runs) >= self._slots:
            return await self._give_way()
        most = POLL_ALONE_S if db.dialect == "sqlite" else POLL_S
        return await queue.seconds_to_next(db, kinds, self._next_schedule, most=most)

    def _begin(self, claimed: Claimed) -> None:
        run = Run(self._bench, claimed, self._kinds[claimed.kind])
        task = asyncio.create_task(run(), name=f"job {claimed.job_id}")
        self._runs[claimed.job_id] = (run, task)

        def ended(_: asyncio.Task[None]) -> None:
            del self._runs[claimed.job_id]
            self._wake.set()

        task.add_done_callback(ended)

    async def _heed_cancels(self) -> None:
        """Stop own runs that are cancelled, and end cancelled jobs that wait, without a slot."""
        async with self._bench.db.reading() as session:
            asked = select(job.c.job_id).where(job.c.cancel_requested, job.c.ended_at.is_(None))
            wanted = set((await session.scalars(asked)).all())
        for job_id in wanted & self._runs.keys():
            self._runs[job_id][0].stop(Stop.CANCELLED)
        if not wanted - self._runs.keys():
            return
        db, kinds, lease_s = self._bench.db, list(self._kinds), self._bench.lease_s
        while claimed := await claim(db, kinds, self.owner, lease_s=lease_s, cancelled_only=True, but=list(self._runs)):
            task = asyncio.create_task(Run(self._bench, claimed, self._kinds[claimed.kind])())
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)

    async def _give_way(self) -> float:
        """With every slot taken: let an organization that waits have the slot of one that has more."""
        waiting = await queue.waiting(self._bench.db, list(self._kinds))
        runs = [run for run, _ in self._runs.values()]
        chosen = queue.who_gives_way(runs, waiting)
        if chosen is not None:
            chosen.stop(Stop.GIVE_WAY)
        return queue.CONTENDED_S if waiting.organizations else POLL_S

    async def _sweep_scratch(self) -> None:
        """Remove the folders that runs which are no more left behind."""
        folders = list(self._bench.scratch.glob("*.*"))
        if not folders:
            return
        async with self._bench.db.reading() as session:
            rows = await session.execute(select(job.c.job_id, job.c.fence).where(job.c.state == "running"))
            alive = {f"{job_id}.{fence}" for job_id, fence in rows}
        for folder in folders:
            if folder.name not in alive:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
