"""Workers as processes that are killed and paused: nothing is lost, nothing is done by two."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import func, select

from harmonic_chassis.jobs import cancel
from harmonic_chassis.tables import metadata
from harmonic_chassis.tables.artifacts import artifact_pin
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.testing.job_bench import Count, JobBench, chain_of
from harmonic_contracts.operations import OperationState

QUICK = {"lease_s": 1.5, "beat_s": 0.3, "checkpoint_s": 0.2}
"""The pace of the worker process as well."""


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
    async with bench.working(**QUICK):
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


async def everything(bench: JobBench) -> tuple[dict[str, list[Any]], dict[str, int]]:
    """Every row of the database and every blob of the store, with its size."""
    async with bench.db.reading() as session:
        rows = {table.name: list((await session.execute(select(table))).all()) for table in metadata.sorted_tables}
    files = [path for path in (bench.folder / "store").rglob("*") if path.is_file()]
    return rows, {str(path): path.stat().st_size for path in files}


@pytest.mark.postgres
async def test_a_worker_paused_past_its_lease_writes_nothing(shared_bench: JobBench) -> None:
    """SIGSTOP past the lease, another worker does the job, SIGCONT: the paused one writes neither rows nor artifacts
    nor checkpoints, and the result is that of an undisturbed run."""
    bench, count = shared_bench, Count(ticks=150, tick_s=0.01, seed="p")
    async with worker_process(bench) as paused:
        job_id = await bench.submit(count)
        await progressed(bench, job_id, 0.1)
        await pause(bench, paused, job_id)
        async with bench.working(**QUICK):
            operation = await bench.ended(job_id)
        assert operation.result == {"sha256": chain_of(count)}
        assert bench.kind.began == [(job_id, 2)]
        before = await everything(bench)
        os.kill(paused.pid, signal.SIGCONT)
        await asyncio.sleep(1.0)  # five checkpoints' time, and three beats'
        assert await everything(bench) == before
        assert paused.returncode is None


@pytest.mark.postgres
async def test_a_worker_paused_past_its_lease_disturbs_no_other(shared_bench: JobBench) -> None:
    """SIGCONT while another worker is in the middle of the job: only that one writes, to the same bytes; the paused
    one goes on to other work."""
    bench, count = shared_bench, Count(ticks=200, tick_s=0.01, seed="q")
    async with worker_process(bench) as paused:
        job_id = await bench.submit(count)
        await progressed(bench, job_id, 0.1)
        await pause(bench, paused, job_id)
        async with bench.working(**QUICK):
            await until(lambda: bool(bench.kind.began))
            os.kill(paused.pid, signal.SIGCONT)
            operation = await bench.ended(job_id)
            assert (await row(bench, job_id))["fence"] == 2
        assert operation.result == {"sha256": chain_of(count)}
        another = await bench.submit(Count(ticks=2))
        assert (await bench.ended(another)).state == OperationState.SUCCEEDED


@pytest.mark.postgres
async def test_another_process_sees_a_cancel_within_200_ms(shared_bench: JobBench) -> None:
    """A cancel committed in one process stops the job that runs in another, within 200 ms (the best of five)."""
    bench, took = shared_bench, 9.0
    async with worker_process(bench):
        for _ in range(5):
            job_id = await bench.submit(Count(ticks=10_000, tick_s=0.02))
            await progressed(bench, job_id, 0.0)
            began = time.monotonic()
            async with bench.db.transaction() as uow:
                assert await cancel(uow, job_id)
            operation = await bench.ended(job_id)
            took = min(took, time.monotonic() - began)
            assert operation.state == OperationState.CANCELLED
            if took < 0.2:
                break
    assert took < 0.2


async def test_a_worker_that_crashes_once_costs_one_attempt(own_bench: JobBench) -> None:
    """After kill -9 and progress beyond it the attempts count anew: a long job survives any number of crashes, as long
    as it gets on between them."""
    bench, count = own_bench, Count(ticks=150, tick_s=0.01, seed="m")
    job_id = await bench.submit(count)
    for beyond in (0.1, 0.3, 0.5, 0.7):
        async with worker_process(bench) as process:
            await progressed(bench, job_id, beyond)
            process.kill()
            await process.wait()
    async with bench.working():
        operation = await bench.ended(job_id)
    assert operation.result == {"sha256": chain_of(count)}
