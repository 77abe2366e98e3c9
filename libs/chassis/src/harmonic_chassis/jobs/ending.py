"""How a run ends: each way is one transaction under the lease, holding the domain's rows and the operation's event."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from harmonic_chassis.dialects.times import shared_now
from harmonic_chassis.dialects.trouble import database_away
from harmonic_chassis.jobs.announce import announce
from harmonic_chassis.jobs.claim import LeaseLost, note_turn
from harmonic_chassis.points import reach
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import JOB_FAILED, Problem

if TYPE_CHECKING:
    from harmonic_chassis.jobs.run import Run

log = logging.getLogger(__name__)

RETRY_S, RETRY_MAX_S = 0.25, 60.0
INSIST_S = 60.0
WAIT_S, WAIT_MAX_S = 0.25, 30.0
REASONS_KEPT = 20
TRACEBACK_CHARS = 4000


End = Callable[[], Awaitable[None]]
"""The writing of an end. Repeatable: what was not committed has not happened."""


async def insist(end: End) -> None:
    """Write the end; again and again for a while, when the database is away."""
    until = time.monotonic() + INSIST_S
    while True:
        try:
            return await end()
        except Exception as error:
            if not database_away(error) or time.monotonic() > until:
                raise
            log.warning("the end of a job waits for the database: %s", error)
        await asyncio.sleep(RETRY_S)


def doomed(run: "Run") -> End | None:
    """The end of a job that need not be begun: cancelled while it waited, or out of attempts by crashes."""
    if run.claimed.cancel_requested:
        return lambda: cancelled(run)
    if run.attempts >= run.kind.max_attempts:
        return lambda: fail(run, _exhausted(run.attempts, run.claimed.reasons))
    return None


async def succeed(run: "Run", result: Any) -> None:
    """The job is done."""
    async with _locked(run) as uow:
        outcome = await run.kind.complete(run.job, result, uow)
        await _end(run, uow, OperationState.SUCCEEDED, result=outcome)
        reach("job.before_commit")
    reach("job.committed")
    await _clear(run)


async def fail(run: "Run", problem: Problem, **values: Any) -> None:
    """The job has failed for good."""
    async with _locked(run) as uow:
        await _tell_kind(run, uow, problem, was_cancelled=False)
        await _end(run, uow, OperationState.FAILED, problem=problem, **values)
    await _clear(run)


async def cancelled(run: "Run") -> None:
    """The job was cancelled."""
    async with _locked(run) as uow:
        await _tell_kind(run, uow, JOB_FAILED.document("The operation was cancelled"), was_cancelled=True)
        await _end(run, uow, OperationState.CANCELLED)
    await _clear(run)


async def attempt_failed(run: "Run", error: Exception) -> None:
    """An attempt failed: another one later, or the end."""
    trace = "".join(traceback.format_exception(error))
    attempts = run.attempts + 1
    reason = {"attempt": attempts, "error": _brief(error), "traceback": trace[-TRACEBACK_CHARS:]}
    reasons = [*run.claimed.reasons, reason][-REASONS_KEPT:]
    if attempts >= run.kind.max_attempts:
        await fail(run, _exhausted(attempts, reasons), attempts=attempts, reasons=reasons)
        return
    async with _locked(run) as uow:
        due = await _later(uow, RETRY_S * 2**attempts, RETRY_MAX_S)
        await _back(run, uow, due_at=due, attempts=attempts, reasons=reasons)
        if run.claimed.public:
            _announce(run, uow, OperationState.QUEUED, attempt=attempts)


async def wait(run: "Run", down: Exception) -> None:
    """Something does not answer: try again later, as often as it takes."""
    log.info("job %s waits: %s", run.claimed.job_id, down)
    async with _locked(run) as uow:
        due = await _later(uow, WAIT_S * 2 ** min(run.waits, 10), WAIT_MAX_S)
        await _back(run, uow, due_at=due, waits=run.waits + 1)


async def requeue(run: "Run") -> None:
    """Let the job go to any worker; its organization has had its turn."""
    try:
        async with _locked(run) as uow:
            await _back(run, uow)
            await note_turn(uow, run.claimed.organization_id, await shared_now(uow.session, uow.clock))
    except LeaseLost as lost:
        log.warning("%s", lost)


async def note_checkpoint(run: "Run", saved: dict[str, Any]) -> None:
    """The job's row names the checkpoint. Work that got further than before has its attempts anew."""
    values: dict[str, Any] = {"checkpoint": saved, "progress": run.progress, "wall_seconds": run.wall_seconds}
    if run.progress > run.claimed.progress:
        run.attempts = run.waits = 0
        values |= {"attempts": 0, "waits": 0}
    async with run.bench.db.transaction(run.claimed.context) as uow:
        await run.claimed.write(uow, **values)


