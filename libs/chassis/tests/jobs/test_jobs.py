"""Jobs: each is done once, is watched and cancelled, fails with its reasons, and leaves the worker to others."""

import asyncio
import json
import time
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from harmonic_chassis.context import fresh
from harmonic_chassis.fencing import guarded
from harmonic_chassis.ids import new_id
from harmonic_chassis.jobs import Schedule, cancel
from harmonic_chassis.jobs.claim import LeaseLost, claim, renew
from harmonic_chassis.jobs.workers import Workers
from harmonic_chassis.tables.artifacts import artifact_pin
from harmonic_chassis.tables.event_path import outbox
from harmonic_chassis.tables.jobs import job
from harmonic_chassis.testing.faults import StepClock
from harmonic_chassis.testing.job_bench import ORGANIZATION, Count, JobBench, chain_of
from harmonic_contracts.operations import OperationState

OTHER = "0190a000-0000-7000-8000-000000000002"


async def states(bench: JobBench, job_id: str) -> list[str]:
    """The states that the service told of a job, in order."""
    async with bench.db.reading() as session:
        told = select(outbox.c.envelope).where(outbox.c.subject == f"operation/{job_id}").order_by(outbox.c.sequence)
        return [json.loads(envelope)["data"]["state"] for envelope in await session.scalars(told)]


async def cancel_it(bench: JobBench, job_id: str) -> bool:
    async with bench.db.transaction() as uow:
        return await cancel(uow, job_id, organization_id=ORGANIZATION)


async def test_a_job_is_done_and_told(bench: JobBench) -> None:
    """A submitted job runs to its end; its result, its artifact's pin and its states are all there."""
    count = Count(ticks=25, seed="a")
    async with bench.working():
        job_id = await bench.submit(count)
        operation = await bench.ended(job_id)
    assert operation.state == OperationState.SUCCEEDED and operation.progress == 1.0
    assert operation.result == {"sha256": chain_of(count)}
    assert await states(bench, job_id) == ["queued", "running", "succeeded"]
    async with bench.db.reading() as session:
        assert await session.scalar(select(artifact_pin.c.holder)) == f"count/{job_id}"
        assert (await session.scalar(select(job.c.wall_seconds)) or 0) > 0
    assert not list((bench.folder / "scratch").glob("*")) and not list(
        (bench.folder / "store" / "checkpoints").glob("*")
    )


async def test_the_same_job_id_submits_once(bench: JobBench) -> None:
    """A second submit with the same id changes nothing and tells nothing."""
    job_id = new_id()
    for ticks in (1, 2):
        assert await bench.submit(Count(ticks=ticks), job_id=job_id) == job_id
    assert await states(bench, job_id) == ["queued"]


async def test_a_job_rolled_back_was_never_submitted(bench: JobBench) -> None:
    """A job is part of the transaction that submits it."""
    with pytest.raises(ZeroDivisionError):
        async with bench.db.transaction() as uow:
            await uow.submit("physics.count", Count(), organization_id=ORGANIZATION)
            raise ZeroDivisionError
    async with bench.db.reading() as session:
        assert await session.scalar(select(job.c.job_id)) is None


async def test_a_running_job_sees_its_cancel_within_200_ms(bench: JobBench) -> None:
    """From the order to the end of a running job no more than 200 ms pass."""
    took = 9.0
    async with bench.working():
        for _ in range(3):  # the best of three, because the machine may be busy with others
            job_id = await bench.submit(Count(ticks=10_000, tick_s=0.02))
            await asyncio.sleep(0.3)
            began = time.monotonic()
            assert await cancel_it(bench, job_id)
            operation = await bench.ended(job_id)
            took = min(took, time.monotonic() - began)
            assert operation.state == OperationState.CANCELLED and bench.kind.ended[-1] == (job_id, True)
            if took < 0.2:
                break
    assert took < 0.2
    assert await states(bench, job_id) == ["queued", "running", "cancelled"]


