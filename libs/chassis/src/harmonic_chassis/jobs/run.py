"""One run of a job by one worker: from its claim to its end, or to the moment at which it is let go."""

import asyncio
import contextvars
import inspect
import logging
import shutil
import time
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from harmonic_chassis import fencing, tracing
from harmonic_chassis.artifacts.blobs import BlobStore
from harmonic_chassis.context import use
from harmonic_chassis.database import Database
from harmonic_chassis.dialects.trouble import database_away
from harmonic_chassis.errors import DependencyDown
from harmonic_chassis.jobs import ending
from harmonic_chassis.jobs.checkpoints import Checkpoints
from harmonic_chassis.jobs.claim import BEAT_S, LEASE_S, Claimed, LeaseLost
from harmonic_chassis.jobs.hold import Hold, Stop
from harmonic_chassis.jobs.kinds import Checkpoint, JobContext, JobKind, JobRefused, Work
from harmonic_chassis.points import reach

log = logging.getLogger(__name__)
T = TypeVar("T")

TICKS_S = 0.05
"""Short ticks share a visit to the thread for so long."""
PROGRESS_S = 0.1


class Stopped(Exception):
    """The run is to end here, for the reason that it was stopped for."""


@dataclass(frozen=True)
class Bench:
    """What all runs of a worker share."""

    db: Database
    blobs: BlobStore
    chassis: Any
    broadcast: Callable[[str, dict[str, Any]], Awaitable[None]]
    executor: Executor
    scratch: Path
    lease_s: float = LEASE_S
    beat_s: float = BEAT_S
    checkpoint_s: float = 4.0