@asynccontextmanager
async def _locked(run: "Run") -> AsyncIterator[UnitOfWork]:
    """A transaction that holds the job's row under the lease from its beginning. Raises LeaseLost."""
    async with run.bench.db.transaction(run.claimed.context) as uow:
        await run.claimed.write(uow)
        yield uow


async def _tell_kind(run: "Run", uow: UnitOfWork, problem: Problem, *, was_cancelled: bool) -> None:
    """Let the domain know. Where it cannot take it, the job ends all the same: one that never ends is worse."""
    said = len(uow.effects.drafts)
    try:
        async with uow.session.begin_nested():
            await run.kind.failed(run.job, problem, was_cancelled, uow)
    except Exception as error:
        if database_away(error):
            raise
        del uow.effects.drafts[said:]
        log.exception("job %s: %s.failed raised; it ends without", run.claimed.job_id, run.kind.kind)


async def _end(
    run: "Run",
    uow: UnitOfWork,
    state: OperationState,
    *,
    result: dict[str, Any] | None = None,
    problem: Problem | None = None,
    **values: Any,
) -> None:
    progress = 1.0 if state is OperationState.SUCCEEDED else run.progress
    seconds = run.wall_seconds
    await run.claimed.write(
        uow,
        state=state.value,
        progress=progress,
        result=result,
        problem=None if problem is None else problem.model_dump(mode="json"),
        checkpoint=None,
        wall_seconds=seconds,
        lease_owner=None,
        lease_until=None,
        ended_at=await shared_now(uow.session, uow.clock),
        **values,
    )
    uow.touch("job")
    if run.claimed.public:
        run.progress = progress
        _announce(run, uow, state, result=result, problem=problem, wall_seconds=seconds)


async def _back(run: "Run", uow: UnitOfWork, **values: Any) -> None:
    queued = {"state": OperationState.QUEUED.value, "lease_owner": None, "lease_until": None}
    await run.claimed.write(uow, **queued, wall_seconds=run.wall_seconds, progress=run.progress, **values)
    uow.touch("job")


async def _later(uow: UnitOfWork, delay_s: float, most_s: float) -> datetime:
    now = await shared_now(uow.session, uow.clock)
    return now + timedelta(seconds=min(delay_s, most_s) * random.uniform(0.5, 1.0))


async def _clear(run: "Run") -> None:
    if run.claimed.fence == 1 and not run.checkpoints.saved:
        return
    try:
        await run.checkpoints.clear()
    except Exception as error:  # the job has ended; cleanup removes what stays
        log.warning("job %s: its checkpoints stay for now: %s", run.claimed.job_id, error)


def _announce(run: "Run", uow: UnitOfWork, state: OperationState, *, attempt: int | None = None, **values: Any) -> None:
    announce(
        uow,
        job_id=run.claimed.job_id,
        kind=run.claimed.kind,
        organization_id=run.claimed.organization_id,
        state=state,
        attempt=run.attempts + 1 if attempt is None else attempt,
        progress=run.progress,
        **values,
    )


def _exhausted(attempts: int, reasons: list[dict[str, Any]]) -> Problem:
    told = "; ".join(f"attempt {reason['attempt']}: {reason['error']}" for reason in reasons[-attempts:])
    return JOB_FAILED.document(f"The work failed {attempts} times. {told}")


def _brief(error: Exception) -> str:
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