async def test_a_queued_job_is_cancelled_though_no_slot_is_free(bench: JobBench) -> None:
    """A job that waits ends at once, without its turn and without having run."""
    async with bench.working():
        busy = await bench.submit(Count(ticks=10_000, tick_s=0.02))
        await asyncio.sleep(0.1)
        queued = await bench.submit(Count())
        await cancel_it(bench, queued)
        operation = await bench.ended(queued, within_s=4.0)
        await cancel_it(bench, busy)
        await bench.ended(busy)
    assert operation.state == OperationState.CANCELLED
    assert queued not in [job_id for job_id, _ in bench.kind.began]


async def test_what_has_ended_or_belongs_to_another_is_not_cancelled(bench: JobBench) -> None:
    """A cancel ends only jobs that are under way, of the organization that asks."""
    async with bench.working():
        job_id = await bench.submit(Count(ticks=1))
        await bench.ended(job_id)
        assert not await cancel_it(bench, job_id)
    foreign = await bench.submit(Count(), organization_id=OTHER)
    assert not await cancel_it(bench, foreign)


async def test_failing_attempts_end_with_their_reasons(bench: JobBench) -> None:
    """A job that fails each time is tried three times and then failed, with the reason of each attempt and no trace of
    the code in what the client sees."""
    async with bench.working():
        job_id = await bench.submit(Count(raise_at=3))
        operation = await bench.ended(job_id)
    assert operation.state == OperationState.FAILED and operation.problem is not None
    detail = operation.problem.detail or ""
    assert "failed 3 times" in detail and "attempt 2: ArithmeticError: the count is off" in detail
    assert "Traceback" not in detail and [attempt for _, attempt in bench.kind.began] == [1, 2, 3]
    async with bench.db.reading() as session:
        reasons = await session.scalar(select(job.c.reasons))
    assert reasons is not None and "Traceback" in reasons[0]["traceback"]
    assert bench.kind.ended == [(job_id, False)]


async def test_a_job_ends_though_its_result_and_its_failure_cannot_be_written(bench: JobBench) -> None:
    """An error in `complete` is an attempt like any other, and one in `failed` does not keep the job from ending."""
    async with bench.working():
        operation = await bench.ended(await bench.submit(Count(spoil=True)))
    assert operation.state == OperationState.FAILED and operation.problem is not None
    assert "attempt 3: ArithmeticError: the result does not fit" in (operation.problem.detail or "")
    async with bench.db.reading() as session:
        assert await session.scalar(select(artifact_pin.c.holder)) is None


async def test_a_refused_job_is_not_tried_again(bench: JobBench) -> None:
    """JobRefused fails the job at once with the problem it carries."""
    async with bench.working():
        operation = await bench.ended(await bench.submit(Count(refuse_at=0)))
    assert operation.problem is not None and operation.problem.detail == "never count that far"
    assert len(bench.kind.began) == 1


async def test_a_dependency_that_is_down_costs_no_attempt(bench: JobBench) -> None:
    """While a dependency is down the job waits; then it is done, still at its first attempt."""
    async with bench.working():
        count = Count(down_until=time.time() + 0.6)
        operation = await bench.ended(await bench.submit(count))
    assert operation.state == OperationState.SUCCEEDED
    assert len(bench.kind.began) >= 2 and {attempt for _, attempt in bench.kind.began} == {1}


async def test_a_job_for_later_waits_for_its_time(bench: JobBench) -> None:
    """run_at holds a job back; the worker wakes for it by itself."""
    async with bench.working():
        began = time.monotonic()
        job_id = await bench.submit(Count(ticks=1), run_at=bench.db.clock.now() + timedelta(seconds=0.5))
        await bench.ended(job_id)
        assert 0.45 < time.monotonic() - began < 4.0