class Run:
    """One run. `stop` may be called at any time, from the event loop."""

    def __init__(self, bench: Bench, claimed: Claimed, kind: JobKind[Any, Any]) -> None:
        self._cause = claimed.context.traceparent
        claimed = replace(claimed, context=tracing.child(claimed.context))
        self.claimed, self.kind = claimed, kind
        self.began = time.monotonic()
        self.ticking = False
        self.progress = claimed.progress
        self.bench = bench
        self._why: Stop | None = None
        self._stopped, self._ended = asyncio.Event(), asyncio.Event()
        self._hold = Hold(
            bench.db,
            claimed,
            lease_s=bench.lease_s,
            beat_s=bench.beat_s,
            progress=lambda: self.progress,
            stop=self.stop,
        )
        self._folder = bench.scratch / f"{claimed.job_id}.{claimed.fence}"
        self.checkpoints = Checkpoints(bench.blobs, claimed.job_id, self._folder / "work", self._folder / "segment")
        self._saved_at = self._told_at = self.began
        self.attempts, self.waits = claimed.attempts, claimed.waits
        self.job: JobContext[Any] = JobContext(
            job_id=claimed.job_id,
            organization_id=claimed.organization_id,
            actor_id=claimed.context.actor_id,
            payload=_payload(kind, claimed),
            attempt=claimed.attempts + 1,
            checkpoint=None,
            scratch=self._folder / "work",
            chassis=bench.chassis,
            cancelled=lambda: self._why in (Stop.CANCELLED, Stop.LOST),
        )

    @property
    def wall_seconds(self) -> float:
        """The job's time with a worker so far, earlier runs included."""
        return self.claimed.wall_seconds + time.monotonic() - self.began

    @property
    def giving_way(self) -> bool:
        """Whether it was asked to make room and has not done so yet."""
        return self._why is Stop.GIVE_WAY

    def stop(self, why: Stop) -> None:
        """End early: at once while it waits, between ticks while it works. Giving way wants a checkpoint first."""
        if self._why in (None, Stop.GIVE_WAY) and self._why != why:
            self._why = why
            self._stopped.set()
            if why is not Stop.GIVE_WAY:
                self._ended.set()

    async def __call__(self) -> None:
        """Run to the end. Raises nothing but CancelledError: then the job is let go as it was last saved."""
        beat = asyncio.create_task(self._hold.keep(), name=f"beat {self.claimed.job_id}")
        try:
            with use(self.claimed.context), self._traced(), fencing.guarded(self._hold.make_sure):
                await self._run()
        except LeaseLost as lost:
            log.warning("%s", lost)
        except asyncio.CancelledError:
            await ending.requeue(self)
            raise
        except Exception:  # the database is away: the lease runs out and another worker goes on
            log.exception("job %s was dropped: its end could not be written", self.claimed.job_id)
        finally:
            self._hold.let_go()
            await asyncio.gather(beat, return_exceptions=True)
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    def _traced(self) -> AbstractContextManager[None]:
        claimed = self.claimed
        return tracing.working(
            self.bench.db.service, claimed.kind, claimed.job_id, claimed.attempts + 1, claimed.context, self._cause
        )

    async def _run(self) -> None:
        try:
            await ending.insist(ending.doomed(self) or await self._work())
        except LeaseLost:
            raise
        except Exception as error:
            await ending.insist(self._end_of(error))

    def _end_of(self, error: Exception) -> ending.End:
        """How a run ends in which this was raised."""
        if self._why is Stop.CANCELLED:  # work that was told to stop may answer with an error of its own
            return lambda: ending.cancelled(self)
        if self._why is Stop.LOST:
            raise LeaseLost(f"job {self.claimed.job_id} has gone to another worker") from error
        if isinstance(error, Stopped):
            return lambda: ending.requeue(self)
        if isinstance(error, JobRefused):
            problem = error.problem
            return lambda: ending.fail(self, problem)
        if isinstance(error, DependencyDown) or database_away(error):
            return lambda: ending.wait(self, error)
        log.warning("job %s: %s", self.claimed.job_id, error, exc_info=error)
        return lambda: ending.attempt_failed(self, error)

    async def _work(self) -> ending.End:
        work = await self._interruptible(self._prepare(), self._stopped)
        await self._tick_through(work)
        result = await self._interruptible(self.kind.finish(self.job, work), self._ended)
        return lambda: ending.succeed(self, result)

    async def _prepare(self) -> Work:
        await asyncio.to_thread(self.job.scratch.mkdir, parents=True, exist_ok=True)
        self.kind.payload.model_validate(self.claimed.payload)
        self.job.checkpoint = await self.checkpoints.restore(self.claimed.checkpoint)
        return await self.kind.prepare(self.job)

    async def _tick_through(self, work: Work) -> None:
        self.ticking = True
        while True:
            if self._why is Stop.GIVE_WAY and not await self._save(work) and self.giving_way:
                self._why = None  # nothing worth saving yet: going on costs less than beginning again
                self._stopped.clear()
            if self._why is not None:
                raise Stopped
            done = await self._tick(work)
            self.progress = max(self.progress, min(done, 1.0))
            await self._tell()
            if done >= 1.0:
                self.ticking = False
                return
            if time.monotonic() - self._saved_at >= self.bench.checkpoint_s:
                await self._save(work)

    async def _tick(self, work: Work) -> float:
        if inspect.iscoroutinefunction(work.tick):
            progress: float = await self._interruptible(work.tick(), self._ended)
            return progress
        return await self._in_thread(lambda: self._ticks(work))

    def _ticks(self, work: Work) -> float:
        until = time.monotonic() + TICKS_S
        while True:
            done = work.tick()
            assert isinstance(done, (int, float)), "tick must return the progress"
            if done >= 1.0 or self._why is not None or time.monotonic() >= until:
                return done

    async def _save(self, work: Work) -> bool:
        """Save a checkpoint under the lease; returns whether there was one."""
        self._saved_at = time.monotonic()
        state: bytes | Checkpoint | None = await self._in_thread(work.checkpoint)
        if state is None:
            return False
        reach("checkpoint.before_write")
        saved = await self.checkpoints.save(state)
        reach("checkpoint.stored")
        await ending.note_checkpoint(self, saved)
        reach("checkpoint.committed")
        await self.checkpoints.settle(saved)
        return True

    async def _tell(self) -> None:
        if (now := time.monotonic()) - self._told_at < PROGRESS_S or not self.claimed.public:
            return
        self._told_at = now
        payload = {"operation_id": self.job.job_id, "organization_id": self.job.organization_id}
        topic = f"{self.bench.db.service}.operation.progress"
        await self.bench.broadcast(topic, payload | {"progress": self.progress})

    async def _interruptible(self, coroutine: Coroutine[Any, Any, T], by: asyncio.Event) -> T:
        """The coroutine's result; cancels it and raises Stopped when the event comes first."""
        task = asyncio.ensure_future(coroutine)
        stopped = asyncio.ensure_future(by.wait())
        try:
            await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            raise Stopped
        finally:
            stopped.cancel()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _in_thread(self, function: Callable[[], T]) -> T:
        context = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.bench.executor, context.run, function)


def _payload(kind: JobKind[Any, Any], claimed: Claimed) -> Any:
    """The payload; one that does not fit any more is given unchecked, so that the job can still be ended in order."""
    try:
        return kind.payload.model_validate(claimed.payload)
    except ValidationError:
        return kind.payload.model_construct(**claimed.payload)
