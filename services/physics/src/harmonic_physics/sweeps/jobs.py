"""The jobs of a sweep: the one that leads and answers for it, and those that help."""

from typing import Any

from pydantic import BaseModel

from harmonic_chassis.jobs import NO_WORK, JobContext, JobKind, JobRefused, Work
from harmonic_chassis.jobs.submission import submit
from harmonic_chassis.uow import UnitOfWork
from harmonic_contracts.artifacts import ArtifactRef
from harmonic_contracts.operations import OperationState
from harmonic_contracts.problems import NOT_FOUND, Problem
from harmonic_physics.store import sweeps, universes
from harmonic_physics.store.tables import Sweep, SweepPoint, Universe
from harmonic_physics.sweeps.table import MEDIA_TYPE, table
from harmonic_physics.sweeps.work import Sweeping

LEAD, HELP = "physics.sweep", "physics.sweep_help"
MAX_HELPERS = 16


class SweepInput(BaseModel):
    """The payload of both kinds."""

    sweep_id: str


class Outcome(BaseModel):
    """What a finished sweep gives."""

    table: ArtifactRef
    points: int
    failed: int


async def begin(uow: UnitOfWork, universe: Universe, sweep: Sweep, points: int) -> None:
    """Submit the leader, and a helper for each further point up to a bound."""
    owned = uow.owned_by(universe.owner_id)
    payload = SweepInput(sweep_id=sweep.sweep_id)
    await owned.submit(LEAD, payload, organization_id=sweep.organization_id, job_id=sweep.sweep_id)
    for _ in range(min(MAX_HELPERS, points - 1)):
        await submit(owned, HELP, payload, organization_id=sweep.organization_id, public=False)


async def _work(job: JobContext[SweepInput], *, leads: bool) -> Work | None:
    db = job.chassis.db
    async with db.reading() as session:
        sweep = await session.get(Sweep, job.payload.sweep_id)
        document = await universes.document(session, sweep.universe_id, sweep.revision) if sweep else None
    if sweep is None or document is None:
        return None
    return Sweeping(db, job.chassis.clock, sweep.sweep_id, job.job_id, document, leads=leads)


class LeadSweep(JobKind[SweepInput, Outcome]):
    """Works on the points, waits for the last one, and makes the table."""

    kind = LEAD
    payload = SweepInput

    async def prepare(self, job: JobContext[SweepInput]) -> Work:
        work = await _work(job, leads=True)
        if work is None:
            raise JobRefused(NOT_FOUND.document("The universe was deleted"))
        return work

    async def finish(self, job: JobContext[SweepInput], work: Work) -> Outcome:
        async with job.chassis.db.reading() as session:
            wanted = sweeps.points_of(job.payload.sweep_id).order_by(SweepPoint.number)
            points = (await session.scalars(wanted)).all()
        rows = [(each.parameters, each.seed, each.descriptors, each.problem) for each in points]
        ref = await job.chassis.artifacts.put_bytes(table(rows), MEDIA_TYPE)
        return Outcome(table=ref, points=len(points), failed=sum(each.problem is not None for each in points))

    async def complete(self, job: JobContext[SweepInput], result: Outcome, uow: UnitOfWork) -> dict[str, Any] | None:
        sweep = await uow.session.get(Sweep, job.payload.sweep_id)
        if sweep is None:
            return None
        sweep.state, sweep.ended_at = OperationState.SUCCEEDED.value, uow.clock.now()
        sweep.table = result.table.model_dump(mode="json")
        holder = sweeps.holder_of_sweep(sweep.sweep_id)
        await uow.keep(result.table, holder=holder, organization_id=sweep.organization_id)
        return {"sweep_id": sweep.sweep_id, **result.model_dump(mode="json")}

    async def failed(self, job: JobContext[SweepInput], problem: Problem, cancelled: bool, uow: UnitOfWork) -> None:
        sweep = await uow.session.get(Sweep, job.payload.sweep_id)
        if sweep is not None:
            sweep.state = (OperationState.CANCELLED if cancelled else OperationState.FAILED).value
            sweep.problem, sweep.ended_at = problem.model_dump(mode="json"), uow.clock.now()


class HelpSweep(JobKind[SweepInput, None]):
    """Works on points beside the leader."""

    kind = HELP
    payload = SweepInput

    async def prepare(self, job: JobContext[SweepInput]) -> Work:
        return await _work(job, leads=False) or NO_WORK

    async def finish(self, job: JobContext[SweepInput], work: Work) -> None:
        return None

    async def complete(self, job: JobContext[SweepInput], result: None, uow: UnitOfWork) -> None:
        return None
