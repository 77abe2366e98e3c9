"""Workers as processes that are killed and paused: nothing is lost, nothing is done by two."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select

from harmonic_chassis.tables.artifacts import artifact_pin
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.testing.job_bench import Count, JobBench, chain_of
from harmonic_contracts.operations import OperationState


@asynccontextmanager
async def worker_process(bench: JobBench) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker of the bench's service in a process of its own; killed at the end."""
    url = bench.db.writer.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "harmonic_chassis.testing.job_bench", str(bench.folder), url, stdout=-1
    )
    assert process.stdout is not None and await process.stdout.readline() == b"working\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def progressed(bench: JobBench, job_id: str, beyond: float) -> None:
    """Wait until a checkpoint of the job is beyond this progress."""
    limit = time.monotonic() + 20
    while (await bench.operation(job_id)).progress <= beyond:
        assert time.monotonic() < limit
        await asyncio.sleep(0.02)


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - it is not ours to signal
            await asyncio.sleep(0.02)


async def pause(bench: JobBench, process: asyncio.subprocess.Process, job_id: str) -> None:
    """Stop the process at a moment at which it holds no lock on the row of the job."""
    locked = select(job.c.job_id).where(job.c.job_id == job_id).with_for_update(skip_locked=True)
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        async with bench.db.transaction() as uow:
            if await uow.session.scalar(locked) is not None:
                return
        os.kill(process.pid, signal.SIGCONT)


async def row(bench: JobBench, job_id: str) -> dict[str, object]:
    async with bench.db.reading() as session:
        return dict((await session.execute(select(job).where(job.c.job_id == job_id))).mappings().one())


async def test_a_killed_workers_job_goes_on_elsewhere_to_the_same_bytes(bench: JobBench) -> None:
    """After kill -9 another worker goes on from the last checkpoint, within two seconds of the lease's end, and the
    result is that of an undisturbed run."""
    count = Count(ticks=150, tick_s=0.01, seed="k")
    job_id = await bench.submit(count)
    async with worker_process(bench) as first:
        await progressed(bench, job_id, 0.2)
        first.kill()
        await first.wait()
    killed = time.monotonic()
    at_kill = (await bench.operation(job_id)).progress
    async with bench.working(lease_s=1.5, beat_s=0.3, checkpoint_s=0.2):
        await progressed(bench, job_id, at_kill)
        assert time.monotonic() - killed < 1.5 + 2.0
        operation = await bench.ended(job_id)
    assert operation.result == {"sha256": chain_of(count)}
    assert bench.kind.began == [(job_id, 2)]
    async with bench.db.reading() as session:
        assert await session.scalar(select(func.count()).select_from(artifact_pin)) == 1


async def test_a_crash_loop_ends_as_failed_with_its_reasons(own_bench: JobBench) -> None:
    """A job that kills its worker each time has failed after three attempts, and says why."""
    bench = own_bench
    job_id = await bench.submit(Count(ticks=10, die_at=3))
    for _ in range(3):
        async with worker_process(bench) as process:
            await asyncio.wait_for(process.wait(), 10)
    async with bench.working():
        operation = await bench.ended(job_id)
    assert operation.state == OperationState.FAILED and operation.problem is not None
    assert (operation.problem.detail or "").count("stopped without a word") == 3
    assert bench.kind.ended == [(job_id, False)]


@pytest.mark.postgres
async def test_a_worker_paused_past_its_lease_writes_nothing(shared_bench: JobBench) -> None:
    """SIGSTOP past the lease, then SIGCONT: the worker that took over is the only one that wrote, and the result is
    that of an undisturbed run."""
    bench, count = shared_bench, Count(ticks=150, tick_s=0.01, seed="p")
    async with worker_process(bench) as paused:
        job_id = await bench.submit(count)
        await progressed(bench, job_id, 0.1)
        await pause(bench, paused, job_id)
        async with bench.working(lease_s=1.5, beat_s=0.3, checkpoint_s=0.2) as workers:
            await until(lambda: bool(bench.kind.began))
            os.kill(paused.pid, signal.SIGCONT)
            operation = await bench.ended(job_id)
            written = await row(bench, job_id)
            await asyncio.sleep(1.0)  # time enough for the other to do harm
            assert await row(bench, job_id) == written and written["fence"] == 2
            assert workers.running == 0 and paused.returncode is None
    assert operation.result == {"sha256": chain_of(count)}