async def test_progress_is_broadcast_while_it_runs(bench: JobBench) -> None:
    """Who listens hears rising progress with the operation and its organization."""
    heard: list[float] = []

    async def listen() -> None:
        async with bench.transport.listen("physics.operation.progress") as messages:
            async for _, payload in messages:
                assert payload["operation_id"] == job_id and payload["organization_id"] == ORGANIZATION
                heard.append(payload["progress"])

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0)
    async with bench.working():
        job_id = await bench.submit(Count(ticks=30, tick_s=0.02))
        await bench.ended(job_id)
    listener.cancel()
    assert len(heard) >= 3 and heard == sorted(heard)


async def test_a_graceful_stop_saves_and_another_worker_goes_on(bench: JobBench) -> None:
    """A worker that stops lets its job go with a checkpoint; the next one goes on from there to the same bytes, and no
    attempt is counted."""
    count = Count(ticks=100, tick_s=0.01, seed="b")
    async with bench.working():
        job_id = await bench.submit(count)
        await asyncio.sleep(0.4)
    stopped = await bench.operation(job_id)
    assert stopped.state == OperationState.QUEUED and 0.1 < stopped.progress < 0.9
    async with bench.working():
        operation = await bench.ended(job_id)
    assert operation.result == {"sha256": chain_of(count)}
    assert [attempt for _, attempt in bench.kind.began] == [1, 1]


async def test_a_long_job_gives_way_to_another_organization(bench: JobBench) -> None:
    """With every worker busy a long job makes room within a second, and then goes on to the same bytes."""
    long, waited = Count(ticks=250, tick_s=0.01, seed="c"), 9.0
    async with bench.working():
        first = await bench.submit(long)
        await asyncio.sleep(0.3)
        for _ in range(3):  # the best of three, because the machine may be busy with others
            began = time.monotonic()
            await bench.ended(await bench.submit(Count(ticks=1), organization_id=OTHER), OTHER)
            waited = min(waited, time.monotonic() - began)
            if waited < 1.0:
                break
        assert waited < 1.0
        assert (await bench.operation(first)).state != OperationState.SUCCEEDED
        assert (await bench.ended(first)).result == {"sha256": chain_of(long)}


async def test_workers_go_round_the_organizations(bench: JobBench) -> None:
    """Many waiting jobs of one organization delay another's single job by one job, not by all of them."""
    many = [await bench.submit(Count(ticks=1)) for _ in range(25)]
    single = await bench.submit(Count(ticks=1), organization_id=OTHER)
    async with bench.working():
        await bench.ended(single, OTHER)
        before = Counter([(await bench.operation(job_id)).state for job_id in many])
        assert before[OperationState.SUCCEEDED] < 10
        for job_id in many:
            await bench.ended(job_id)


async def test_a_thousand_jobs_delay_anothers_single_job_by_less_than_a_second(bench: JobBench) -> None:
    """With a thousand jobs of one organization waiting and every worker busy, another's single job is done within a
    second (the best of three, because the machine may be busy with others)."""
    async with bench.db.transaction(fresh(organization_id=ORGANIZATION, actor_id="tester")) as uow:
        for _ in range(1000):
            await uow.submit("physics.count", Count(ticks=20, tick_s=0.005), organization_id=ORGANIZATION)
    waited = 9.0
    async with bench.working(slots=2) as workers:
        for _ in range(3):
            await all_busy(workers, 2)
            began = time.monotonic()
            await bench.ended(await bench.submit(Count(ticks=1), organization_id=OTHER), OTHER)
            waited = min(waited, time.monotonic() - began)
            if waited < 1.0:
                break
    assert waited < 1.0
    async with bench.db.reading() as session:
        left = select(func.count()).where(job.c.organization_id == ORGANIZATION, job.c.ended_at.is_(None))
        assert (await session.scalar(left) or 0) > 900


async def all_busy(workers: Workers, slots: int) -> None:
    """Wait until every slot has a job."""
    async with asyncio.timeout(10):
        while workers.running < slots:  # noqa: ASYNC110 - it is not ours to signal
            await asyncio.sleep(0.005)


async def test_a_step_of_the_clock_holds_no_job_up(own_bench: JobBench) -> None:
    """A job submitted before the clock steps back by hours begins at once; one for later keeps its distance. (On SQLite
    alone: on PostgreSQL the time is the server's, which a test may not step.)"""
    bench, clock = own_bench, StepClock()
    bench.db.clock = clock
    clock.step(hours=5)
    at_once = await bench.submit(Count(ticks=1))
    later = await bench.submit(Count(ticks=1), run_at=clock.now() + timedelta(hours=1))
    clock.step(hours=-5)
    async with bench.working():
        await bench.ended(at_once)
        assert (await bench.operation(later)).state == OperationState.QUEUED
    async with bench.db.reading() as session:
        due = await session.scalar(select(job.c.due_at).where(job.c.job_id == later))
    assert due is not None and abs((due - clock.now()).total_seconds() - 3600) < 60


async def test_a_worker_without_leave_stores_no_blob(bench: JobBench) -> None:
    """Whoever holds the guard decides before each blob; one that refuses leaves the store as it is."""

    async def refuse() -> None:
        raise LeaseLost("gone")

    with guarded(refuse), pytest.raises(LeaseLost):
        await bench.artifacts.put_bytes(b"late", "text/plain")
    assert not [path for path in (bench.folder / "store").rglob("*") if path.is_file()]
    await bench.artifacts.put_bytes(b"in time", "text/plain")


async def test_a_worker_that_was_replaced_writes_nothing(bench: JobBench) -> None:
    """After another claim each write under the old lease changes nothing, and takes its whole transaction with it."""
    job_id = await bench.submit(Count())
    old = await claim(bench.db, ["physics.count"], "old", lease_s=0.0)
    new = await claim(bench.db, ["physics.count"], "new")
    assert old is not None and new is not None and new.job_id == job_id and new.fence == old.fence + 1
    with pytest.raises(LeaseLost):
        await renew(bench.db, old, progress=0.5)
    with pytest.raises(LeaseLost):
        async with bench.db.transaction() as uow:
            await uow.session.execute(update(job).values(kind="physics.spoilt"))
            await old.write(uow, state="succeeded")
    assert not await renew(bench.db, new, progress=0.1)
    operation = await bench.operation(job_id)
    assert (operation.state, operation.progress, operation.kind) == (OperationState.RUNNING, 0.1, "physics.count")


async def test_one_job_is_claimed_by_one_worker(bench: JobBench) -> None:
    """Any number of workers that look at the same time get different jobs."""
    submitted = {await bench.submit(Count()) for _ in range(8)}
    claims = await asyncio.gather(*(claim(bench.db, ["physics.count"], f"w{n}") for n in range(12)))
    got = [claimed.job_id for claimed in claims if claimed is not None]
    assert len(got) == len(set(got)) and set(got) <= submitted


async def test_a_schedule_submits_once_for_all_workers(bench: JobBench) -> None:
    """Two workers with the same schedule run it once a period, and never twice at a time; it is nobody's operation."""
    schedules = (Schedule("often", 0.4, "physics.count", Count(ticks=1)),)
    async with bench.working(schedules=schedules), bench.working(schedules=schedules):
        await asyncio.sleep(1.5)
    assert 2 <= len(bench.kind.began) <= 4
    async with bench.db.reading() as session:
        assert await session.scalar(select(outbox.c.id)) is None


async def test_an_unreadable_checkpoint_costs_time_not_the_result(bench: JobBench) -> None:
    """A job whose checkpoint is gone begins again and gives the same bytes."""
    count = Count(ticks=60, tick_s=0.01, seed="d")
    async with bench.working():
        job_id = await bench.submit(count)
        await asyncio.sleep(0.3)
    await bench.artifacts.blobs.delete_below("checkpoints")
    async with bench.working():
        assert (await bench.ended(job_id)).result == {"sha256": chain_of(count)}
